"""Importgate beside general-purpose name matchers: the same names, the same lists, one table.

Runs the project's gold cases and, where a folder is given, the labelled names in it (laid out as scripts/eval --help
says). The peers get names folded to lower case without punctuation, as their makers advise. rapidfuzz compares every
party with every listed name. logic-v2 is too slow for that: it gets the listed names that WRatio holds for the nearest,
and always the one that is expected, so that choosing candidates costs it no recall.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

from app.lists.sources import bundled_sources
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.scripts import Script, script_of
from scripts.evaluation import figures, folder, gold, logic_v2
from scripts.evaluation.folder import Labelled, Scored, Sort

_FUZZY = (
    ("WRatio", fuzz.WRatio, 90),
    ("token_set_ratio", fuzz.token_set_ratio, 90),
    ("token_sort_ratio", fuzz.token_sort_ratio, 85),
)
_CHUNK = 500
_TIMED = 300
"""How many names are screened on one core to measure the speed."""

Hits = list[list[tuple[int, float]]]
"""For each party, the numbers of the listed names that it hits, and the scores."""


@dataclass(frozen=True, slots=True)
class Task:
    """Parties to screen against listed names. `keys[i]` is the listing of `listed[i]`; `expected` holds for each party
    the listing that it is, or is not to be mistaken for, and is empty where there is none."""

    parties: Sequence[str]
    expected: Sequence[str]
    listed: Sequence[str]
    keys: Sequence[str]


@dataclass(frozen=True, slots=True)
class Peer:
    """A matcher with its threshold. `search` gives the hits and how many names a second it screens on one core."""

    title: str
    search: Callable[[Task], tuple[Hits, float]]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: figures where a matcher ran, else why it did not."""

    title: str
    labelled: Sequence[Labelled] = ()
    cases: gold.GroupFigures | None = None
    speed: float = 0.0
    problem: str = ""


def fuzzy(scorer: Callable[..., float], threshold: float) -> Callable[[Task], tuple[Hits, float]]:
    """A rapidfuzz scorer, every party against every listed name."""

    def found(parties: Sequence[str], listed: Sequence[str], workers: int) -> Hits:
        out: Hits = []
        for start in range(0, len(parties), _CHUNK):
            scores = process.cdist(
                parties[start : start + _CHUNK],
                listed,
                scorer=scorer,
                score_cutoff=threshold,
                dtype=np.float32,
                workers=workers,
            )
            out += [[(int(number), float(row[number])) for number in np.flatnonzero(row)] for row in scores]
        return out

    def search(task: Task) -> tuple[Hits, float]:
        parties, listed = ([default_process(name) for name in names] for names in (task.parties, task.listed))
        start = time.perf_counter()
        found(parties[:_TIMED], listed, workers=1)
        speed = len(parties[:_TIMED]) / (time.perf_counter() - start)
        return found(parties, listed, workers=-1), speed

    return search


def logic(python: Path, candidates: int, threshold: float) -> Callable[[Task], tuple[Hits, float]]:
    """logic-v2 on the nearest `candidates` of each party and on the listing expected."""

    def search(task: Task) -> tuple[Hits, float]:
        of_key: dict[str, list[int]] = {}
        for number, key in enumerate(task.keys):
            of_key.setdefault(key, []).append(number)
        near = logic_v2.nearest(task.parties, task.listed, candidates)
        asked = [
            sorted({*numbers, *of_key.get(expected, ())}) for numbers, expected in zip(near, task.expected, strict=True)
        ]
        hits, seconds = logic_v2.compare(python, task.parties, task.listed, asked, threshold)
        return hits, len(task.parties) / seconds

    return search


def from_threshold(found: tuple[Hits, float], threshold: float) -> tuple[Hits, float]:
    """What a higher threshold would have found."""
    hits, speed = found
    return [[(number, score) for number, score in row if score >= threshold] for row in hits], speed


def labelled_task(data: Path) -> tuple[Task, list[Labelled]]:
    names = folder.labelled_names(data)
    listed = folder.rows(data / "list.csv")
    return (
        Task(
            [name.name for name in names],
            [name.listing_id for name in names],
            [row["name"] for row in listed],
            [row["id"] for row in listed],
        ),
        names,
    )


def gold_task(screener: Screener) -> tuple[Task, list[gold.GoldCase]]:
    """The gold cases against every name of every bundled listing in force on their day."""
    compiled, cases = screener.compiled, gold.load_gold()
    listed, keys = [], []
    for number in range(compiled.index.size):
        listing = screener.listing(int(compiled.name_listing[number]))
        if listing.in_force(screener.as_of):
            listed.append(compiled.name(number))
            keys.append(listing.id)
    return Task([case.party.name for case in cases], [case.listing for case in cases], listed, keys), cases


def with_hits(names: Sequence[Labelled], hits: Hits, task: Task) -> list[Labelled]:
    """The labelled names with a peer's hits, in the form in which Importgate's are counted."""
    scripts = [script_of(name) is Script.HAN for name in task.listed]
    out = []
    for name, found in zip(names, hits, strict=True):
        left_out = name.same if name.sort is Sort.LEFT_OUT else frozenset()
        han = script_of(name.name) is Script.HAN
        scored = tuple(
            Scored(task.keys[number], task.listed[number], score, han is not scripts[number])
            for number, score in found
            if task.keys[number] not in left_out
        )
        out.append(replace(name, hits=scored))
    return out


def judged(cases: Sequence[gold.GoldCase], hits: Hits, keys: Sequence[str]) -> gold.GroupFigures:
    """How the gold cases went: a hit on the listing wanted, or none; peers know no strength."""
    found = [{keys[number] for number, _ in row} for row in hits]
    right = [
        (case.listing in listings if case.listing else bool(listings)) is case.must_hit
        for case, listings in zip(cases, found, strict=True)
    ]
    return gold.figures(gold.Verdict(case, good, "", 0.0, ()) for case, good in zip(cases, right, strict=True))


def _importgate(data: Path | None, screener: Screener) -> Row:
    cases = gold.load_gold()
    screen([case.party for case in cases], screener)  # warm, as the peers' timings are
    start = time.perf_counter()
    results = screen([case.party for case in cases], screener)
    speed = len(cases) / (time.perf_counter() - start)
    found = gold.figures(gold.judge(case, result) for case, result in zip(cases, results, strict=True))
    if data is None:
        return Row("Importgate", cases=found, speed=speed)
    names, seconds = folder.screened(data, None)
    return Row("Importgate", names, found, len(names) / seconds)


def rows(data: Path | None, python: Path | None, why: str, candidates: int) -> list[Row]:
    """The lines of the table; without a `python` for logic-v2, `why` says what is the matter."""
    screener = Screener.open(bundled_sources(), as_of=gold.AS_OF, cache_dir=None)
    gold_asked, cases = gold_task(screener)
    asked = labelled_task(data) if data else None
    out = [_importgate(data, screener)]

    def row(title: str, on_gold: tuple[Hits, float], on_names: tuple[Hits, float] | None) -> Row:
        found = judged(cases, on_gold[0], gold_asked.keys)
        if not asked or not on_names:
            return Row(title, cases=found, speed=on_gold[1])
        return Row(title, with_hits(asked[1], on_names[0], asked[0]), found, on_names[1])

    for name, scorer, least in _FUZZY:
        title, search = f"rapidfuzz {name} >= {least}", fuzzy(scorer, least)
        out.append(row(title, search(gold_asked), search(asked[0]) if asked else None))
    thresholds = (0.7, 0.8)
    titles = [f"nomenklatura logic-v2 >= {threshold}" for threshold in thresholds]
    if python is None:
        return [*out, *(Row(title, problem=f"not installed: {why}") for title in titles)]
    search = logic(python, candidates, min(thresholds))
    on_gold, on_names = search(gold_asked), search(asked[0]) if asked else None
    for title, threshold in zip(titles, thresholds, strict=True):
        out.append(
            row(title, from_threshold(on_gold, threshold), from_threshold(on_names, threshold) if on_names else None)
        )
    return out


def table(found: Sequence[Row]) -> str:
    """The lines as a Markdown table."""
    head = (
        "matcher",
        "recall, same script",
        "recall, cross script",
        "alerts per 10,000, Latin",
        "alerts per 10,000, Chinese",
        "hard false hits",
        "gold: recall",
        "gold: false alerts",
        "names a second",
    )
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join([*lines, *("| " + " | ".join((row.title, *_cells(row))) + " |" for row in found)])


def _cells(row: Row) -> list[str]:
    if row.cases is None:
        return [row.problem, *[""] * 7]
    cells = ["-"] * 5
    if row.labelled:
        recall, alerts = figures.recall(row.labelled), figures.alerts(row.labelled)
        cells = [f"{recall[kind].share:.3f}" for kind in ("= same-script", "= cross-script") if kind in recall]
        kinds = ("cn_latin", "zh, own left out")
        cells += [f"{alerts[kind].per_10000:,.0f}" if kind in alerts else "-" for kind in kinds]
        cells.append(f"{figures.hard_false_hits(row.labelled).share:.3f}")
    gold_cells = [f"{row.cases.recall:.3f}", f"{row.cases.alerted} of {row.cases.innocent}"]
    return [*cells, *gold_cells, f"{row.speed:,.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="scripts/peers", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="a folder of labelled names")
    parser.add_argument(
        "--candidates", type=int, default=50, metavar="N", help="listed names for logic-v2 (%(default)s)"
    )
    parser.add_argument(
        "--environment",
        type=Path,
        default=logic_v2.ENVIRONMENT,
        metavar="DIR",
        help="where nomenklatura is installed (%(default)s)",
    )
    arguments = parser.parse_args()
    python, why = None, ""
    try:
        python = logic_v2.environment(arguments.environment)
    except logic_v2.NotInstalledError as problem:
        why = str(problem)
    print(table(rows(arguments.data, python, why, arguments.candidates)))


if __name__ == "__main__":
    main()
