"""Keys to the API: making, finding, revoking.

A secret is 256 random bits, so a plain SHA-256 of it is enough: there is nothing to guess that a slow hash would
protect, and looking a hash up leaks nothing about the others.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from sqlmodel import Session, col, func, select, update

from app.errors import LastAdminKeyError, UnknownKeyError, UsageError
from app.store.audit import COMMAND_LINE, audit
from app.store.database import Store
from app.store.tables import ApiKey

MARK = "ig_"  # lets secret scanners, and people, tell what leaked
PREFIX_LENGTH = len(MARK) + 6


class Scope(StrEnum):
    """What a key allows: `screen` screens, `review` decides on hits, `admin` manages keys, `metrics` reads figures."""

    SCREEN = "screen"
    REVIEW = "review"
    ADMIN = "admin"
    METRICS = "metrics"


class KeyState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


def create_key(
    store: Store, name: str, scopes: Iterable[Scope], *, by: str = COMMAND_LINE, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its secret, which is known only now. Raises `UsageError` for a day already past or no scope."""
    key, secret = _new_key(name, scopes, expires_at)
    with store.write() as session:
        _add(session, key, by)
    return key, secret


def create_first_key(store: Store) -> str | None:
    """The secret of a key with every scope where the store has never had a key, else None."""
    key, secret = _new_key("first", Scope, None)
    with store.write() as session:
        if session.exec(select(func.count()).select_from(ApiKey)).one():
            return None
        _add(session, key, COMMAND_LINE)
    return secret


def list_keys(store: Store) -> list[ApiKey]:
    """Every key there ever was, oldest first."""
    with store.read() as session:
        return list(session.exec(select(ApiKey).order_by(col(ApiKey.id))))


def page_of_keys(store: Store, *, after: int, limit: int) -> list[ApiKey]:
    """The first `limit` keys, oldest first, whose ids are larger than `after`."""
    with store.read() as session:
        return list(session.exec(select(ApiKey).where(col(ApiKey.id) > after).order_by(col(ApiKey.id)).limit(limit)))


def get_key(store: Store, key_id: int) -> ApiKey:
    """Raises `UnknownKeyError` where there is none by that id."""
    with store.read() as session:
        return _get(session, key_id)


def revoke_key(store: Store, key_id: int, *, by: str = COMMAND_LINE, keep_an_admin: bool = False) -> ApiKey:
    """Revoke a key for good; revoking it again changes nothing.

    Raises `UnknownKeyError` where there is none by that id, and, if `keep_an_admin`, `LastAdminKeyError` where no other
    active key could make keys.
    """
    with store.write() as session:
        key = _get(session, key_id)
        if key.revoked_at is None:
            if keep_an_admin and not _other_admins(session, key):
                raise LastAdminKeyError(
                    f"key {key_id} is the last with the scope admin; make another first, or revoke it with "
                    "`importgate key revoke` on the service's machine"
                )
            key.revoked_at = _now()
            audit(session, by, "key.revoked", f"key {key.id}", {"name": key.name})
        return key


def find_key(store: Store, secret: str) -> ApiKey | None:
    """The key that the secret belongs to, in whatever state; None where there is none."""
    with store.read() as session:
        return session.exec(select(ApiKey).where(ApiKey.sha256 == hash_secret(secret))).one_or_none()


def note_uses(store: Store, uses: Mapping[int, datetime]) -> None:
    """Note when keys, by their ids, were last used."""
    with store.write() as session:
        for key_id, at in uses.items():
            session.exec(update(ApiKey).where(col(ApiKey.id) == key_id).values(last_used_at=at))


def key_state(key: ApiKey) -> KeyState:
    if key.revoked_at is not None:
        return KeyState.REVOKED
    return KeyState.EXPIRED if key.expires_at is not None and key.expires_at <= _now() else KeyState.ACTIVE


def key_scopes(key: ApiKey) -> frozenset[Scope]:
    return frozenset(Scope(word) for word in key.scopes.split())


def _get(session: Session, key_id: int) -> ApiKey:
    key = session.get(ApiKey, key_id)
    if key is None:
        raise UnknownKeyError(f"there is no key {key_id}; `importgate key list` shows those there are")
    return key


def _other_admins(session: Session, key: ApiKey) -> bool:
    """Whether another key could make keys after this one is revoked; trivially so where this one cannot either."""
    if not _administers(key):
        return True
    unrevoked = session.exec(select(ApiKey).where(col(ApiKey.revoked_at).is_(None), ApiKey.id != key.id))
    return any(_administers(other) for other in unrevoked)


def _administers(key: ApiKey) -> bool:
    return Scope.ADMIN in key_scopes(key) and key_state(key) is KeyState.ACTIVE


def _add(session: Session, key: ApiKey, by: str) -> None:
    session.add(key)
    session.flush()
    until = None if key.expires_at is None else key.expires_at.isoformat()
    audit(session, by, "key.created", f"key {key.id}", {"name": key.name, "scopes": key.scopes, "expires_at": until})


def _new_key(name: str, scopes: Iterable[Scope], expires_at: datetime | None) -> tuple[ApiKey, str]:
    words = sorted(set(scopes))
    if not words:
        raise UsageError(f"a key needs at least one scope: {', '.join(Scope)}")
    now = _now()
    if expires_at is not None and expires_at <= now:
        raise UsageError(f"a key cannot expire before it is made: {expires_at.isoformat()} is past")
    secret = MARK + secrets.token_urlsafe(32)
    key = ApiKey(
        name=name,
        prefix=secret[:PREFIX_LENGTH],
        sha256=hash_secret(secret),
        scopes=" ".join(words),
        created_at=now,
        expires_at=expires_at,
    )
    return key, secret


def hash_secret(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
