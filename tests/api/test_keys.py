"""Keys over the API: made with a secret shown once, listed, revoked, and each of it in the audit log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.store.audit import read_entries
from app.store.keys import Scope, list_keys, revoke_key

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio


@pytest.fixture
def admin(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.key(Scope.ADMIN)}"}


async def test_a_key_is_made_used_and_revoked(api: Api, admin: dict[str, str]) -> None:
    asked = {
        "name": "customs desk",
        "scopes": ["screen", "review", "screen"],
        "expires_at": "2999-01-01T00:00:00+02:00",
    }
    made = await api.client.post("/v1/keys", json=asked, headers=admin)
    assert made.status_code == 201, made.text
    key = made.json()
    secret = key.pop("secret")
    assert (key["scopes"], key["state"], key["expires_at"]) == (["review", "screen"], "active", "2998-12-31T22:00:00Z")
    assert secret.startswith(key["prefix"])
    own = {"Authorization": f"Bearer {secret}"}
    assert (await api.client.get("/v1/lists", headers=own)).status_code == 200
    shown = await api.client.get(f"/v1/keys/{key['id']}", headers=admin)
    assert shown.json() == key
    assert secret not in (await api.client.get("/v1/keys?limit=500", headers=admin)).text
    revoked = await api.client.delete(f"/v1/keys/{key['id']}", headers=admin)
    assert (revoked.status_code, revoked.json()["state"]) == (200, "revoked")
    assert (await api.client.get("/v1/lists", headers=own)).status_code == 401, "at once in this process"
    again = await api.client.delete(f"/v1/keys/{key['id']}", headers=admin)
    assert again.json() == revoked.json()
    entries = [(entry.actor, entry.action) for entry in read_entries(api.store) if entry.subject == f"key {key['id']}"]
    assert entries == [("test", "key.created"), ("test", "key.revoked")]


async def test_all_keys_are_seen_page_by_page(api: Api, admin: dict[str, str]) -> None:
    seen: list[int] = []
    cursor: str | None = "0"
    while cursor is not None:
        page = (await api.client.get(f"/v1/keys?limit=2&cursor={cursor}", headers=admin)).json()
        assert 1 <= len(page["items"]) <= 2
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [key.id for key in list_keys(api.store)]


async def test_the_last_key_that_can_make_others_stays(api: Api) -> None:
    others = [key.id for key in list_keys(api.store) if "admin" in key.scopes]
    for other in others:
        revoke_key(api.store, other or 0)
    api.app.state.keys.forget()
    headers = {"Authorization": f"Bearer {api.key(Scope.ADMIN)}"}
    last = list_keys(api.store)[-1].id
    refused = await api.client.delete(f"/v1/keys/{last}", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/last-admin-key")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    asked: dict[str, Any] = {"name": "second", "scopes": ["admin"], "expires_at": soon}
    second = (await api.client.post("/v1/keys", json=asked, headers=headers)).json()
    assert (await api.client.delete(f"/v1/keys/{last}", headers=headers)).status_code == 200
    headers = {"Authorization": f"Bearer {second['secret']}"}
    assert (await api.client.delete(f"/v1/keys/{second['id']}", headers=headers)).status_code == 409


@pytest.mark.parametrize(
    ("asked", "place", "detail"),
    [
        pytest.param({"name": ""}, "#/name", "at least 1 character", id="no name"),
        pytest.param({"name": " \t"}, "#/name", "a name has letters", id="blanks"),
        pytest.param({"name": "a\u0000b"}, "#/name", "no control characters", id="a null character"),
        pytest.param({"scopes": []}, "#/scopes", "at least 1 item", id="no scope"),
        pytest.param({"scopes": ["root"]}, "#/scopes/0", "input should be", id="an unknown scope"),
        pytest.param({"expires_at": 4102444800}, "#/expires_at", "an instant is written", id="seconds"),
        pytest.param({"expires_at": "2999-01-01T00:00:00"}, "#/expires_at", "timezone", id="no zone"),
        pytest.param(
            {"expires_at": "9999-12-31T23:59:59-10:00"}, "#/expires_at", "no such day", id="after the last day"
        ),
        pytest.param({"secret": "ig_mine"}, "#/secret", "there is no such field", id="a secret of one's own"),
    ],
)
async def test_what_is_wrong_is_pointed_at(
    api: Api, admin: dict[str, str], asked: dict[str, Any], place: str, detail: str
) -> None:
    body = {"name": "k", "scopes": ["screen"]} | asked
    answer = await api.client.post("/v1/keys", json=body, headers=admin)
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["pointer"] == place
    assert detail in error["detail"]


async def test_a_key_cannot_have_expired_already(api: Api, admin: dict[str, str]) -> None:
    asked = {"name": "k", "scopes": ["screen"], "expires_at": "2020-01-01T00:00:00Z"}
    answer = await api.client.post("/v1/keys", json=asked, headers=admin)
    assert answer.status_code == 422
    assert "is past" in answer.json()["detail"]


async def test_an_unknown_key_is_not_there(api: Api, admin: dict[str, str]) -> None:
    for call in (api.client.get, api.client.delete):
        answer = await call("/v1/keys/2147483647", headers=admin)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/unknown-key")
    assert (await api.client.get("/v1/keys/2147483648", headers=admin)).status_code == 422
