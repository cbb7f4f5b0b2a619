"""The lists over HTTP, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from app.api.lists import ListOut, ListPageOut
from app.lists.model import Listing

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio


async def test_every_bundled_list_is_shown(api: Api) -> None:
    shown = (await api.client.get("/v1/lists")).json()["lists"]
    assert [ListOut.model_validate(item).id for item in shown] == list(api.app.state.screeners.bundled.sources)
    uflpa = next(item for item in shown if item["id"] == "us-uflpa")
    assert (uflpa["listings"], uflpa["in_force"]) == (187, 187)
    assert uflpa["edition"].startswith(uflpa["as_of"] + "+")


async def test_pages_follow_each_other_and_hold_every_listing_once(api: Api) -> None:
    path: str | None = "/v1/lists/us-uflpa?limit=50"
    ids: list[str] = []
    while path:
        body = (await api.client.get(path)).json()
        page = ListPageOut.model_validate(body).page
        assert len(page.items) <= page.limit == 50
        ids += [item.id for item in page.items]
        path = page.next
    assert len(ids) == page.total == 187
    assert ids == sorted(set(ids))
    assert body["basis"]["effects"]


async def test_a_page_beyond_the_end_is_empty(api: Api) -> None:
    page = (await api.client.get("/v1/lists/us-uflpa?offset=187")).json()["page"]
    assert (page["items"], page["next"], page["total"]) == ([], None, 187)


async def test_a_listing_is_found_by_its_id_with_its_slash(api: Api) -> None:
    body = (await api.client.get("/v1/listings/us-uflpa/hetian-taida-apparel")).json()
    listing = TypeAdapter(Listing).validate_python(body)
    assert (listing.list_id, listing.id) == ("us-uflpa", "us-uflpa/hetian-taida-apparel")


@pytest.mark.parametrize(
    ("path", "status", "kind", "detail"),
    [
        pytest.param("/v1/lists/us-ufpla", 404, "unknown-list", "known lists: ", id="an unknown list"),
        pytest.param("/v1/lists/..%2f..%2fetc", 404, "not-found", "", id="a way out"),
        pytest.param(
            "/v1/listings/us-uflpa/nobody", 404, "unknown-list", "no listing 'us-uflpa/nobody'", id="no listing"
        ),
        pytest.param("/v1/lists/us-uflpa?limit=0", 422, "invalid", "limit: ", id="an empty page"),
        pytest.param("/v1/lists/us-uflpa?limit=1001", 422, "invalid", "limit: ", id="too large a page"),
        pytest.param("/v1/lists/us-uflpa?offset=-1", 422, "invalid", "offset: ", id="before the beginning"),
        pytest.param("/v1/nothing", 404, "not-found", "GET /v1/nothing", id="no such path"),
    ],
)
async def test_what_is_not_there(api: Api, path: str, status: int, kind: str, detail: str) -> None:
    answer = await api.client.get(path)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert detail in answer.json()["detail"]
