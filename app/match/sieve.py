"""The sieve before the scorer: thousands of pairs at once, of which those go on that could be a match.

It asks what the gate asks, and then how alike the names are as a whole and how rare the words are that they share, by
kind. Its points are fitted to the scorer's log-odds (`scripts/fit_sieve.py`), with so much to spare that no match of
the pairs it was fitted to falls short; one point corrects another, so either sign may stand. Pairs that a rule could
decide whatever their points always go on. The sieve only ever drops pairs: what is left the scorer decides alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.fuzz import ratio
from rapidfuzz.process import cpdist

from app.index.compiled import NameFlag
from app.match import policy
from app.match.policy import Weight
from app.match.sketches import BRAND, DISTINCTIVE, HAN, INDUSTRY, OTHER, PINYIN, PLACE, UPPER, Sketches, Texts

Floats = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Mask = npt.NDArray[Any]
# Numbers of queries and of listed names.
Pairs = tuple[Ints, Ints]

SIEVE = (
    Weight(
        "bias",
        -2.62,
        -8.78,
        "two names taken at random are two companies; what the worst match falls short of is in it",
    ),
    Weight("agreement", -10.23, -5.93, "the share of the words, by rarity, that both names have"),
    Weight("agreement_squared", 12.68, 6.09, "near-complete agreement says more than its share"),
    Weight("brand", -1.88, 2.20, "the brands are the same or sound alike"),
    Weight("pinyin", 2.99, -1.42, "both brands are pinyin and none is the same"),
    Weight("pinyin_gap", -8.00, -5.54, "the less two pinyin brands sound alike, the less they are one"),
    Weight("cosine", 10.32, 17.52, "the share of the rare 4-grams"),
    Weight("onset", 1.04, 0.65, "the brands begin alike"),
    Weight("core", 2.54, 10.54, "the names are alike as a whole, letter by letter"),
    Weight("concepts", -3.39, 1.95, "the names are alike as a whole, trade words translated"),
    Weight("brand_words", 6.55, 2.02, "words of the brand agree, the more the rarer"),
    Weight("place_words", 3.61, 3.03, "the place agrees"),
    Weight("industry_words", 1.41, 1.25, "words of trade agree"),
    Weight("other_words", 6.07, 2.51, "the number or the kind of body agrees"),
)
ALIKE = 0.8
"""Names that are as alike as this as a whole always go on."""
SAME_SOUND = 0.9
"""So do names whose brands sound as alike as this."""
_RAREST = 12.4
_SLIPS = 2  # letters that a slip of the keyboard can bring or take
_LOWER = np.uint64(0xFFFFFFFF)
_ROUNDING = 1e-3  # sketches are float32


def promising(
    queries: Sketches,
    listed: Sketches,
    pairs: Pairs,
    cosines: Floats,
    flags: Ints,
    names: int,
) -> Mask:
    """Which pairs could be a match. `flags` are the `NameFlag`s of the listed names, `names` is how many names a query
    is screened against."""
    keep = _ruled(queries, listed, pairs, cosines, flags)
    least = policy.gate_odds(names) - _ROUNDING
    shared = Shared.of(queries, listed, pairs)
    going = np.flatnonzero(_most(queries, listed, pairs, cosines, shared) >= least)
    pairs, cosines, shared = _of(pairs, going), cosines[going], shared.of_pairs(going)
    gate = gate_features(queries, listed, pairs, cosines, shared)
    passing = gate @ _GATE_POINTS >= least
    going, gate, pairs, shared = going[passing], gate[passing], _of(pairs, passing), shared.of_pairs(passing)
    features = pair_features(queries, listed, pairs, gate, shared)
    likely = _points(features, queries, listed, pairs) >= -policy.prior(names)
    likely |= goes_on(features, queries, listed, pairs, shared)
    likely |= flags[going] & NameFlag.EXTENDS != 0  # a rule asks how the names begin
    keep[going[likely]] = True
    return keep


@dataclass(frozen=True, slots=True)
class Shared:
    """The words that pairs share: how rare they are together, by kind and pair, and how many are of the brand."""

    rarity: Floats
    brand_words: Ints

    @classmethod
    def of(cls, queries: Sketches, listed: Sketches, pairs: Pairs) -> Shared:
        rows, columns = pairs
        counts = queries.word_starts[rows + 1] - queries.word_starts[rows]
        ends = np.cumsum(counts)
        pair = np.repeat(np.arange(len(rows)), counts)
        place = np.arange(len(pair)) - np.repeat(ends - counts - queries.word_starts[rows], counts)
        keys = queries.keys[place] & _LOWER | columns[pair].astype(np.uint64) << UPPER
        found = np.searchsorted(listed.keys, keys)
        found[found == len(listed.keys)] = 0
        same = listed.keys[found] == keys if len(listed.keys) else np.zeros(len(keys), dtype=bool)
        pair, place, found = pair[same], place[same], found[same]
        rarities = np.maximum(queries.rarities[place], listed.rarities[found])
        kinds = (queries.keys[place] & np.uint64(3)).astype(np.int64)
        totals = np.bincount(kinds * len(rows) + pair, weights=rarities, minlength=4 * len(rows))
        brand_words = np.bincount(pair[kinds == BRAND], minlength=len(rows))
        return cls(totals.reshape(4, len(rows)), brand_words)

    def of_pairs(self, chosen: Ints | Mask) -> Shared:
        return Shared(self.rarity[:, chosen], self.brand_words[chosen])


def gate_features(queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, shared: Shared) -> Floats:
    """The features of `policy.GATE`, one row a pair."""
    rows, columns = pairs
    one_brand = shared.brand_words > 0
    alike = np.where(one_brand, 1.0, _alike(queries.sounds, listed.sounds, pairs))
    mass = shared.rarity.sum(axis=0) + np.where(one_brand, 0.0, alike * _lesser_brand(queries, listed, pairs))
    pinyin = (queries.marks[rows] & listed.marks[columns] & PINYIN != 0) & ~one_brand
    return _gate(queries, listed, pairs, cosines, mass, alike, pinyin)


def pair_features(queries: Sketches, listed: Sketches, pairs: Pairs, gate: Floats, shared: Shared) -> Floats:
    """The features of `SIEVE`: those of the gate, and what else can be told of two sketches."""
    masses = [np.minimum(shared.rarity[kind] / _RAREST, most) for kind, most in _CAPS]
    core, concepts = _alike(queries.cores, listed.cores, pairs), _alike(queries.concepts, listed.concepts, pairs)
    return np.column_stack([gate, core, concepts, *masses])


def _gate(
    queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, mass: Floats, alike: Floats, pinyin: Mask
) -> Floats:
    rows, columns = pairs
    total = queries.totals[rows].astype(float) + listed.totals[columns]
    agreement = 2 * mass / np.where(total == 0, 1.0, total)
    onset = queries.onsets[rows] == listed.onsets[columns]
    gap = np.where(pinyin, 1 - alike, 0.0)
    ones = np.ones(len(rows))
    return np.column_stack([ones, agreement, agreement**2, alike, pinyin, gap, cosines, onset])


def _most(queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, shared: Shared) -> Floats:
    """What the gate's odds would be if the brands sounded the same; most pairs would not pass even so."""
    mass = shared.rarity.sum(axis=0) + _lesser_brand(queries, listed, pairs)
    same = np.ones(len(cosines))
    return _gate(queries, listed, pairs, cosines, mass, same, same == 0) @ _GATE_POINTS


def _lesser_brand(queries: Sketches, listed: Sketches, pairs: Pairs) -> Floats:
    return np.minimum(queries.brands[pairs[0]], listed.brands[pairs[1]])


def goes_on(features: Floats, queries: Sketches, listed: Sketches, pairs: Pairs, shared: Shared) -> Mask:
    """Pairs that go on whatever their points: names that are alike as a whole, or whose brands are, or of which one
    holds the other, may be cut into other words; names with all words of rare brands in common may be under a rule
    (`policy.SAME_BUT_BODY`)."""
    rows, columns = pairs
    cores = zip(queries.cores.take(rows), listed.cores.take(columns), strict=True)
    within = np.array([len(one) > 3 < len(other) and (one in other or other in one) for one, other in cores], bool)
    alike = features[:, _WHOLE].max(axis=1, initial=0.0) >= ALIKE
    distinctive = queries.marks[rows] & listed.marks[columns] & DISTINCTIVE != 0
    sounds = distinctive & (shared.brand_words == 0) & (features[:, _BRAND] >= SAME_SOUND)
    one_brand = (queries.brand_counts[rows] == shared.brand_words) & (
        listed.brand_counts[columns] == shared.brand_words
    )
    rare = queries.brands[rows] >= policy.RARE_WORDS - _ROUNDING
    on: Mask = within | alike | sounds | (one_brand & rare)
    return on


def _points(features: Floats, queries: Sketches, listed: Sketches, pairs: Pairs) -> Floats:
    """About how far the scorer's log-odds are above its threshold, before the prior odds."""
    cross = (queries.marks[pairs[0]] ^ listed.marks[pairs[1]]) & HAN != 0
    return np.where(cross, features @ CROSS_POINTS, features @ SAME_POINTS)


def _ruled(queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, flags: Ints) -> Mask:
    """Pairs that a rule may decide without points: persons, the same names, and names that a slip may tell apart."""
    rows, columns = pairs
    same = queries.core_sums[rows] == listed.core_sums[columns]
    same |= queries.spelling_sums[rows] == listed.spelling_sums[columns]
    latin = (queries.marks[rows] | listed.marks[columns]) & HAN == 0
    letters = queries.letter_counts[rows].astype(np.int64) - listed.letter_counts[columns]
    slip = latin & (cosines >= policy.SLIP_NEAREST) & (abs(letters) <= _SLIPS)
    slip &= queries.word_counts[rows] == listed.word_counts[columns]
    keep: Mask = same | slip | (flags & NameFlag.PERSON != 0)
    return keep


def _alike(left: Texts, right: Texts, pairs: Pairs) -> Floats:
    if not len(pairs[0]):
        return np.empty(0)
    return cpdist(left.take(pairs[0]), right.take(pairs[1]), scorer=ratio, dtype=np.float64) / 100


def _of(pairs: Pairs, chosen: Ints | Mask) -> Pairs:
    return pairs[0][chosen], pairs[1][chosen]


_CAPS = ((BRAND, 1.5), (PLACE, 1.5), (INDUSTRY, 2.0), (OTHER, 2.0))
FEATURES = tuple(weight.feature for weight in SIEVE)
_BRAND = FEATURES.index("brand")
_WHOLE = [FEATURES.index("core"), FEATURES.index("concepts")]
_GATE_POINTS: Floats = np.array(policy.GATE_POINTS)
SAME_POINTS: Floats = np.array([weight.same for weight in SIEVE])
CROSS_POINTS: Floats = np.array([weight.cross for weight in SIEVE])
