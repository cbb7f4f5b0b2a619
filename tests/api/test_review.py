"""Hits, decisions, evidence and the audit log over HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel import col, update

from app.api.evidence import EvidenceOut
from app.store.audit import COMMAND_LINE, verify
from app.store.keys import Scope
from app.store.tables import Call, Context

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

TAIDA = {"name": "Hetian Taida Apparel Co., Ltd.", "role": "supplier", "address": "Hotan, Xinjiang", "country": "CN"}
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'too' \u202e {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def reviewer(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.key(Scope.REVIEW, Scope.ADMIN)}"}


@pytest.fixture
def two_decide(api: Api) -> Iterator[None]:
    given = api.app.state.settings
    api.app.state.settings = replace(given, four_eyes=True)
    yield
    api.app.state.settings = given


async def get(api: Api, path: str, headers: dict[str, str], **query: Any) -> Any:
    answer = await api.client.get(path, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def new_hit(api: Api, headers: dict[str, str], name: str) -> dict[str, Any]:
    """The hit of a listed name with words of its own before it, so that no other test decides about the same pair."""
    call = (
        await api.post({"parties": [TAIDA | {"name": TAIDA["name"], "address": name}], "lists": ["us-uflpa"]})
    ).json()
    (hit,) = (await get(api, "/v1/hits", headers, batch=call["id"], list="us-uflpa"))["items"]
    assert isinstance(hit, dict)
    return hit


async def decide(api: Api, headers: dict[str, str], hit: dict[str, Any], state: str, **more: Any) -> httpx.Response:
    body = {"state": state, "reason": "other", "note": "n", "version": hit["version"]} | more
    return await api.client.post(f"/v1/hits/{hit['id']}/dispositions", headers=headers, json=body)


async def test_a_hit_is_found_read_decided_and_remembered(api: Api, reviewer: dict[str, str]) -> None:
    hit = await new_hit(api, reviewer, "1 First Street")
    assert (hit["state"], hit["listing_id"], hit["outcome"]) == ("open", "us-uflpa/hetian-taida-apparel", "block")
    detail = await get(api, f"/v1/hits/{hit['id']}", reviewer)
    assert detail["party"]["address"] == "1 First Street"
    assert detail["finding"]["explanation"]["tokens"]
    assert detail["listing"]["name"] == "Hetian Taida Apparel Co., Ltd."
    answer = await decide(api, reviewer, hit, "false_positive", reason="different_place", note="Ohio")
    assert (answer.status_code, answer.json()["kind"], answer.json()["hits"]) == (201, "decided", 1)
    assert answer.json()["hit"]["history"][0] | {"id": 0, "at": ""} == {
        "id": 0,
        "kind": "decided",
        "state": "false_positive",
        "reason": "different_place",
        "note": "Ohio",
        "by": "test",
        "at": "",
    }
    again = await new_hit(api, reviewer, "1 First Street")
    assert (again["state"], again["remembered"]) == ("false_positive", True)
    earlier = (await get(api, f"/v1/hits/{again['id']}", reviewer))["earlier"]
    assert (earlier["hit_id"], earlier["holds"], earlier["decision"]["note"]) == (hit["id"], True, "Ohio")
    elsewhere = await get(api, f"/v1/hits/{(await new_hit(api, reviewer, '2 Second Street'))['id']}", reviewer)
    assert (elsewhere["state"], elsewhere["earlier"]["changed"]) == ("open", ["party"])


async def test_a_decision_on_what_has_changed_since_is_refused(api: Api, reviewer: dict[str, str]) -> None:
    hit = await new_hit(api, reviewer, "3 Third Street")
    assert (await decide(api, reviewer, hit, "escalated")).status_code == 201
    answer = await decide(api, reviewer, hit, "false_positive")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
    assert "the hit is at version 1, escalated; you decided on version 0" in answer.json()["detail"]


@pytest.mark.usefixtures("two_decide")
async def test_a_second_person_confirms(api: Api, reviewer: dict[str, str]) -> None:
    hit = await new_hit(api, reviewer, "4 Fourth Street")
    proposed = (await decide(api, reviewer, hit, "true_match")).json()
    assert (proposed["kind"], proposed["hit"]["state"], proposed["hit"]["proposed_by"]) == ("proposed", "open", "test")
    own = await decide(api, reviewer, proposed["hit"], "true_match")
    assert (own.status_code, "a second person, with another key" in own.json()["detail"]) == (409, True)
    other = {"Authorization": f"Bearer {api.key(Scope.REVIEW)}"}
    confirmed = (await decide(api, other, proposed["hit"], "true_match")).json()
    assert (confirmed["kind"], confirmed["hit"]["state"]) == ("confirmed", "true_match")
    assert [step["kind"] for step in confirmed["hit"]["history"]] == ["proposed", "confirmed"]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        pytest.param({"state": "cleared"}, "#/state", id="no such state"),
        pytest.param({"reason": "because"}, "'because' is no reason for false_positive", id="no such reason"),
        pytest.param({"note": " "}, "the reason 'other' needs a note", id="other without a note"),
        pytest.param({"version": -1}, "#/version", id="no such version"),
        pytest.param({"by": "me"}, "#/by: there is no such field", id="a field that the service fills in"),
    ],
)
async def test_a_decision_that_is_not_valid_is_refused(
    api: Api, reviewer: dict[str, str], body: dict[str, Any], where: str
) -> None:
    hit = await new_hit(api, reviewer, "5 Fifth Street")
    answer = await decide(api, reviewer, hit, **({"state": "false_positive"} | body))
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")
    assert where in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/hits/call_x.1.1", "/v1/hits/%00", "/v1/screenings/call_x.1/evidence"])
async def test_what_is_not_there_is_not_found(api: Api, reviewer: dict[str, str], path: str) -> None:
    answer = await api.client.get(path, headers=reviewer)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("number", ["", "0", "01", "-1", "1" * 30, "１", "1.1", "x"])
async def test_no_odd_number_leads_to_a_screening(api: Api, reviewer: dict[str, str], number: str) -> None:
    call = (await api.post({"parties": [TAIDA]})).json()["id"]
    answer = await api.client.get(f"/v1/screenings/{call}.{number}/evidence", headers=reviewer)
    assert answer.status_code == 404


async def test_the_queue_is_paged_and_filtered(api: Api, reviewer: dict[str, str]) -> None:
    call = (await api.post({"parties": [TAIDA] * 5, "lists": ["us-uflpa"]})).json()["id"]
    query: dict[str, Any] = {"batch": call, "list": "us-uflpa", "text": "TAIDA", "role": "supplier", "limit": 2}
    seen = []
    while query.get("cursor", "") is not None:
        page = await get(api, "/v1/hits", reviewer, **query)
        seen += [hit["screening_id"] for hit in page["items"]]
        query["cursor"] = page["next"]
    assert seen == [f"{call}.{n}" for n in range(1, 6)]
    assert (await get(api, "/v1/hits", reviewer, batch=call, role="carrier"))["items"] == []
    for query in ({"cursor": "x"}, {"limit": 0}, {"state": "x"}, {"colour": "red"}):
        assert (await api.client.get("/v1/hits", headers=reviewer, params=query)).status_code == 422


async def test_evidence_holds_everything_and_screens_again(api: Api, reviewer: dict[str, str]) -> None:
    body = {
        "parties": [TAIDA | {"reference": "PO 4711"}, {"name": "Vermeulen Textiel BV"}, {"name": ""}],
        "relations": [{"source": TAIDA["name"], "target": "VERMEULEN TEXTIEL", "goods": "yarn"}],
        "lists": ["us-uflpa", "us-cbp-wro"],
        "as_of": "2026-11-01",
    }
    answer = await api.client.post("/v1/screenings", json=body, headers={"X-Request-Id": "req-1"})
    records = answer.json()["records"]
    found = [await get(api, f"/v1/screenings/{record['id']}/evidence", reviewer) for record in records]
    for record, evidence in zip(records, found, strict=True):
        EvidenceOut.model_validate(evidence)
        assert evidence["reproduced"] is True
        assert (evidence["outcome"], evidence["problem"]) == (record["outcome"], record["problem"])
        bare = [{k: v for k, v in hit.items() if k not in ("listing", "review")} for hit in evidence["hits"]]
        assert bare == record["hits"]
    taida, exposed, nameless = found
    assert (taida["reference"], taida["batch"]["by"], taida["batch"]["request_id"]) == ("PO 4711", "test", "req-1")
    assert taida["context"]["as_of"] == "2026-11-01"
    assert {item["id"]: item["edition"] for item in taida["context"]["lists"]} == answer.json()["editions"]
    assert all(re.fullmatch("[0-9a-f]{64}", item["sha256"]) for item in taida["context"]["lists"])
    assert [(token["surface"], token["kind"]) for token in taida["reading"]["tokens"]][:2] == [
        ("Hetian", "place"),
        ("Taida", "brand"),
    ]
    assert taida["hits"][0]["listing"]["listed_on"] == taida["hits"][0]["listed_on"]
    assert taida["hits"][0]["review"]["state"] == "open"
    assert (exposed["outcome"], exposed["signals"][-1]["kind"]) == ("review", "supply_chain")
    assert (nameless["outcome"], nameless["reading"]["tokens"]) == ("incomplete", [])


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"software": "0.0.9+abc"}, "instead of 0.0.9+abc", id="other software"),
        pytest.param({"policy": "old"}, "instead of old", id="another policy"),
        pytest.param({"sha256s": '{"us-uflpa": "0"}'}, "other content of us-uflpa", id="a changed list"),
        pytest.param({"editions": '{"gone": "1"}', "sha256s": '{"gone": "1"}'}, "has no list gone", id="a list gone"),
        pytest.param({"programmes": "0" * 64}, "other legal bases", id="other legal bases"),
    ],
)
async def test_what_cannot_be_done_again_says_why(
    api: Api, reviewer: dict[str, str], changes: dict[str, str], why: str
) -> None:
    call = (await api.post({"parties": [TAIDA], "lists": ["us-uflpa"], "as_of": "2026-10-01"})).json()["id"]
    values = changes | {"digest": f"{why:0<64}"[:64]}
    with api.store.write() as session:
        context_id = session.get_one(Call, call).context_id
        session.exec(update(Context).where(col(Context.id) == context_id).values(values))
    evidence = await get(api, f"/v1/screenings/{call}.1/evidence", reviewer)
    assert evidence["reproduced"].startswith("unavailable: ")
    assert why in evidence["reproduced"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("outcome = 'clear'", id="outcome"),
        pytest.param("""findings = replace(findings, '"score"\\:1.0', '"score"\\:0.9')""", id="score"),
        pytest.param("findings = replace(findings, 'is the listed name', 'is not')", id="explanation"),
        pytest.param("name = replace(name, 'Taida', 'Other')", id="name"),
        pytest.param("findings = NULL", id="everything that was found"),
    ],
)
async def test_a_record_that_was_tampered_with_is_not_reproduced(
    api: Api, reviewer: dict[str, str], change: str
) -> None:
    call = (await api.post({"parties": [TAIDA], "lists": ["us-uflpa"]})).json()["id"]
    with api.store.write() as session:
        session.connection().execute(text(f"UPDATE screening SET {change} WHERE batch_id = :c"), {"c": call})
    assert (await get(api, f"/v1/screenings/{call}.1/evidence", reviewer))["reproduced"] is False


async def test_the_page_to_print_escapes_everything_and_runs_nothing(api: Api, reviewer: dict[str, str]) -> None:
    party = TAIDA | {"name": TAIDA["name"], "address": HOSTILE, "reference": HOSTILE}
    relation = {"source": HOSTILE, "target": HOSTILE, "goods": HOSTILE}
    body = {"parties": [party], "relations": [relation], "lists": ["us-uflpa"]}
    call = (await api.post(body)).json()["id"]
    (hit,) = (await get(api, "/v1/hits", reviewer, batch=call, list="us-uflpa"))["items"]
    await decide(api, reviewer, hit, "escalated", note=HOSTILE)
    path = f"/v1/screenings/{call}.1/evidence"
    page = await api.client.get(path, headers=reviewer | {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    html = page.text
    assert "<script" not in html
    assert "\u202e" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 5
    assert "{{ 7 * 7 }}" in html
    for shown in ("BLOCK: Hetian Taida", "with the same result", "escalated", "The listing as it stood", "SHA-256"):
        assert shown in html
    asked = await api.client.get(path, headers=reviewer, params={"format": "html"})
    assert asked.headers["content-type"] == page.headers["content-type"]
    both = await api.client.get(path, headers=reviewer | {"Accept": "application/json, text/html"})
    assert both.headers["content-type"] == "application/json"
    assert (await api.client.get(path, headers=reviewer, params={"format": "pdf"})).status_code == 422


async def test_the_log_is_read_from_its_end(api: Api, reviewer: dict[str, str]) -> None:
    await decide(api, reviewer, await new_hit(api, reviewer, "6 Sixth Street"), "escalated")
    first = await get(api, "/v1/audit", reviewer, limit=1)
    (entry,) = first["items"]
    assert (entry["action"], entry["actor"], entry["detail"]["state"]) == ("hit.decided", "test", "escalated")
    second = await get(api, "/v1/audit", reviewer, limit=500, cursor=first["next"])
    numbers = [entry["number"] for entry in second["items"]]
    assert numbers == list(range(entry["number"] - 1, entry["number"] - 1 - len(numbers), -1))
    assert {entry["actor"] for entry in second["items"]} >= {COMMAND_LINE}
    assert verify(api.store)[0] == []


async def test_reviewers_do_not_read_the_log_and_screeners_do_not_review(api: Api) -> None:
    only_review = {"Authorization": f"Bearer {api.key(Scope.REVIEW)}"}
    assert (await api.client.get("/v1/audit", headers=only_review)).status_code == 403
    for path in ("/v1/hits", "/v1/hits/x", "/v1/screenings/x.1/evidence"):
        assert (await api.client.get(path)).status_code == 403
