"""Browsers that are signed in: links that do it once, and sessions that end with their key.

Tokens are 256 random bits and kept as SHA-256, like the secrets of keys.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlmodel import col, select, update

from app.store.database import Store
from app.store.keys import KeyState, key_state
from app.store.tables import ApiKey, SignInLink, WebSession

SESSION_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that was found valid, with its key. `csrf` is what every form has to send back."""

    key: ApiKey
    csrf: str


def create_link(store: Store) -> str | None:
    """The token of an address that signs a browser in once, with the oldest active key that has the most scopes; None
    where no key is active."""
    with store.read() as session:
        keys = session.exec(select(ApiKey).order_by(col(ApiKey.id))).all()
    active = [key for key in keys if key_state(key) is KeyState.ACTIVE]
    if not active:
        return None
    key = max(active, key=lambda item: len(item.scopes.split()))
    assert key.id is not None
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with store.write() as session:
        session.add(SignInLink(sha256=_hash(token), key_id=key.id, created_at=now, expires_at=now + LINK_LASTS))
    return token


def use_link(store: Store, token: str) -> ApiKey | None:
    """The key of a link that was not used before and is not too old; whoever comes first uses it up."""
    now = datetime.now(UTC)
    with store.write() as session:
        link = session.get(SignInLink, _hash(token))
        if link is None or link.expires_at <= now:
            return None
        unused = (col(SignInLink.sha256) == link.sha256, col(SignInLink.used_at).is_(None))
        if not session.exec(update(SignInLink).where(*unused).values(used_at=now)).rowcount:
            return None
        key = session.get(ApiKey, link.key_id)
    return key if key is not None and key_state(key) is KeyState.ACTIVE else None


def open_session(store: Store, key: ApiKey) -> str:
    """A new session of the key; its token, for the cookie."""
    assert key.id is not None
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    with store.write() as session:
        session.add(
            WebSession(
                sha256=_hash(token),
                key_id=key.id,
                csrf=secrets.token_urlsafe(32),
                created_at=now,
                expires_at=now + SESSION_LASTS,
            )
        )
    return token


def find_session(store: Store, token: str) -> SignedIn | None:
    """Who is signed in by this token; None where the session or its key has ended."""
    with store.read() as session:
        question = select(WebSession, ApiKey).where(
            col(WebSession.sha256) == _hash(token),
            col(WebSession.key_id) == ApiKey.id,
            col(WebSession.ended_at).is_(None),
            col(WebSession.expires_at) > datetime.now(UTC),
        )
        found = session.exec(question).one_or_none()
    if found is None:
        return None
    web_session, key = found
    return SignedIn(key, web_session.csrf) if key_state(key) is KeyState.ACTIVE else None


def end_session(store: Store, token: str) -> None:
    mine = col(WebSession.sha256) == _hash(token)
    with store.write() as session:
        session.exec(update(WebSession).where(mine).values(ended_at=datetime.now(UTC)))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
