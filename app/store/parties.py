"""Monitored parties: registered, found, removed, and screened again when the lists have changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select, update

from app.errors import UsageError
from app.files.parties import ShipmentParty
from app.lists.plain import decoder, encode_record, to_json
from app.screening.differences import brief_hits
from app.screening.model import Outcome, Party, Screening
from app.screening.screener import Screener
from app.store.audit import audit
from app.store.database import Store, database_time
from app.store.differences import Batch, Screened, take_turn, write_batch
from app.store.evidence import context_of, new_id, save_context
from app.store.rows import storable
from app.store.tables import ApiKey, Context, MonitoredParty

_AT_ONCE = 500  # references or parties named in one statement


class Done(StrEnum):
    """What registering a party came to."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class PartyFilters:
    """An empty one asks for nothing. `text` is looked for in the name."""

    outcomes: Sequence[Outcome] = ()
    reference: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outdated:
    """Parties that are ours to screen again, by id, with the context that they will have been screened with."""

    claim: str
    context_id: int
    parties: dict[str, ShipmentParty]


def register(
    store: Store, screener: Screener, screened: Sequence[Screened], *, key: ApiKey, request_id: str = ""
) -> list[tuple[MonitoredParty, Done]]:
    """Register parties with their first screening, all or none; one whose reference is known replaces the known one.

    A known party whose data is the same stays as it is: what other lists find is for the worker to tell. Of one whose
    data changed, what it hits differently is noted. Raises `UsageError` where two have the same reference.
    """
    _check_references(item.reference for item, _ in screened)
    done: list[tuple[MonitoredParty, Done]] = []
    with store.write() as session:
        take_turn(session)
        batch = Batch(save_context(session, context_of(screener)), database_time(session))
        known = _by_reference(session, [storable(item.reference) for item, _ in screened if item.reference])
        for item, screening in screened:
            party = known.get(storable(item.reference))
            if party is None:
                party = _new_party(item, screening, batch, key)
                session.add(party)
                done.append((party, Done.CREATED))
            elif party.party == _declared(item):
                done.append((party, Done.UNCHANGED))
            else:
                _replace(party, item, screening, batch)
                done.append((party, Done.UPDATED))
        session.flush()
        write_batch(session, screener, batch, key.id, request_id)
        counts = {what.value: sum(1 for _, out in done if out is what) for what in Done}
        audit(session, key.name, "parties.registered", batch.call_id, counts)
    return done


def remove_party(store: Store, party_id: str, *, key: ApiKey) -> bool:
    """Screen the party no more; False where there is none by that id. Removing it again changes nothing."""
    with store.write() as session:
        party = session.get(MonitoredParty, party_id, with_for_update=True)
        if party is None:
            return False
        if party.removed_at is None:
            party.removed_at = database_time(session)
            party.claim = party.claimed_until = None
            audit(session, key.name, "party.removed", party.id, {"reference": party.reference})
        return True


def find_party(store: Store, party_id: str) -> MonitoredParty | None:
    """The party, removed or not."""
    with store.read() as session:
        return session.get(MonitoredParty, party_id)


def parties_page(
    store: Store, filters: PartyFilters, limit: int, after: tuple[datetime, str] | None = None
) -> list[MonitoredParty]:
    """Up to `limit` parties that are not removed, newest first; `after` is (created_at, id) of the last one seen."""
    created, party_id = col(MonitoredParty.created_at), col(MonitoredParty.id)
    question = select(MonitoredParty).where(col(MonitoredParty.removed_at).is_(None))
    if filters.outcomes:
        question = question.where(col(MonitoredParty.outcome).in_([outcome.value for outcome in filters.outcomes]))
    if filters.reference:
        question = question.where(MonitoredParty.reference == storable(filters.reference))
    if filters.text:
        question = question.where(col(MonitoredParty.name).icontains(storable(filters.text), autoescape=True))
    if after is not None:
        question = question.where(or_(created < after[0], and_(created == after[0], party_id < after[1])))
    with store.read() as session:
        return list(session.exec(question.order_by(created.desc(), party_id.desc()).limit(limit)))


def claim_outdated(store: Store, screener: Screener, lease: timedelta, limit: int) -> Outdated | None:
    """Up to `limit` parties last screened with an earlier context than the screener's, claimed until the lease ends.

    None where there are none. Contexts are numbered as they are first seen: a worker of an older version leaves alone
    what a newer one has screened, so that the two do not take turns for ever.
    """
    values = context_of(screener)
    with store.read() as session:
        context_id = session.exec(select(Context.id).where(Context.digest == values.digest)).one_or_none()
        behind = select(MonitoredParty.id).where(col(MonitoredParty.removed_at).is_(None)).limit(1)
        if context_id is not None:
            behind = behind.where(col(MonitoredParty.context_id) < context_id)
        if session.exec(behind).first() is None:
            return None  # so that an idle service does not write
    with store.write() as session:
        context_id = save_context(session, values)
        now = database_time(session)
        claimed_until = col(MonitoredParty.claimed_until)
        question = (
            select(MonitoredParty)
            .where(
                col(MonitoredParty.removed_at).is_(None),
                col(MonitoredParty.context_id) < context_id,
                or_(claimed_until.is_(None), claimed_until <= now),
            )
            .order_by(col(MonitoredParty.context_id), col(MonitoredParty.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        parties = session.exec(question).all()
        if not parties:
            return None
        outdated = Outdated(new_id("claim"), context_id, {party.id: _item(party) for party in parties})
        ours = col(MonitoredParty.id).in_(list(outdated.parties))
        session.exec(update(MonitoredParty).where(ours).values(claim=outdated.claim, claimed_until=now + lease))
        return outdated


def note_screenings(store: Store, screener: Screener, outdated: Outdated, screenings: Sequence[Screening]) -> int:
    """Write what the claimed parties hit now; how many were still ours.

    What was changed or removed meanwhile, or claimed by another since the lease ended, is left to whoever did that.
    """
    found = dict(zip(outdated.parties, screenings, strict=True))
    with store.write() as session:
        take_turn(session)
        batch = Batch(outdated.context_id, database_time(session))
        claimed = select(MonitoredParty).where(MonitoredParty.claim == outdated.claim).with_for_update()
        ours = session.exec(claimed.order_by(col(MonitoredParty.id))).all()
        for party in ours:
            batch.compare(party, outdated.parties[party.id], found[party.id])
        session.flush()
        write_batch(session, screener, batch, None)
        is_ours = col(MonitoredParty.claim) == outdated.claim
        session.exec(
            update(MonitoredParty)
            .where(is_ours)
            .values(context_id=outdated.context_id, screened_at=batch.at, claim=None, claimed_until=None)
        )
        return len(ours)


def party_to_plain(party: MonitoredParty) -> dict[str, Any]:
    """The party as the API shows it, with what it hits now."""
    return {
        "id": party.id,
        "reference": party.reference,
        "party": json.loads(party.party),
        "outcome": party.outcome,
        "hits": [{"subject": subject, **hit} for subject, hit in json.loads(party.hits).items()],
        "screening": party.screening_id,
        "created_at": party.created_at.isoformat(),
        "updated_at": party.updated_at.isoformat(),
        "screened_at": party.screened_at.isoformat(),
        "removed_at": None if party.removed_at is None else party.removed_at.isoformat(),
    }


def _check_references(references: Iterable[str]) -> None:
    seen: set[str] = set()
    for reference in filter(None, references):
        if reference in seen:
            raise UsageError(f"the reference {reference!r} is there twice; one party has one reference")
        seen.add(reference)


def _by_reference(session: Session, references: Sequence[str]) -> dict[str, MonitoredParty]:
    """The parties that are kept, by those of the references that they have; locked."""
    known = {}
    for start in range(0, len(references), _AT_ONCE):
        question = select(MonitoredParty).where(
            col(MonitoredParty.removed_at).is_(None),
            col(MonitoredParty.reference).in_(references[start : start + _AT_ONCE]),
        )
        for party in session.exec(question.with_for_update()):
            assert party.reference is not None
            known[party.reference] = party
    return known


def _new_party(item: ShipmentParty, screening: Screening, batch: Batch, key: ApiKey) -> MonitoredParty:
    assert key.id is not None
    return MonitoredParty(
        id=new_id("party"),
        key_id=key.id,
        reference=storable(item.reference) or None,
        name=storable(item.party.name),
        party=_declared(item),
        outcome=screening.outcome.value,
        hits=to_json(brief_hits(screening)),
        context_id=batch.context_id,
        screening_id=batch.keep(item, screening),
        created_at=batch.at,
        updated_at=batch.at,
        screened_at=batch.at,
    )


def _replace(party: MonitoredParty, item: ShipmentParty, screening: Screening, batch: Batch) -> None:
    """Other data under the same reference. Whoever is screening the old data loses its claim."""
    party.name = storable(item.party.name)
    party.party = _declared(item)
    if not batch.compare(party, item, screening, review_all=True):
        party.screening_id = batch.keep(item, screening)
        party.hits = to_json(brief_hits(screening))
    party.context_id = batch.context_id
    party.updated_at = party.screened_at = batch.at
    party.claim = party.claimed_until = None


def _declared(item: ShipmentParty) -> str:
    return to_json(encode_record(item.party))


def _item(party: MonitoredParty) -> ShipmentParty:
    declared: Party = decoder(Party)(json.loads(party.party), ())
    return ShipmentParty(None, None, declared.role, declared, party.reference or "")
