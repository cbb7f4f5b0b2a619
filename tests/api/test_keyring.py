"""Keys kept in memory: asked for once, trusted for a second, their use written down."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.api import keyring
from app.api.keyring import FRESH_SECONDS, KeyRing
from app.store.database import Store, open_store
from app.store.keys import KeyState, Scope, create_key, find_key, key_state, list_keys, revoke_key
from app.store.tables import ApiKey

pytestmark = pytest.mark.anyio


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets that the database was asked for."""
    secrets: list[str] = []

    def find(store: Store, secret: str) -> ApiKey | None:
        secrets.append(secret)
        return find_key(store, secret)

    monkeypatch.setattr(keyring, "find_key", find)
    return secrets


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


async def test_the_database_is_asked_once_a_second_for_a_key(store: Store, asked: list[str]) -> None:
    _, secret = create_key(store, "k", [Scope.SCREEN])
    clock = Clock()
    ring = KeyRing(store, clock)
    found = await asyncio.gather(*(ring.find(secret) for _ in range(20)))
    assert {key.name for key in found if key} == {"k"}
    clock.now = FRESH_SECONDS - 0.01
    assert await ring.find(secret) is not None
    assert asked == [secret]
    clock.now = FRESH_SECONDS
    await ring.find(secret)
    assert asked == [secret] * 2


async def test_a_key_revoked_elsewhere_is_trusted_for_a_second_and_one_revoked_here_not_at_all(store: Store) -> None:
    key, secret = create_key(store, "k", [Scope.SCREEN])
    clock = Clock()
    ring = KeyRing(store, clock)

    async def state() -> KeyState:
        found = await ring.find(secret)
        assert found is not None
        return key_state(found)

    assert await state() is KeyState.ACTIVE
    assert key.id is not None
    revoke_key(store, key.id)
    assert await state() is KeyState.ACTIVE
    clock.now = FRESH_SECONDS
    assert await state() is KeyState.REVOKED
    _, secret = create_key(store, "k", [Scope.SCREEN])
    assert await state() is KeyState.ACTIVE
    revoke_key(store, 2)
    ring.forget()
    assert await state() is KeyState.REVOKED


async def test_an_unknown_key_is_asked_for_each_time(store: Store, asked: list[str]) -> None:
    ring = KeyRing(store)
    secret = "ig_" + "A" * 43
    assert [await ring.find(secret), await ring.find(secret)] == [None, None]
    assert ring.at_hand(secret) is None
    assert asked == [secret] * 2


async def test_who_gives_up_does_not_take_the_others_along(store: Store) -> None:
    _, secret = create_key(store, "k", [Scope.SCREEN])
    ring = KeyRing(store)
    first, second = (asyncio.create_task(ring.find(secret)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    found = await second
    assert found is not None
    assert first.cancelled()


async def test_uses_are_written_down_when_the_service_stops(store: Store) -> None:
    _, secret = create_key(store, "k", [Scope.SCREEN])
    ring = KeyRing(store)
    found = await ring.find(secret)
    assert found is not None
    ring.note_use(1)
    assert list_keys(store)[0].last_used_at is None
    ring.write_notes()
    noted = list_keys(store)[0].last_used_at
    assert noted is not None
    ring.write_notes()
    assert list_keys(store)[0].last_used_at == noted
