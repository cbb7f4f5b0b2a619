"""Parties that are screened again when a list changes, and who is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, Integer, Text, text
from sqlmodel import Field

from app.store.tables.table import Instant, Table

_KEPT = text("removed_at IS NULL")
_NUMBER = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up in INTEGER alone


class MonitoredParty(Table, table=True):
    """A registered party. `reference` is the caller's own: no two parties that are kept have the same.

    `party` is what was declared, JSON without its empty fields; `hits` what it hit when last screened, JSON of subject
    to a brief hit. `context_id` says what it was last screened with, `screening_id` is the last screening that is kept:
    that of its registration, or the last one that found something else. A worker that screens it again writes its
    `claim`, which others leave alone until `claimed_until`.
    """

    __tablename__ = "monitored_party"
    __table_args__ = (
        Index(None, "reference", unique=True, sqlite_where=_KEPT, postgresql_where=_KEPT),
        Index(None, "removed_at", "context_id"),
        Index(None, "created_at", "id"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    reference: str | None = Field(default=None, sa_type=Text)
    name: str = Field(sa_type=Text)
    party: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    hits: str = Field(sa_type=Text)
    context_id: int = Field(foreign_key="context.id")
    screening_id: str = Field(sa_type=Text)
    claim: str | None = Field(default=None, sa_type=Text)
    claimed_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    screened_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class Difference(Table, table=True):
    """What changed for a monitored party between two screenings.

    `change` is new, gone or changed for a hit, whose brief forms are in `before` and `after`, JSON; it is outcome where
    the outcome alone is another. The contexts are the same where the party was changed by whoever registered it.
    """

    __tablename__ = "difference"

    id: int | None = Field(default=None, sa_type=_NUMBER, primary_key=True)
    party_id: str = Field(sa_type=Text, foreign_key="monitored_party.id", index=True)
    change: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    outcome_before: str = Field(sa_type=Text)
    outcome_after: str = Field(sa_type=Text)
    from_context: int = Field(foreign_key="context.id")
    to_context: int = Field(foreign_key="context.id")
    screening_id: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant, index=True)


class Webhook(Table, table=True):
    """Where differences are sent. `secret` signs what is sent, so it has to be kept as it is."""

    __tablename__ = "webhook"

    id: str = Field(sa_type=Text, primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    url: str = Field(sa_type=Text)
    secret: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class Delivery(Table, table=True):
    """One message on its way to one webhook. `state` is waiting, delivered or given_up; `body` is sent byte for byte.

    `status` is that of the last answer, `problem` says why the last attempt failed. While an attempt is under way,
    `next_attempt_at` is when another worker may take it for lost.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index(None, "state", "next_attempt_at"),
        Index(None, "webhook_id", "created_at", "id"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    webhook_id: str = Field(sa_type=Text, foreign_key="webhook.id")
    kind: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    attempts: int = 0
    status: int | None = None
    problem: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    next_attempt_at: datetime = Field(sa_type=Instant)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
