"""Labelled names from a folder of one's own, screened through the library.

The folder holds list.csv (id,name), the list to screen against; queries.csv (expected_id,name,kind), the listed
companies under other spellings, where a kind that begins with `cross-script` is in another script; unrelated.csv
(name,kind), companies that are not listed; and hard_negatives.csv (lookalike_id,name,kind), other companies whose names
resemble a listed one.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.lists.sources import resolve_sources
from app.match import policy
from app.screening.model import Party, Screening
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.read import read_name
from app.text.scripts import Script, script_of

FILES = ("list.csv", "queries.csv", "unrelated.csv", "hard_negatives.csv")
_CHUNK = 2000


class Sort(StrEnum):
    """What a labelled name is there to show."""

    QUERY = "query"
    UNRELATED = "unrelated"
    LEFT_OUT = "left out"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Scored:
    """One hit, boiled down. `cross` says that one of the two names is in Chinese script and the other is not."""

    listing_id: str
    matched_name: str
    score: float
    cross: bool


@dataclass(frozen=True, slots=True)
class Labelled:
    """A name with its label and what came out.

    `listing_id` is the listing that a query is, that a hard negative is not, and that was taken out of the list for a
    name left out; else empty. `listed_name` is that listing's name. `same` holds the ids under which the list
    has that company: lists name a company twice, and a hit on its twin is as right.
    """

    sort: Sort
    kind: str
    name: str
    listing_id: str = ""
    listed_name: str = ""
    same: frozenset[str] = frozenset()
    hits: tuple[Scored, ...] = ()

    @property
    def cross(self) -> bool:
        return self.kind.startswith("cross-script")

    @property
    def false_hits(self) -> tuple[Scored, ...]:
        """The hits that a name which should be clear should not have; a hard negative may well be another listing."""
        if self.sort is Sort.HARD:
            return tuple(hit for hit in self.hits if hit.listing_id in self.same)
        return () if self.sort is Sort.QUERY else self.hits

    def alert(self, threshold: float = 0.0) -> Scored | None:
        """The highest-scoring false hit, from the threshold on."""
        found = [hit for hit in self.false_hits if hit.score >= threshold]
        return max(found, key=lambda hit: hit.score, default=None)

    def score(self) -> float:
        """Of the expected listing; 0 where it is not among the hits."""
        return max((hit.score for hit in self.hits if hit.listing_id == self.listing_id), default=0.0)

    def is_right(self, hit: Scored) -> bool:
        return self.sort is Sort.QUERY and hit.listing_id in self.same


@contextmanager
def lowered(floor: float | None) -> Iterator[None]:
    """Lets hits below the policy's thresholds through, to see what other thresholds would bring."""
    before = policy.SAME_SCRIPT, policy.CROSS_SCRIPT
    if floor is not None:
        policy.SAME_SCRIPT, policy.CROSS_SCRIPT = (replace(limits, possible=floor) for limits in before)
    try:
        yield
    finally:
        policy.SAME_SCRIPT, policy.CROSS_SCRIPT = before


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def labelled_names(folder: Path) -> list[Labelled]:
    """Every name of the folder with its label. Names in Chinese script that are surely unrelated are rare in such
    folders, so each listed company with a Chinese name is screened with its own listing left out."""
    listed = {row["id"]: row["name"] for row in rows(folder / "list.csv")}
    queries = rows(folder / "queries.csv")
    same = _twins(
        [*((name, key) for key, name in listed.items()), *((row["name"], row["expected_id"]) for row in queries)]
    )

    def about(sort: Sort, kind: str, name: str, key: str) -> Labelled:
        return Labelled(sort, kind, name, key, listed.get(key, ""), same.get(key, frozenset({key})))

    out = [about(Sort.QUERY, row["kind"], row["name"], row["expected_id"]) for row in queries]
    out += [Labelled(Sort.UNRELATED, row["kind"], row["name"]) for row in rows(folder / "unrelated.csv")]
    out += [
        about(Sort.HARD, row["kind"], row["name"], row["lookalike_id"]) for row in rows(folder / "hard_negatives.csv")
    ]
    chinese = {(name, key): None for key, name in listed.items()}
    chinese |= {(row["name"], row["expected_id"]): None for row in queries}
    return out + [
        about(Sort.LEFT_OUT, "zh, own left out", *pair) for pair in chinese if script_of(pair[0]) is Script.HAN
    ]


def _twins(named: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Each listing's id with the ids of all listings that share a spelling with it, in any number of steps."""
    by_name: dict[str, set[str]] = {}
    for name, key in named:
        by_name.setdefault(read_name(name).identity, set()).add(key)
    groups: dict[str, frozenset[str]] = {}
    for keys in by_name.values():
        merged = frozenset(keys).union(*(groups.get(key, ()) for key in keys))
        groups |= dict.fromkeys(merged, merged)
    return groups


def _scored(name: str, result: Screening, left_out: frozenset[str]) -> tuple[Scored, ...]:
    han = script_of(name) is Script.HAN
    return tuple(
        Scored(hit.listing_id, hit.matched_name, hit.score, han is not (script_of(hit.matched_name) is Script.HAN))
        for hit in result.hits
        if hit.listing_id not in left_out
    )


def screened(folder: Path, floor: float | None) -> tuple[list[Labelled], float]:
    """The names of the folder with their hits, and the seconds that screening took (compiling the list aside)."""
    screener = Screener.open(resolve_sources([str(folder / "list.csv")]), as_of=date(2026, 11, 23), cache_dir=None)
    names = labelled_names(folder)
    start = time.perf_counter()
    with lowered(floor):
        found = list(_in_chunks(names, screener))
    return found, time.perf_counter() - start


def _in_chunks(names: Sequence[Labelled], screener: Screener) -> Iterator[Labelled]:
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        for name, result in zip(chunk, screen([Party(name.name) for name in chunk], screener), strict=True):
            left_out = name.same if name.sort is Sort.LEFT_OUT else frozenset()
            yield replace(name, hits=_scored(name.name, result, left_out))
