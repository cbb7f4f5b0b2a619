"""Every route of the application, those of tomorrow included, is closed to those who may not pass."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from app.api.access import require
from app.api.application import create_app
from app.api.rates import Rates
from app.settings import read_settings
from app.store.keys import Scope, create_key, revoke_key

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

# What anybody may see. Whoever adds a route here says so in docs/access.md.
PUBLIC = {"/healthz", "/readyz", "/openapi.json", "/problems/{slug}"}
VALUES = {"list_id": "us-uflpa", "listing_id": "us-uflpa/x", "key_id": "1", "slug": "invalid"}


def _routes() -> Iterator[RouteContext]:
    yield from iter_route_contexts(create_app(read_settings({})).routes)


def _calls() -> list[Any]:
    """(method, path) of every route that is not public."""
    return [
        pytest.param(method, str(route.path), id=f"{method} {route.path}")
        for route in _routes()
        if str(route.path) not in PUBLIC
        for method in sorted((route.methods or {"GET"}) - {"HEAD"})
    ]


CALLS = _calls()


@pytest.fixture(autouse=True)
def _no_guesser_yet(api: Api) -> Iterator[None]:
    usual, api.app.state.rates = api.app.state.rates, Rates(None)
    yield
    api.app.state.rates = usual


def _needed(app: FastAPI, method: str, path: str) -> list[Scope | None]:
    """The scopes that a route's dependencies ask for."""
    (route,) = (r for r in iter_route_contexts(app.routes) if str(r.path) == path and method in (r.methods or ()))

    def walk(dependant: Dependant) -> Iterator[Scope | None]:
        if isinstance(dependant.call, require):
            yield dependant.call.scope
        for below in dependant.dependencies:
            yield from walk(below)

    return list(walk(route.dependant)) if isinstance(route.original_route, APIRoute) else []


async def _call(api: Api, method: str, path: str, secret: str | None) -> tuple[int, str]:
    address = path
    for name in [part.strip("{}").partition(":")[0] for part in path.split("/") if part.startswith("{")]:
        address = address.replace(f"{{{name}}}", VALUES.get(name, "x")).replace(
            f"{{{name}:path}}", VALUES.get(name, "x")
        )
    headers = {"Authorization": "" if secret is None else f"Bearer {secret}"}
    answer = await api.client.request(method, address, headers=headers)
    return answer.status_code, answer.json()["detail"] if answer.status_code in (401, 403) else answer.text[:200]


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_without_a_key_that_holds_nobody_passes(api: Api, method: str, path: str) -> None:
    expired = create_key(api.store, "k", Scope, expires_at=datetime.now(UTC) + timedelta(hours=1))
    revoked = create_key(api.store, "k", Scope)
    revoke_key(api.store, revoked[0].id or 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.store.keys._now", lambda: datetime.now(UTC) + timedelta(hours=2))
        assert await _call(api, method, path, expired[1]) == (401, "this key is expired")
    assert await _call(api, method, path, revoked[1]) == (401, "this key is revoked")
    assert await _call(api, method, path, None) == (401, "this call needs an API key")
    assert await _call(api, method, path, "ig_" + "A" * 43) == (401, "this key is not known")


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_no_body_is_read_before_the_key_is_known(api: Api, method: str, path: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Authorization": "", "Content-Type": "application/json", "Content-Length": "10"}
    answer = await api.client.request(method, path, content=body(), headers=headers)
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), CALLS)
async def test_a_key_with_every_scope_but_the_one_needed_does_not_pass(api: Api, method: str, path: str) -> None:
    needed = _needed(api.app, method, path)
    assert needed, "a route that asks for no key belongs into PUBLIC, or needs one"
    for scope in {scope for scope in needed if scope is not None}:
        status, detail = await _call(api, method, path, api.key(*(set(Scope) - {scope})))
        assert (status, detail.partition(";")[0]) == (403, f"this call needs a key with the scope {scope}")


def test_the_public_routes_exist() -> None:
    assert {str(route.path) for route in _routes()} >= PUBLIC


async def test_the_public_routes_need_no_key(api: Api) -> None:
    for path in PUBLIC:
        assert (await _call(api, "GET", path, None))[0] == 200
