"""The policy of matching: every weight and threshold, each with its reason. Nothing in the scorer is a number.

The points are those of a logistic regression over labelled pairs (`scripts/fit_weights.py`), so that their sum is the
log-odds of two names being one company; they are read here as one reads a table of rules.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weight:
    """`points` are log-odds per unit of the feature (features run from 0 to about 1)."""

    feature: str
    points: float
    reason: str


WEIGHTS = (
    Weight("bias", -6.00, "two names taken at random are two companies"),
    Weight("brand_same", 3.34, "the distinctive part agrees, the more the rarer it is"),
    Weight("brand_same_cross", -1.20, "across scripts the same sound may be another word"),
    Weight("brand_close", 1.57, "the distinctive part is spelt nearly alike"),
    Weight("brand_close_cross", -0.54, "nearly alike across scripts is weaker still"),
    Weight("brand_letters", 1.42, "a long brand agrees less by chance"),
    Weight("brand_gap", -0.56, "every letter that differs in a brand counts against"),
    Weight("brand_gap_pinyin", -3.70, "two well-formed pinyin words that differ are two brands, not a slip"),
    Weight("brand_missing", -0.92, "the listed name has a brand word that the party lacks"),
    Weight("brand_extra", -0.91, "the party has a brand word that the listed name lacks"),
    Weight("brand_conflict", -0.47, "both have a brand word that the other lacks"),
    Weight("brand_none", 0.16, "no brand agrees"),
    Weight("no_brand", -0.19, "one of the names has nothing distinctive"),
    Weight("place_same", 2.09, "the place agrees"),
    Weight("place_within", 0.00, "one place lies within the other"),
    Weight("place_conflict", -3.33, "companies of two places are two companies"),
    Weight("place_missing", -3.54, "the listed name states a place that the party does not"),
    Weight("place_extra", -2.58, "the party states a place that the listed name does not"),
    Weight("industry_same", 1.15, "the trade agrees"),
    Weight("industry_different", -2.34, "another trade under one brand is often a sibling"),
    Weight("industry_missing", -1.09, "a trade word of the listed name is missing"),
    Weight("industry_extra", -1.26, "the party has a trade word more"),
    Weight("ordinal_same", 1.30, "the number agrees"),
    Weight("ordinal_different", -4.73, "a numbered sibling is another body"),
    Weight("ordinal_alone", -0.26, "only one of the names has a number"),
    Weight("org_same", 3.05, "group, institute, bureau: the kind of body agrees"),
    Weight("org_alone", -1.37, "the kind of body is said on one side only"),
    Weight("core_likeness", 3.07, "the names are alike as a whole, letter by letter"),
    Weight("core_same", -0.67, "the names are the same as a whole, letter by letter"),
    Weight("cross_script", 2.44, "across scripts fewer letters can agree than within one"),
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a match is `possible` and `strong`, for a pair of names in one script or in two."""

    possible: float
    strong: float


SAME_SCRIPT = Thresholds(possible=0.30, strong=0.85)
CROSS_SCRIPT = Thresholds(possible=0.30, strong=0.85)

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

POINTS = {weight.feature: weight.points for weight in WEIGHTS}
VERSION = hashlib.sha256(
    repr((WEIGHTS, SAME_SCRIPT, CROSS_SCRIPT, CANDIDATES, NEAREST, IDENTICAL, SAME_SOUND, MOST)).encode()
).hexdigest()[:12]
"""Names this table in every record: two screenings under one version were judged alike."""
