#!/usr/bin/env python3
"""Fits the points of `app/match/policy.py` to labelled pairs and writes them into it, the reasons untouched; then those
of the gate, and its threshold, to the verdicts of the fitted points.

    scripts/fit_weights.py DIR [--check]

DIR is laid out as `scripts/eval --help` says. A pair of a query and a candidate is right when the candidate is the
expected listing or its twin; names that are to be clear, and Chinese ones whose own listing is left out, make the wrong
ones. The fit is a logistic regression with a ridge penalty, one per script pair. With --check nothing is written; the
figures of a two-fold cross-validation are printed instead.
"""

from __future__ import annotations

import argparse
import re
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logit

from app.index.names import NameIndex
from app.match import policy
from app.match.features import Comparison, compare_names
from app.match.gate import Profile, gate_features, profile
from app.text.read import read_name
from scripts.evaluation.folder import Sort, labelled_names, rows

POLICY = Path(policy.__file__)
PENALTY = 1.0
# Which way a feature may speak, so that no agreement counts against a match and no difference for it.
AGAINST = {
    "brand_gap",
    "brand_gap_pinyin",
    "brand_documented",
    "brand_group",
    "group_sister",
    "trade_clash",
    "brand_missing",
    "brand_extra",
    "brand_conflict",
    "brand_none",
    "rest_pinyin",
    "place_within",
    "place_besides",
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
EITHER = {"bias", "no_brand", "brand_one_sided"}
FEATURES = [weight.feature for weight in policy.WEIGHTS]
BOUNDS = [
    (None, None) if feature in EITHER else (None, 0.0) if feature in AGAINST else (0.0, None) for feature in FEATURES
]
GATE = [weight.feature for weight in policy.GATE]
# The gate asks for agreement; only two pinyin brands that differ speak against a pair.
GATE_BOUNDS = [(None, 0.0) if feature.startswith(("gate_pinyin", "gate_bias")) else (0.0, None) for feature in GATE]
MATCH_WEIGHT = 20.0
LOST = 0.008
Bounds = Sequence[tuple[float | None, float | None]]
Floats = npt.NDArray[np.float64]


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
        self.gate: list[tuple[float, ...]] = []
        labels = labelled_names(folder)
        queries = {label.name for label in labels if label.sort is Sort.QUERY}
        for label in labels:
            if label.sort is Sort.LEFT_OUT and label.name in queries:
                continue  # its pairs are those of the query
            query = profile(read_name(label.name))
            right = label.same if label.sort is Sort.QUERY else frozenset()
            for number, cosine, compared in self._candidates(query):
                if label.sort is Sort.LEFT_OUT and self.ids[number] in label.same:
                    continue
                self.gate.append(gate_features(query, self.profiles[number], cosine))
                self.features.append([compared.features[feature] for feature in FEATURES])
                self.right.append(self.ids[number] in right)
                self.cross.append(compared.cross_script)
                self.fold.append(zlib.crc32(self.ids[number].encode()) % 2)

    def _candidates(self, query: Profile) -> Iterator[tuple[int, float, Comparison]]:
        _, numbers, cosines = self.index.candidates([query.renderings], policy.CANDIDATES, policy.NEAREST)
        for number, cosine in zip(numbers.tolist(), cosines.tolist(), strict=True):
            if self.profiles[number].name.identity != query.name.identity:
                yield number, cosine, compare_names(query, self.profiles[number])


def fit(features: Floats, right: Floats, bounds: Bounds, weights: Floats | float = 1.0) -> Floats:
    """The points that maximise the weighted likelihood less the ridge penalty."""

    def loss(points: Floats) -> tuple[float, Floats]:
        odds = features @ points
        error = weights * (1 / (1 + np.exp(-odds)) - right)
        value = (weights * (np.logaddexp(0, odds) - right * odds)).sum() + PENALTY * (points**2).sum()
        return float(value), features.T @ error + 2 * PENALTY * points

    start = np.zeros(features.shape[1])
    return minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 1000}).x


def fit_gate(gate: Floats, verdict: npt.NDArray[np.bool_]) -> tuple[Floats, float]:
    """The gate's points, and the log-odds that all but `LOST` of the scorer's matches reach."""
    points = fit(gate, verdict.astype(float), GATE_BOUNDS, np.where(verdict, MATCH_WEIGHT, 1.0))
    odds = gate @ np.round(points, 2)
    least = float(np.floor(np.quantile(odds[verdict], LOST) * 10) / 10)
    passing = (odds[~verdict] >= least).mean()
    print(
        f"the gate at {least:.1f} keeps {(odds[verdict] >= least).mean():.4f} of matches, {passing:.3f} of the others"
    )
    return points, least


def write(same: Floats, cross: Floats, gate: Floats, least: float) -> None:
    """Puts the points into the tables of the policy, row by row."""
    text = POLICY.read_text(encoding="utf-8")
    table = [*zip(FEATURES, same, cross, strict=True), *zip(GATE, gate, gate, strict=True)]
    for feature, one, two in table:
        row = re.compile(rf'(Weight\(\s*"{feature}",\s*)-?[\d.]+,(\s*)-?[\d.]+,')
        text, found = row.subn(rf"\g<1>{one + 0.0:.2f},\g<2>{two + 0.0:.2f},", text)
        if found != 1:
            raise SystemExit(f"{POLICY}: no row for {feature}")
    text = re.sub(r"^GATE_ODDS = .*$", f"GATE_ODDS = {least:.1f}", text, flags=re.MULTILINE)
    POLICY.write_text(text, encoding="utf-8")


def validate(features: Floats, right: Floats, cross: npt.NDArray[np.bool_], fold: Sequence[int]) -> None:
    """Prints what points fitted on all pairs find, and what those fitted without the listing's own half do."""
    folds = np.array(fold)
    for script, title in ((False, "in one script"), (True, "across scripts")):
        mine, right_ones = features[cross == script], right[cross == script]
        halves = folds[cross == script]
        held_out = np.zeros(len(mine))
        for held in (0, 1):
            points = fit(mine[halves != held], right_ones[halves != held], BOUNDS)
            held_out[halves == held] = mine[halves == held] @ points
        for name, odds in (("fitted on all", mine @ fit(mine, right_ones, BOUNDS)), ("held out", held_out)):
            for threshold in (0.3, 0.5, 0.7, 0.9):
                taken = odds >= logit(threshold)
                precision, recall = right_ones[taken].mean(), right_ones[taken].sum() / right_ones.sum()
                print(f"{title}, {name}, from {threshold}: {precision:.3f} right, recall {recall:.3f}")


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
        return
    same_points, cross_points = (fit(features[script], right[script], BOUNDS) for script in (~cross, cross))
    odds = np.where(cross, features @ cross_points, features @ same_points)
    least = np.where(cross, logit(policy.CROSS_SCRIPT.possible), logit(policy.SAME_SCRIPT.possible))
    write(same_points, cross_points, *fit_gate(np.array(pairs.gate), odds >= least))


if __name__ == "__main__":
    main()
