"""Who may call the service."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, Text
from sqlmodel import Field

from app.store.tables.table import Instant, Table


class ApiKey(Table, table=True):
    """A key to the API. The secret itself is never stored: `sha256` finds it, `prefix` lets people recognise it.

    `scopes` are words separated by spaces, sorted.
    """

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text)
    prefix: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=CHAR(64), unique=True)
    scopes: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class SignInLink(Table, table=True):
    """An address that signs a browser in once, as the first start prints one. Only the token's hash is kept."""

    __tablename__ = "sign_in_link"

    sha256: str = Field(sa_type=CHAR(64), primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class WebSession(Table, table=True):
    """A browser that is signed in with a key, and ends with it. Only the cookie's hash is kept."""

    __tablename__ = "web_session"

    sha256: str = Field(sa_type=CHAR(64), primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    csrf: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
