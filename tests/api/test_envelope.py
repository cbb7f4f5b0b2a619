"""What every request gets: an id, safe headers, a line in the log without names, its place in the figures."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from app.api import metrics as metrics_module
from app.api.application import create_app
from app.api.envelope import SAFE_HEADERS
from app.settings import Settings
from app.store.keys import Scope

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio
PARTY = {"name": "Zyxwv Unheard-of Textile", "address": "17 Quietlane, Nowhereburg", "country": "BE"}


class Lines:
    """What was logged since it was made."""

    def __init__(self, log: io.StringIO) -> None:
        self._log = log
        self._start = log.tell()

    def __str__(self) -> str:
        return self._log.getvalue()[self._start :]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter([json.loads(line) for line in str(self).splitlines()])


async def test_screenings_are_logged_without_names_addresses_or_keys(api: Api, log: io.StringIO) -> None:
    lines = Lines(log)
    secret = api.key(Scope.SCREEN)
    headers = {"Authorization": f"Bearer {secret}", "X-Request-Id": "customs-desk/4711"}
    await api.post({"parties": [PARTY], "store": True}, headers=headers)
    await api.post({"parties": [PARTY | {"country": PARTY["name"]}]}, headers=headers)
    await api.client.get("/v1/listings/us-uflpa/" + PARTY["name"], headers=headers, params={"q": PARTY["address"]})
    await api.client.get("/" + PARTY["name"], headers=headers)
    await api.client.get("/v1/lists", headers={"Authorization": "Bearer ig_" + "B" * 43})
    own = [line for line in lines if line["logger"].startswith("app.")]
    assert [(line["event"], line["route"], line["status"], line.get("request_id")) for line in own[:4]] == [
        ("request", "/v1/screenings", 200, "customs-desk/4711"),
        ("request", "/v1/screenings", 422, "customs-desk/4711"),
        ("request", "/v1/listings/{listing_id}", 404, "customs-desk/4711"),
        ("request", "unmatched", 404, "customs-desk/4711"),
    ]
    assert own[0]["key"] == own[2]["key"] != own[4]["key"]
    written = "\n".join(json.dumps(line, ensure_ascii=False) for line in own)
    for word in ("Zyxwv", "Unheard", "Quietlane", "Nowhereburg", secret, secret[3:], "B" * 43, "127.0.0.1"):
        assert word not in written


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [
        pytest.param("0af7651916cd43dd8448eb211c80319c", True, id="a trace id"),
        pytest.param("a" * 100, True, id="the longest"),
        pytest.param("a" * 101, False, id="too long"),
        pytest.param('x" injected="y', False, id="signs that could fool a reader of the log"),
        pytest.param("", False, id="empty"),
    ],
)
async def test_a_request_id_is_taken_over_or_made(api: Api, given: str, is_taken: bool) -> None:
    answer = await api.client.get("/healthz", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is is_taken
    assert answer.headers["X-Request-Id"]


async def test_every_answer_has_safe_headers(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the secret of the house")

    answers = [
        await api.client.get("/healthz"),
        await api.client.get("/v1/lists"),
        await api.client.get("/v1/lists", headers={"Authorization": ""}),
        await api.client.get("/nothing"),
        await api.client.post("/v1/screenings", content=b"{", headers={"Content-Type": "application/json"}),
        await api.client.post("/v1/screenings", content=b" " * 400_000),
    ]
    monkeypatch.setattr("app.api.screenings.screen", fail)
    answers.append(await api.post({"parties": [PARTY]}))
    assert [answer.status_code for answer in answers] == [200, 200, 401, 404, 400, 413, 500]
    for answer in answers:
        assert {name: answer.headers[name] for name in SAFE_HEADERS} == SAFE_HEADERS
        assert "Strict-Transport-Security" not in answer.headers
        assert "server" not in answer.headers


async def test_behind_tls_browsers_are_told_to_insist_on_it(settings: Settings) -> None:
    app = create_app(replace(settings, behind_tls=True))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/healthz")).headers["Strict-Transport-Security"] == "max-age=31536000"


async def test_what_breaks_is_in_the_log_alone(api: Api, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("app.api.screenings.screen", fail)
    lines = Lines(log)
    answer = await api.post({"parties": [PARTY]})
    assert "secret" not in answer.text
    told, request = [line for line in lines if line["logger"] == "app.api.envelope"]
    assert told["level"] == "error"
    assert "RuntimeError: the secret of the house" in told["exception"]
    assert told["request_id"] == request["request_id"] == answer.headers["X-Request-Id"]
    assert "Zyxwv" not in str(lines)


async def test_a_database_that_is_gone_is_a_problem_and_counted(
    api: Api, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def connect(self, **_options: object) -> None:
            raise OperationalError("INSERT ...", {"name": "Zyxwv"}, Exception("disk I/O error"), hide_parameters=True)

    before = await _figures(api)
    lines = Lines(log)
    monkeypatch.setattr("app.store.calls.insert_rows", lambda *_: Gone().connect())
    answer = await api.post({"parties": [PARTY]})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/store-down")
    assert answer.headers["Retry-After"] == "5"
    assert "disk" not in answer.text
    assert "disk I/O error" in str(lines)
    assert "Zyxwv" not in str(lines)
    monkeypatch.undo()
    assert (await _figures(api))["importgate_store_errors_total"] == before["importgate_store_errors_total"] + 1


async def _figures(api: Api) -> dict[str, float]:
    api.app.state.scrapes._asked = float("-inf")
    answer = await api.client.get("/metrics", headers={"Authorization": f"Bearer {api.key(Scope.METRICS)}"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    rows = [line.rpartition(" ") for line in answer.text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in rows}


async def test_figures_count_requests_and_outcomes(api: Api) -> None:
    before = await _figures(api)
    await api.screen({"name": "Hetian Taida Apparel Co., Ltd."}, PARTY, {"name": ""})
    await api.client.request("PROPFIND", "/nothing/like/this")
    after = await _figures(api)
    changed = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    for outcome in ("block", "clear", "incomplete"):
        assert changed[f'importgate_screenings_total{{outcome="{outcome}"}}'] == 1
    assert changed['importgate_requests_total{method="POST",route="/v1/screenings",status="200"}'] == 1
    assert changed['importgate_requests_total{method="other",route="unmatched",status="404"}'] == 1
    assert changed['importgate_request_seconds_count{method="POST",route="/v1/screenings"}'] == 1
    assert changed["importgate_screening_seconds_count"] == 1
    assert changed['importgate_hits{state="open"}'] >= 1
    assert after["importgate_store_up"] == 1
    assert after['importgate_list_age_days{list="us-uflpa"}'] >= 0


async def test_figures_are_told_where_the_database_is_gone(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.errors import StoreError

    def gone(_store: object) -> None:
        raise StoreError("the database does not answer")

    monkeypatch.setattr(metrics_module, "read_figures", gone)
    assert (await _figures(api))["importgate_store_up"] == 0


async def test_more_requests_than_it_can_bear_are_refused_but_for_health(settings: Settings) -> None:
    app = create_app(replace(settings, max_requests=0))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        refused = await client.get("/v1/lists")
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/busy")
        assert refused.headers["Retry-After"] == "1"
        assert (await client.get("/healthz")).status_code == 200
