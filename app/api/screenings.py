"""`POST /v1/screenings`: up to a thousand parties in, their records out, at once."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain, islice
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api.access import require
from app.api.desk import Desk
from app.api.direct import DirectRoute
from app.api.examples import REQUEST_EXAMPLES, RESPONSE_EXAMPLE
from app.api.metrics import Metrics
from app.api.problems import (
    FAILED,
    INVALID,
    MALFORMED,
    NO_KEY,
    NOT_ALLOWED,
    NOT_READY,
    OUT_OF_TIME,
    TOO_LARGE,
    WRONG_TYPE,
    ProblemError,
    documented,
)
from app.api.rates import charge, units_of
from app.errors import ListError
from app.files.parties import ShipmentParty
from app.lists.plain import to_json
from app.screening.chains import Link, LinkKind
from app.screening.model import Goods, Outcome, Party, Role, Screening, Strength
from app.screening.record import record
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.screeners import Screeners
from app.screening.trace import trace
from app.store.calls import CallRows, call_rows
from app.store.keys import Scope
from app.store.tables import ApiKey

MAX_PARTIES = 1000
MAX_RELATIONS = 5000

Screened = tuple[ShipmentParty, Screening]

router = APIRouter(prefix="/v1", tags=["screening"], route_class=DirectRoute)


def _iso_day(value: object) -> object:
    """Pydantic would also take a number of seconds, or a time of day, for a date."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise ValueError("a day is written YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_iso_day)]


class IdentifierKind(StrEnum):
    USCC = "uscc"
    LEI = "lei"
    MID = "mid"
    BUSINESS_LICENCE = "business_licence"
    CUSTOMS = "customs"


class PartyIn(BaseModel):
    """A party as the shipment's papers name it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=2000, description="As written, in any script. An empty name gives `incomplete`.")
    address: str = Field("", max_length=2000, description="One line or several; the place it names counts as evidence.")
    country: str = Field("", pattern="^([A-Za-z]{2})?$", description="ISO 3166-1 alpha-2, or empty.")
    role: Role = Field(Role.PARTY, description="What the party does in the shipment.")
    identifiers: dict[IdentifierKind, Annotated[str, Field(max_length=100)]] = Field(
        default_factory=dict,
        description="Kind to value: `uscc` (China's unified social credit code), `lei`, `mid` (US manufacturer ID), "
        "`business_licence` (China's registration number before 2015), `customs` (China's customs registration code).",
    )
    postal_code: str = Field("", max_length=20, description="If it is not a part of the address.")
    hs_codes: list[Annotated[str, Field(max_length=20)]] = Field(
        default_factory=list, max_length=50, description="HS codes of the party's goods, 4 to 10 digits."
    )
    goods: str = Field("", max_length=2000, description="Description of the goods, in English or Chinese.")
    origin: str = Field("", pattern="^([A-Za-z]{2})?$", description="Country of origin of the goods, ISO 3166-1.")
    reference: str = Field("", max_length=200, description="Yours; comes back in the record.")


class RelationIn(BaseModel):
    """Who supplies whom, or owns whom. Parties that a blocked one supplies or owns are reviewed."""

    model_config = ConfigDict(extra="forbid")

    source: str = Field(min_length=1, max_length=2000, description="The supplier, or the parent.")
    target: str = Field(min_length=1, max_length=2000, description="The buyer, or the subsidiary.")
    kind: LinkKind = Field(LinkKind.SUPPLY, description="`supply` or `ownership`.")
    goods: str = Field("", max_length=2000, description="What is supplied.")
    tier: str = Field("", max_length=20, description="The supplier's tier, counted from the final buyer.")
    share: float | None = Field(None, ge=0, le=100, description="Per cent of the subsidiary that the parent owns.")


class ScreeningsIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parties: list[PartyIn] = Field(min_length=1, max_length=MAX_PARTIES)
    relations: list[RelationIn] = Field(
        default_factory=list,
        max_length=MAX_RELATIONS,
        description="Links of the supply chain. Their parties are screened by what `parties` says of them, else by "
        "name, and exposure follows the links.",
    )
    lists: list[str] | None = Field(
        None, min_length=1, max_length=100, description="Ids of the lists to screen against; all of them if left out."
    )
    as_of: Day | None = Field(None, description="Screen with what was in force on this day; today (UTC) if left out.")
    store: bool = Field(
        True,
        description="Keep the screenings as evidence and their hits for review; false keeps nothing.",
    )


class HitOut(BaseModel):
    """A listing that the party may be, with the reasons."""

    model_config = ConfigDict(extra="forbid")

    list_id: str
    listing_id: str
    name: str = Field(description="The listing's name as published.")
    matched_name: str = Field(description="The listed spelling that matched.")
    score: float = Field(ge=0, le=1)
    strength: Strength
    programme: str
    listed_on: str | None
    explanation: dict[str, Any] = Field(description="What each part of the score rests on, with both strings.")


class RecordOut(BaseModel):
    """The result for one party; the same record as `importgate screen --format jsonl` writes."""

    id: str | None = Field(description="Of the stored screening; null where the caller said `store: false`.")
    row: int = Field(description="The party's place in the request, from 1.")
    line: int | None = Field(description="Always null here; the line of the file when a file is screened.")
    role: Role
    party: dict[str, Any]
    outcome: Outcome
    hits: list[HitOut]
    signals: list[dict[str, Any]] = Field(
        description="Other evidence, each with its `kind` (region, identifier, ace, goods, supply_chain), `strength` "
        "(strong, possible, noted), what was `seen`, a `summary` and the rule's `source`."
    )
    waiver: dict[str, Any] | None
    problem: str = Field(description="Why the party is `incomplete`; empty otherwise.")
    editions: dict[str, str]
    policy: str
    reference: str


class ScreeningsOut(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str | None = Field(description="Of the stored call, the batch of its screenings; null if not stored.")
    as_of: date
    policy: str = Field(description="Version of the policy that turned evidence into outcomes.")
    editions: dict[str, str] = Field(description="List id to the edition screened against: its day and content hash.")
    summary: dict[Outcome, int] = Field(description="How many parties got each outcome.")
    records: list[RecordOut] = Field(description="One a party, in the order of the request.")


@dataclass(frozen=True, slots=True)
class Call:
    """One call, and who made it."""

    asked: ScreeningsIn
    key: ApiKey
    request_id: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The body of the answer, and what has to be kept before it is given."""

    body: bytes
    rows: CallRows | None


@router.post(
    "/screenings",
    summary="Screen parties",
    response_model=ScreeningsOut,
    responses=documented(MALFORMED, NO_KEY, NOT_ALLOWED, TOO_LARGE, WRONG_TYPE, INVALID, FAILED, NOT_READY, OUT_OF_TIME)
    | {200: {"content": {"application/json": {"example": RESPONSE_EXAMPLE}}}},
)
async def create_screening(
    request: Request,
    asked: Annotated[ScreeningsIn, Body(openapi_examples=REQUEST_EXAMPLES)],
    key: Annotated[ApiKey, Depends(require(Scope.SCREEN))],
) -> Response:
    """Screens each party against the entity lists and answers with one record each, in the same order.

    `block` means that the ban this project stands for applies, `review` that a person must look, `incomplete` that the
    party could not be screened. A hit is a reason to look, never a verdict on a company.
    """
    desk: Desk[Call, Answer] = request.app.state.desk
    _check_lists(asked.lists, request.app.state.screeners)
    parties = len(asked.parties) + 2 * len(asked.relations)
    charge(request, units_of(parties) - 1)
    answer = await desk.answer(parties, Call(asked, key, request.state.request_id))
    if answer.rows is not None:
        await request.app.state.ledger.keep(answer.rows)
    return Response(answer.body, media_type="application/json")


def _check_lists(list_ids: list[str] | None, screeners: Screeners) -> None:
    known = screeners.bundled.sources
    errors = [
        {"pointer": f"#/lists/{place}", "detail": f"there is no list {list_id!r}; known lists: {', '.join(known)}"}
        for place, list_id in enumerate(list_ids or ())
        if list_id not in known
    ]
    if errors:
        raise ProblemError(INVALID, f"{errors[0]['pointer']}: {errors[0]['detail']}", errors=errors)


def answer_calls(calls: Sequence[Call], screeners: Screeners, metrics: Metrics) -> list[Answer]:
    """The answers, in the same order. Calls for the same lists and day are screened as one batch.

    Raises `ProblemError` where a list is broken.
    """
    batches: dict[object, list[Call]] = {}
    for number, call in enumerate(calls):
        asked = call.asked
        lists = None if asked.lists is None else tuple(asked.lists)
        batches.setdefault((lists, asked.as_of, number if asked.relations else None), []).append(call)
    answers: dict[int, Answer] = {}
    for batch in batches.values():
        began = time.perf_counter()
        screener = _open(batch[0].asked, screeners)
        screened = list(_screened(batch, screener))
        seconds = (time.perf_counter() - began) / len(batch)
        for call, items in zip(batch, screened, strict=True):
            metrics.screened(Counter(screening.outcome for _, screening in items), seconds)
            answers[id(call)] = _answer(call, screener, items)
    return [answers[id(call)] for call in calls]


def _open(asked: ScreeningsIn, screeners: Screeners) -> Screener:
    try:
        return screeners.get(asked.lists, asked.as_of)
    except ListError as error:  # a bundled list: nothing that the caller could mend
        raise ProblemError(NOT_READY, str(error), headers={"Retry-After": "60"}) from error


def _screened(batch: Sequence[Call], screener: Screener) -> Iterator[list[Screened]]:
    """The screenings of each call of a batch; one with relations is a batch of its own."""
    given = [[party_of(party) for party in call.asked.parties] for call in batch]
    parties = list(chain.from_iterable(given))
    links = _links(batch[0].asked)
    exposed = trace(links, screener, parties).exposed if links else {}
    screenings = iter(screen(parties, screener, exposed))
    for call in batch:
        own = zip(call.asked.parties, islice(screenings, len(call.asked.parties)), strict=True)
        yield [
            (ShipmentParty(row, None, asked.role, screening.party, asked.reference), screening)
            for row, (asked, screening) in enumerate(own, 1)
        ]


def _links(asked: ScreeningsIn) -> list[Link]:
    return [Link(item.source, item.target, item.kind, item.goods, item.tier, item.share) for item in asked.relations]


def _answer(call: Call, screener: Screener, screened: Sequence[Screened]) -> Answer:
    rows = None
    if call.asked.store:
        rows = call_rows(screener, screened, key=call.key, request_id=call.request_id, links=_links(call.asked))
    call_id = rows.id if rows else None
    records = [
        {"id": None if call_id is None else f"{call_id}.{number}"}
        | record(screening, screener, row=item.row, line=item.line, role=item.role)
        | {"reference": item.reference}
        for number, (item, screening) in enumerate(screened, 1)
    ]
    counts = Counter(screening.outcome for _, screening in screened)
    answer = {
        "id": call_id,
        "as_of": screener.as_of.isoformat(),
        "policy": screener.policy_version,
        "editions": dict(screener.editions),
        "summary": {outcome: counts[outcome] for outcome in Outcome},
        "records": records,
    }
    return Answer(to_json(answer).encode(), rows)


def party_of(party: PartyIn) -> Party:
    identifiers = {kind.value: value for kind, value in party.identifiers.items()}
    goods = Goods(tuple(party.hs_codes), party.goods, party.origin.upper())
    return Party(
        party.name,
        party.address,
        party.country.upper(),
        identifiers,
        role=party.role,
        postal_code=party.postal_code,
        goods=goods if goods != Goods() else None,
    )
