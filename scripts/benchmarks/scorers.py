"""Names against lists: what answers them, how many a round can afford, and the processor time that they take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process

from app.index.renderings import renderings
from app.screening.model import Party
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.read import read_name
from scripts.benchmarks.measures import cpu_seconds
from scripts.evaluation import logic_v2

OWN = "Importgate, decided and explained"
CANDIDATES = 10  # that logic-v2 compares a name with
_COMPARISONS = 2_000_000  # of two strings, that a round can afford
_NAMES, _NAMES_OF_LONG, _LONG = 4000, 1000, 10_000  # that it affords for lists up to so long, and for longer ones
_LOGIC_NAMES = 30


@dataclass(frozen=True, slots=True)
class Scorer:
    """`seconds` of processor time on one core for names, of which a round can afford `names`."""

    title: str
    names: int
    seconds: Callable[[Sequence[str]], float]


def scorers(screener: Screener, listed: Sequence[str], python: Path | None) -> list[Scorer]:
    """Importgate first. `python` is that of an environment with nomenklatura; None leaves it out."""
    own = Scorer(OWN, _NAMES if len(listed) <= _LONG else _NAMES_OF_LONG, partial(_screened, screener))
    found = [own, *_fuzzy(listed)]
    if python is not None:
        title = f"nomenklatura logic-v2, {CANDIDATES} candidates"
        found.append(Scorer(title, _LOGIC_NAMES, partial(_by_logic, python, screener, listed)))
    return found


def _screened(screener: Screener, names: Sequence[str]) -> float:
    return cpu_seconds(lambda: screen([Party(name) for name in names], screener))


def _fuzzy(listed: Sequence[str]) -> list[Scorer]:
    """rapidfuzz: the best ten, the best one, all; by `ratio`, its fastest scorer, and by `WRatio`, its usual one."""

    def extract(scorer: Any, names: Sequence[str]) -> float:
        return cpu_seconds(lambda: [process.extract(name, listed, scorer=scorer, limit=10) for name in names])

    def extract_one(scorer: Any, names: Sequence[str]) -> float:
        return cpu_seconds(lambda: [process.extractOne(name, listed, scorer=scorer) for name in names])

    def cdist(scorer: Any, names: Sequence[str]) -> float:
        return cpu_seconds(lambda: process.cdist(names, listed, scorer=scorer, workers=1))

    calls = {"extract": extract, "extractOne": extract_one, "cdist": cdist}
    affordable = {fuzz.ratio: _COMPARISONS, fuzz.WRatio: _COMPARISONS // 10}
    return [
        Scorer(f"rapidfuzz {name} {scorer.__name__}", max(1, count // len(listed)), partial(call, scorer))
        for scorer, count in affordable.items()
        for name, call in calls.items()
    ]


def _by_logic(python: Path, screener: Screener, listed: Sequence[str], names: Sequence[str]) -> float:
    """Choosing the candidates, by Importgate's index, is not counted."""
    spellings = [renderings(read_name(name)) for name in names]
    starts, numbers, _ = screener.compiled.index.candidates(spellings, CANDIDATES)
    near = [numbers[first:last].tolist() for first, last in pairwise(starts)]
    asked = sorted({number for row in near for number in row})
    place = {number: at for at, number in enumerate(asked)}
    candidates = [[place[number] for number in row] for row in near]
    return logic_v2.compare(python, names, [listed[number] for number in asked], candidates, 0.0)[1]
