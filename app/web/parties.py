"""Monitored parties: who is screened again whenever a list changes, and what changed for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from app.api.problems import ProblemError
from app.api.registering import MAX_FILE_PARTIES, register_parties
from app.errors import UsageError
from app.files.countries import country_code
from app.files.parties import ShipmentParty
from app.screening.model import Party, Role
from app.screening.screeners import Screeners
from app.store.database import Store
from app.store.differences import DifferenceFilters, differences_page
from app.store.keys import Scope
from app.store.parties import PartyFilters, parties_page, party_to_plain, remove_party
from app.store.sessions import SignedIn
from app.web.access import sent_form, signed_in
from app.web.problems import PageError, PageRoute
from app.web.rendering import SECURITY_HEADERS, page

SHOWN = 50
RECENT = timedelta(days=30)
READ, CHANGES_SHOWN = 1000, 40  # differences of that time, and the newest of them that the page shows
_MAY_SCREEN = signed_in(Scope.SCREEN)

router = APIRouter(route_class=PageRoute)


def _done(
    created: Annotated[int, Query(ge=0)] = 0,
    updated: Annotated[int, Query(ge=0)] = 0,
    unchanged: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, int]:
    """What registering a file came to, as its redirect says it."""
    return {"added": created, "changed": updated, "known already": unchanged}


@router.get("/parties", dependencies=[Depends(_MAY_SCREEN)])
def show_parties(
    request: Request,
    done: Annotated[dict[str, int], Depends(_done)],
    text: Annotated[str, Query(max_length=200)] = "",
    after: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The parties, newest first, and what changed for them in the last month."""
    store: Store = request.app.state.store
    screeners: Screeners = request.app.state.screeners
    found = parties_page(store, PartyFilters(text=text.strip()), SHOWN + 1, _place(after))
    changes = differences_page(store, DifferenceFilters(since=datetime.now(UTC) - RECENT), READ)
    last = found[SHOWN - 1] if len(found) > SHOWN else None
    values = {
        "parties": [party_to_plain(party) for party in found[:SHOWN]],
        "following": f"{last.created_at.isoformat()}|{last.id}" if last is not None else "",
        "text": text,
        "done": [(counted, what) for what, counted in done.items() if counted],
        "titles": {list_id: entity_list.title for list_id, entity_list in screeners.bundled.lists.items()},
        "changes": changes[::-1][:CHANGES_SHOWN],
        "recent": RECENT.days,
        "most": MAX_FILE_PARTIES,
        "roles": [role for role in Role if role is not Role.PARTY],
    }
    return page(request, "parties.html", values)


@router.post("/parties", dependencies=[Depends(sent_form(Scope.SCREEN))])
async def add_party(
    request: Request,
    known: Annotated[SignedIn, Depends(_MAY_SCREEN)],
    name: Annotated[str, Form(max_length=2000)] = "",
    address: Annotated[str, Form(max_length=2000)] = "",
    country: Annotated[str, Form(max_length=100)] = "",
    role: Annotated[Role, Form()] = Role.PARTY,
    reference: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Register a party; one with a known reference takes the place of the known one."""
    code = country_code(country) if country.strip() else ""
    if not name.strip():
        raise UsageError("the party has no name; write one")
    if code is None:
        raise UsageError(f"“{country}” is no country; write a code such as CN or a name such as China")
    item = ShipmentParty(1, None, role, Party(name.strip(), address.strip(), code, role=role), reference.strip())
    try:
        await register_parties(request, [item], known.key, lambda *_: {"pointer": "#/name"})
    except ProblemError as error:
        if not error.errors:
            raise
        raise UsageError(str(error.errors[0]["detail"])) from None
    return RedirectResponse("/parties", 303, SECURITY_HEADERS)


@router.post("/parties/{party_id}/remove")
def remove(
    request: Request,
    party_id: str,
    known: Annotated[SignedIn, Depends(_MAY_SCREEN)],
    _form: Annotated[Any, Depends(sent_form(Scope.SCREEN))],
) -> Response:
    if not remove_party(request.app.state.store, party_id, key=known.key):
        raise PageError(404, "There is nothing here", "No party goes by this address.")
    return RedirectResponse("/parties", 303, SECURITY_HEADERS)


def _place(after: str) -> tuple[datetime, str] | None:
    moment, _, party_id = after.partition("|")
    try:
        return (datetime.fromisoformat(moment), party_id) if party_id else None
    except ValueError:
        return None
