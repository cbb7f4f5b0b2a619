"""The entity lists: browsing and searching them, one listing with all that is known of it, and what changed when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.errors import UnknownListError, UsageError
from app.lists.model import Listing
from app.screening.screeners import BundledLists
from app.web.access import signed_in
from app.web.problems import PageRoute
from app.web.rendering import is_fragment, page

PAGE = 40
CHANGES = 60

router = APIRouter(route_class=PageRoute, dependencies=[Depends(signed_in())])

Text = Annotated[str, Query(max_length=200)]
Offset = Annotated[int, Query(ge=0)]


class Period:
    """From which day, to which, and of which list changes are asked for. Raises `UsageError` for what is no day."""

    def __init__(
        self,
        since: Annotated[str, Query(max_length=10)] = "",
        until: Annotated[str, Query(max_length=10)] = "",
        list_id: Annotated[str, Query(alias="list", max_length=100)] = "",
    ) -> None:
        self.since, self.until, self.list_id = _day(since), _day(until), list_id

    def has(self, day: date) -> bool:
        """What changed on the first day is in what was in force on it already."""
        return (self.since is None or day > self.since) and (self.until is None or day <= self.until)

    def query(self, offset: int) -> str:
        asked = {"since": self.since, "until": self.until, "list": self.list_id, "offset": offset}
        return urlencode({name: value for name, value in asked.items() if value})


@dataclass(frozen=True, slots=True)
class DatedChange:
    """One change of a list: `what` is added, ended or changed."""

    on: date
    listing: Listing
    what: str
    text: str
    citation: str


@router.get("/lists")
def show_lists(request: Request, q: Text = "", offset: Offset = 0) -> Response:
    """All lists; with a text, the listings of all of them that have it in a name, an id or their notes."""
    bundled = _bundled(request)
    found = _page(_with(bundled.listings.values(), q), offset) if q.strip() else None
    values = {"q": q, "found": found, "lists": bundled.lists, "today": _today(), "where": "/lists"}
    return page(request, "fragments/listings.html" if is_fragment(request) else "lists.html", values)


@router.get("/lists/changes")
def show_changes(request: Request, asked: Annotated[Period, Depends()], offset: Offset = 0) -> Response:
    """What was added, changed or ended from one day to another, newest first, and what that comes to."""
    bundled = _bundled(request)
    chosen = [bundled.lists[asked.list_id]] if asked.list_id in bundled.lists else list(bundled.lists.values())
    listings = [listing for entity_list in chosen for listing in entity_list.listings]
    changes = sorted(
        (change for listing in listings for change in _changes(listing) if asked.has(change.on)),
        key=lambda change: (change.on, change.listing.id),
        reverse=True,
    )
    years: dict[int, list[DatedChange]] = {}
    for change in changes[offset : offset + CHANGES]:
        years.setdefault(change.on.year, []).append(change)
    values = {
        "years": years,
        "lists": bundled.lists,
        "asked": asked,
        "total": len(changes),
        "before": _in_force(listings, asked.since),
        "after": _in_force(listings, asked.until or _today()),
        "following": asked.query(offset + CHANGES) if offset + CHANGES < len(changes) else "",
    }
    return page(request, "changes.html", values)


@router.get("/lists/{list_id}")
def show_list(request: Request, list_id: str, q: Text = "", offset: Offset = 0) -> Response:
    bundled = _bundled(request)
    if list_id not in bundled.lists:
        raise UnknownListError(f"there is no list “{list_id}” among those that come with Importgate")
    entity_list = bundled.lists[list_id]
    values = {
        "q": q,
        "found": _page(_with(entity_list.listings, q), offset),
        "list": entity_list,
        "lists": bundled.lists,
        "today": _today(),
        "in_force": len(entity_list.in_force(_today())),
        "programme": bundled.programmes[entity_list.programme],
        "where": f"/lists/{list_id}",
    }
    return page(request, "fragments/listings.html" if is_fragment(request) else "list.html", values)


@router.get("/listings/{listing_id:path}")
def show_listing(request: Request, listing_id: str) -> Response:
    bundled = _bundled(request)
    if listing_id not in bundled.listings:
        raise UnknownListError(f"there is no listing “{listing_id}” among those that come with Importgate")
    listing = bundled.listings[listing_id]
    entity_list = bundled.lists[listing.list_id]
    values = {
        "listing": listing,
        "list": entity_list,
        "parent": bundled.listings.get(listing.parent),
        "today": _today(),
        "effects": bundled.programmes[entity_list.programme].effects_on(_today()),
        "programme": bundled.programmes[entity_list.programme],
    }
    return page(request, "listing.html", values)


@dataclass(frozen=True, slots=True)
class Found:
    """A page of listings; `before` and `after` are offsets, None where there is no such page."""

    listings: list[Listing]
    total: int
    first: int
    before: int | None
    after: int | None


def _page(listings: Iterable[Listing], offset: int) -> Found:
    everything = list(listings)
    shown = everything[offset : offset + PAGE]
    end = offset + PAGE
    before = max(0, offset - PAGE) if offset else None
    return Found(shown, len(everything), offset + 1, before, end if end < len(everything) else None)


def _with(listings: Iterable[Listing], text: str) -> Iterator[Listing]:
    """Those that have every word of the text; for spellings that differ there is the screening itself."""
    words = text.casefold().split()
    return (listing for listing in listings if all(word in _searched(listing) for word in words))


def _searched(listing: Listing) -> str:
    names = [listing.name, *(alias.name for alias in listing.aliases), *(name.name for name in listing.native_names)]
    codes = [code for values in listing.identifiers.values() for code in values]
    return " ".join([*names, listing.id, listing.sector, listing.notes, *listing.places, *codes]).casefold()


def _changes(listing: Listing) -> Iterator[DatedChange]:
    if listing.listed_on is not None:
        yield DatedChange(listing.listed_on, listing, "added", "", listing.citation)
    told = {change.on for change in listing.history}
    if listing.delisted_on is not None and listing.delisted_on not in told:
        yield DatedChange(listing.delisted_on, listing, "ended", "", "")
    for change in listing.history:
        if change.on is not None:
            what = "ended" if change.on == listing.delisted_on else "changed"
            yield DatedChange(change.on, listing, what, change.change, change.citation)


def _in_force(listings: Iterable[Listing], day: date | None) -> int | None:
    return None if day is None else sum(listing.in_force(day) for listing in listings)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"“{text}” is no day; write it as 2026-01-31") from None


def _bundled(request: Request) -> BundledLists:
    bundled: BundledLists = request.app.state.screeners.bundled
    return bundled


def _today() -> date:
    return datetime.now(UTC).date()
