#!/usr/bin/env python3
"""Fits the points of `app/match/sieve.py` to the scorer's log-odds and writes them into it, so that no match
of the pairs it saw is lost. To be run whenever the scorer's points have changed.

    scripts/fit_sieve.py DIR [--check]

DIR is that of `fit_weights.py`. Matches are learnt from its queries and from the bundled lists' own names in many
spellings, what is to be dropped from its unrelated names and from made-up ones. With --check nothing is written; the
figures of the table as it stands are printed instead.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from scipy.special import logit

from app.index.compiled import NameFlag
from app.lists.sources import bundled_sources, resolve_sources
from app.match import policy, sieve
from app.match.features import compare_names
from app.match.gate import Profile, is_promising, profile
from app.match.match import match_names
from app.match.sketches import HAN, Sketches
from app.screening.hits import context_of
from app.screening.screener import Screener
from app.text.read import read_name
from scripts.benchmarks.names import made_names, write_list

SIEVE = Path(sieve.__file__)
ROUNDS = 40
SHORTEST = policy.prior(policy.FEWEST_NAMES)
"""Pairs that would be a match on the shortest list count as matches."""
NEVER = -9.0
RESERVE = 0.3
"""What the worst of the matches has to spare."""
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """Pairs that pass the gate: the sieve's features, by how much the scorer's log-odds are above the threshold,
    whether the scripts differ, and whether the sieve lets the pair pass whatever its points."""

    features: Floats
    above: Floats
    cross: npt.NDArray[np.bool_]
    exempt: npt.NDArray[np.bool_]
    names: Sequence[tuple[str, str]]

    def matches(self) -> Sample:
        """Only these: names that resemble listed ones are not what the sieve is to save time with."""
        kept = np.flatnonzero(self.above >= -SHORTEST)
        names = [self.names[place] for place in kept]
        return Sample(self.features[kept], self.above[kept], self.cross[kept], self.exempt[kept], names)


def column(path: Path) -> list[str]:
    with path.open(newline="", encoding="utf-8") as file:
        return [row["name"] for row in csv.DictReader(file)]


def sample(screener: Screener, names: Sequence[str]) -> Sample:
    compiled, size = screener.compiled, screener.compiled.index.size
    queries = [profile(read_name(name)) for name in names]
    starts, numbers, cosines = compiled.index.candidates(
        [item.renderings for item in queries], policy.CANDIDATES, policy.nearest(size)
    )
    rows = np.repeat(np.arange(len(queries)), np.diff(starts))
    above, chosen = [], []
    for place, (row, number, cosine) in enumerate(zip(rows.tolist(), numbers.tolist(), cosines.tolist(), strict=True)):
        query, listed = queries[row], screener.listed_name(number)
        if is_promising(query, listed, cosine, policy.gate_odds(size)):
            chosen.append(place)
            above.append(_above(query, listed, cosine, compiled.flags(number), size))
    left = Sketches.of(queries)
    pairs = rows[chosen], numbers[chosen].astype(np.int64)
    shared = sieve.Shared.of(left, screener.sketches, pairs)
    gate = sieve.gate_features(left, screener.sketches, pairs, cosines[chosen], shared)
    features = sieve.pair_features(left, screener.sketches, pairs, gate, shared)
    return Sample(
        features,
        np.array(above),
        (left.marks[pairs[0]] ^ screener.sketches.marks[pairs[1]]) & HAN != 0,
        sieve.goes_on(features, left, screener.sketches, pairs, shared),
        [(queries[row].name.text, compiled.name(number)) for row, number in zip(*pairs, strict=True)],
    )


def _above(query: Profile, listed: Profile, cosine: float, flags: NameFlag, size: int) -> float:
    """How far the scorer's log-odds are above the threshold, without the prior odds of the list."""
    compared = compare_names(query, listed)
    points = policy.CROSS_POINTS if compared.cross_script else policy.SAME_POINTS
    limits = policy.CROSS_SCRIPT if compared.cross_script else policy.SAME_SCRIPT
    odds = sum(points[name] * value for name, value in compared.features.items()) - float(logit(limits.possible))
    if match_names(query, listed, cosine, flags, context_of("", query.name), size) is not None:
        return max(odds, -SHORTEST)  # a rule may have decided
    return NEVER if odds > -policy.prior(size) else odds


def fit(features: Floats, above: Floats) -> Floats:
    """The points of which no match falls short, and the rest by as much as can be."""
    aim = np.clip(above, -6.0, 4.0)
    points = np.zeros(features.shape[1])
    for _ in range(ROUNDS):
        short = aim - features @ points
        matched = aim >= -SHORTEST
        weights = np.where(
            short > 0, np.where(matched, 80 + 60 * np.maximum(short, 0) ** 2, 0.1), np.where(matched, 0.3, 1.0)
        )
        root = np.sqrt(weights)
        found = np.linalg.lstsq(features * root[:, None], aim * root, rcond=None)[0]
        points = (points + found) / 2
    matched = above >= -SHORTEST
    points[0] += np.max(above[matched] - features[matched] @ points) + RESERVE
    return np.round(points, 2)


def report(samples: Sequence[tuple[str, int, Sample]], points: tuple[Floats, Floats]) -> None:
    """Prints what the table does to each sample, and the matches nearest to being lost."""
    worst: list[tuple[float, str, str]] = []
    for title, size, found in samples:
        given = np.where(found.cross, found.features @ points[1], found.features @ points[0])
        spare = np.where(found.exempt | (found.above < -SHORTEST), np.inf, given - found.above)
        worst += [(float(spare[place]), *found.names[place]) for place in np.argsort(spare)[:8]]
        other = found.above < -policy.prior(size)
        going = found.exempt | (given >= -policy.prior(size))
        print(f"{title}: {other.sum()} pairs pass the gate and are no match, {(other & going).sum()} of them the sieve")
    for spare_points, name, listed in sorted(worst)[:8]:
        print(f"  {spare_points:.2f} to spare: {name} | {listed}")


def write(same: Floats, cross: Floats) -> None:
    text = SIEVE.read_text(encoding="utf-8")
    for feature, one, two in zip(sieve.FEATURES, same, cross, strict=True):
        row = re.compile(rf'(Weight\(\s*"{feature}",\s*)-?[\d.]+,(\s*)-?[\d.]+,')
        text, found = row.subn(rf"\g<1>{one + 0.0:.2f},\g<2>{two + 0.0:.2f},", text)
        if found != 1:
            raise SystemExit(f"{SIEVE}: no row for {feature}")
    SIEVE.write_text(text, encoding="utf-8")


def _varied(name: str) -> list[str]:
    """The name as people write it who mean it: in capitals, with a word less, a letter less, its words glued."""
    words = name.split()
    middle = len(name) // 2
    return [
        name.upper(),
        " ".join(words[:-1]),
        " ".join(words[1:]),
        name[:middle] + name[middle + 1 :],
        "".join(words[:2]) + " " + " ".join(words[2:]),
        name[:35],
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing")
    args = parser.parse_args()
    queries, unrelated = column(args.folder / "queries.csv"), column(args.folder / "unrelated.csv")
    today = date.today()
    labelled = Screener.open(resolve_sources([str(args.folder / "list.csv")]), as_of=today, cache_dir=None)
    bundled = Screener.open(bundled_sources(), as_of=today, cache_dir=None)
    with TemporaryDirectory() as scratch:
        path = Path(scratch) / "made.csv"
        write_list(path, made_names(10_000, seed=5))
        made = Screener.open(resolve_sources([str(path)]), as_of=today, cache_dir=None)
    own = [bundled.compiled.name(number) for number in range(bundled.compiled.index.size)]
    varied = [spelling for name in own for spelling in _varied(name)]
    samples = [
        ("queries for their list", labelled.compiled.index.size, sample(labelled, queries).matches()),
        ("the bundled lists' own names, varied", len(own), sample(bundled, own + varied).matches()),
        ("unrelated names", labelled.compiled.index.size, sample(labelled, unrelated)),
        ("unrelated names, bundled lists", len(own), sample(bundled, unrelated)),
        ("made-up names, 10,000 listed", 10_000, sample(made, made_names(2_000, seed=6))),
    ]
    points = (sieve.SAME_POINTS, sieve.CROSS_POINTS)
    if not args.check:
        features = np.concatenate([found.features for _, _, found in samples])
        above = np.concatenate([found.above for _, _, found in samples])
        cross = np.concatenate([found.cross for _, _, found in samples])
        free = ~np.concatenate([found.exempt for _, _, found in samples])
        same_points, cross_points = (fit(features[free & script], above[free & script]) for script in (~cross, cross))
        points = (same_points, cross_points)
    report(samples, points)
    if not args.check:
        write(*points)


if __name__ == "__main__":
    main()
