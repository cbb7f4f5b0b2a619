"""The review queue: hits that wait for a person, what each rests on, and the decision."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from app.errors import ConflictError, UsageError
from app.screening.screeners import Screeners
from app.settings import Settings
from app.store.database import Store
from app.store.dispositions import DECISIONS, REASONS, Reason, State
from app.store.keys import Scope
from app.store.queue import HitDetail, HitFilter, count_hits, find_hits, read_hit
from app.store.review import Decision, decide
from app.store.sessions import SignedIn
from app.web.access import sent_form, signed_in
from app.web.problems import PageError, PageRoute
from app.web.rendering import SECURITY_HEADERS, is_fragment, page

SHOWN = 20
LONGEST_NOTE = 2000
WAITING = "waiting"  # in place of a state: proposed by one person, not yet confirmed by another
_OF_REJECTION = frozenset({"not_confirmed"})  # what can be said only of a proposal
_OF_CORRECTION = frozenset({"decided_in_error"})  # and only of a decision
_MAY_REVIEW = signed_in(Scope.REVIEW)

router = APIRouter(route_class=PageRoute)


def _asked(
    state: str = "",
    list_id: Annotated[str, Query(alias="list", max_length=100)] = "",
    text: Annotated[str, Query(max_length=200)] = "",
    cursor: Annotated[str, Query(max_length=500)] = "",
) -> dict[str, str]:
    known = {WAITING, *State}
    return {"state": state if state in known else "open", "list": list_id, "text": text.strip(), "cursor": cursor}


Asked = Annotated[dict[str, str], Depends(_asked)]


@router.get("/review", dependencies=[Depends(_MAY_REVIEW)])
def show_queue(request: Request, asked: Asked) -> Response:
    """The queue, its first hit opened."""
    return _queue(request, asked, "")


@router.get("/review/{hit_id}", dependencies=[Depends(_MAY_REVIEW)])
def show_hit(request: Request, hit_id: str, asked: Asked) -> Response:
    if is_fragment(request):
        return page(request, "fragments/hit.html", _detail(request, _read(request, hit_id), asked))
    return _queue(request, asked, hit_id)


@router.post("/review/{hit_id}")
def decide_hit(
    request: Request,
    hit_id: str,
    asked: Asked,
    known: Annotated[SignedIn, Depends(_MAY_REVIEW)],
    form: Annotated[FormData, Depends(sent_form(Scope.REVIEW))],
) -> Response:
    """Take the decision, and go on to the `next` hit of the queue that the person saw."""
    store: Store = request.app.state.store
    settings: Settings = request.app.state.settings
    try:
        if decide(store, hit_id, _decision(form), known.key, four_eyes=settings.four_eyes) is None:
            raise _unknown()
    except (UsageError, ConflictError) as error:
        return _queue(request, asked, hit_id, problem=f"{error}.", status=error.status)
    following = form.get("next")
    onward = f"/{following}" if isinstance(following, str) and read_hit(store, following) is not None else ""
    return RedirectResponse(f"/review{onward}?{_query(asked)}", 303, SECURITY_HEADERS)


def _decision(form: FormData) -> Decision:
    """`choice` is state:reason, as the radio buttons have it."""
    state, _, reason = str(form.get("choice", "")).partition(":")
    version = str(form.get("version", ""))
    if state not in set(State) or not version.isdecimal():
        raise UsageError("choose what you decide, and why")
    note = str(form.get("note", "")).strip()
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"the note has {len(note):,} characters; {LONGEST_NOTE:,} are allowed")
    return Decision(State(state), reason, int(version), note, identical=form.get("identical") == "yes")


def _queue(request: Request, asked: dict[str, str], hit_id: str, *, problem: str = "", status: int = 200) -> Response:
    store: Store = request.app.state.store
    wanted = HitFilter(
        state=None if asked["state"] == WAITING else State(asked["state"]),
        proposed=True if asked["state"] == WAITING else None,
        list_id=asked["list"] or None,
        text=asked["text"] or None,
    )
    found = find_hits(store, wanted, cursor=asked["cursor"] or None, limit=SHOWN)
    shown = hit_id or (found.items[0].id if found.items else "")
    values = {
        "hits": found.items,
        "following": _query(asked | {"cursor": found.next}) if found.next else "",
        "counts": count_hits(store),
        "asked": asked,
        "query": _query(asked),
        "shown": shown,
        "problem": problem,
        "titles": _titles(request),
        "states": [*State],
        "waiting": WAITING,
        **(_detail(request, _read(request, shown), asked) if shown else {"detail": None}),
    }
    return page(request, "review.html", values, status=status)


def _detail(request: Request, detail: HitDetail, asked: Mapping[str, str]) -> dict[str, Any]:
    settings: Settings = request.app.state.settings
    return {
        "detail": detail,
        "party": _sparse(detail.party) | {"goods": _sparse(detail.party.get("goods") or {})},
        "listing": _sparse(detail.listing or {}),
        "choices": _choices(detail),
        "four_eyes": settings.four_eyes,
        "titles": _titles(request),
        "query": _query(asked),
        "reasons": REASONS,
    }


def _sparse(plain: Mapping[str, Any]) -> defaultdict[str, Any]:
    """Plain data leaves out what is empty; here it is "" again."""
    return defaultdict(str, plain)


def _choices(detail: HitDetail) -> list[tuple[State, Sequence[Reason]]]:
    """What can be decided about the hit, each with its reasons: what is proposed can only be confirmed or rejected."""
    now = State(detail.hit.state)
    if detail.hit.proposed is not None:
        proposed = State(detail.hit.proposed)
        return [(proposed, _reasons(proposed, _OF_REJECTION)), (now, _reasons(now))]
    order = (State.FALSE_POSITIVE, State.TRUE_MATCH, State.ESCALATED, State.OPEN)
    meaningless = _OF_REJECTION if now in DECISIONS else _OF_REJECTION | _OF_CORRECTION
    return [(state, _reasons(state, meaningless)) for state in order if state is not now]


def _reasons(state: State, without: frozenset[str] = frozenset()) -> list[Reason]:
    return [reason for reason in REASONS.values() if state in reason.states and reason.code not in without]


def _read(request: Request, hit_id: str) -> HitDetail:
    detail = read_hit(request.app.state.store, hit_id)
    if detail is None:
        raise _unknown()
    return detail


def _unknown() -> PageError:
    return PageError(404, "There is nothing here", "No hit goes by this address; its results may have been deleted.")


def _query(asked: Mapping[str, str]) -> str:
    return urlencode({key: value for key, value in asked.items() if value})


def _titles(request: Request) -> dict[str, str]:
    screeners: Screeners = request.app.state.screeners
    return {list_id: entity_list.title for list_id, entity_list in screeners.bundled.lists.items()}
