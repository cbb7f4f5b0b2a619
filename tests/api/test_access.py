"""Keys at the door: who is let in, and what the others are told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from app.api.keyring import FRESH_SECONDS
from app.store.keys import Scope, create_key, revoke_key

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="no key"),
        pytest.param({"Authorization": "Bearer "}, id="an empty key"),
        pytest.param({"Authorization": "Bearer ig_" + "A" * 43}, id="a made-up key"),
        pytest.param({"Authorization": "Basic aWc6aWc="}, id="another scheme"),
        pytest.param({"X-API-Key": "' OR ''='"}, id="an injection"),
    ],
)
@pytest.mark.parametrize("path", ["/v1/lists", "/v1/lists/us-uflpa", "/v1/listings/us-uflpa/x"])
async def test_without_a_key_nothing_is_told(api: Api, headers: dict[str, str], path: str) -> None:
    answer = await api.client.get(path, headers={"Authorization": "", **headers})
    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/no-key")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="importgate"')


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
async def test_both_headers_carry_a_key(api: Api, header: str) -> None:
    key = api.key(Scope.SCREEN)
    value = f"Bearer {key}" if header == "Authorization" else key
    answer = await api.post({"parties": [{"name": "x"}]}, headers={"Authorization": "", header: value})
    assert answer.status_code == 200


async def test_screening_needs_its_scope_and_lists_need_none(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key(Scope.REVIEW)}"}
    refused = await api.post({"parties": [{"name": "x"}]}, headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/not-allowed")
    assert "scope screen; this one has: review" in refused.json()["detail"]
    assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    assert (await api.client.get("/v1/lists", headers=headers)).status_code == 200


async def test_a_revoked_key_is_refused_within_a_second(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    key, secret = create_key(api.store, "k", [Scope.SCREEN])
    headers = {"Authorization": f"Bearer {secret}"}
    assert (await api.client.get("/v1/lists", headers=headers)).status_code == 200
    assert key.id is not None
    revoke_key(api.store, key.id)  # as another process would
    later = time.monotonic() + FRESH_SECONDS
    monkeypatch.setattr(api.app.state.keys, "_clock", lambda: later)
    refused = await api.client.get("/v1/lists", headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (401, "this key is revoked")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]


async def test_an_expired_key_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    _, secret = create_key(api.store, "k", [Scope.SCREEN], expires_at=now + timedelta(days=1))
    monkeypatch.setattr("app.store.keys._now", lambda: now + timedelta(days=1))
    refused = await api.client.get("/v1/lists", headers={"Authorization": f"Bearer {secret}"})
    assert (refused.status_code, refused.json()["detail"]) == (401, "this key is expired")
