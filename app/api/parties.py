"""Monitored parties: registered as JSON or as a file, listed, looked at, removed; and what changed for them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from app.api.access import require
from app.api.paging import DEFAULT_PAGE, Cursor, Limit, cursor_of, place_of
from app.api.problems import (
    FAILED,
    INVALID,
    MALFORMED,
    NO_KEY,
    NOT_ALLOWED,
    NOT_FOUND,
    NOT_READY,
    OUT_OF_TIME,
    TOO_LARGE,
    UNREADABLE,
    WRONG_TYPE,
    ProblemError,
    documented,
)
from app.api.rates import charge, units_of
from app.api.receiving import FILE_TYPES
from app.api.registering import count, read_parties, refuse, register_parties, where_in
from app.api.screenings import MAX_PARTIES, PartyIn, party_of
from app.files.parties import ShipmentParty
from app.screening.differences import Change
from app.screening.model import Outcome
from app.store.database import Store
from app.store.differences import DifferenceFilters, differences_page
from app.store.keys import Scope
from app.store.parties import Done, PartyFilters, find_party, parties_page, party_to_plain, remove_party
from app.store.tables import ApiKey, MonitoredParty

FILE = "/parties/file"  # thousands are screened and kept before it answers

router = APIRouter(tags=["monitoring"])
Key = Annotated[ApiKey, Depends(require(Scope.SCREEN))]


class PartiesIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parties: list[PartyIn] = Field(
        min_length=1,
        max_length=MAX_PARTIES,
        description="A party whose `reference` is known already replaces the known one; without a reference each one "
        "is new.",
    )


class MonitoredOut(BaseModel):
    """A monitored party and what it hits now."""

    id: str
    reference: str | None
    party: dict[str, Any] = Field(description="What was declared, without what was left empty.")
    outcome: Outcome
    hits: list[dict[str, Any]] = Field(
        description="Each with its `subject`, which stays the same from one screening to the next: a listing's id, or "
        "`signal:KIND:CODE`. The screening has the explanation."
    )
    screening: str = Field(description="Id of the last screening that found something else, or of the first.")
    created_at: datetime
    updated_at: datetime = Field(description="When what is declared about it was last changed.")
    screened_at: datetime
    removed_at: datetime | None


class RegisteredPartyOut(MonitoredOut):
    done: Done


class CountsOut(BaseModel):
    created: int
    updated: int
    unchanged: int = Field(description="Known with the same data; what other lists find is told as a difference.")
    outcomes: dict[Outcome, int] = Field(description="How many of the parties have each outcome.")


class RegisteredOut(CountsOut):
    parties: list[RegisteredPartyOut] = Field(description="One a party, in the order of the request.")


class FileRegisteredOut(CountsOut):
    warnings: list[str] = Field(description="How the file was read.")


class PartiesOut(BaseModel):
    items: list[MonitoredOut]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class DifferenceOut(BaseModel):
    """What changed for a party, and why."""

    id: int
    at: datetime
    change: Change = Field(
        description="`new`, `gone` or `changed` (its strength or programme) for a hit; `outcome` where only the "
        "outcome is another."
    )
    party: dict[str, str | None]
    subject: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    outcome: dict[str, Outcome]
    screening: str = Field(description="Id of the screening that found it.")
    cause: dict[str, Any] = Field(description="What was another than before: editions of lists, day, policy, software.")


class DifferencesOut(BaseModel):
    items: list[DifferenceOut]
    next: str = Field(description="Cursor to go on from, now or later: nothing that comes will be missed.")


_REFUSALS = (NO_KEY, NOT_ALLOWED, INVALID, FAILED)
_WRITES = (MALFORMED, TOO_LARGE, NOT_READY, OUT_OF_TIME)


@router.post(
    "/parties",
    summary="Monitor parties",
    response_model=RegisteredOut,
    responses=documented(*_REFUSALS, *_WRITES, WRONG_TYPE),
)
async def create_parties(request: Request, asked: PartiesIn, key: Key) -> JSONResponse:
    """Registers 1 to 1,000 parties, all or none, and screens them at once; from then on they are screened again
    whenever a list, the policy, the software or the day changes."""
    items = [
        ShipmentParty(number, None, party.role, party_of(party), party.reference)
        for number, party in enumerate(asked.parties, 1)
    ]
    _refuse_same_references([item.reference for item in items])
    charge(request, units_of(len(items)) - 1)
    done = await register_parties(request, items, key, lambda place, _: {"pointer": f"#/parties/{place}/name"})
    parties = [{"done": what, **party_to_plain(party)} for party, what in done]
    return JSONResponse({**_counts(done), "parties": parties})


@router.post(
    FILE,
    summary="Monitor the parties of a file",
    response_model=FileRegisteredOut,
    responses=documented(*_REFUSALS, *_WRITES, UNREADABLE),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "contentMediaType": kind}} for kind in FILE_TYPES},
        }
    },
)
async def create_parties_from_file(
    request: Request,
    key: Key,
    reference: Annotated[
        str, Query(max_length=200, description="Header of the column with your references; recognised if left out.")
    ] = "",
    column: Annotated[
        list[str] | None,
        Query(max_length=50, description="ROLE=HEADER: which column holds which party, if recognition errs."),
    ] = None,
    encoding: Annotated[str | None, Query(max_length=40, description="E.g. gb18030; recognised if left out.")] = None,
) -> JSONResponse:
    """Registers the parties of a CSV, XLSX or JSON-lines file, up to 10,000 rows, all or none: where rows cannot be
    taken, `errors` names each by row, line and column, and nothing is registered."""
    file = io.BytesIO(await request.body())
    read = partial(read_parties, file, "the file", reference, _pairs(column or []), encoding)
    found = await anyio.to_thread.run_sync(read)
    charge(request, units_of(len(found.parties)) - 1)
    done = await register_parties(request, found.parties, key, where_in(found))
    return JSONResponse({**_counts(done), "warnings": found.warnings})


@router.get("/parties", summary="Monitored parties", response_model=PartiesOut, responses=documented(*_REFUSALS))
def get_parties(
    request: Request,
    _key: Key,
    outcome: Annotated[list[Outcome] | None, Query(description="Only those with one of these outcomes.")] = None,
    reference: Annotated[str, Query(max_length=200, description="Only the one with this reference.")] = "",
    text: Annotated[str, Query(max_length=200, description="Only those with this in their name.")] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> JSONResponse:
    """The parties that are monitored, newest first, with what they hit now."""
    filters = PartyFilters(outcome or (), reference, text)
    found = parties_page(_store(request), filters, limit + 1, place_of(cursor, datetime, str) if cursor else None)
    page = found[:limit]
    following = cursor_of(page[-1].created_at.isoformat(), page[-1].id) if len(found) > limit else None
    return JSONResponse({"items": [party_to_plain(party) for party in page], "next": following})


@router.get(
    "/parties/{party_id}",
    summary="One monitored party",
    response_model=MonitoredOut,
    responses=documented(*_REFUSALS, NOT_FOUND),
)
def get_party(request: Request, _key: Key, party_id: str) -> JSONResponse:
    """The party with what it hits now; one that was removed with what it hit then."""
    party = find_party(_store(request), party_id)
    if party is None:
        raise _no_party(party_id)
    return JSONResponse(party_to_plain(party))


@router.delete(
    "/parties/{party_id}",
    summary="Stop monitoring a party",
    status_code=204,
    response_class=Response,
    responses=documented(*_REFUSALS, NOT_FOUND),
)
def delete_party(request: Request, key: Key, party_id: str) -> None:
    """Marks the party as removed: it is screened no more, its reference is free, what was found stays as evidence."""
    if not remove_party(_store(request), party_id, key=key):
        raise _no_party(party_id)


@router.get("/differences", summary="What changed", response_model=DifferencesOut, responses=documented(*_REFUSALS))
def get_differences(
    request: Request,
    _key: Key,
    since: Annotated[
        AwareDatetime | None, Query(description="Only from this moment on, e.g. 2026-11-24T08:00:00Z.")
    ] = None,
    party: Annotated[str, Query(max_length=100, description="Only of the party with this id.")] = "",
    change: Annotated[list[Change] | None, Query(description="Only these kinds.")] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE,
) -> JSONResponse:
    """What monitored parties hit otherwise than before, oldest first. `next` is always there: keep it, and ask with it
    again later, to hear of everything once."""
    (after,) = place_of(cursor, int) if cursor else (0,)
    filters = DifferenceFilters(since, party, change or ())
    items = differences_page(_store(request), filters, limit, after)
    return JSONResponse({"items": items, "next": cursor_of(items[-1]["id"] if items else after)})


def _store(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def _pairs(columns: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for text in columns:
        target, equals, header = text.partition("=")
        if not equals:
            raise ProblemError(INVALID, f"column={text!r} must be ROLE=HEADER, for example supplier=Vendor name")
        pairs.append((target, header))
    return pairs


def _refuse_same_references(references: Sequence[str]) -> None:
    first: dict[str, int] = {}
    faults = []
    for place, reference in enumerate(references):
        if reference and first.setdefault(reference, place) != place:
            detail = (
                f"#/parties/{first[reference]} has the reference {reference!r} as well; one party has one reference"
            )
            faults.append({"pointer": f"#/parties/{place}/reference", "detail": detail})
    refuse(faults)


def _counts(done: Sequence[tuple[MonitoredParty, Done]]) -> dict[str, Any]:
    outcomes = Counter(party.outcome for party, _ in done)
    return {**count(done), "outcomes": {out.value: outcomes[out.value] for out in Outcome}}


def _no_party(party_id: str) -> ProblemError:
    return ProblemError(NOT_FOUND, f"there is no monitored party {party_id!r}; GET /v1/parties shows those there are")
