from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from app.files.parties import ShipmentParty
from app.index.compiled import compile_lists
from app.lists.model import EntityList, Listing, Programme
from app.screening.model import Party, Role, Screening
from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.database import Store, open_store


@pytest.fixture
def empty_store(any_database: str) -> Iterator[Store]:
    """A database without a table, of each kind."""
    opened = open_store(any_database)
    yield opened
    opened.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A migrated store on SQLite, for what no database changes."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    opened.migrate()
    yield opened
    opened.close()


def screener_of(*listings: Listing, as_of: date = date(2026, 11, 1)) -> Screener:
    """Lists of our own, under a programme that bans."""
    lists = [
        EntityList(
            id=list_id,
            title=list_id,
            authority="",
            programme="ban",
            legal_effect="",
            source="",
            licence="",
            as_of=None,
            expected=len(listings),
            listings=tuple(item for item in listings if item.list_id == list_id),
            sha256="0" * 64,
        )
        for list_id in sorted({item.list_id for item in listings})
    ]
    return Screener(compile_lists(lists, [Programme("ban", "The ban", True, ())]), as_of)


def listing(slug: str, name: str, list_id: str = "own", **fields: object) -> Listing:
    return Listing(id=f"{list_id}/{slug}", list_id=list_id, name=name, **fields)  # type: ignore[arg-type]


@dataclass
class Desk:
    """Where parties are screened against lists that a test may change."""

    listing: Callable[..., Listing] = listing
    screener_of: Callable[..., Screener] = screener_of
    azurite: Listing = field(default_factory=lambda: listing("azurite", "Azurite Valley Polymer Co., Ltd."))

    def screened(self, screener: Screener, *parties: Party) -> list[tuple[ShipmentParty, Screening]]:
        items = [ShipmentParty(n, None, Role.PARTY, party, f"PO {n}") for n, party in enumerate(parties, 1)]
        return list(zip(items, screen(parties, screener), strict=True))


@pytest.fixture
def desk() -> Desk:
    return Desk()
