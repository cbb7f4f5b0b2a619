"""Monitored parties and differences over the API."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.api.parties import DifferencesOut, FileRegisteredOut, PartiesOut, RegisteredOut
from app.api.registering import MAX_FILE_PARTIES
from app.store.keys import Scope
from app.worker.monitoring import screen_again

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

TAIDA = "Hetian Taida Apparel Co., Ltd."
CSV = {"Content-Type": "text/csv"}


def _new(text: str = "V") -> str:
    """A reference that no other test uses: they share a database."""
    return f"{text}-{secrets.token_hex(4)}"


async def _register(api: Api, *parties: dict[str, Any]) -> dict[str, Any]:
    answer = await api.client.post("/v1/parties", json={"parties": list(parties)})
    assert answer.status_code == 200, answer.text
    RegisteredOut.model_validate(answer.json())
    found: dict[str, Any] = answer.json()
    return found


async def _upload(api: Api, content: bytes, query: str = "", headers: dict[str, str] = CSV) -> httpx.Response:
    return await api.client.post(f"/v1/parties/file{query}", content=content, headers=headers)


async def test_parties_are_registered_listed_looked_at_and_removed(api: Api) -> None:
    reference = _new()
    party = {"name": TAIDA, "country": "cn", "role": "supplier", "reference": reference}
    said = await _register(api, party, {"name": "Vermeulen Textiel BV"})
    assert (said["created"], said["updated"], said["unchanged"]) == (2, 0, 0)
    assert said["outcomes"] == {"block": 1, "review": 0, "incomplete": 0, "clear": 1}
    listed = said["parties"][0]
    assert listed["party"] == {"name": TAIDA, "country": "CN", "role": "supplier"}
    assert "us-uflpa/hetian-taida-apparel" in {hit["subject"] for hit in listed["hits"]}
    page = (await api.client.get("/v1/parties", params={"reference": reference})).json()
    PartiesOut.model_validate(page)
    assert ([item["id"] for item in page["items"]], page["next"]) == ([listed["id"]], None)
    one = await api.client.get(f"/v1/parties/{listed['id']}")
    assert {**one.json(), "done": "created"} == listed
    removed = await api.client.delete(f"/v1/parties/{listed['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await api.client.get("/v1/parties", params={"reference": reference})).json()["items"] == []
    assert (await api.client.get(f"/v1/parties/{listed['id']}")).json()["removed_at"] is not None


async def test_the_same_call_again_changes_nothing(api: Api) -> None:
    party = {"name": TAIDA, "reference": _new()}
    first = await _register(api, party)
    again = await _register(api, party)
    assert (again["unchanged"], again["parties"][0]["id"]) == (1, first["parties"][0]["id"])
    other = await _register(api, party | {"name": "Vermeulen Textiel BV"})
    assert (other["updated"], other["parties"][0]["outcome"]) == (1, "clear")


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_party_that_is_not_there(api: Api, method: str) -> None:
    answer = await api.client.request(method, "/v1/parties/party_x")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("parties", "pointer", "detail"),
    [
        pytest.param([{"name": "x"}, {"name": " "}], "#/parties/1/name", "the party has no name", id="no name"),
        pytest.param([{"name": "???"}], "#/parties/0/name", "no letter to screen", id="no letter"),
        pytest.param(
            [{"name": "x", "reference": "r"}, {"name": "y"}, {"name": "z", "reference": "r"}],
            "#/parties/2/reference",
            "#/parties/0 has the reference 'r' as well",
            id="a reference twice",
        ),
        pytest.param([], "#/parties", "at least 1 item", id="nobody"),
    ],
)
async def test_what_cannot_be_monitored_registers_nobody(
    api: Api, parties: list[Any], pointer: str, detail: str
) -> None:
    before = (await api.client.get("/v1/parties")).json()
    answer = await api.client.post("/v1/parties", json={"parties": parties})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    (error,) = answer.json()["errors"]
    assert (error["pointer"], detail in error["detail"]) == (pointer, True), error
    assert (await api.client.get("/v1/parties")).json() == before


async def test_a_file_is_registered_whole_and_again_without_change(api: Api) -> None:
    first, second = _new(), _new()
    content = f'Vendor No,Supplier,Country\n{first},"{TAIDA}",China\n{second},Vermeulen Textiel BV,BE\n'.encode()
    answer = await _upload(api, content)
    FileRegisteredOut.model_validate(answer.json())
    assert (answer.json()["created"], answer.json()["outcomes"]["block"]) == (2, 1)
    assert answer.json()["warnings"] == ["the file: read as supplier from 'Supplier'"]
    found = (await api.client.get("/v1/parties", params={"reference": first})).json()["items"][0]
    assert found["party"] == {"name": TAIDA, "country": "CN", "role": "supplier"}
    again = (await _upload(api, content.replace(b"BE", b"NL"))).json()
    assert (again["unchanged"], again["updated"]) == (1, 1)


async def test_workbooks_and_json_lines_are_read_as_well(
    api: Api, tmp_path: Path, write_workbook: Callable[..., Path]
) -> None:
    first, second = _new(), _new()
    book = write_workbook(tmp_path / "v.xlsx", {"Vendors": {1: ["Ref", "Supplier"], 2: [first, TAIDA]}})
    answer = await _upload(api, book.read_bytes(), headers={"Content-Type": "application/octet-stream"})
    assert answer.json()["created"] == 1, answer.text
    line = json.dumps({"my key": second, "supplier": {"name": TAIDA}}).encode()
    answer = await _upload(api, line, "?reference=my+key", {"Content-Type": "application/x-ndjson"})
    assert answer.json()["created"] == 1, answer.text
    for reference in (first, second):
        assert (await api.client.get("/v1/parties", params={"reference": reference})).json()["items"]


async def test_a_row_with_several_parties_gives_them_references_of_their_own(api: Api) -> None:
    reference = _new()
    content = f'ref,supplier\n{reference},"Silverbrook Ceramics O/B {TAIDA}"\n'.encode()
    assert (await _upload(api, content)).json()["created"] == 2
    found = (await api.client.get("/v1/parties", params={"reference": f"{reference}/2"})).json()["items"]
    assert [item["party"]["name"] for item in found] == [TAIDA]


async def test_every_row_that_cannot_be_taken_is_named_and_nobody_is_registered(api: Api) -> None:
    good = _new()
    rows = [
        "ref,supplier",
        f"{good},Silverbrook Ceramics",
        f"{good},Other",
        ",Third",
        f"{_new()},",
        f"{_new()},a,b",
        "",
    ]
    answer = await _upload(api, "\n".join(rows).encode())
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "/problems/invalid")
    assert [(error["row"], error["line"], error["column"]) for error in problem["errors"]] == [
        (2, 3, "ref"),
        (3, 4, "ref"),
        (4, 5, "supplier"),
        (5, 6, ""),
    ]
    assert f"the reference '{good}' is that of row 1" in problem["errors"][0]["detail"]
    assert "there is no reference" in problem["errors"][1]["detail"]
    assert "the row names no party" in problem["errors"][2]["detail"]
    assert "3 cells under 2 headers" in problem["errors"][3]["detail"]
    assert problem["detail"].startswith("row 2, line 3, column 'ref': ")
    assert (await api.client.get("/v1/parties", params={"reference": good})).json()["items"] == []


async def test_a_name_that_cannot_be_screened_is_named_by_its_row(api: Api) -> None:
    content = f"ref,supplier\n{_new()},Silverbrook Ceramics\n{_new()},???\n".encode()
    problem = (await _upload(api, content)).json()
    (error,) = problem["errors"]
    assert (error["row"], error["line"], error["column"]) == (2, 3, "supplier")


@pytest.mark.parametrize(
    ("content", "query", "says"),
    [
        pytest.param(b"", "", "the file is empty", id="an empty file"),
        pytest.param(b"ref,supplier\n", "", "no row below it", id="no row"),
        pytest.param(b"a,b\n1,2\n", "", "no column says which party it holds", id="no party"),
        pytest.param(b"ref,supplier\n1,x\n", "?reference=Nr", "there is no column 'Nr' for the reference", id="no ref"),
        pytest.param(b"ref,supplier\n1,x\n", "?column=supplier", "must be ROLE=HEADER", id="a column without a header"),
        pytest.param(b"ref,supplier\n1,x\n", "?encoding=nonsense", "nonsense", id="an unknown encoding"),
        pytest.param(b"%PDF-1.7", "", "this is a PDF", id="another format"),
        pytest.param(
            b"supplier\n" + b"x\n" * (MAX_FILE_PARTIES + 1), "", "more than 10,000 rows; split it", id="too many rows"
        ),
    ],
)
async def test_a_file_that_cannot_be_taken_says_why(api: Api, content: bytes, query: str, says: str) -> None:
    answer = await _upload(api, content, query)
    assert (answer.status_code, says in answer.json()["detail"]) == (422, True), answer.text


async def test_differences_are_told_once_to_whoever_goes_on_from_the_last(api: Api) -> None:
    start = (await api.client.get("/v1/differences", params={"limit": 500})).json()["next"]
    said = await _register(api, {"name": TAIDA, "reference": _new()})
    party = said["parties"][0]["id"]
    # The day before the listing came into force, as seen by a service that has not been started since.
    screener = api.app.state.screeners.get(None, date(2022, 6, 20))
    while screen_again(api.store, screener):
        pass
    while screen_again(api.store, api.app.state.screeners.get(None, date(2026, 11, 23))):
        pass
    mine = {"party": party, "cursor": start}
    page = (await api.client.get("/v1/differences", params=mine)).json()
    DifferencesOut.model_validate(page)
    told = [(item["change"], item["subject"]) for item in page["items"]]
    assert ("gone", "us-uflpa/hetian-taida-apparel") in told
    assert ("new", "us-uflpa/hetian-taida-apparel") in told
    rest = (await api.client.get("/v1/differences", params=mine | {"cursor": page["next"]})).json()
    assert rest == {"items": [], "next": page["next"]}
    gone = (await api.client.get("/v1/differences", params=mine | {"change": "gone"})).json()["items"]
    assert {item["change"] for item in gone} == {"gone"}
    assert gone[0]["cause"]["as_of"]["after"] == "2022-06-20"
    late = await api.client.get("/v1/differences", params=mine | {"since": "2100-01-01T00:00:00Z"})
    assert late.json()["items"] == []


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/parties", {"cursor": "nonsense"}),
        ("/v1/parties", {"limit": "0"}),
        ("/v1/parties", {"outcome": "guilty"}),
        ("/v1/differences", {"cursor": "W10"}),
        ("/v1/differences", {"since": "yesterday"}),
        ("/v1/differences", {"since": "2026-11-24T00:00:00"}),
        ("/v1/differences", {"change": "other"}),
    ],
)
async def test_a_wrong_parameter_is_a_problem(api: Api, path: str, query: dict[str, str]) -> None:
    answer = await api.client.get(path, params=query)
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid"), answer.text


async def test_monitoring_needs_the_scope_to_screen(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key(Scope.REVIEW, Scope.ADMIN)}"}
    for method, path in (("POST", "/v1/parties"), ("GET", "/v1/parties"), ("GET", "/v1/differences")):
        answer = await api.client.request(method, path, headers=headers, json={"parties": [{"name": "x"}]})
        assert answer.status_code == 403
