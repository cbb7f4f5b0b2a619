"""The direct route: bodies in pieces, bodies that break off, and endpoints that it is not for."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

import pytest
from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel

from app.api.direct import DirectRoute

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

BODY = json.dumps({"parties": [{"name": "Vermeulen Textiel BV"}], "store": False}).encode()


class Asked(BaseModel):
    name: str


async def _pieces(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        pytest.param("application/json", 200, id="as it should be"),
        pytest.param("Application/JSON; charset=utf-8", 200, id="in capitals and with a parameter"),
        pytest.param("application/vnd.api+json", 200, id="a kind of JSON"),
        pytest.param("text/json", 415, id="a text"),
        pytest.param("json", 415, id="half a type"),
        pytest.param("", 415, id="empty"),
    ],
)
async def test_a_body_counts_as_json_where_its_type_says_so(api: Api, content_type: str, status: int) -> None:
    answer = await api.client.post("/v1/screenings", content=BODY, headers={"Content-Type": content_type})
    assert answer.status_code == status, answer.text


async def test_a_body_may_come_in_pieces_and_is_counted_without_a_declared_length(api: Api) -> None:
    json_type = {"Content-Type": "application/json"}
    answer = await api.client.post("/v1/screenings", content=_pieces(BODY[:9], b"", BODY[9:]), headers=json_type)
    assert (answer.status_code, len(answer.json()["records"])) == (200, 1)
    spaces = [b" " * 100_000] * 4
    answer = await api.client.post("/v1/screenings", content=_pieces(*spaces), headers=json_type)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


async def test_a_body_that_breaks_off_is_a_fault_of_the_request(api: Api) -> None:
    messages: list[Any] = [
        {"type": "http.request", "body": BODY[:9], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", api.client.headers["Authorization"].encode()), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/v1/screenings", "headers": headers, "query_string": b""}
    await api.app(scope, receive, send)
    assert sent[0]["status"] == 400


async def _with_a_query(request: Request, asked: Asked, limit: Annotated[int, Query()] = 1) -> Response:
    raise NotImplementedError


async def _without_a_body(request: Request) -> Response:
    raise NotImplementedError


async def _with_a_dependency_that_wants_more(
    request: Request, asked: Asked, more: Annotated[object, Depends(_with_a_query)]
) -> Response:
    raise NotImplementedError


@pytest.mark.parametrize("endpoint", [_with_a_query, _without_a_body, _with_a_dependency_that_wants_more])
def test_an_endpoint_that_needs_more_is_refused_when_it_is_declared(endpoint: Any) -> None:
    with pytest.raises(TypeError, match=r"^/x: a direct route takes the request, one body and dependencies on"):
        DirectRoute("/x", endpoint, methods=["POST"])
