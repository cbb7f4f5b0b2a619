"""`POST /v1/screenings`: real lists, real names, real refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlmodel import func, select

from app.api.examples import REQUEST_EXAMPLES, RESPONSE_EXAMPLE
from app.api.screenings import MAX_PARTIES, ScreeningsOut
from app.store.tables import Hit, StoredScreening

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

TAIDA = {"name": "Hetian Taida Apparel Co., Ltd."}


async def test_a_listed_name_is_blocked_and_an_unlisted_one_is_clear(api: Api) -> None:
    listed, other = await api.screen(
        {**TAIDA, "role": "supplier", "reference": "PO 7"}, {"name": "Vermeulen Textiel BV"}
    )
    assert (listed["row"], listed["line"], listed["role"], listed["reference"]) == (1, None, "supplier", "PO 7")
    assert listed["outcome"] == "block"
    hit = next(hit for hit in listed["hits"] if hit["listing_id"] == "us-uflpa/hetian-taida-apparel")
    assert (hit["list_id"], hit["strength"]) == ("us-uflpa", "strong")
    assert hit["explanation"]
    assert (other["row"], other["outcome"], other["hits"]) == (2, "clear", [])


async def test_the_answer_is_what_the_document_promises(api: Api) -> None:
    answer = (await api.post({"parties": [TAIDA, {"name": ""}, {"name": "Vermeulen Textiel BV"}]})).json()
    ScreeningsOut.model_validate(answer)
    assert answer["summary"] == {"block": 1, "review": 0, "incomplete": 1, "clear": 1}
    assert set(answer["editions"]) == set(api.app.state.screeners.bundled.sources)
    assert all(record["editions"] == answer["editions"] for record in answer["records"])
    assert all(record["policy"] == answer["policy"] for record in answer["records"])


@pytest.mark.parametrize("name", ["", " \t\n", "​", "???"], ids=["empty", "white space", "invisible", "no letter"])
async def test_a_party_without_a_name_is_incomplete(api: Api, name: str) -> None:
    (record,) = await api.screen({"name": name})
    assert record["outcome"] == "incomplete"
    assert record["problem"]


async def test_lists_and_day_decide_what_a_party_is_screened_against(api: Api) -> None:
    (elsewhere,) = await api.screen(TAIDA, lists=["eu-global-human-rights"])
    assert (elsewhere["hits"], list(elsewhere["editions"])) == ([], ["eu-global-human-rights"])
    assert elsewhere["outcome"] == "review", "its name still says Hotan"
    body = {"parties": [TAIDA], "lists": ["us-uflpa"]}
    before = (await api.post(body | {"as_of": "2022-06-20"})).json()
    after = (await api.post(body | {"as_of": "2022-06-21"})).json()
    assert (before["as_of"], before["records"][0]["hits"]) == ("2022-06-20", [])
    assert after["records"][0]["outcome"] == "block"


@pytest.mark.parametrize("name", list(REQUEST_EXAMPLES))
async def test_every_worked_example_works(api: Api, name: str) -> None:
    answer = await api.post(REQUEST_EXAMPLES[name]["value"])
    assert answer.status_code == 200
    if name == "one supplier":
        assert _gist(answer.json()) == _gist(RESPONSE_EXAMPLE)


def test_the_documented_answer_has_the_documented_shape() -> None:
    ScreeningsOut.model_validate(RESPONSE_EXAMPLE)


async def test_a_party_behind_a_listed_supplier_is_reviewed_with_the_way(api: Api) -> None:
    body = {
        "parties": [{"name": "Lotus Bay Garment Co., Ltd."}, {"name": "Silverbrook Ceramics"}],
        "relations": [
            {"source": "Lotus Bay Spinning Mill", "target": "LOTUS BAY GARMENT", "goods": "fabric"},
            {"source": TAIDA["name"], "target": "Lotus Bay Spinning Mill", "goods": "yarn", "tier": "3"},
        ],
    }
    exposed, clear = (await api.post(body)).json()["records"]
    assert (exposed["outcome"], clear["outcome"]) == ("review", "clear")
    (signal,) = exposed["signals"]
    assert [step["goods"] for step in signal["path"]] == ["fabric", "yarn"]


async def test_where_the_maker_is_decides(api: Api) -> None:
    maker = {"name": "Foo", "role": "manufacturer", "country": "CN", "postal_code": "832000", "address": "Shihezi"}
    goods = {"hs_codes": ["2002.90"], "goods": "Tomato paste", "origin": "CN"}
    (found,) = await api.screen(maker | goods)
    assert found["outcome"] == "block"
    assert [signal["kind"] for signal in found["signals"]] == ["region", "ace", "goods"]


async def test_a_full_request_is_answered_in_order(api: Api) -> None:
    names = [f"Number {number} Trading" for number in range(MAX_PARTIES - 1)]
    records = await api.screen(*({"name": name} for name in names), TAIDA)
    assert [record["party"]["name"] for record in records] == [*names, TAIDA["name"]]
    assert records[-1]["outcome"] == "block"


async def test_hostile_text_is_screened_like_any_other(api: Api) -> None:
    parties = [
        {"name": text, "address": text} for text in ("\x00", "'; DROP TABLE api_key; --", "𝕿" * 2000, "‮abc", "﷽" * 500)
    ]
    assert len(await api.screen(*parties)) == len(parties)


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        pytest.param({}, "#/parties", "this is needed and missing", id="no parties"),
        pytest.param({"parties": []}, "#/parties", "list should have at least 1 item", id="an empty list"),
        pytest.param(
            {"parties": [{"name": "x"}] * (MAX_PARTIES + 1)}, "#/parties", "at most 1000 items", id="a party too many"
        ),
        pytest.param({"parties": [{}]}, "#/parties/0/name", "this is needed and missing", id="no name"),
        pytest.param({"parties": [{"name": None}]}, "#/parties/0/name", "valid string", id="a null name"),
        pytest.param({"parties": [{"name": 7}]}, "#/parties/0/name", "valid string", id="a number for a name"),
        pytest.param({"parties": [{"name": "x" * 2001}]}, "#/parties/0/name", "2000 characters", id="an endless name"),
        pytest.param(
            {"parties": [TAIDA, {"name": "x", "nmae": "y"}]}, "#/parties/1/nmae", "no such field", id="an unknown field"
        ),
        pytest.param(
            {"parties": [TAIDA], "a/b~c": 1}, "#/a~1b~0c", "no such field", id="a pointer's own signs are escaped"
        ),
        pytest.param({"parties": [TAIDA | {"country": "China"}]}, "#/parties/0/country", "match", id="no country code"),
        pytest.param(
            {"parties": [TAIDA | {"role": "boss"}]}, "#/parties/0/role", "'manufacturer'", id="an unknown role"
        ),
        pytest.param(
            {"parties": [TAIDA | {"identifiers": {"vat": "BE0"}}]},
            "#/parties/0/identifiers/vat",
            "'business_licence' or 'customs'",
            id="an unknown kind of identifier",
        ),
        pytest.param({"parties": [TAIDA], "lists": []}, "#/lists", "at least 1 item", id="no list at all"),
        pytest.param(
            {"parties": [TAIDA], "lists": ["us-uflpa", "us-ufpla"]},
            "#/lists/1",
            "no list 'us-ufpla'",
            id="an unknown list",
        ),
        pytest.param(
            {"parties": [TAIDA], "lists": ["/etc/passwd"]}, "#/lists/0", "no list '/etc/passwd'", id="a file is no list"
        ),
        pytest.param({"parties": [TAIDA], "as_of": "2026-02-30"}, "#/as_of", "valid date", id="a day that is none"),
        pytest.param({"parties": [TAIDA], "as_of": 1700000000}, "#/as_of", "YYYY-MM-DD", id="seconds for a day"),
        pytest.param([TAIDA], "#", "valid dictionary", id="a list for an object"),
    ],
)
async def test_what_is_wrong_is_pointed_at(api: Api, body: Any, pointer: str, detail: str) -> None:
    answer = await api.post(body)
    problem = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert (problem["type"], problem["instance"]) == ("/problems/invalid", "/v1/screenings")
    assert [error["pointer"] for error in problem["errors"]] == [pointer]
    assert detail in problem["errors"][0]["detail"]
    assert problem["detail"].startswith(pointer)


async def test_every_fault_is_listed(api: Api) -> None:
    problem = (await api.post({"parties": [{"name": "x", "role": "boss"}, {"nam": "y"}]})).json()
    assert [error["pointer"] for error in problem["errors"]] == [
        "#/parties/0/role",
        "#/parties/1/name",
        "#/parties/1/nam",
    ]
    assert problem["detail"].endswith("(and 2 more)")


@pytest.mark.parametrize(
    ("content", "status", "problem"),
    [
        pytest.param(b'{"parties": [', 400, "/problems/malformed", id="cut off"),
        pytest.param(b"", 422, "/problems/invalid", id="nothing"),
        pytest.param(b'{"parties": "\xff"}', 400, "/problems/malformed", id="bytes that are no UTF-8"),
        pytest.param(b"[" * 100_000, 400, "/problems/malformed", id="nested beyond reason"),
        pytest.param(b'{"parties": [{"name": "\\ud800"}]}', 422, "/problems/invalid", id="half a character"),
    ],
)
async def test_a_body_that_is_no_json(api: Api, content: bytes, status: int, problem: str) -> None:
    answer = await api.client.post("/v1/screenings", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (status, problem)


@pytest.mark.parametrize(
    "sent_as", ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]
)
async def test_a_body_not_sent_as_json_is_told_how_to(api: Api, sent_as: str) -> None:
    answer = await api.client.post("/v1/screenings", content=b'{"parties": []}', headers={"Content-Type": sent_as})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/wrong-type")
    assert answer.json()["detail"] == f"the body was sent as {sent_as}; send it with Content-Type: application/json"


def _gist(answer: dict[str, Any]) -> list[Any]:
    """What a reader of the example relies on; weights, wordings and editions move on."""
    told = ("list_id", "listing_id", "name", "matched_name", "strength", "programme", "listed_on")
    return [
        (record["outcome"], record["role"], hit["explanation"].keys(), *(hit[field] for field in told))
        for record in answer["records"]
        for hit in record["hits"]
    ]


async def test_a_call_is_kept_unless_the_caller_says_not_to(api: Api) -> None:
    answer = (await api.post({"parties": [TAIDA, {"name": "Vermeulen Textiel BV"}]})).json()
    assert [record["id"] for record in answer["records"]] == [f"{answer['id']}.1", f"{answer['id']}.2"]
    with api.store.read() as session:
        before = session.exec(select(func.count()).select_from(StoredScreening)).one()
        assert session.exec(select(Hit.id).where(Hit.batch_id == answer["id"])).all()
    unkept = (await api.post({"parties": [TAIDA], "store": False})).json()
    assert (unkept["id"], unkept["records"][0]["id"]) == (None, None)
    with api.store.read() as session:
        assert session.exec(select(func.count()).select_from(StoredScreening)).one() == before
