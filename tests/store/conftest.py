from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from app.files.parties import ShipmentParty
from app.index.compiled import compile_lists
from app.lists.model import EntityList, Listing, Programme
from app.screening.model import Party, Role, Screening
from app.screening.screen import screen
from app.screening.screener import Screener
from app.store.database import Store, open_store


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A database without a table."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    empty_store.migrate()
    return empty_store


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of a migrated database, which tests copy: faster than migrating one each."""
    server = os.environ.get("IMPORTGATE_TEST_POSTGRES_URL")
    if not server:
        pytest.skip("IMPORTGATE_TEST_POSTGRES_URL names no PostgreSQL server")
    with _postgresql("") as url:
        opened = open_store(url)
        opened.migrate()
        opened.close()
        yield make_url(url).database or ""


@contextmanager
def _postgresql(template: str) -> Iterator[str]:
    """The address of a new database, which is dropped in the end."""
    server = os.environ["IMPORTGATE_TEST_POSTGRES_URL"]
    name = f"importgate_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{f' TEMPLATE {template}' if template else ''}"))
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store on each kind of database."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
            opened.migrate()
        else:
            template = request.getfixturevalue("postgresql_template")
            opened = open_store(stack.enter_context(_postgresql(template)))
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
