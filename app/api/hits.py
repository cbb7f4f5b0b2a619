"""`/v1/hits`: the review queue, and what people decide."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from app.api.access import require
from app.api.problems import CONFLICT, INVALID, MALFORMED, NOT_FOUND, TOO_LARGE, WRONG_TYPE, ProblemError, documented
from app.screening.model import Outcome, Role
from app.store.dispositions import REASONS, State
from app.store.keys import Scope
from app.store.queue import Earlier, HitDetail, HitFilter, find_hits, read_hit
from app.store.review import Decision, decide
from app.store.tables import ApiKey, Disposition, Hit

router = APIRouter(tags=["review"])
Reviewer = Annotated[ApiKey, Depends(require(Scope.REVIEW))]


class HitOut(BaseModel):
    """A hit as it stands in the queue."""

    id: str
    screening_id: str = Field(description="Of the screening that found it; see its evidence.")
    batch_id: str = Field(description="The job or the call.")
    party_name: str
    country: str
    role: Role
    outcome: Outcome = Field(description="Of the whole screening.")
    subject: str = Field(description="The listing, `list/entry`, or `signal:{kind}:{code}`.")
    list_id: str
    listing_id: str
    listing_name: str
    matched_name: str = Field(description="The listed spelling that matched, or the text that raised the signal.")
    score: float | None
    strength: str
    state: State
    proposed: State | None = Field(description="What a second person has yet to confirm.")
    remembered: bool = Field(description="Whether the state was carried over from an earlier hit of the same pair.")
    version: int = Field(description="Counts the changes; a decision names the version that it was made on.")
    created_at: datetime
    decided_at: datetime | None

    @classmethod
    def of(cls, hit: Hit) -> HitOut:
        more = {"screening_id": f"{hit.batch_id}.{hit.number}", "remembered": hit.remembered is not None}
        return cls.model_validate(hit.model_dump() | more)


class HitsOut(BaseModel):
    items: list[HitOut]
    next: str | None = Field(description="`cursor` of the next page; null on the last one.")


class StepOut(BaseModel):
    """One step of a hit's history."""

    id: int
    kind: str = Field(description="decided, proposed, confirmed, rejected, or followed: an earlier decision changed.")
    state: State
    reason: str
    note: str
    by: str = Field(description="The name of the key.")
    at: datetime

    @classmethod
    def of(cls, step: Disposition) -> StepOut:
        return cls.model_validate(step.model_dump())


class EarlierOut(BaseModel):
    """The last decision about the same party and listing."""

    hit_id: str
    decision: StepOut
    holds: bool = Field(description="Whether this hit carries it.")
    changed: list[str] | None = Field(
        description="What is no longer as it was then: `listing` (or `signal`), `party`, `matched_name`; null where "
        "nobody can tell."
    )

    @classmethod
    def of(cls, earlier: Earlier) -> EarlierOut:
        changed = None if earlier.changed is None else list(earlier.changed)
        decision = earlier.decision
        return cls(hit_id=decision.hit_id, decision=StepOut.of(decision), holds=earlier.holds, changed=changed)


class HitDetailOut(HitOut):
    """A hit with all there is to decide on."""

    party: dict[str, Any] = Field(description="What was declared.")
    finding: dict[str, Any] = Field(description="The hit or the signal as the record has it, with its explanation.")
    listing: dict[str, Any] | None = Field(description="What the listing said then; null for a signal.")
    history: list[StepOut] = Field(description="Oldest first; steps are only ever added.")
    earlier: EarlierOut | None
    identical: int = Field(description="Other hits of the same party and listing, with the same content and state.")
    proposed_by: str | None = Field(description="The name of the key that proposed.")

    @classmethod
    def of_detail(cls, detail: HitDetail) -> HitDetailOut:
        return cls(
            **HitOut.of(detail.hit).model_dump(),
            party=dict(detail.party),
            finding=dict(detail.finding),
            listing=None if detail.listing is None else dict(detail.listing),
            history=[StepOut.of(step) for step in detail.history],
            earlier=None if detail.earlier is None else EarlierOut.of(detail.earlier),
            identical=detail.identical,
            proposed_by=detail.proposed_by,
        )


class DispositionIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    state: State
    reason: str = Field(max_length=100, description=f"One of {', '.join(REASONS)}; docs/review.md says which when.")
    note: str = Field("", max_length=4000, description="For the people who read the history; `other` needs one.")
    version: int = Field(ge=0, le=2**31 - 1, description="The hit's version that you saw; 409 where it has changed.")
    identical: bool = Field(False, description="Do the same to the identical hits, those that `identical` counts.")


class DecidedOut(BaseModel):
    """What came of a decision: of what kind the step was, for how many hits, and the hit as it stands now."""

    kind: str
    hits: int
    hit: HitDetailOut


class Asked(BaseModel):
    """Which hits, and which page of them."""

    model_config = ConfigDict(extra="forbid")

    state: State | None = None
    list: str | None = Field(None, max_length=200, description="Id of a list.")
    role: Role | None = None
    outcome: Outcome | None = None
    batch: str | None = Field(None, max_length=200, description="Id of a job or a call.")
    text: str | None = Field(None, max_length=200, description="In the party's, the listing's or the matched name.")
    proposed: bool | None = Field(None, description="Those that wait for a second person, or those that do not.")
    newest_first: bool = False
    cursor: str | None = Field(None, max_length=1000, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=500, description="How many hits to give.")


@router.get("/hits", summary="The review queue", responses=documented(INVALID))
def get_hits(request: Request, _: Reviewer, asked: Annotated[Asked, Query()]) -> HitsOut:
    """The hits of all jobs and calls, a page at a time, the oldest first."""
    chosen = HitFilter(
        state=asked.state,
        list_id=asked.list,
        role=asked.role and asked.role.value,
        outcome=asked.outcome and asked.outcome.value,
        batch_id=asked.batch,
        text=asked.text,
        proposed=asked.proposed,
    )
    store = request.app.state.store
    page = find_hits(store, chosen, cursor=asked.cursor, limit=asked.limit, newest_first=asked.newest_first)
    return HitsOut(items=[HitOut.of(hit) for hit in page.items], next=page.next)


@router.get("/hits/{hit_id}", summary="One hit", responses=documented(NOT_FOUND, INVALID))
def get_hit(request: Request, _: Reviewer, hit_id: str) -> HitDetailOut:
    """A hit with its explanation, the listing as it stood, its history and the earlier decision about the same pair."""
    return _detail(request, hit_id)


@router.post(
    "/hits/{hit_id}/dispositions",
    summary="Decide about a hit",
    status_code=201,
    responses=documented(MALFORMED, NOT_FOUND, CONFLICT, TOO_LARGE, WRONG_TYPE, INVALID),
)
def post_disposition(request: Request, key: Reviewer, hit_id: str, asked: DispositionIn) -> DecidedOut:
    """Decides, or, where two people have to agree, proposes, confirms or rejects; written down with who and when.

    A true match or a false positive is remembered for later hits of the same party and listing, until the listing, the
    party's data or the matched name changes.
    """
    wanted = Decision(asked.state, asked.reason, asked.version, asked.note, asked.identical)
    done = decide(request.app.state.store, hit_id, wanted, key, four_eyes=request.app.state.settings.four_eyes)
    if done is None:
        raise _unknown(hit_id)
    return DecidedOut(kind=done.kind, hits=done.hits, hit=_detail(request, hit_id))


def _detail(request: Request, hit_id: str) -> HitDetailOut:
    detail = read_hit(request.app.state.store, hit_id)
    if detail is None:
        raise _unknown(hit_id)
    return HitDetailOut.of_detail(detail)


def _unknown(hit_id: str) -> ProblemError:
    return ProblemError(NOT_FOUND, f"there is no hit {hit_id!r}; GET /v1/hits shows those there are")
