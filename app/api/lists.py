"""The entity lists as the service screens against them: all, one, one listing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from app.api.access import require
from app.api.problems import FAILED, INVALID, NO_KEY, UNKNOWN_LIST, documented
from app.errors import UnknownListError
from app.lists.model import EntityList, Listing, Programme
from app.lists.plain import listing_to_plain, programme_to_plain
from app.screening.screeners import BundledLists

MAX_PAGE = 1000

router = APIRouter(tags=["lists"], dependencies=[Depends(require())])


class ListOut(BaseModel):
    """An entity list without its listings."""

    id: str
    title: str
    authority: str
    programme: str = Field(description="Id of the legal basis.")
    legal_effect: str
    source: str
    licence: str
    as_of: date | None = Field(description="The day whose content the list holds.")
    edition: str = Field(description="That day and the first 12 digits of the content's SHA-256.")
    listings: int = Field(description="How many entries it has, those no longer in force included.")
    in_force: int = Field(description="How many of them are in force today (UTC).")


class ListsOut(BaseModel):
    lists: list[ListOut]


class PageOut(BaseModel):
    """A page of listings, sorted by id."""

    total: int
    offset: int
    limit: int
    next: str | None = Field(description="Path of the next page; null on the last one.")
    items: list[Listing]


class ListPageOut(ListOut):
    basis: Programme = Field(description="What the programme does, jurisdiction by jurisdiction.")
    page: PageOut


def _bundled(request: Request) -> BundledLists:
    bundled: BundledLists = request.app.state.screeners.bundled
    return bundled


Bundled = Annotated[BundledLists, Depends(_bundled)]


@router.get("/lists", summary="All lists", response_model=ListsOut, responses=documented(NO_KEY, FAILED))
def get_lists(bundled: Bundled) -> JSONResponse:
    """Every list that the service screens against, with the edition it holds."""
    return JSONResponse({"lists": [_summary(entity_list) for entity_list in bundled.lists.values()]})


@router.get(
    "/lists/{list_id}",
    summary="One list and its listings",
    response_model=ListPageOut,
    responses=documented(NO_KEY, UNKNOWN_LIST, INVALID, FAILED),
)
def get_list(
    bundled: Bundled,
    list_id: str,
    offset: Annotated[int, Query(ge=0, description="How many listings to skip.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many listings to give.")] = 100,
) -> JSONResponse:
    """What the list is and does, and a page of its listings."""
    if list_id not in bundled.lists:
        raise UnknownListError(f"there is no list {list_id!r}; known lists: {', '.join(bundled.lists)}")
    entity_list = bundled.lists[list_id]
    total, end = len(entity_list.listings), offset + limit
    page = {
        "total": total,
        "offset": offset,
        "limit": limit,
        "next": f"/v1/lists/{list_id}?offset={end}&limit={limit}" if end < total else None,
        "items": [listing_to_plain(listing) for listing in entity_list.listings[offset:end]],
    }
    basis = programme_to_plain(bundled.programmes[entity_list.programme])
    return JSONResponse(_summary(entity_list) | {"basis": basis, "page": page})


@router.get(
    "/listings/{listing_id:path}",
    summary="One listing",
    response_model=Listing,
    responses=documented(NO_KEY, UNKNOWN_LIST, FAILED),
)
def get_listing(bundled: Bundled, listing_id: str) -> JSONResponse:
    """One entry by its id, `list/entry`. Fields that say nothing are left out."""
    if listing_id not in bundled.listings:
        raise UnknownListError(f"there is no listing {listing_id!r}; GET /v1/lists shows the lists there are")
    return JSONResponse(listing_to_plain(bundled.listings[listing_id]))


def _summary(entity_list: EntityList) -> dict[str, Any]:
    today = datetime.now(UTC).date()
    return {
        "id": entity_list.id,
        "title": entity_list.title,
        "authority": entity_list.authority,
        "programme": entity_list.programme,
        "legal_effect": entity_list.legal_effect,
        "source": entity_list.source,
        "licence": entity_list.licence,
        "as_of": entity_list.as_of.isoformat() if entity_list.as_of else None,
        "edition": entity_list.edition,
        "listings": len(entity_list.listings),
        "in_force": sum(listing.in_force(today) for listing in entity_list.listings),
    }
