"""Health, limits, problems and the OpenAPI document."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app import __version__
from app.api.application import create_app
from app.api.problems import OF_ERROR, PROBLEMS, ProblemOut
from app.errors import ImportgateError, ListError
from app.settings import Settings

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

BODY = {"parties": [{"name": "Hetian Taida Apparel Co., Ltd."}]}


async def test_health_needs_no_key(api: Api) -> None:
    for path, status in (("/healthz", "alive"), ("/readyz", "ready")):
        answer = await api.client.get(path, headers={"Authorization": ""})
        assert (answer.status_code, answer.json()) == (200, {"status": status, "version": __version__})


async def test_not_ready_says_why(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_options: object) -> None:
        raise ListError("the list is broken")

    monkeypatch.setattr("app.screening.screener.Screener.open", broken)
    app = create_app(replace(settings, database_url=f"sqlite:///{tmp_path}/new.sqlite3"))
    async with app.router.lifespan_context(app), _client(app) as client:
        app.state.screeners.warm()
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        reasons = [error["detail"] for error in answer.json()["errors"]]
        assert re.fullmatch(r"the database is at revision None, this version needs \d+", reasons[0])
        assert reasons[1:] == ["the list is broken"]
        assert (await client.get("/healthz")).status_code == 200


async def test_a_body_too_large_is_a_problem(api: Api, settings: Settings) -> None:
    body = b" " * (settings.max_body_bytes + 1)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    for content in (body, in_pieces()):
        answer = await api.client.post("/v1/screenings", content=content, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert answer.json()["type"] == "/problems/too-large"


async def test_screening_does_not_hold_up_other_calls(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_args: object) -> list[Any]:
        time.sleep(0.5)
        return []

    monkeypatch.setattr("app.api.screenings.screen", slow)
    screening = asyncio.create_task(api.post(BODY))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    assert (await api.client.get("/healthz")).status_code == 200
    assert time.monotonic() - started < 0.3
    assert not screening.done()
    await screening


async def test_a_request_that_takes_too_long_is_given_up(
    api: Api, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.api.screenings.screen", lambda *_args: time.sleep(0.5))
    app = create_app(replace(settings, request_seconds=0.1))
    async with app.router.lifespan_context(app), _client(app) as client:
        answer = await client.post("/v1/screenings", json=BODY, headers=dict(api.client.headers))
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/out-of-time")
    assert answer.json()["detail"] == "there was no answer within 0.1 seconds"


async def test_a_fault_inside_tells_strangers_nothing(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("app.api.screenings.screen", fail)
    answer = await api.post(BODY)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/failed")
    assert "secret" not in answer.text


async def test_a_broken_bundled_list_is_not_the_callers_fault(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> None:
        raise ListError("the list is broken")

    monkeypatch.setattr(api.app.state.screeners, "get", broken)
    answer = await api.post(BODY)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-ready")


async def test_the_wrong_method_names_the_right_one(api: Api) -> None:
    answer = await api.client.get("/v1/screenings")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert answer.json()["type"] == "/problems/wrong-method"


async def test_every_type_of_problem_explains_itself(api: Api) -> None:
    for problem in PROBLEMS:
        answer = await api.client.get(problem.type, headers={"Authorization": ""})
        assert answer.json()["title"] == problem.title
    assert (await api.client.get("/problems/nonesuch")).status_code == 404


def test_every_error_of_the_tree_has_its_problem() -> None:
    def tree(kind: type[ImportgateError]) -> set[type[ImportgateError]]:
        return {kind}.union(*(tree(child) for child in kind.__subclasses__()))

    assert set(OF_ERROR) == {kind for kind in tree(ImportgateError) if kind.__module__ == "app.errors"}
    assert {kind.__name__: kind.status for kind in OF_ERROR} == {
        kind.__name__: problem.status for kind, problem in OF_ERROR.items()
    }


async def test_the_document_names_every_error_and_its_shape(api: Api) -> None:
    document = (await api.client.get("/openapi.json", headers={"Authorization": ""})).json()
    references = [value for key, value in _walk(document) if key == "$ref"]
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            if path.startswith("/v1/"):
                assert operation["security"]
                assert {"401", "500"} <= set(operation["responses"])
            for status, answer in operation["responses"].items():
                if status < "400":
                    continue
                content = answer["content"]["application/problem+json"]
                for example in content["examples"].values():
                    assert ProblemOut.model_validate(example["value"]).status == int(status)
    assert set(document["paths"]["/v1/screenings"]["post"]["responses"]) == {
        "200", "400", "401", "403", "413", "415", "422", "429", "500", "503",
    }  # fmt: skip


def _client(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test")


def _walk(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for key, item in value.items() for pair in [(key, item), *_walk(item)]]
    if isinstance(value, list):
        return [pair for item in value for pair in _walk(item)]
    return []
