"""What was kept of a screening, read back: the evidence, and the screening done again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from app.lists.plain import decoder, to_json
from app.screening.chains import Link
from app.screening.model import Party
from app.screening.record import declared_party, findings
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.trace import trace
from app.store.database import Store
from app.store.evidence import context_of
from app.store.jobs import JobState
from app.store.queue import history
from app.store.rows import storable
from app.store.tables import ApiKey, Call, Context, Disposition, Hit, Job, SeenListing, StoredScreening

_NOTHING_FOUND: Mapping[str, Any] = {"hits": [], "signals": [], "waiver": None, "problem": ""}
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)

MONITORING = "monitoring"  # who screened where no key asked for it


@dataclass(frozen=True, slots=True)
class Batch:
    """The call or the job of a screening. `file_name` and `file_sha256` are a job's, `request_id` is a call's."""

    id: str
    by: str
    created_at: datetime
    relations: Sequence[Link] = ()
    request_id: str = ""
    file_name: str = ""
    file_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A hit of the queue with its history and, for a listing, what the listing said."""

    hit: Hit
    history: Sequence[Disposition]
    listing: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Kept:
    """`parties` are all of the call where it had relations, else the screening's alone: what replaying takes.

    `reviewed` are by the place of the hit or signal in its screening, from 1, hits first.
    """

    screening: StoredScreening
    party: Party
    findings: Mapping[str, Any]
    batch: Batch
    context: Context
    parties: Sequence[Party]
    reviewed: Mapping[int, Reviewed]


def read_kept(store: Store, screening_id: str) -> Kept | None:
    """What was kept of a screening, by its public id; None where there is none."""
    batch_id, _, number = storable(screening_id).rpartition(".")
    if not _NUMBER.fullmatch(number):
        return None
    with store.read() as session:
        screening = session.get(StoredScreening, (batch_id, int(number)))
        found = None if screening is None else _batch(session, batch_id)
        if screening is None or found is None:
            return None
        batch, context_id = found
        party = _party(screening)
        return Kept(
            screening=screening,
            party=party,
            findings=json.loads(screening.findings) if screening.findings else _NOTHING_FOUND,
            batch=batch,
            context=session.get_one(Context, context_id),
            parties=_all_parties(session, batch_id) if batch.relations else [party],
            reviewed=_reviewed(session, screening),
        )


def context_differs(kept: Kept, screener: Screener) -> str:
    """In what this screener differs from the one that was used, in words; "" where it is the same."""
    then, now = kept.context, context_of(screener)
    if then.digest == now.digest:
        return ""
    before, today = json.loads(then.sha256s), json.loads(now.sha256s)
    changed = sorted(list_id for list_id in before if before[list_id] != today.get(list_id))
    said = [
        f"other content of {', '.join(changed)}" if changed else "",
        "other legal bases" if then.programmes != now.programmes else "",
        f"policy {now.policy} instead of {then.policy}" if then.policy != now.policy else "",
        f"software {now.software} instead of {then.software}" if then.software != now.software else "",
    ]
    return "; ".join(filter(None, said)) or "another day or other lists"


def is_reproduced(kept: Kept, screener: Screener) -> bool:
    """Whether screening again gives the same outcome, hits, scores, explanations and signals."""
    exposed = trace(kept.batch.relations, screener, kept.parties).exposed if kept.batch.relations else {}
    (again,) = screen([kept.party], screener, exposed)
    found = json.loads(to_json(findings(again)))
    return (again.outcome.value, found) == (kept.screening.outcome, dict(kept.findings))


def _batch(session: Session, batch_id: str) -> tuple[Batch, int | None] | None:
    """The batch and its context; None for a job that was deleted, whose rows may not be swept yet."""
    call = session.get(Call, batch_id)
    if call is not None:
        links = tuple(decoder(Link)(plain, ()) for plain in json.loads(call.relations))
        by = MONITORING if call.key_id is None else session.get_one(ApiKey, call.key_id).name
        return Batch(call.id, by, call.created_at, links, request_id=call.request_id), call.context_id
    job = session.get_one(Job, batch_id)
    if job.state == JobState.DELETED:
        return None
    by = session.get_one(ApiKey, job.key_id).name
    return Batch(job.id, by, job.created_at, file_name=job.file_name, file_sha256=job.sha256), job.context_id


def _party(stored: StoredScreening) -> Party:
    return declared_party(stored.name, stored.country, stored.role, stored.party)


def _all_parties(session: Session, batch_id: str) -> list[Party]:
    asked = select(StoredScreening).where(StoredScreening.batch_id == batch_id)
    return [_party(stored) for stored in session.exec(asked.order_by(col(StoredScreening.number)))]


def _reviewed(session: Session, screening: StoredScreening) -> dict[int, Reviewed]:
    hits = session.exec(select(Hit).where(Hit.batch_id == screening.batch_id, Hit.number == screening.number))
    return {int(hit.id.rpartition(".")[2]): _with_its_history(session, hit) for hit in hits}


def _with_its_history(session: Session, hit: Hit) -> Reviewed:
    steps = history(session, hit.id)
    if hit.remembered is not None:
        steps = [session.get_one(Disposition, hit.remembered), *steps]
    seen = session.get(SeenListing, (hit.subject, hit.listing_digest)) if hit.list_id else None
    return Reviewed(hit, steps, None if seen is None else json.loads(seen.listing))
