"""The policy of matching: every weight and threshold, each with its reason. Nothing in the scorer is a number.

The points are those of a logistic regression over labelled pairs (`scripts/fit_weights.py`), one for pairs of names in
one script and one for pairs across scripts, so that their sum is the log-odds of two names being one company.
"""

from __future__ import annotations

import hashlib
import math
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
    Weight("bias", -5.87, -3.32, "two names taken at random are two companies"),
    Weight("brand_same", 1.37, 0.80, "the distinctive part agrees, the more the rarer it is"),
    Weight("brand_letters", 0.32, 1.02, "a long brand agrees less by chance than a short one"),
    Weight("brand_close", 0.00, 0.00, "the distinctive part is spelt nearly alike"),
    Weight("brand_gap", -1.23, -2.19, "every letter that differs in a brand counts against"),
    Weight(
        "brand_gap_pinyin", -0.79, -1.55, "two well-formed pinyin words that differ are two brands rather than a slip"
    ),
    Weight("brand_part", 0.00, 0.59, "one brand begins with the other"),
    Weight("brand_coined", 1.03, 0.49, "the brand that agrees is no word that many write alike"),
    Weight("brand_documented", 0.00, -0.82, "a brand whose other spelling is known faces another"),
    Weight("brand_group", -2.38, -1.29, "only the name of a large group agrees"),
    Weight("group_sister", 0.00, -0.77, "the group is the same, the trade or the kind of body is not: a sister"),
    Weight("trade_clash", -0.03, -0.45, "the brand agrees and no word of trade does"),
    Weight("brand_missing", -0.09, -0.37, "the listed name has a brand word that the party lacks"),
    Weight("brand_extra", -0.34, -0.64, "the party has a brand word that the listed name lacks"),
    Weight("brand_conflict", -1.14, -1.77, "both have a brand word that the other lacks"),
    Weight("brand_none", -2.06, -2.66, "no brand word agrees"),
    Weight("rest_likeness", 2.10, 0.19, "the brand words left over look alike"),
    Weight("rest_onset", 1.14, 1.12, "the brand words left over begin alike: Youngsun for Yongchuang"),
    Weight("rest_skeleton", 0.00, 0.49, "the brand words left over share their consonants: Chint for Zhengtai"),
    Weight(
        "rest_pinyin",
        -1.44,
        -2.98,
        "two well-formed pinyin brands that differ are two brands, not a coined English name",
    ),
    Weight("rest_heard", 1.41, 3.76, "the Latin brand renders the syllables of the Chinese one"),
    Weight("rest_heard_well", 0.83, 0.91, "it renders them closely"),
    Weight("rest_heard_long", 1.22, 1.50, "it renders them, and is long"),
    Weight("rest_initials", 1.36, 1.32, "one brand is the initials of the other: LS for Lanshi"),
    Weight("no_brand", 1.13, 0.19, "one of the names has nothing distinctive, so the rest says more"),
    Weight("brand_one_sided", 1.04, -0.66, "one name has a brand, the other none"),
    Weight("place_same", 1.75, 2.26, "the place agrees"),
    Weight("place_within", -0.35, -1.51, "one place lies within the other"),
    Weight(
        "place_conflict",
        -2.21,
        -3.63,
        "companies of two places are two companies; official English names keep the place",
    ),
    Weight("place_besides", 0.00, -1.06, "a place agrees and another stands beside it: a subsidiary there"),
    Weight("place_missing", -1.65, -2.78, "the listed name states a place that the party does not"),
    Weight("place_extra", -0.43, -2.28, "the party states a place that the listed name does not"),
    Weight("industry_same", 0.64, 2.03, "the trade agrees, the more the rarer it is"),
    Weight("industry_all", 0.00, 0.00, "all words of trade agree"),
    Weight("industry_different", -1.10, -0.77, "another trade under one brand is often a sibling"),
    Weight("industry_missing", -0.15, 0.00, "a trade word of the listed name is missing"),
    Weight("industry_extra", 0.00, 0.00, "the party has a trade word more"),
    Weight("ordinal_same", 1.79, 0.41, "the number agrees"),
    Weight("ordinal_different", -3.29, -0.02, "a numbered sibling is another body"),
    Weight("ordinal_alone", 0.00, -0.62, "only one of the names has a number"),
    Weight("org_same", 0.93, 1.62, "group, institute, bureau: the kind of body agrees"),
    Weight("org_alone", 0.00, -1.06, "the kind of body is said on one side only"),
    Weight("listed_covered", 0.00, 0.01, "every word of the listed name has its counterpart"),
    Weight(
        "listed_leads", 2.06, 0.00, "the party's name begins with the whole listed name: an institute of it, a branch"
    ),
    Weight(
        "leading_rarity",
        0.76,
        0.00,
        "the party's name begins with a rare listed name",
    ),
    Weight("query_covered", 1.45, 0.38, "every word of the party's name has its counterpart"),
    Weight("agreement", 0.01, 0.45, "the share of all words, by rarity, that agrees"),
    Weight("agreement_squared", 2.14, 1.82, "near-complete agreement says more than its share"),
    Weight("shared", 1.08, 0.96, "how much agrees in all: two names share several rare words by chance only rarely"),
    Weight("core_likeness", 3.21, 0.00, "the names are alike as a whole, letter by letter"),
    Weight("concept_likeness", 0.00, 2.17, "the names are alike as a whole, trade words translated"),
    Weight("core_same", 0.00, 0.24, "the names are the same as a whole, letter by letter"),
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a match is `possible` and `strong`."""

    possible: float
    strong: float


SAME_SCRIPT = Thresholds(possible=0.45, strong=0.85)
CROSS_SCRIPT = Thresholds(possible=0.53, strong=0.85)
FITTED_NAMES = 2308
"""How many listed names the points were fitted with. Chance hits grow with the list, so the prior odds fall with it."""
LENGTH_SLOPE = 0.7
"""How fast: measured on a list, its halves and its double, the rate of chance hits then stays the same."""
FEWEST_NAMES = 500
"""A list shorter than this has the prior odds of this length: a name must resemble in any case."""

CANDIDATES = 40
"""How many listed names are compared with a party at most; beyond these, recall no longer grows."""
NEAREST = 0.12
"""The cosine below which a candidate is not compared: no labelled pair below it ever scored as a match."""
NEAREST_GROWTH = 0.09
"""By how much `nearest` rises with each unit of log-odds that a list of more than 10,000 names costs."""
IDENTICAL = 1.0
"""Only names that are the same after reading score this."""
SAME_SOUND = 0.98
"""Names in two scripts of which every part agrees."""
SLIP_NEAREST = 0.3
"""The cosine below which names are too far apart for a slip of the keyboard."""
ONE_SLIP = 0.9
"""Names that one slip of the keyboard tells apart: likely one, but a person must look."""
MOST = 0.97
"""What a name that is merely alike can reach."""
ELSEWHERE = -2.5
"""Log-odds of a party that is declared in another country than China; judged, since the labelled pairs have no
countries."""
SAME_BRAND = 0.8
"""How alike two brands in well-formed pinyin must be, syllable by syllable, to be one at all."""
UNDER_SCOPE = 0.5
"""What a name scores that begins with that of a listing which reaches subsidiaries: as likely as not one of them."""
SAME_BUT_BODY = 0.8
"""Names that only the kind of body tells apart (Inspur and Inspur Group): a group and its company, at least."""
SAME_BUT_PLACE = 0.6
"""Names of a rare brand of which one leaves the place out."""
RARE_WORDS = 9.0
"""How rare a brand must be for that, as the sum of its words' rarity: some 25 names in 234,398."""
RARE_BRAND = 0.6
"""How much a brand must tell (1 for the rarest) before a name that begins with it counts as under a scope clause."""
NEAR_CERTAIN = 0.95
"""The score from which a trade word too many or too few does not keep a match from being strong."""
CLOSE_ENOUGH = 0.98
"""How alike the brands must be for a strong match: Jinchuan only sounds like Jinchuang."""

GATE = (
    Weight("gate_bias", -10.36, -10.36, "a candidate is rarely a match"),
    Weight("gate_agreement", 5.54, 5.54, "the share of the words, by rarity, that both names have"),
    Weight("gate_agreement_squared", 3.71, 3.71, "near-complete agreement says more than its share"),
    Weight("gate_brand", 1.73, 1.73, "the brands are the same or sound alike"),
    Weight("gate_pinyin", -1.22, -1.22, "both brands are pinyin and none is the same"),
    Weight("gate_pinyin_gap", -3.93, -3.93, "the less two pinyin brands sound alike, the less they are one"),
    Weight("gate_cosine", 9.43, 9.43, "the share of the rare 4-grams"),
    Weight("gate_onset", 0.80, 0.80, "the brands begin alike"),
)
GATE_ODDS = -3.2
"""The log-odds from which a candidate is aligned and scored."""

GATE_POINTS = tuple(weight.same for weight in GATE)
SAME_POINTS = {weight.feature: weight.same for weight in WEIGHTS}
REASONS = {weight.feature: weight.reason for weight in WEIGHTS} | {
    "elsewhere": "the party is declared in another country",
    "list_size": "the longer the list, the more names are alike by chance",
}
CROSS_POINTS = {weight.feature: weight.cross for weight in WEIGHTS}
VERSION = hashlib.sha256(
    repr(
        (
            WEIGHTS,
            GATE,
            GATE_ODDS,
            SAME_SCRIPT,
            CROSS_SCRIPT,
            CANDIDATES,
            NEAREST,
            NEAREST_GROWTH,
            IDENTICAL,
            SAME_SOUND,
            SLIP_NEAREST,
            ONE_SLIP,
            MOST,
            ELSEWHERE,
            CLOSE_ENOUGH,
            NEAR_CERTAIN,
            UNDER_SCOPE,
            RARE_BRAND,
            SAME_BUT_BODY,
            SAME_BUT_PLACE,
            RARE_WORDS,
            SAME_BRAND,
            FITTED_NAMES,
            LENGTH_SLOPE,
            FEWEST_NAMES,
        )
    ).encode()
).hexdigest()[:12]
"""Names this table in every record: two screenings under one version were judged alike."""


def prior(names: int) -> float:
    """The log-odds that the number of listed names adds."""
    return -LENGTH_SLOPE * math.log(max(names, FEWEST_NAMES) / FITTED_NAMES)


def nearest(names: int) -> float:
    """The cosine below which a candidate is not compared. In a list of 100,000 names the prior odds leave no match
    below 0.34 (measured on names with slips and with words left out), so that far fewer need to be read."""
    return min(SLIP_NEAREST, NEAREST + NEAREST_GROWTH * surcharge(names))


def gate_odds(names: int) -> float:
    """The log-odds from which a candidate is aligned and scored: in a long list the scorer asks for as much more."""
    return GATE_ODDS + surcharge(names)


def surcharge(names: int) -> float:
    """What a list of more than some 10,000 names costs in log-odds; below that, nothing."""
    return max(0.0, -prior(names) - 1.0)
