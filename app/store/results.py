"""The results of a job, page by page and as a stream of records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, TextClause, and_
from sqlmodel import col, exists, select

from app.screening.model import Outcome, Role
from app.store.database import Store
from app.store.rows import sql_table
from app.store.tables import Context, Hit, Job, StoredScreening
from app.store.tables.evidence import NOT_CLEAR

_STREAMED = 1000  # screenings that are read at once for a stream

_NO_PARTY: dict[str, Any] = {
    "name": "",
    "address": "",
    "country": "",
    "identifiers": {},
    "postal_code": "",
    "goods": None,
}


_NO_GOODS: dict[str, Any] = {"hs_codes": [], "description": "", "origin": ""}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which results are wanted: with any of the outcomes, a hit on any of the lists, any of the roles, any of the
    countries, the text in the party's name. An empty one asks for nothing."""

    outcomes: Sequence[Outcome] = ()
    lists: Sequence[str] = ()
    roles: Sequence[Role] = ()
    text: str = ""
    countries: Sequence[str] = ()


def results_page(store: Store, job: Job, filters: Filters, limit: int, after: int = 0) -> list[StoredScreening]:
    """Up to `limit` screenings in the order of the file, those whose number is above `after`."""
    wanted = select(StoredScreening).where(_is_of_page(job, filters, limit, after))
    with store.read() as session:
        return list(session.exec(wanted.order_by(col(StoredScreening.number))))


def _is_of_page(job: Job, filters: Filters, limit: int, after: int) -> ColumnElement[bool]:
    """The numbers first, which an index gives by itself: SQLite would rather read all screenings of the job."""
    numbers = select(col(StoredScreening.number)).where(*_conditions(job, filters, after)).correlate(None)
    page = numbers.order_by(col(StoredScreening.number)).limit(limit)
    return and_(col(StoredScreening.batch_id) == job.id, col(StoredScreening.number).in_(page))


def _conditions(job: Job, filters: Filters, after: int) -> Iterator[ColumnElement[bool] | TextClause]:
    yield col(StoredScreening.batch_id) == job.id
    yield col(StoredScreening.number) > after
    if filters.outcomes:
        yield col(StoredScreening.outcome).in_(list(filters.outcomes))
        if Outcome.CLEAR not in filters.outcomes:
            yield NOT_CLEAR  # else no database would use the index
    if filters.roles:
        yield col(StoredScreening.role).in_(list(filters.roles))
    if filters.countries:
        yield col(StoredScreening.country).in_(list(filters.countries))
    if filters.text:
        yield col(StoredScreening.name).icontains(filters.text, autoescape=True)
    if filters.lists:
        yield exists().where(
            col(Hit.batch_id) == StoredScreening.batch_id,
            col(Hit.number) == StoredScreening.number,
            col(Hit.list_id).in_(list(filters.lists)),
        )


def gravest_first(
    store: Store, job: Job, filters: Filters, limit: int, after: tuple[Outcome, int] | None = None
) -> list[StoredScreening]:
    """Up to `limit` screenings, by outcome from the gravest on, then in the order of the file. `after` is the outcome
    and the number of the last one of the page before."""
    wanted = [outcome for outcome in Outcome if not filters.outcomes or outcome in filters.outcomes]
    if after is not None:
        wanted = [outcome for outcome in wanted if list(Outcome).index(outcome) >= list(Outcome).index(after[0])]
    found: list[StoredScreening] = []
    for outcome in wanted:
        number = after[1] if after is not None and outcome is after[0] else 0
        found += results_page(store, job, replace(filters, outcomes=[outcome]), limit - len(found), number)
        if len(found) == limit:
            break
    return found


def context_of_job(store: Store, job: Job) -> Context | None:
    """What the job is screened with; None until it has begun."""
    if job.context_id is None:
        return None
    with store.read() as session:
        return session.get(Context, job.context_id)


def stored_record(stored: StoredScreening, context: Context | None) -> dict[str, Any]:
    """The record of a screening, as `app.screening.record` has it, with `id` and `reference`."""
    return _record(stored, _screened_with(context))


def stream_records(store: Store, job: Job, filters: Filters) -> Iterator[list[dict[str, Any]]]:
    """All results, some at a time, in memory that does not grow with them."""
    screened_with = _screened_with(context_of_job(store, job))
    table = sql_table(StoredScreening)
    after = 0
    while True:
        # Rows, not objects of the model: these would take most of the time.
        wanted = table.select().where(_is_of_page(job, filters, _STREAMED, after)).order_by(table.c.number)
        with store.read() as session:
            page = session.connection().execute(wanted).all()
        if not page:
            return
        yield [_record(stored, screened_with) for stored in page]
        after = page[-1].number


def _screened_with(context: Context | None) -> dict[str, Any]:
    if context is None:
        return {"editions": {}, "policy": ""}
    return {"editions": json.loads(context.editions), "policy": context.policy}


def _record(stored: Any, screened_with: dict[str, Any]) -> dict[str, Any]:
    findings = json.loads(stored.findings) if stored.findings else {}
    party = _NO_PARTY | {"name": stored.name, "country": stored.country}
    if stored.party:
        party |= json.loads(stored.party)
    if party["goods"]:
        party["goods"] = _NO_GOODS | party["goods"]
    return {
        "id": f"{stored.batch_id}.{stored.number}",
        "row": stored.row,
        "line": stored.line,
        "role": stored.role,
        "party": {key: party[key] for key in _NO_PARTY},
        "outcome": stored.outcome,
        "hits": findings.get("hits") or [],
        "signals": findings.get("signals") or [],
        "waiver": findings.get("waiver"),
        "problem": findings.get("problem") or "",
        **screened_with,
        "reference": stored.reference,
    }
