"""Differences of monitored parties: written together with the messages about them and with the evidence, and read back.

All that changes what a monitored party hits is collected in a `Batch` and written by `write_batch`, in the transaction
that changes the party: none of it is there without the rest.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.files.parties import ShipmentParty
from app.lists.plain import to_json
from app.screening.differences import Change, brief_hits, compare_hits
from app.screening.model import Outcome, Screening
from app.screening.screener import Screener
from app.store.database import Store
from app.store.deliveries import enqueue_differences
from app.store.evidence import insert_rows, new_id, rows_of
from app.store.rows import insert_tuples, is_postgresql, storable
from app.store.tables import Call, Context, Difference, MonitoredParty

_TURNS = 7163003  # the advisory lock under which differences are written

Screened = tuple[ShipmentParty, Screening]


@dataclass(frozen=True, slots=True)
class DifferenceFilters:
    """An empty one asks for nothing."""

    since: datetime | None = None
    party_id: str = ""
    changes: Sequence[Change] = ()


@dataclass(slots=True)
class Batch:
    """Screenings of monitored parties that are written in one transaction; those worth keeping are one call."""

    context_id: int
    at: datetime
    call_id: str = field(default_factory=lambda: new_id("call"))
    kept: list[Screened] = field(default_factory=list)
    to_review: dict[int, set[str]] = field(default_factory=dict)  # where not all that a screening found
    differences: list[tuple[MonitoredParty, Difference]] = field(default_factory=list)

    def keep(self, item: ShipmentParty, screening: Screening) -> str:
        """Keep a screening as evidence and its hits for review; the id that it will have."""
        self.kept.append((item, screening))
        return f"{self.call_id}.{len(self.kept)}"

    def compare(
        self, party: MonitoredParty, item: ShipmentParty, screening: Screening, *, review_all: bool = False
    ) -> bool:
        """Whether the party hits something else than it did. If so, it is brought up to date, the differences are
        noted, and what is new in them is put up for review; all hits if `review_all`."""
        hits = brief_hits(screening)
        before = Outcome(party.outcome)
        changes = compare_hits(json.loads(party.hits), hits, before, screening.outcome)
        if not changes:
            return False
        party.screening_id = self.keep(item, screening)
        if not review_all:
            self.to_review[len(self.kept)] = {change.subject for change in changes if change.after is not None}
        party.outcome = screening.outcome.value
        party.hits = to_json(hits)
        for change in changes:
            row = Difference(
                party_id=party.id,
                change=change.change.value,
                subject=change.subject,
                before=None if change.before is None else to_json(change.before),
                after=None if change.after is None else to_json(change.after),
                outcome_before=before.value,
                outcome_after=screening.outcome.value,
                from_context=party.context_id,
                to_context=self.context_id,
                screening_id=party.screening_id,
                at=self.at,
            )
            self.differences.append((party, row))
        return True

    def is_to_review(self, hit: Mapping[str, Any]) -> bool:
        subjects = self.to_review.get(hit["number"])
        return subjects is None or hit["subject"] in subjects


def take_turn(session: Session) -> None:
    """Until the commit, nobody else writes differences: so their ids follow the order of the commits, and whoever reads
    on from the last one misses none."""
    if is_postgresql(session):  # SQLite has one writer at a time anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURNS})


def write_batch(session: Session, screener: Screener, batch: Batch, key_id: int | None, request_id: str = "") -> None:
    """Write what the batch collected; `key_id` is None where the service itself screened."""
    if batch.kept:
        call = (batch.call_id, key_id, batch.context_id, storable(request_id), "[]", batch.at)
        insert_tuples(session, Call, [call])
        rows = rows_of(batch.call_id, enumerate(batch.kept, 1), screener, batch.at)
        insert_rows(session, replace(rows, hits=[hit for hit in rows.hits if batch.is_to_review(hit)]))
    if batch.differences:
        session.add_all(row for _, row in batch.differences)
        session.flush()  # which numbers them
        causes = _Causes(session)
        plain = [_to_plain(party, row, causes) for party, row in batch.differences]
        enqueue_differences(session, plain, batch.at)


def differences_page(store: Store, filters: DifferenceFilters, limit: int, after: int = 0) -> list[dict[str, Any]]:
    """Up to `limit` differences as plain data, oldest first, those whose id is above `after`."""
    question = select(Difference).where(col(Difference.id) > after)
    if filters.since is not None:
        question = question.where(col(Difference.at) >= filters.since)
    if filters.party_id:
        question = question.where(Difference.party_id == filters.party_id)
    if filters.changes:
        question = question.where(col(Difference.change).in_([change.value for change in filters.changes]))
    with store.read() as session:
        found = session.exec(question.order_by(col(Difference.id)).limit(limit)).all()
        asked = select(MonitoredParty).where(col(MonitoredParty.id).in_({row.party_id for row in found}))
        parties = {party.id: party for party in session.exec(asked)}
        causes = _Causes(session)
        return [_to_plain(parties[row.party_id], row, causes) for row in found]


class _Causes:
    """What is another between two contexts, each pair looked up once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[int, int], dict[str, Any]] = {}

    def between(self, before: int, after: int) -> dict[str, Any]:
        if (before, after) not in self._known:
            was, now = (self._session.get_one(Context, number) for number in (before, after))
            self._known[before, after] = _cause(was, now)
        return self._known[before, after]


def _cause(was: Context, now: Context) -> dict[str, Any]:
    if was.id == now.id:
        return {"party": "its data changed"}
    lists = _changed(json.loads(was.editions), json.loads(now.editions))
    rest = {name: (str(getattr(was, name)), str(getattr(now, name))) for name in ("as_of", "policy", "software")}
    changed = {name: {"before": old, "after": new} for name, (old, new) in rest.items() if old != new}
    return {"editions": lists, **changed} if lists else dict(changed)


def _changed(was: Mapping[str, str], now: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    return {
        list_id: {"before": was.get(list_id), "after": now.get(list_id)}
        for list_id in sorted(was.keys() | now.keys())
        if was.get(list_id) != now.get(list_id)
    }


def _to_plain(party: MonitoredParty, row: Difference, causes: _Causes) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": row.at.isoformat(),
        "change": row.change,
        "party": {"id": party.id, "reference": party.reference, "name": party.name},
        "subject": row.subject,
        "before": None if row.before is None else json.loads(row.before),
        "after": None if row.after is None else json.loads(row.after),
        "outcome": {"before": row.outcome_before, "after": row.outcome_after},
        "screening": row.screening_id,
        "cause": causes.between(row.from_context, row.to_context),
    }
