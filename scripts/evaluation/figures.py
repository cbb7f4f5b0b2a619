"""From labelled names and their hits to figures: recall, alerts, a sweep of thresholds, precision, calibration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from rapidfuzz.fuzz import ratio

from app.text.read import read_name
from scripts.evaluation.folder import Labelled, Sort

THRESHOLDS = (*(value / 100 for value in range(10, 100, 5)), 0.97, 0.98, 1.0)
BINS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)

_Z = 1.96
"""Standard deviations of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0

    @property
    def per_10000(self) -> float:
        return 1e4 * self.share

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        size = self.whole
        middle = (self.part + _Z * _Z / 2) / (size + _Z * _Z)
        half = _Z * sqrt(self.share * (1 - self.share) / size + _Z * _Z / (4 * size * size)) / (1 + _Z * _Z / size)
        return middle - half, middle + half


def _rates(pairs: Iterable[tuple[str, bool]]) -> dict[str, Rate]:
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, holds in pairs:
        counts[key][0] += holds
        counts[key][1] += 1
    return {key: Rate(*counts[key]) for key in sorted(counts)}


def recall(names: Sequence[Labelled], threshold: float = 0.0) -> dict[str, Rate]:
    """By kind of variation, and over all same-script and all cross-script queries."""
    queries = [(name, name.score() >= max(threshold, 1e-9)) for name in names if name.sort is Sort.QUERY]
    both = _rates(("= cross-script" if name.cross else "= same-script", found) for name, found in queries)
    return _rates((name.kind, found) for name, found in queries) | both


def alerts(names: Sequence[Labelled], threshold: float = 0.0) -> dict[str, Rate]:
    """By kind of unrelated name; names whose own listing was left out are a kind of their own."""
    sorts = (Sort.UNRELATED, Sort.LEFT_OUT)
    return _rates((name.kind, name.alert(threshold) is not None) for name in names if name.sort in sorts)


def hard_false_hits(names: Sequence[Labelled], threshold: float = 0.0) -> Rate:
    hard = [name for name in names if name.sort is Sort.HARD]
    return Rate(sum(name.alert(threshold) is not None for name in hard), len(hard))


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a precision-recall curve."""

    threshold: float
    recall: float
    precision: float


def curve(names: Sequence[Labelled], cross: bool) -> list[Point]:
    """Precision and recall by threshold, over queries of one kind and the alerts that names of that pair of scripts
    raised. Thresholds below the lowest score seen say nothing and are left out."""
    right = [name.score() for name in names if name.sort is Sort.QUERY and name.cross is cross]
    false = [[hit.score for hit in name.false_hits if hit.cross is cross] for name in names]
    wrong = [max(scores) for scores in false if scores]
    lowest = min((score for score in (*right, *wrong) if score), default=1.0)
    points = []
    for threshold in THRESHOLDS:
        found = sum(score >= threshold for score in right)
        alerts = sum(score >= threshold for score in wrong)
        if threshold >= lowest - 0.05 and found + alerts:
            points.append(Point(threshold, found / len(right), found / (found + alerts)))
    return points


@dataclass(frozen=True, slots=True)
class Bin:
    """Hits whose score lies from `low` up to `high`: their mean score, and how many are right."""

    low: float
    high: float
    score: float
    rate: Rate


def calibration(names: Sequence[Labelled], cross: bool) -> list[Bin]:
    """How many hits are right by their score, empty ranges left out."""
    seen = [
        (hit.score, name.is_right(hit))
        for name in names
        for hit in (name.hits if name.sort is Sort.QUERY else name.false_hits)
        if hit.cross is cross
    ]
    bins = []
    for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
        inside = [(score, right) for score, right in seen if low <= score < high]
        if inside:
            mean = sum(score for score, _ in inside) / len(inside)
            bins.append(Bin(low, min(high, 1.0), mean, Rate(sum(right for _, right in inside), len(inside))))
    return bins


def wrong(names: Sequence[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    """(alerts on names that should be clear, by falling score; queries missed, those most like their listing first)."""
    alerts = [(alert.score, name) for name in names if (alert := name.alert())]
    false = [name for _, name in sorted(alerts, key=lambda pair: (-pair[0], pair[1].name))]
    missed = [name for name in names if name.sort is Sort.QUERY and not name.score()]
    missed.sort(key=lambda name: (-likeness(name.name, name.listed_name), name.name))
    return false, missed


def likeness(left: str, right: str) -> float:
    """How alike two names look to anybody once they are read, 0 to 100."""
    return ratio(read_name(left).core, read_name(right).core)
