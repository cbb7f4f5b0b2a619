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
    Weight("bias", -5.85, -3.58, "two names taken at random are two companies"),
    Weight("brand_same", 1.11, 0.37, "the distinctive part agrees, the more the rarer it is"),
    Weight("brand_letters", 0.17, 0.91, "a long brand agrees less by chance than a short one"),
    Weight("brand_close", 0.00, 0.00, "the distinctive part is spelt nearly alike"),
    Weight("brand_gap", -1.58, -2.36, "every letter that differs in a brand counts against"),
    Weight(
        "brand_gap_pinyin", -0.77, -1.51, "two well-formed pinyin words that differ are two brands rather than a slip"
    ),
    Weight("brand_part", 0.00, 0.98, "one brand begins with the other"),
    Weight("brand_coined", 0.91, 0.44, "the brand that agrees is no word that many write alike"),
    Weight("brand_documented", 0.00, -0.72, "a brand whose other spelling is known faces another"),
    Weight("brand_group", -1.96, -1.24, "only the name of a large group agrees"),
    Weight("group_sister", 0.00, -0.53, "the group is the same, the trade or the kind of body is not: a sister"),
    Weight("trade_clash", -0.60, -1.72, "the brand agrees and no word of trade does"),
    Weight("brand_missing", -0.33, 0.00, "the listed name has a brand word that the party lacks"),
    Weight("brand_extra", -0.07, -0.22, "the party has a brand word that the listed name lacks"),
    Weight("brand_conflict", -1.34, -1.50, "both have a brand word that the other lacks"),
    Weight("brand_none", -2.03, -2.40, "no brand word agrees"),
    Weight("rest_likeness", 2.54, 0.24, "the brand words left over look alike"),
    Weight("rest_onset", 1.28, 1.13, "the brand words left over begin alike: Youngsun for Yongchuang"),
    Weight("rest_skeleton", 0.05, 0.69, "the brand words left over share their consonants: Chint for Zhengtai"),
    Weight(
        "rest_pinyin",
        -1.39,
        -2.94,
        "two well-formed pinyin brands that differ are two brands, not a coined English name",
    ),
    Weight("rest_heard", 1.18, 3.86, "the Latin brand renders the syllables of the Chinese one"),
    Weight("rest_heard_well", 0.88, 0.71, "it renders them closely"),
    Weight("rest_heard_long", 1.13, 1.47, "it renders them, and is long"),
    Weight("rest_initials", 1.38, 1.43, "one brand is the initials of the other: LS for Lanshi"),
    Weight("no_brand", 1.04, 0.04, "one of the names has nothing distinctive, so the rest says more"),
    Weight("brand_one_sided", 0.94, -0.59, "one name has a brand, the other none"),
    Weight("place_same", 1.80, 1.78, "the place agrees"),
    Weight("place_within", -0.14, -1.35, "one place lies within the other"),
    Weight(
        "place_conflict",
        -2.04,
        -3.45,
        "companies of two places are two companies; official English names keep the place",
    ),
    Weight("place_besides", 0.00, -0.77, "a place agrees and another stands beside it: a subsidiary there"),
    Weight("place_missing", -1.37, -2.75, "the listed name states a place that the party does not"),
    Weight("place_extra", 0.00, -1.96, "the party states a place that the listed name does not"),
    Weight("industry_same", 1.64, 2.95, "the trade agrees, the more the rarer it is"),
    Weight("industry_all", 0.00, 0.00, "all words of trade agree"),
    Weight("industry_different", -1.38, -2.25, "another trade under one brand is often a sibling"),
    Weight("industry_missing", -1.02, -0.16, "a trade word of the listed name is missing"),
    Weight("industry_extra", 0.00, 0.00, "the party has a trade word more"),
    Weight("ordinal_same", 1.21, 0.38, "the number agrees"),
    Weight("ordinal_different", -3.36, -0.02, "a numbered sibling is another body"),
    Weight("ordinal_alone", -0.06, -0.54, "only one of the names has a number"),
    Weight("org_same", 1.22, 1.98, "group, institute, bureau: the kind of body agrees"),
    Weight("org_alone", 0.00, -1.01, "the kind of body is said on one side only"),
    Weight("listed_covered", 0.00, 0.14, "every word of the listed name has its counterpart"),
    Weight(
        "listed_leads", 1.61, 0.00, "the party's name begins with the whole listed name: an institute of it, a branch"
    ),
    Weight(
        "leading_rarity",
        0.65,
        0.00,
        "the party's name begins with a rare listed name",
    ),
    Weight("query_covered", 1.47, 0.52, "every word of the party's name has its counterpart"),
    Weight("agreement", 0.72, 1.44, "the share of all words, by rarity, that agrees"),
    Weight("agreement_squared", 2.29, 1.97, "near-complete agreement says more than its share"),
    Weight("shared", 1.74, 1.20, "how much agrees in all: two names share several rare words by chance only rarely"),
    Weight("core_likeness", 2.33, 0.00, "the names are alike as a whole, letter by letter"),
    Weight("concept_likeness", 0.00, 1.62, "the names are alike as a whole, trade words translated"),
    Weight("core_same", 0.00, 0.23, "the names are the same as a whole, letter by letter"),
)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from which a match is `possible` and `strong`."""

    possible: float
    strong: float


SAME_SCRIPT = Thresholds(possible=0.5, strong=0.85)
CROSS_SCRIPT = Thresholds(possible=0.57, strong=0.85)
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
NEAREST_MOST = 0.2
"""How far it rises: nearer names are compared however long the list is. Of 152 garbled names of a list of a million 149
are found at 0.2, 146 at 0.3."""
IDENTICAL = 1.0
"""Only names that are the same after reading score this."""
SAME_SOUND = 0.98
"""Names in two scripts of which every part agrees."""
SLIP_NEAREST = 0.2
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
TWO_TRADES = 0.25
"""How rare both of two trades in characters must be, in rarest words, to tell two companies apart: rarer than
investment or technology, which say nothing."""
LEAST_BESIDES = 0.3
"""How much place and trade must tell, in rarest words, beside brands that are merely alike."""
UNDER_SCOPE = 0.5
"""What a name scores that begins with that of a listing which reaches subsidiaries: as likely as not one of them."""
SAME_BUT_BODY = 0.8
"""Names that only the kind of body tells apart (Inspur and Inspur Group): a group and its company, at least."""
SAME_BUT_PLACE = 0.6
"""Names of a rare brand of which one leaves the place out."""
SAME_BRAND_ALONE = 0.55
"""Names that have a brand in common which hardly any other company bears, and no other brand."""
OWN_WORD = 12.0
"""How rare a word must be for that: in two of 234,398 names at most."""
OWN_LETTERS = 6
"""How many letters it must have: of shorter ones every combination is somebody's initials."""
CUT = 0.9
"""A name cut at a field's width, with which the listed name begins."""
BODY_OF = 0.6
"""A body of a listed university or institute, by its name."""
LEARNED = ("university", "institute")
"""The bodies that have bodies."""
BODIES = ("institute", "laboratory", "hospital", "school", "centre", "university", "research")
"""What these may be."""
FILLERS = ("technology", "development", "investment", "trade", "service", "management", "manufacturing")
"""Words of trade that companies add and drop: Tanyuan Technology Development is Tanyuan Technology."""
FILLING_BODIES = ("group", "industry", "holdings")
"""Words for bodies that companies of a group add and drop likewise."""
RARE_WORDS = 9.0
"""How rare a brand must be for that, as the sum of its words' rarity: some 25 names in 234,398."""
RARE_BRAND = 0.6
"""How much a brand must tell (1 for the rarest) before a name that begins with it counts as under a scope clause."""
NEAR_CERTAIN = 0.95
"""The score from which a trade word too many or too few does not keep a match from being strong."""
CLOSE_ENOUGH = 0.98
"""How alike the brands must be for a strong match: Jinchuan only sounds like Jinchuang."""

GATE = (
    Weight("gate_bias", -9.66, -9.66, "a candidate is rarely a match"),
    Weight("gate_agreement", 5.44, 5.44, "the share of the words, by rarity, that both names have"),
    Weight("gate_agreement_squared", 7.42, 7.42, "near-complete agreement says more than its share"),
    Weight("gate_brand", 0.01, 0.01, "the brands are the same or sound alike"),
    Weight("gate_pinyin", -1.61, -1.61, "both brands are pinyin and none is the same"),
    Weight("gate_pinyin_gap", -2.50, -2.50, "the less two pinyin brands sound alike, the less they are one"),
    Weight("gate_cosine", 7.63, 7.63, "the share of the rare 4-grams"),
    Weight("gate_onset", 0.76, 0.76, "the brands begin alike"),
)
GATE_ODDS = -3.4
"""The log-odds from which a candidate is aligned and scored."""

CLOSE_TOKEN = 0.72
"""How alike two words must be to be held for spellings of one; two taken at random are nearly as much."""
CLOSE_BRAND = 0.6
"""The same for what is left of two brands when all their words are joined."""
HEARD_ALIKE = 0.93
"""How alike two syllables or words are that sound the same and are spelt otherwise: chuan and chuang."""
UNLIKE_SYLLABLES = 0.5
"""By how much the likeness of letters counts between two syllables that sound otherwise: tai and kai are two words."""
SHORT_WORDS = 0.5
"""The same between two short words that are no pinyin: CEC and CETC are two acronyms."""
ACRONYM = 5
"""Up to how many letters a word is so short."""
OTHER_READING = 0.99
"""How far a character's second reading counts: 长 is usually chang, at times zhang."""
SOUND_AMONG_CHARACTERS = 0.5
"""How far sound counts where both brands are in characters; the rest is by characters, as 海翔 is not 海祥."""
TRANSLATED = 0.85
"""How alike a brand and its translation are: they mean the same, but no source ties them."""
NEAR_TRADE = 0.5
"""How alike two trades are that translations put for one another (`near_trades`): 医疗 is medical, or Healthcare."""
PART = 0.8
"""How alike two brands are of which one begins with the other: 容大感光 and Rongda."""
LEAST_PART = 2
"""How many syllables or characters such a beginning must have: one is shared by chance."""
LEAST_CUT = 2
"""How many letters must be left of a word that a field's width cut off before it can be told."""
CUT_WIDTHS = (range(29, 37), range(48, 51))
"""The lengths of names that forms cut: at 35 characters (30 to 36, as words end) and at 50."""

RAREST = 12.4
"""The rarity of a word that no company name has; rarities are counted in shares of it."""
OTHER_BRANDS = 0.5
"""How much each brand word but the rarest adds to what a brand tells."""
MOST_BRAND = 1.5
"""What all words of a brand can tell together, in rarest words."""
BRAND_LETTERS = 12
"""A brand of so many letters, or more, is no chance."""
BRAND_GAP = 0.4
"""How unlike two brands can be before it no longer matters how much."""
LEAST_ONSET = 3
"""How many sounds the shorter brand must have for its beginning to say something."""
LEAST_SKELETON = 2
"""How many consonants both brands must have to be compared by them."""
LEAST_INITIALS = 2
"""How many initials make an acronym of a brand."""
HEARD = 0.5
"""How well a Latin brand must render the Chinese one before that speaks for a match: by chance it is about as much."""
HEARD_WELL = 0.75
"""From here on it is rendered closely."""
HEARD_LETTERS = 8
"""A brand of so many letters, or more, that renders the other does so hardly by chance."""
MOST_PLACES = 1.5
"""What places that agree can tell, in rarest words."""
MOST_TRADES = 2.0
"""What words of trade that agree can tell, in rarest words."""
COUNTED = 2
"""Of words of a kind that differ, are missing or extra, so many count: a long name has no more to say than that."""
LEAST_LED = 2
"""The party's name must go on by more than so many parts for its beginning to be the whole listed name."""
ALL_SHARED = 50.0
"""The rarity of about five rare words: two names that share as much share it not by chance."""
GATE_ONSET = 2
"""How many sounds at the start of two brands the gate compares."""

LEAST_SLIPPED_NAME = 10
"""Under so many letters a name is so short that one letter more or less is another name."""
LEAST_SLIPPED_BRAND = 6
"""The same of the brand in it: Leon and Lion are two."""
LEAST_SWAPPED_BRAND = 5
"""The same where letters are swapped: that seldom makes another word."""
LEAST_SLIPPED_WORD = 4
"""The same of a word that the reader knows, misspelt."""
LEAST_MISREAD_WORD = 3
"""The same where the letters look alike: a machine that read 5 for S errs in words of any length."""
LONG_NAME = 20
"""From so many letters on a name may have two slips."""
LONG_WORD = 8
"""And from so many on, two in one word."""
EDIT = 1.0
"""What a letter costs that is wrong, missing, too many or swapped with the next."""
LOOKALIKE = 0.05
"""What one costs that looks like the right one (`LOOKALIKES`): so little that the words are held to be the same."""
NEIGHBOUR = 0.5
"""What one costs that is the key beside the right one (`KEYBOARD`), is doubled, or is swapped with the next: two are
no worse than one wrong letter."""
LOOKALIKES = ("0o", "1il", "5s", "8b")
"""Letters and digits that machines which read take for one another."""
LOOKALIKE_PAIRS = (("rn", "m"), ("vv", "w"))
"""Two letters that they take for one."""
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
"""The rows of letters of a keyboard."""

GATE_POINTS = tuple(weight.same for weight in GATE)
SAME_POINTS = {weight.feature: weight.same for weight in WEIGHTS}
REASONS = {weight.feature: weight.reason for weight in WEIGHTS} | {
    "elsewhere": "the party is declared in another country",
    "list_size": "the longer the list, the more names are alike by chance",
}
CROSS_POINTS = {weight.feature: weight.cross for weight in WEIGHTS}
VERSION = hashlib.sha256(
    repr([(name, value) for name, value in globals().items() if name.isupper()]).encode()
).hexdigest()[:12]
"""Names this table in every record: two screenings under one version were judged alike."""


def prior(names: int) -> float:
    """The log-odds that the number of listed names adds."""
    return -LENGTH_SLOPE * math.log(max(names, FEWEST_NAMES) / FITTED_NAMES)


def nearest(names: int) -> float:
    """The cosine below which a candidate is not compared. In a long list the prior odds leave hardly a match at
    low cosines, so that far fewer names need to be compared."""
    return min(NEAREST_MOST, NEAREST + NEAREST_GROWTH * surcharge(names))


def gate_odds(names: int) -> float:
    """The log-odds from which a candidate is aligned and scored: in a long list the scorer asks for as much more."""
    return GATE_ODDS + surcharge(names)


def surcharge(names: int) -> float:
    """What a list of more than some 10,000 names costs in log-odds; below that, nothing."""
    return max(0.0, -prior(names) - 1.0)
