"""The start page: one field that screens a name as it is typed, files, the latest jobs, the state of the lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request, Response

from app.api.desk import Desk
from app.files.parties import declared_parties
from app.lists.model import EntityList
from app.screening.model import Party, Role
from app.screening.record import record
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.screeners import Screeners
from app.store.jobs import list_jobs
from app.store.keys import Scope
from app.web.access import signed_in
from app.web.problems import PageRoute
from app.web.rendering import is_fragment, page

LONGEST_NAME = 2000  # as for the API
OLD_AFTER = 180  # days: authorities publish more often than twice a year
RECENT_JOBS = 5

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True)
class ListState:
    """What the start page tells of a list; `age` is in days, None for a list without a day."""

    id: str
    title: str
    edition: str
    in_force: int
    age: int | None


@router.get("/", dependencies=[Depends(signed_in())])
def show_start(request: Request) -> Response:
    return page(request, "start.html", _start_values(request) | {"q": "", "records": []})


@router.get("/search", dependencies=[Depends(signed_in(Scope.SCREEN))])
async def search(request: Request, q: Annotated[str, Query(max_length=LONGEST_NAME)] = "") -> Response:
    """What a name finds: the results alone as a fragment, else below the field."""
    desk: Desk[Any, Any] = request.app.state.desk
    screeners: Screeners = request.app.state.screeners
    found = {"q": q, "records": []}
    if q.strip():
        found |= await desk.do(1, lambda: _screened(q, screeners.get()))
    if is_fragment(request):
        return page(request, "fragments/found.html", found)
    return page(request, "start.html", await to_thread.run_sync(_start_values, request) | found)


def _start_values(request: Request) -> dict[str, Any]:
    screeners: Screeners = request.app.state.screeners
    today = datetime.now(UTC).date()
    return {
        "jobs": list_jobs(request.app.state.store, RECENT_JOBS),
        "lists": [_state(entity_list, today) for entity_list in screeners.bundled.lists.values()],
        "old_after": OLD_AFTER,
    }


def _state(entity_list: EntityList, today: date) -> ListState:
    age = (today - entity_list.as_of).days if entity_list.as_of else None
    in_force = len(entity_list.in_force(today))
    return ListState(entity_list.id, entity_list.title, entity_list.edition, in_force, age)


def _screened(text: str, screener: Screener) -> dict[str, Any]:
    """The records of all parties that the text names, as `importgate check` reads it."""
    parties = declared_parties(text, "", "") or [Party("", problem=f"“{text.strip()}” names no party; give its name")]
    records = [
        record(screening, screener, row=None, line=None, role=Role.PARTY) for screening in screen(parties, screener)
    ]
    return {"records": records, "titles": screener.titles}
