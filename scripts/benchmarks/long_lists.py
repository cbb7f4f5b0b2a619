"""Long lists: what compiling one takes, and what the short cuts taken for its length lose."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from app.index import names as index_names
from app.match import policy
from app.screening.model import Party
from app.screening.screen import screen
from app.screening.screener import Screener
from scripts.benchmarks.bulk import Watched, watched

_COMPILE = """
import sys
from datetime import date
from pathlib import Path
from app.lists.sources import resolve_sources
from app.screening.screener import Screener
path, cache, jobs = sys.argv[1:]
Screener.open(resolve_sources([path]), as_of=date(2026, 11, 23), cache_dir=Path(cache), jobs=int(jobs))
"""


def compiled(path: Path, cache: Path) -> Watched:
    """A list compiled into `cache` by a process of its own."""
    command = (sys.executable, "-c", _COMPILE, str(path), str(cache), str(os.cpu_count() or 1))
    return watched(command, dict(os.environ))


def spelt_otherwise(listed: Sequence[str], count: int) -> list[tuple[str, str]]:
    """Listed names with a letter swapped, a word left out or one too many, each with the id of its listing; the same in
    every run."""
    draw = random.Random(7)
    out = []
    for number in draw.sample(range(len(listed)), count):
        name = listed[number]
        words = name.split()
        at = draw.randrange(1, len(name) - 2)
        changes = (
            name[:at] + name[at + 1] + name[at] + name[at + 2 :],
            " ".join(words[1:]),
            f"{words[0]} International {' '.join(words[1:])}",
        )
        out.append((draw.choice(changes), f"n{number}"))
    return out


def recall_at_decision(screener: Screener, names: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """How many names hit their listing, of those that do without the short cuts: the budget of a query, the floor below
    which nothing is compared, and how many names are."""
    usual = _found(screener, names)
    with _without_short_cuts():
        whole = _found(screener, names)
    return len(usual & whole), len(whole)


def _found(screener: Screener, names: Sequence[tuple[str, str]]) -> set[int]:
    screenings = screen([Party(name) for name, _ in names], screener)
    pairs = enumerate(zip(screenings, names, strict=True))
    return {at for at, (one, (_, wanted)) in pairs if any(hit.listing_id == wanted for hit in one.hits)}


@contextmanager
def _without_short_cuts() -> Iterator[None]:
    with (
        patch.object(index_names, "_BUDGET", 1 << 40),
        patch.object(policy, "nearest", lambda _: 0.0),
        patch.object(policy, "CANDIDATES", 400),
    ):
        yield
