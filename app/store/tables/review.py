"""What people decided about hits, and the log that cannot be rewritten unseen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, Text
from sqlmodel import Field

from app.store.tables.table import Instant, Table


class Disposition(Table, table=True):
    """One step in a hit's history; rows are only ever added.

    `kind` is decided, proposed, confirmed, rejected or followed; `state` the state that it asks for. `hit_id` is no
    foreign key: the history outlives the results of a deleted job.
    """

    __tablename__ = "disposition"

    id: int | None = Field(default=None, primary_key=True)
    hit_id: str = Field(sa_type=Text, index=True)
    pair: str = Field(sa_type=CHAR(32), index=True)
    kind: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    key_id: int | None = Field(default=None, foreign_key="api_key.id")
    by: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)


class RememberedDecision(Table, table=True):
    """The decision that holds for a pair of party and subject while the `content` of a hit is what was decided on."""

    __tablename__ = "remembered_decision"

    pair: str = Field(sa_type=CHAR(32), primary_key=True)
    content: str = Field(sa_type=CHAR(32), primary_key=True)
    state: str = Field(sa_type=Text)
    disposition_id: int = Field(foreign_key="disposition.id")


class AuditEntry(Table, table=True):
    """One entry of the audit log. `digest` is the SHA-256 of the other fields, `previous` that of the entry before."""

    __tablename__ = "audit"

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_type=Text)
    action: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    previous: str = Field(sa_type=CHAR(64))
    digest: str = Field(sa_type=CHAR(64))
