"""Every route of the service, those of tomorrow included, is closed to those who may not pass."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from app.api.access import GUARDED, require
from app.settings import read_settings
from app.store.database import Store, open_store
from app.store.keys import Scope, create_key, revoke_key
from app.store.sessions import open_session
from app.store.tables import ApiKey
from app.web.access import COOKIE
from app.web.pages import create_site

pytestmark = pytest.mark.anyio

# What anybody may see. Whoever adds a route here says so in docs/access.md.
PUBLIC = {"/healthz", "/readyz", "/openapi.json", "/problems/{slug}", "/sign-in", "/static"}
VALUES = {"list_id": "us-uflpa", "listing_id": "us-uflpa/x", "key_id": "1", "slug": "invalid"}


def _routes() -> list[RouteContext]:
    return list(iter_route_contexts(create_site(read_settings({})).routes))


def _calls() -> Iterator[tuple[str, str]]:
    """(method, path) of every route that is not public."""
    for route in _routes():
        if str(route.path) not in PUBLIC:
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield method, str(route.path)


CALLS = list(_calls())
API = [pytest.param(*call, id=" ".join(call)) for call in CALLS if call[1].startswith(GUARDED)]
PAGES = [pytest.param(*call, id=" ".join(call)) for call in CALLS if not call[1].startswith(GUARDED)]


@dataclass(frozen=True)
class Site:
    client: httpx.AsyncClient
    app: FastAPI
    store: Store

    def key(self, *scopes: Scope) -> tuple[ApiKey, str]:
        return create_key(self.store, "walker", scopes)

    def revoked(self) -> tuple[ApiKey, str]:
        key, secret = self.key(*Scope)
        revoke_key(self.store, key.id or 0)
        return key, secret

    def expiring(self) -> tuple[ApiKey, str]:
        return create_key(self.store, "walker", Scope, expires_at=datetime.now(UTC) + timedelta(hours=1))

    async def api(self, method: str, path: str, secret: str | None) -> tuple[int, str]:
        """Status and what the problem says, up to a semicolon."""
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        answer = await self.client.request(method, _filled(path), headers=headers)
        assert answer.headers["Content-Type"] == "application/problem+json", answer.text
        return answer.status_code, answer.json()["detail"].partition(";")[0]

    async def page(self, method: str, path: str, cookie: str | None) -> tuple[int, str]:
        """Status and where it leads."""
        headers = {} if cookie is None else {"Cookie": f"{COOKIE}={cookie}"}
        answer = await self.client.request(method, _filled(path), headers=headers)
        return answer.status_code, answer.headers.get("Location", "").partition("?")[0]


def _filled(path: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: VALUES.get(found[1], "x"), path)


@pytest.fixture(scope="module")
async def site(anyio_backend: str, cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:  # noqa: ARG001
    data_dir = tmp_path_factory.mktemp("doors")
    settings = read_settings(
        {
            "IMPORTGATE_CACHE_DIR": str(cache_dir),
            "IMPORTGATE_DATA_DIR": str(data_dir),
            "IMPORTGATE_RATE_LIMIT": "none",
        }
    )
    store = open_store(settings.database_url)
    store.migrate()
    app = create_site(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test") as client,
    ):
        app.state.screeners.warm()
        yield Site(client, app, store)
    store.close()


@pytest.fixture(autouse=True)
def _no_guesser_yet(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site.app.state.rates, "refuse_guessers", lambda _address: None)


def _needed(app: FastAPI, method: str, path: str) -> list[tuple[Scope, ...]]:
    """What each of a route's dependencies asks for: one of these scopes, or any key."""
    (route,) = (r for r in iter_route_contexts(app.routes) if str(r.path) == path and method in (r.methods or ()))

    def walk(dependant: Dependant) -> Iterator[tuple[Scope, ...]]:
        if isinstance(dependant.call, require):
            yield () if dependant.call.scope is None else (dependant.call.scope,)
        if hasattr(dependant.call, "scopes"):
            yield dependant.call.scopes
        for below in dependant.dependencies:
            yield from walk(below)

    return list(walk(route.dependant)) if isinstance(route.original_route, APIRoute) else []


@pytest.mark.parametrize(("method", "path"), API)
async def test_without_a_key_that_holds_nobody_passes(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    assert await site.api(method, path, None) == (401, "this call needs an API key")
    assert await site.api(method, path, "ig_" + "A" * 43) == (401, "this key is not known")
    assert await site.api(method, path, site.revoked()[1]) == (401, "this key is revoked")
    expiring = site.expiring()[1]
    monkeypatch.setattr("app.store.keys._now", lambda: datetime.now(UTC) + timedelta(hours=2))
    assert await site.api(method, path, expiring) == (401, "this key is expired")


@pytest.mark.parametrize(("method", "path"), API)
async def test_no_body_is_read_before_the_key_is_known(site: Site, method: str, path: str) -> None:
    async def body() -> AsyncIterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    headers = {"Content-Type": "application/json", "Content-Length": "10"}
    assert (await site.client.request(method, _filled(path), content=body(), headers=headers)).status_code == 401


@pytest.mark.parametrize(("method", "path"), API)
async def test_a_key_with_every_scope_but_the_one_needed_does_not_pass(site: Site, method: str, path: str) -> None:
    needed = _needed(site.app, method, path)
    assert needed, "a route that asks for no key belongs into PUBLIC, or needs one"
    for (scope,) in filter(None, needed):
        refusal = f"this call needs a key with the scope {scope}"
        assert await site.api(method, path, site.key(*(set(Scope) - {scope}))[1]) == (403, refusal)


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_a_page_sends_to_the_sign_in_who_has_no_session_that_holds(
    site: Site, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    revoked, expiring = site.key(*Scope)[0], site.expiring()[0]
    cookies = [open_session(site.store, key) for key in (revoked, expiring)]
    revoke_key(site.store, revoked.id or 0)
    monkeypatch.setattr("app.store.keys._now", lambda: datetime.now(UTC) + timedelta(hours=2))
    for cookie in (None, "made-up", *cookies):
        assert await site.page(method, path, cookie) == (303, "/sign-in")


@pytest.mark.parametrize(("method", "path"), PAGES)
async def test_a_page_is_closed_to_a_key_without_its_scopes(site: Site, method: str, path: str) -> None:
    for scopes in filter(None, _needed(site.app, method, path)):  # one of them is enough
        cookie = open_session(site.store, site.key(*(set(Scope) - set(scopes)))[0])
        assert (await site.page(method, path, cookie))[0] == 403


async def test_the_public_routes_are_there_and_need_no_key(site: Site) -> None:
    assert {str(route.path) for route in _routes()} >= PUBLIC
    for path in PUBLIC - {"/static"}:
        assert (await site.client.get(_filled(path))).status_code == 200
