#!/usr/bin/env python3
"""Fits the points of `app/match/policy.py` to labelled pairs and writes them into it, the reasons untouched.

    scripts/fit_weights.py DIR [--check]

DIR holds list.csv (id,name), queries.csv (expected_id,name,...), unrelated.csv (name,...) and hard_negatives.csv
(name,...). A pair of a query and a candidate is right when the candidate is the expected listing. The fit is a
logistic regression with a ridge penalty, one per script pair. With --check nothing is written; the figures of a
two-fold cross-validation are printed instead.
"""

from __future__ import annotations

import argparse
import csv
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from app.index.names import NameIndex
from app.match import policy
from app.match.features import Comparison, compare_names
from app.match.gate import Profile, profile
from app.text.read import read_name

POLICY = Path(policy.__file__)
PENALTY = 1.0
# Which way a feature may speak, so that no agreement counts against a match and no difference for it.
AGAINST = {
    "brand_gap",
    "brand_gap_pinyin",
    "brand_missing",
    "brand_extra",
    "brand_conflict",
    "brand_none",
    "rest_pinyin",
    "place_within",
    "place_conflict",
    "place_missing",
    "place_extra",
    "industry_different",
    "industry_missing",
    "industry_extra",
    "ordinal_different",
    "ordinal_alone",
    "org_alone",
}
EITHER = {"bias", "no_brand"}
FEATURES = [weight.feature for weight in policy.WEIGHTS]
BOUNDS = [
    (None, None) if feature in EITHER else (None, 0.0) if feature in AGAINST else (0.0, None) for feature in FEATURES
]
Floats = npt.NDArray[np.float64]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


class Pairs:
    """Candidate pairs of a labelled folder: one row of features, a label, a script flag and a fold each."""

    def __init__(self, folder: Path) -> None:
        listed = rows(folder / "list.csv")
        self.ids = [row["id"] for row in listed]
        self.profiles = [profile(read_name(row["name"])) for row in listed]
        self.index = NameIndex.build(listed.renderings for listed in self.profiles)
        self.features: list[list[float]] = []
        self.right: list[bool] = []
        self.cross: list[bool] = []
        self.fold: list[int] = []
        for name, expected in self._labelled(folder):
            for number, compared in self._candidates(profile(read_name(name))):
                self.features.append([compared.features[feature] for feature in FEATURES])
                self.right.append(self.ids[number] == expected)
                self.cross.append(compared.cross_script)
                self.fold.append(zlib.crc32(self.ids[number].encode()) % 2)

    @staticmethod
    def _labelled(folder: Path) -> Iterator[tuple[str, str]]:
        for row in rows(folder / "queries.csv"):
            yield row["name"], row["expected_id"]
        for file in ("unrelated.csv", "hard_negatives.csv"):
            for row in rows(folder / file):
                yield row["name"], ""

    def _candidates(self, query: Profile) -> Iterator[tuple[int, Comparison]]:
        _, numbers, _ = self.index.candidates([query.renderings], policy.CANDIDATES, policy.NEAREST)
        for number in numbers.tolist():
            if self.profiles[number].name.identity != query.name.identity:
                yield number, compare_names(query, self.profiles[number])


def fit(features: Floats, right: Floats) -> Floats:
    """The points that maximise the likelihood less the ridge penalty."""

    def loss(points: Floats) -> tuple[float, Floats]:
        odds = features @ points
        error = 1 / (1 + np.exp(-odds)) - right
        value = (np.logaddexp(0, odds) - right * odds).sum() + PENALTY * (points**2).sum()
        return float(value), features.T @ error + 2 * PENALTY * points

    start = np.zeros(features.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=BOUNDS, options={"maxiter": 1000}).x


def write(same: Floats, cross: Floats) -> None:
    """Puts the points into the table of the policy, row by row."""
    text = POLICY.read_text(encoding="utf-8")
    for feature, one, two in zip(FEATURES, same, cross, strict=True):
        row = re.compile(rf'(Weight\(\s*"{feature}",\s*)-?[\d.]+,(\s*)-?[\d.]+,')
        text, found = row.subn(rf"\g<1>{one + 0.0:.2f},\g<2>{two + 0.0:.2f},", text)
        if found != 1:
            raise SystemExit(f"{POLICY}: no row for {feature}")
    POLICY.write_text(text, encoding="utf-8")


def validate(features: Floats, right: Floats, cross: npt.NDArray[np.bool_], fold: Sequence[int]) -> None:
    scores = np.zeros(len(right))
    folds = np.array(fold)
    for held in (0, 1):
        for script in (False, True):
            train, test = (folds != held) & (cross == script), (folds == held) & (cross == script)
            scores[test] = 1 / (1 + np.exp(-features[test] @ fit(features[train], right[train])))
    for threshold in (0.3, 0.5, 0.7, 0.9):
        taken = scores >= threshold
        precision, recall = right[taken].mean(), right[taken].sum() / right.sum()
        print(f"at {threshold}: {taken.sum()} pairs, {precision:.3f} right, recall {recall:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="cross-validate, write nothing")
    args = parser.parse_args()
    pairs = Pairs(args.folder)
    features, right, cross = np.array(pairs.features), np.array(pairs.right, float), np.array(pairs.cross)
    print(f"{len(right)} pairs, {int(right.sum())} of them right")
    if args.check:
        validate(features, right, cross, pairs.fold)
    else:
        write(fit(features[~cross], right[~cross]), fit(features[cross], right[cross]))


if __name__ == "__main__":
    main()
