"""Alerts on a great many names of the world, and how alerts grow with the list."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.lists.sources import bundled_sources, resolve_sources
from app.screening.model import Hit, Party
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.name import ReadName, TokenKind
from app.text.read import read_name
from scripts.evaluation import folder, gold
from scripts.evaluation.figures import Rate

_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Alert:
    """A name and its best hit."""

    name: str
    hit: Hit

    def line(self) -> str:
        hit = self.hit
        return f"{hit.score:.2f} {hit.strength.value:<9}{self.name!r} on {hit.listing_id} {hit.matched_name!r}"


def names_of(path: Path) -> list[str]:
    """The lines of a text file, compressed or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [line.strip() for line in text.split("\n") if line.strip()]


def alerts(names: Sequence[str], screener: Screener) -> Iterator[Alert]:
    for start in range(0, len(names), _CHUNK):
        for result in screen([Party(name) for name in names[start : start + _CHUNK]], screener):
            if result.hits:
                yield Alert(result.party.name, max(result.hits, key=lambda hit: hit.score))


def bundled_alerts(names: Sequence[str]) -> list[Alert]:
    """Alerts of all bundled lists, highest score first."""
    screener = Screener.open(bundled_sources(), as_of=gold.AS_OF, cache_dir=None)
    return sorted(alerts(names, screener), key=lambda alert: (-alert.hit.score, alert.name))


def similar_names(names: Iterable[str], but: Iterable[str], places: frozenset[str], number: int) -> list[str]:
    """`number` names, those with one of the places first, evenly spread over the alphabet; none that reads like one of
    `but`."""
    known = {read_name(name).core for name in but}
    near: list[str] = []
    far: list[str] = []
    for name in sorted(set(names)):
        read = read_name(name)
        if read.core not in known:
            known.add(read.core)
            (far if places.isdisjoint(_places(read)) else near).append(name)
    near = _spread(near, number)
    return near + _spread(far, number - len(near))


def _spread(names: Sequence[str], number: int) -> list[str]:
    return [names[index * len(names) // number] for index in range(number)] if len(names) > number else list(names)


def _places(name: ReadName) -> set[str]:
    return {token.concept for token in name.tokens if token.kind is TokenKind.PLACE}


def growth(data: Path, background: Sequence[str], kind: str = "cn_latin") -> dict[str, Rate]:
    """Alerts on the unrelated names of one kind, by the length of the list that they are screened against: its halves,
    the whole, and the whole with as many names more, drawn from the background where they have a place of the list."""
    listed = [row["name"] for row in folder.rows(data / "list.csv")]
    unrelated = folder.rows(data / "unrelated.csv")
    known = [*listed, *(row["name"] for row in (*unrelated, *folder.rows(data / "queries.csv")))]
    places = frozenset[str]().union(*(_places(read_name(name)) for name in listed))
    more = similar_names(background, known, places, len(listed))
    asked = [row["name"] for row in unrelated if row["kind"] == kind]
    lists = {
        f"{len(listed[::2]):,} names, one half": listed[::2],
        f"{len(listed[1::2]):,} names, the other half": listed[1::2],
        f"{len(listed):,} names, the list": listed,
        f"{len(listed) + len(more):,} names, the list and {len(more):,} others": [*listed, *more],
    }
    return {title: Rate(_alerting(asked, names), len(asked)) for title, names in lists.items()}


def _alerting(names: Sequence[str], listed: Sequence[str]) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "list.csv"
        with path.open("w", newline="", encoding="utf-8") as handle:
            csv.writer(handle).writerows([("id", "name"), *((f"n{n}", name) for n, name in enumerate(listed))])
        screener = Screener.open(resolve_sources([str(path)]), as_of=gold.AS_OF, cache_dir=None)
        return sum(1 for _ in alerts(names, screener))
