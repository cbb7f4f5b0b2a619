"""What was screened, with what, and what came out: enough to do it again.

A screening belongs to a batch: a job (`job_...`) or a call of the API (`call_...`). Batch and number together are its
key, so that no row can be written twice; its public id is `{batch_id}.{number}`, a hit's `{batch_id}.{number}.{place}`.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CHAR, BigInteger, Index, Text, text
from sqlmodel import Field

from app.store.tables.table import Instant, Table

NOT_CLEAR = text("outcome <> 'clear'")  # most screenings are clear: nobody looks for them by their outcome


class Context(Table, table=True):
    """What screenings were made with. `editions` (list id to edition), `sha256s` (list id to content hash), JSON both;
    `programmes` is the hash of the legal bases.

    `digest` is the SHA-256 of the rest, so that the same context is stored once.
    """

    __tablename__ = "context"

    id: int | None = Field(default=None, primary_key=True)
    digest: str = Field(sa_type=CHAR(64), unique=True)
    as_of: date
    editions: str = Field(sa_type=Text)
    sha256s: str = Field(sa_type=Text)
    programmes: str = Field(sa_type=CHAR(64))
    policy: str = Field(sa_type=Text)
    software: str = Field(sa_type=Text)


class Call(Table, table=True):
    """A call of the API that screened parties at once. `relations` are the supply-chain links given with it, JSON.

    `key_id` is null where the service itself screened monitored parties again.
    """

    __tablename__ = "call"

    id: str = Field(sa_type=Text, primary_key=True)
    key_id: int | None = Field(default=None, foreign_key="api_key.id")
    context_id: int = Field(foreign_key="context.id")
    request_id: str = Field(sa_type=Text)
    relations: str = Field(default="[]", sa_type=Text)
    created_at: datetime = Field(sa_type=Instant, index=True)


class StoredScreening(Table, table=True):
    """One screened party. `party` is what was declared besides its name, country and role, JSON, "" for nothing.

    `findings` is JSON with `hits`, `signals`, `waiver` and `problem` as a record has them, null where there are none.
    """

    __tablename__ = "screening"
    __table_args__ = (
        Index(None, "batch_id", "outcome", "number", sqlite_where=NOT_CLEAR, postgresql_where=NOT_CLEAR),
        {"sqlite_with_rowid": False},
    )

    batch_id: str = Field(sa_type=Text, primary_key=True)
    number: int = Field(sa_type=BigInteger, primary_key=True)
    row: int | None = Field(default=None, sa_type=BigInteger)
    line: int | None = Field(default=None, sa_type=BigInteger)
    role: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    country: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    party: str = Field(default="", sa_type=Text)
    reference: str = Field(default="", sa_type=Text)
    findings: str | None = Field(default=None, sa_type=Text)


class SeenListing(Table, table=True):
    """A listing as it stood when something hit it: `subject` its qualified id, `listing` what it said, JSON."""

    __tablename__ = "seen_listing"

    subject: str = Field(sa_type=Text, primary_key=True)
    digest: str = Field(sa_type=Text, primary_key=True)
    listing: str = Field(sa_type=Text)


class Hit(Table, table=True):
    """What a person has to look at: a listing that a party may be, or a signal that asks for review.

    `subject` is the listing's qualified id, or `signal:{kind}:{code}`, whose `matched_name` is what was seen. `pair` is
    the fingerprint of the normalised party and the subject. `listing_digest` and `party_digest` change with what the
    listing says and with what was declared about the party besides its name; `content` is a hash of both and of
    `matched_name`: where it differs, a remembered decision does not hold.

    `state` is open, escalated, true_match or false_positive. `proposed` is the state that a second person has yet to
    confirm. `remembered` is the disposition of another hit of the same pair that this one rests on. `version` counts
    the changes, so that nobody decides on what they have not seen.
    """

    __tablename__ = "hit"
    __table_args__ = (
        Index(None, "state", "created_at", "id"),
        Index(None, "created_at", "id"),
        Index(None, "batch_id", "number"),
        Index(None, "pair"),
    )

    id: str = Field(sa_type=Text, primary_key=True)
    batch_id: str = Field(sa_type=Text)
    number: int = Field(sa_type=BigInteger)
    party_name: str = Field(sa_type=Text)
    country: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    list_id: str = Field(default="", sa_type=Text)
    listing_id: str = Field(default="", sa_type=Text)
    listing_name: str = Field(default="", sa_type=Text)
    matched_name: str = Field(default="", sa_type=Text)
    score: float | None = None
    strength: str = Field(sa_type=Text)
    pair: str = Field(sa_type=CHAR(32))
    listing_digest: str = Field(default="", sa_type=Text)
    party_digest: str = Field(default="", sa_type=Text)
    content: str = Field(sa_type=CHAR(32))
    state: str = Field(default="open", sa_type=Text)
    proposed: str | None = Field(default=None, sa_type=Text)
    proposed_by: int | None = Field(default=None, foreign_key="api_key.id")
    remembered: int | None = Field(default=None, foreign_key="disposition.id")
    version: int = 0
    created_at: datetime = Field(sa_type=Instant)
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
