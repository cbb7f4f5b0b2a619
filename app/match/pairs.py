"""The gate over thousands of pairs at once: which of them are worth looking at one by one.

It asks what `gate.is_promising` asks, of arrays instead of profiles and with a little to spare for their rounding, and
lets every pair pass that a rule may decide whatever its points. So it drops only what the scorer would drop: what goes
on is decided pair by pair, as if no pair had been dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from app.index.compiled import NameFlag
from app.match import policy
from app.match.gate import ROUNDING
from app.match.sketches import BRAND, HAN, PINYIN, UPPER, Sketches

Floats = npt.NDArray[Any]
Ints = npt.NDArray[Any]
Mask = npt.NDArray[Any]
# Numbers of queries and of listed names.
Pairs = tuple[Ints, Ints]

_POINTS: Floats = np.array(policy.GATE_POINTS)
_LOWER = np.uint64(np.iinfo(np.uint32).max)


def promising(
    queries: Sketches,
    listed: Sketches,
    pairs: Pairs,
    cosines: Floats,
    flags: Ints,
    names: int,
) -> tuple[Mask, Floats]:
    """Which pairs could be a match, and the log-odds of the gate for each: at most so much for those that do not pass,
    and to `ROUNDING` for those that do. `flags` are the `NameFlag`s of the listed names, `names` is how many names a
    query is screened against."""
    keep = _ruled(queries, listed, pairs, cosines, flags)
    least = policy.gate_odds(names) - ROUNDING
    shared = _Shared.of(queries, listed, pairs)
    # Most pairs would not pass even if their brands sounded the same: how they sound need not be asked.
    most = shared.rarity + np.minimum(queries.brands[pairs[0]], listed.brands[pairs[1]])
    same = np.ones(len(cosines))
    odds = _features(queries, listed, pairs, cosines, most, same, same == 0) @ _POINTS
    going = np.flatnonzero(odds >= least)
    pairs, cosines, shared = _of(pairs, going), cosines[going], shared.of_pairs(going)
    odds[going] = gate_features(queries, listed, pairs, cosines, shared) @ _POINTS
    return keep | (odds >= least), odds


@dataclass(frozen=True, slots=True)
class _Shared:
    """How rare the words are together that pairs share, and whether one of them is of the brand."""

    rarity: Floats
    brand: Mask

    @classmethod
    def of(cls, queries: Sketches, listed: Sketches, pairs: Pairs) -> _Shared:
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
        of_brands = pair[queries.keys[place] & BRAND != 0]
        return cls(
            np.bincount(pair, weights=rarities, minlength=len(rows)), np.bincount(of_brands, minlength=len(rows)) > 0
        )

    def of_pairs(self, chosen: Ints | Mask) -> _Shared:
        return _Shared(self.rarity[chosen], self.brand[chosen])


def gate_features(queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, shared: _Shared) -> Floats:
    """The features of `policy.GATE`, one row a pair; those of one pair are `gate.gate_features`."""
    rows, columns = pairs
    alike = np.ones(len(rows))
    asked = np.flatnonzero(~shared.brand)
    if len(asked):
        left, right = queries.sounds.take(rows[asked]), listed.sounds.take(columns[asked])
        alike[asked] = cpdist(left, right, scorer=Indel.normalized_similarity, dtype=np.float64)
    lesser = np.minimum(queries.brands[rows], listed.brands[columns])
    mass = shared.rarity + np.where(shared.brand, 0.0, alike * lesser)
    pinyin = (queries.marks[rows] & listed.marks[columns] & PINYIN != 0) & ~shared.brand
    return _features(queries, listed, pairs, cosines, mass, alike, pinyin)


def _features(
    queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, mass: Floats, alike: Floats, pinyin: Mask
) -> Floats:
    rows, columns = pairs
    total = queries.totals[rows].astype(float) + listed.totals[columns]
    agreement = 2 * mass / np.where(total == 0, 1.0, total)
    onset = queries.onsets[rows] == listed.onsets[columns]
    gap = np.where(pinyin, 1 - alike, 0.0)
    ones = np.ones(len(rows))
    return np.column_stack([ones, agreement, agreement**2, alike, pinyin, gap, cosines, onset])


def _ruled(queries: Sketches, listed: Sketches, pairs: Pairs, cosines: Floats, flags: Ints) -> Mask:
    """Pairs that a rule may decide without points: persons, the same names, and names that a slip may tell apart."""
    rows, columns = pairs
    same = queries.core_sums[rows] == listed.core_sums[columns]
    same |= queries.spelling_sums[rows] == listed.spelling_sums[columns]
    same |= queries.identity_sums[rows] == listed.identity_sums[columns]
    latin = (queries.marks[rows] | listed.marks[columns]) & HAN == 0
    words = queries.word_counts[rows] == listed.word_counts[columns]
    slip = latin & words & (cosines >= policy.SLIP_NEAREST)
    keep: Mask = same | slip | (flags & NameFlag.PERSON != 0)
    return keep


def _of(pairs: Pairs, chosen: Ints | Mask) -> Pairs:
    return pairs[0][chosen], pairs[1][chosen]
