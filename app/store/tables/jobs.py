"""Uploaded shipment files and how far their screening has come."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CHAR, BigInteger, Index, Text, UniqueConstraint
from sqlmodel import Field

from app.store.tables.table import Instant, Table

CHUNK_ROWS = 4096  # rows whose results are committed together


class Job(Table, table=True):
    """One uploaded file. `id` is random: a counter would tell callers how much others upload.

    `state` is queued, running, completed, failed, cancelled or deleted. `worker` owns a running job until
    `lease_until`; `attempt` counts the owners and fences those that lost it. `next_row` is the first data row, from 0,
    whose results are not committed, `next_number` the number of the next screening. `stored_as` names the file in the
    uploads folder, "" once it is removed. `columns` (pairs of role and header), `lists` (ids, or null for all) and
    `warnings` are JSON.

    `failures` counts attempts in a row that committed nothing; a queued job is not begun before `waits_until`. Rows
    before `careful_until` are committed `chunk_rows` at a time, since something among them may have ended a worker; 0
    says that the next row is not to be tried again. `trying` is set while such a chunk is being screened: a worker that
    ends at another time says nothing about its rows. `row_deaths` counts the workers that ended over one row alone.
    `claimed_at` and `claimed_row` are when and where this attempt began.
    """

    __tablename__ = "job"
    __table_args__ = (
        UniqueConstraint("key_id", "idempotency_key"),
        Index(None, "state", "created_at"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    key_id: int = Field(foreign_key="api_key.id")
    idempotency_key: str | None = Field(default=None, sa_type=Text)
    state: str = Field(sa_type=Text)
    file_name: str = Field(sa_type=Text)
    stored_as: str = Field(sa_type=Text)
    size: int = Field(sa_type=BigInteger)
    sha256: str = Field(sa_type=CHAR(64))
    columns: str = Field(sa_type=Text)
    lists: str = Field(sa_type=Text)
    encoding: str | None = Field(default=None, sa_type=Text)
    as_of: date
    context_id: int | None = Field(default=None, foreign_key="context.id")
    next_row: int = Field(default=0, sa_type=BigInteger)
    next_number: int = Field(default=1, sa_type=BigInteger)
    total_rows: int | None = Field(default=None, sa_type=BigInteger)
    block: int = Field(default=0, sa_type=BigInteger)
    review: int = Field(default=0, sa_type=BigInteger)
    incomplete: int = Field(default=0, sa_type=BigInteger)
    clear: int = Field(default=0, sa_type=BigInteger)
    warnings: str = Field(default="[]", sa_type=Text)
    problem: str = Field(default="", sa_type=Text)
    attempt: int = 0
    failures: int = 0
    chunk_rows: int = CHUNK_ROWS
    careful_until: int = Field(default=0, sa_type=BigInteger)
    trying: bool = False
    row_deaths: int = 0
    waits_until: datetime | None = Field(default=None, sa_type=Instant)
    worker: str | None = Field(default=None, sa_type=Text)
    lease_until: datetime | None = Field(default=None, sa_type=Instant)
    cancel_requested_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime | None = Field(default=None, sa_type=Instant)
    claimed_row: int = Field(default=0, sa_type=BigInteger)
    updated_at: datetime = Field(sa_type=Instant)
    started_at: datetime | None = Field(default=None, sa_type=Instant)
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
