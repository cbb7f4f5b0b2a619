"""The review queue: hits of all jobs and calls, page by page, and all there is to know about one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, or_, select, tuple_

from app.lists.plain import encode_record
from app.screening.record import declared_party
from app.store.cursors import read_cursor, write_cursor
from app.store.database import Store
from app.store.dispositions import DECISIONS, State
from app.store.rows import storable
from app.store.tables import ApiKey, Disposition, Hit, SeenListing, StoredScreening

_DECIDED = tuple(state.value for state in DECISIONS)


@dataclass(frozen=True, slots=True)
class HitFilter:
    """Which hits; what is None is not asked for. `proposed` are those that wait for a second person, or do not.

    `text` is looked for in the party's, the listing's and the matched name, in letters of either case.
    """

    state: State | None = None
    list_id: str | None = None
    role: str | None = None
    outcome: str | None = None
    batch_id: str | None = None
    text: str | None = None
    proposed: bool | None = None


@dataclass(frozen=True, slots=True)
class HitPage:
    """`next` leads to the page after; None on the last one."""

    items: Sequence[Hit]
    next: str | None


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last decision about the same party and listing, made on another hit.

    `holds` says whether this hit carries it; `changed` what is no longer as it was then: `listing` (or `signal`),
    `party`, `matched_name` (None where that hit is gone).
    """

    decision: Disposition
    holds: bool
    changed: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class HitDetail:
    """`finding` is the hit or signal as its record has it, `party` what was declared, `listing` what the listing said
    (None for a signal). `identical` counts the other hits of the same pair and content in the same state.
    `history` is oldest first; `proposed_by` the name of the key that proposed."""

    hit: Hit
    party: Mapping[str, Any]
    finding: Mapping[str, Any]
    listing: Mapping[str, Any] | None
    history: Sequence[Disposition]
    earlier: Earlier | None
    identical: int
    proposed_by: str | None


def find_hits(
    store: Store, asked: HitFilter, *, cursor: str | None = None, limit: int = 50, newest_first: bool = False
) -> HitPage:
    """A page of the queue, oldest first unless asked otherwise. Raises `UsageError` for what is no cursor."""
    place = tuple_(col(Hit.created_at), col(Hit.id))
    query = select(Hit).where(*_conditions(asked))
    if cursor is not None:
        after = tuple_(*read_cursor(cursor, datetime, str))
        query = query.where(place < after if newest_first else place > after)
    order = (col(Hit.created_at), col(Hit.id))
    query = query.order_by(*((item.desc() for item in order) if newest_first else order)).limit(limit + 1)
    with store.read() as session:
        found = list(session.exec(query))
    more = len(found) > limit
    last = found[limit - 1] if more else None
    return HitPage(found[:limit], None if last is None else write_cursor(last.created_at.isoformat(), last.id))


def count_hits(store: Store) -> Mapping[State, int]:
    """How many hits are in each state."""
    with store.read() as session:
        found = session.exec(select(Hit.state, func.count()).group_by(Hit.state)).all()
    counts = dict(found)
    return {state: counts.get(state.value, 0) for state in State}


def read_hit(store: Store, hit_id: str) -> HitDetail | None:
    """All there is to know about a hit; None where there is none by that id."""
    with store.read() as session:
        hit = session.get(Hit, storable(hit_id))
        if hit is None:
            return None
        screening = session.get_one(StoredScreening, (hit.batch_id, hit.number))
        seen = session.get(SeenListing, (hit.subject, hit.listing_digest)) if hit.list_id else None
        return HitDetail(
            hit=hit,
            party=encode_record(declared_party(screening.name, screening.country, screening.role, screening.party)),
            finding=_finding(hit, json.loads(screening.findings or "{}")),
            listing=None if seen is None else json.loads(seen.listing),
            history=history(session, hit.id),
            earlier=_earlier(session, hit),
            identical=session.exec(select(func.count()).select_from(Hit).where(*identical_to(hit))).one() - 1,
            proposed_by=_key_name(session, hit.proposed_by),
        )


def history(session: Session, hit_id: str) -> list[Disposition]:
    """Every step that was taken with a hit, oldest first."""
    asked = select(Disposition).where(Disposition.hit_id == hit_id).order_by(col(Disposition.id))
    return list(session.exec(asked))


def identical_to(hit: Hit) -> list[Any]:
    """The conditions of the hits about which nothing else can be said than about this one, itself included: the same
    party and listing with the same content, in the same state."""
    return [
        col(Hit.pair) == hit.pair,
        col(Hit.content) == hit.content,
        col(Hit.state) == hit.state,
        col(Hit.proposed).is_not_distinct_from(hit.proposed),
    ]


def _conditions(asked: HitFilter) -> list[Any]:
    equal = {
        Hit.state: asked.state and asked.state.value,
        Hit.list_id: asked.list_id,
        Hit.role: asked.role,
        Hit.outcome: asked.outcome,
        Hit.batch_id: asked.batch_id,
    }
    conditions: list[Any] = [col(column) == storable(value) for column, value in equal.items() if value is not None]
    if asked.proposed is not None:
        conditions.append(col(Hit.proposed).is_not(None) if asked.proposed else col(Hit.proposed).is_(None))
    if asked.text:
        names = (Hit.party_name, Hit.listing_name, Hit.matched_name)
        conditions.append(or_(*(col(name).icontains(storable(asked.text), autoescape=True) for name in names)))
    return conditions


def _finding(hit: Hit, findings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last part of a hit's id counts the hits of its screening and then its signals."""
    found: Sequence[Mapping[str, Any]] = [*findings["hits"], *findings["signals"]]
    return found[int(hit.id.rpartition(".")[2]) - 1]


def _earlier(session: Session, hit: Hit) -> Earlier | None:
    if hit.remembered is not None:
        return Earlier(session.get_one(Disposition, hit.remembered), holds=True, changed=())
    decided = (
        select(Disposition)
        .where(Disposition.pair == hit.pair, Disposition.hit_id != hit.id)
        .where(col(Disposition.kind).in_(("decided", "confirmed")), col(Disposition.state).in_(_DECIDED))
    )
    last = session.exec(decided.order_by(col(Disposition.id).desc()).limit(1)).first()
    if last is None:
        return None
    other = session.get(Hit, last.hit_id)
    return Earlier(last, holds=False, changed=None if other is None else _changed(other, hit))


def _changed(before: Hit, now: Hit) -> list[str]:
    grounds = "listing" if now.list_id else "signal"
    fields = {grounds: "listing_digest", "party": "party_digest", "matched_name": "matched_name"}
    return [said for said, field in fields.items() if getattr(before, field) != getattr(now, field)]


def _key_name(session: Session, key_id: int | None) -> str | None:
    return None if key_id is None else session.get_one(ApiKey, key_id).name
