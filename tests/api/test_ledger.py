"""The ledger: calls that come together are written together, and one that cannot be written costs no other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pytest

from app.api import ledger
from app.api.ledger import Ledger
from app.errors import StoreError
from app.store.calls import CallRows
from app.store.database import Store

pytestmark = pytest.mark.anyio


@dataclass
class Database:
    """Writes down what it is given together; refuses `poison`, and everything while it is `gone`."""

    written: list[list[Any]]
    gone: bool = False

    def write(self, _store: Store, calls: Sequence[Any]) -> None:
        if self.gone:
            raise StoreError("the database does not answer")
        if "poison" in calls:
            raise ValueError("this cannot be written")
        self.written.append(list(calls))


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    found = Database([])
    monkeypatch.setattr(ledger, "store_calls", found.write)
    return found


async def _keep(*calls: str) -> list[object]:
    book = Ledger(cast(Store, None))
    return await asyncio.gather(*(book.keep(cast(CallRows, call)) for call in calls), return_exceptions=True)


async def test_what_comes_together_is_written_together_in_its_order(database: Database) -> None:
    assert await _keep(*"abc") == [None] * 3
    assert [call for together in database.written for call in together] == ["a", "b", "c"]
    assert len(database.written) == 1


async def test_a_call_that_cannot_be_written_costs_no_other(database: Database) -> None:
    first, refused, last = await _keep("a", "poison", "c")
    assert (first, last) == (None, None)
    assert isinstance(refused, ValueError)
    assert database.written == [["a"], ["c"]]


async def test_where_the_database_is_gone_everybody_is_told_and_the_next_call_is_tried(database: Database) -> None:
    database.gone = True
    assert [type(answer) for answer in await _keep("a", "b")] == [StoreError, StoreError]
    database.gone = False
    assert await _keep("c") == [None]


async def test_who_gives_up_before_its_turn_is_not_kept_and_stops_no_other(database: Database) -> None:
    book = Ledger(cast(Store, None))
    gone, stays = (asyncio.create_task(book.keep(cast(CallRows, call))) for call in "ab")
    await asyncio.sleep(0)
    gone.cancel()
    await stays
    assert database.written == [["b"]]
