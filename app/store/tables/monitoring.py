"""Parties that are screened again when a list changes, and who is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, Text
from sqlmodel import Field

from app.store.tables.table import Instant, Table


class MonitoredParty(Table, table=True):
    """A registered party. `reference` is the caller's own, unique among the key's parties that are not removed.

    `party` is what was declared, JSON; `hits` what it hit when last screened, JSON of `{subject: {...}}`.
    """

    __tablename__ = "monitored_party"
    __table_args__ = (Index(None, "removed_at", "context_id"),)

    id: str = Field(sa_type=Text, primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    reference: str = Field(default="", sa_type=Text, index=True)
    name: str = Field(sa_type=Text)
    party: str = Field(sa_type=Text)
    outcome: str | None = Field(default=None, sa_type=Text)
    hits: str = Field(default="{}", sa_type=Text)
    context_id: int | None = Field(default=None, foreign_key="context.id")
    created_at: datetime = Field(sa_type=Instant)
    screened_at: datetime | None = Field(default=None, sa_type=Instant)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


class Difference(Table, table=True):
    """What changed for a monitored party between two contexts. `change` is new, gone or changed; `hit` is JSON."""

    __tablename__ = "difference"

    id: int | None = Field(default=None, primary_key=True)
    party_id: str = Field(sa_type=Text, foreign_key="monitored_party.id", index=True)
    change: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    hit: str = Field(sa_type=Text)
    from_context: int = Field(foreign_key="context.id")
    to_context: int = Field(foreign_key="context.id")
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
    """One event on its way to one webhook. `state` is waiting, delivered or given_up; `body` is sent byte for byte."""

    __tablename__ = "delivery"
    __table_args__ = (Index(None, "state", "next_attempt_at"),)

    id: str = Field(sa_type=Text, primary_key=True)
    webhook_id: str = Field(sa_type=Text, foreign_key="webhook.id")
    body: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    attempts: int = 0
    problem: str = Field(default="", sa_type=Text)
    created_at: datetime = Field(sa_type=Instant)
    next_attempt_at: datetime = Field(sa_type=Instant)
    delivered_at: datetime | None = Field(default=None, sa_type=Instant)
