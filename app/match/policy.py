"""The policy of matching: every weight and threshold, each with its reason. Nothing in the scorer is a number.

The points are those of a logistic regression over labelled pairs (`scripts/fit_weights.py`), one for pairs of names in
one script and one for pairs across scripts, so that their sum is the log-odds of two names being one company.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """`same` and `cross` are log-odds per unit of the feature, within one script and across scripts; features run
    from 0 to about 1."""

    feature: str
    same: float
    cross: float
    reason: str


WEIGHTS = (
    Weight("bias", -5.34, -3.05, "two names taken at random are two companies"),
    Weight("brand_same", 1.21, -0.21, "the distinctive part agrees, the more the rarer it is"),
    Weight("brand_letters", -0.66, 0.55, "a long brand agrees less by chance than a short one"),
    Weight("brand_close", -0.34, -0.42, "the distinctive part is spelt nearly alike"),
    Weight("brand_gap", -0.92, -1.11, "every letter that differs in a brand counts against"),
    Weight(
        "brand_gap_pinyin", -1.14, -2.73, "two well-formed pinyin words that differ are two brands rather than a slip"
    ),
    Weight("brand_missing", -0.21, -0.66, "the listed name has a brand word that the party lacks"),
    Weight("brand_extra", -0.24, -1.03, "the party has a brand word that the listed name lacks"),
    Weight("brand_conflict", -1.50, -2.68, "both have a brand word that the other lacks"),
    Weight("brand_none", -2.73, -2.27, "no brand word agrees"),
    Weight("rest_likeness", 1.65, 1.15, "the brand words left over look alike"),
    Weight("rest_onset", 1.69, 2.80, "the brand words left over begin alike: Youngsun for Yongchuang"),
    Weight("rest_skeleton", 0.40, 1.16, "the brand words left over share their consonants: Chint for Zhengtai"),
    Weight("rest_initials", 1.42, 1.55, "one brand is the initials of the other: LS for Lanshi"),
    Weight("no_brand", 0.73, -0.25, "one of the names has nothing distinctive, so the rest says more"),
    Weight("place_same", 2.47, 1.93, "the place agrees"),
    Weight("place_within", 0.15, -1.35, "one place lies within the other"),
    Weight(
        "place_conflict",
        -1.82,
        -3.85,
        "companies of two places are two companies; official English names keep the place",
    ),
    Weight("place_missing", -0.83, -3.05, "the listed name states a place that the party does not"),
    Weight("place_extra", 0.15, -2.60, "the party states a place that the listed name does not"),
    Weight("industry_same", 0.92, 2.47, "the trade agrees, the more the rarer it is"),
    Weight("industry_all", 0.13, -0.84, "all words of trade agree"),
    Weight("industry_different", -0.86, -1.62, "another trade under one brand is often a sibling"),
    Weight("industry_missing", 0.26, -1.12, "a trade word of the listed name is missing"),
    Weight("industry_extra", 0.52, -1.05, "the party has a trade word more"),
    Weight("ordinal_same", 1.68, 0.02, "the number agrees"),
    Weight("ordinal_different", -3.08, 0.00, "a numbered sibling is another body"),
    Weight("ordinal_alone", 0.42, -0.13, "only one of the names has a number"),
    Weight("org_same", 1.81, 1.74, "group, institute, bureau: the kind of body agrees"),
    Weight("org_alone", 0.32, -1.24, "the kind of body is said on one side only"),
    Weight("listed_covered", -0.40, -0.41, "every word of the listed name has its counterpart"),
    Weight(
        "listed_leads", 2.50, 0.02, "the party's name begins with the whole listed name: an institute of it, a branch"
    ),
    Weight(
        "leading_rarity",
        0.0,
        0.0,
        "the rarer the listed name with which the party's begins, the likelier it is its own",
    ),
    Weight("query_covered", 1.13, -0.16, "every word of the party's name has its counterpart"),
    Weight("agreement", 1.11, 0.39, "the share of all words, by rarity, that agrees"),
    Weight("agreement_squared", 1.29, 2.21, "near-complete agreement says more than its share"),
    Weight("shared", 1.88, 1.29, "how much agrees in all: two names share several rare words by chance only rarely"),
    Weight("core_likeness", 1.88, 0.91, "the names are alike as a whole, letter by letter"),
    Weight("concept_likeness", -0.53, 1.61, "the names are alike as a whole, trade words translated"),
    Weight("core_same", 0.00, 0.58, "the names are the same as a whole, letter by letter"),
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a match is `possible` and `strong`."""

    possible: float
    strong: float


SAME_SCRIPT = Thresholds(possible=0.35, strong=0.85)
CROSS_SCRIPT = Thresholds(possible=0.35, strong=0.85)

CANDIDATES = 40
"""How many listed names are compared with a party at most; beyond these, recall no longer grows."""
NEAREST = 0.12
"""The cosine below which a candidate is not compared: no labelled pair below it ever scored as a match."""
IDENTICAL = 1.0
"""Only names that are the same after reading score this."""
SAME_SOUND = 0.98
"""Names in two scripts of which every part agrees."""
MOST = 0.97
"""What a name that is merely alike can reach."""
ELSEWHERE = -2.5
"""Log-odds of a party that is declared in another country than the listing's (judged, not fitted: the labelled pairs
have no countries)."""
CLOSE_ENOUGH = 0.9
"""How alike a misspelt brand must be for a strong match: by sound, not by a slip, which may be another brand."""

SAME_POINTS = {weight.feature: weight.same for weight in WEIGHTS}
REASONS = {weight.feature: weight.reason for weight in WEIGHTS} | {
    "elsewhere": "the party is declared in another country"
}
CROSS_POINTS = {weight.feature: weight.cross for weight in WEIGHTS}
VERSION = hashlib.sha256(
    repr(
        (
            WEIGHTS,
            SAME_SCRIPT,
            CROSS_SCRIPT,
            CANDIDATES,
            NEAREST,
            IDENTICAL,
            SAME_SOUND,
            MOST,
            ELSEWHERE,
            CLOSE_ENOUGH,
        )
    ).encode()
).hexdigest()[:12]
"""Names this table in every record: two screenings under one version were judged alike."""
