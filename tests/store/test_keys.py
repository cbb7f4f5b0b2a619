"""Keys: the secret is shown once, found by its hash, and stops working when it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import UsageError
from app.store.database import Store
from app.store.keys import (
    KeyState,
    Scope,
    create_first_key,
    create_key,
    find_key,
    key_scopes,
    key_state,
    list_keys,
    note_uses,
    revoke_key,
)


def test_a_secret_finds_its_key_and_is_kept_nowhere(store: Store, tmp_path: Path) -> None:
    key, secret = create_key(store, "customs desk", [Scope.SCREEN, Scope.REVIEW, Scope.SCREEN])
    create_key(store, "another", [Scope.ADMIN])
    found = find_key(store, secret)
    assert found is not None
    assert (found.id, found.name, key_scopes(found)) == (
        key.id,
        "customs desk",
        frozenset({Scope.SCREEN, Scope.REVIEW}),
    )
    assert secret.startswith("ig_")
    assert len(secret) >= 46
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert found.prefix.encode() in files
    assert secret.encode() not in files
    assert secret[len("ig_") :].encode() not in files


@pytest.mark.parametrize("wrong", ["", "ig_", "ig_" + "A" * 43, "\ud800", "' OR 1=1 --"])
def test_another_secret_finds_nothing(store: Store, wrong: str) -> None:
    create_key(store, "k", [Scope.SCREEN])
    assert find_key(store, wrong) is None


def test_the_first_key_is_made_once(store: Store) -> None:
    secret = create_first_key(store)
    assert secret is not None
    found = find_key(store, secret)
    assert found is not None
    assert key_scopes(found) == set(Scope)
    assert create_first_key(store) is None
    revoke_key(store, 1)
    assert create_first_key(store) is None, "revoking every key must not open the door with a new one"


def test_a_revoked_key_stays_revoked(store: Store) -> None:
    key, secret = create_key(store, "k", [Scope.SCREEN])
    assert key.id is not None
    first = revoke_key(store, key.id).revoked_at
    assert revoke_key(store, key.id).revoked_at == first
    found = find_key(store, secret)
    assert found is not None
    assert key_state(found) is KeyState.REVOKED
    assert found.last_used_at is None
    with pytest.raises(UsageError, match="there is no key 99"):
        revoke_key(store, 99)


def test_a_key_expires(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    key, secret = create_key(store, "k", [Scope.SCREEN], expires_at=soon)
    assert key_state(key) is KeyState.ACTIVE
    monkeypatch.setattr("app.store.keys._now", lambda: soon)
    found = find_key(store, secret)
    assert found is not None
    assert found.expires_at == soon
    assert key_state(found) is KeyState.EXPIRED


def test_uses_are_noted_together(store: Store) -> None:
    first, second = (create_key(store, name, [Scope.SCREEN])[0] for name in ("first", "second"))
    assert first.id is not None
    at = datetime.now(UTC)
    note_uses(store, {first.id: at})
    assert [key.last_used_at for key in list_keys(store)] == [at, None]
    assert second.last_used_at is None


def test_a_key_without_scope_or_time_is_refused(store: Store) -> None:
    with pytest.raises(UsageError, match="at least one scope: screen, review, admin"):
        create_key(store, "k", [])
    with pytest.raises(UsageError, match="cannot expire before it is made"):
        create_key(store, "k", [Scope.SCREEN], expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert list_keys(store) == []
