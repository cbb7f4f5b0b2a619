"""Webhooks over the API, with a real receiver."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import date
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest

from app.api.webhooks import DeliveriesOut, NewWebhookOut, TriedOut, WebhooksOut
from app.store.keys import Scope
from app.webhooks.signature import sign
from app.worker.monitoring import screen_again
from app.worker.webhooks import deliver
from tests.receiver import Receiver, receiving, status

if TYPE_CHECKING:
    from tests.api.conftest import Api

pytestmark = pytest.mark.anyio

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
async def admin(api: Api) -> AsyncIterator[dict[str, str]]:
    """The headers of a key for webhooks; this machine may be sent to, and no webhook is left behind."""
    settings = api.app.state.settings
    api.app.state.settings = replace(settings, webhook_private=LOOPBACK)
    headers = {"Authorization": f"Bearer {api.key(Scope.ADMIN)}"}
    yield headers
    for webhook in (await api.client.get("/v1/webhooks", headers=headers)).json()["items"]:
        await api.client.delete(f"/v1/webhooks/{webhook['id']}", headers=headers)
    api.app.state.settings = settings


async def _add(api: Api, admin: dict[str, str], url: str) -> dict[str, Any]:
    answer = await api.client.post("/v1/webhooks", json={"url": url}, headers=admin)
    assert answer.status_code == 201, answer.text
    NewWebhookOut.model_validate(answer.json())
    added: dict[str, Any] = answer.json()
    return added


async def test_a_webhook_is_added_tried_listed_and_removed(api: Api, admin: dict[str, str], receiver: Receiver) -> None:
    added = await _add(api, admin, receiver.url)
    tried = await api.client.post(f"/v1/webhooks/{added['id']}/test", headers=admin)
    TriedOut.model_validate(tried.json())
    assert tried.json() == {"delivered": True, "status": 204, "problem": ""}
    (got,) = receiver.received
    message_id, timestamp = got.headers["webhook-id"], int(got.headers["webhook-timestamp"])
    assert got.headers["webhook-signature"] == sign(added["secret"], message_id, timestamp, got.body)
    assert json.loads(got.body)["type"] == "webhook.test"
    page = (await api.client.get("/v1/webhooks", headers=admin)).json()
    WebhooksOut.model_validate(page)
    assert page["items"] == [{name: added[name] for name in ("id", "url", "created_at")}]
    removed = await api.client.delete(f"/v1/webhooks/{added['id']}", headers=admin)
    assert removed.status_code == 204
    assert (await api.client.get("/v1/webhooks", headers=admin)).json()["items"] == []
    for method, path in (("POST", "test"), ("GET", "deliveries")):
        answer = await api.client.request(method, f"/v1/webhooks/{added['id']}/{path}", headers=admin)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


async def test_a_test_that_fails_says_so_and_is_not_tried_again(
    api: Api, admin: dict[str, str], receiver: Receiver
) -> None:
    added = await _add(api, admin, receiver.url)
    receiver.answers.append(status(500))
    tried = (await api.client.post(f"/v1/webhooks/{added['id']}/test", headers=admin)).json()
    assert (tried["delivered"], tried["status"]) == (False, 500)
    (listed,) = (await api.client.get(f"/v1/webhooks/{added['id']}/deliveries", headers=admin)).json()["items"]
    assert (listed["type"], listed["state"], listed["next_attempt_at"]) == ("webhook.test", "given_up", None)


async def test_differences_reach_the_receiver_and_a_failure_is_tried_again(
    api: Api, admin: dict[str, str], receiver: Receiver
) -> None:
    added = await _add(api, admin, receiver.url)
    party = {"name": "Hetian Taida Apparel Co., Ltd.", "reference": "webhook-1"}
    await api.client.post("/v1/parties", json={"parties": [party]})
    while screen_again(api.store, api.app.state.screeners.get(None, date(2022, 6, 19))):
        pass
    receiver.answers.append(status(503))
    sent = await _in_thread(lambda: deliver(api.store, LOOPBACK))
    assert sent == len(receiver.received) >= 1
    (failed,) = await _deliveries(api, admin, added["id"], "waiting")
    assert (failed["attempts"], failed["status"]) == (1, 503)
    assert "the answer was 503" in failed["problem"]
    _make_due(api)
    await _in_thread(lambda: deliver(api.store, LOOPBACK))
    again = receiver.received[-1]
    assert (again.headers["webhook-id"], again.body) == (failed["id"], receiver.received[0].body)
    delivered = next(
        item for item in await _deliveries(api, admin, added["id"], "delivered") if item["id"] == failed["id"]
    )
    assert (delivered["attempts"], delivered["status"], delivered["problem"]) == (2, 204, "")
    differences = json.loads(again.body)["data"]["differences"]
    listed = (await api.client.get("/v1/differences", params={"limit": 500})).json()["items"]
    assert all(item in listed for item in differences)


async def test_addresses_that_are_not_allowed_are_refused_when_added_and_when_sent(
    api: Api, admin: dict[str, str], receiver: Receiver
) -> None:
    added = await _add(api, admin, receiver.url)
    api.app.state.settings = replace(api.app.state.settings, webhook_private=())
    for url, says in (
        (receiver.url, "needs https"),
        (f"https://127.0.0.1:{receiver.port}/", "is loopback"),
        ("https://169.254.169.254/latest/meta-data/", "is link-local"),
        ("https://no-such-host.invalid/", "cannot be resolved"),
    ):
        answer = await api.client.post("/v1/webhooks", json={"url": url}, headers=admin)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "#/url")
        assert says in answer.json()["detail"]
    tried = (await api.client.post(f"/v1/webhooks/{added['id']}/test", headers=admin)).json()
    assert (tried["delivered"], "needs https" in tried["problem"]) == (False, True)
    assert receiver.received == []


async def test_webhooks_need_the_scope_of_an_administrator(api: Api) -> None:
    headers = {"Authorization": f"Bearer {api.key(Scope.SCREEN, Scope.REVIEW)}"}
    for method in ("GET", "POST"):
        answer = await api.client.request(method, "/v1/webhooks", headers=headers, json={"url": "https://x.example"})
        assert answer.status_code == 403


async def _deliveries(api: Api, admin: dict[str, str], webhook_id: str, state: str) -> list[dict[str, Any]]:
    path = f"/v1/webhooks/{webhook_id}/deliveries"
    page = (await api.client.get(path, params={"state": state}, headers=admin)).json()
    DeliveriesOut.model_validate(page)
    items: list[dict[str, Any]] = page["items"]
    return items


async def _in_thread(work: Any) -> Any:
    import anyio.to_thread

    return await anyio.to_thread.run_sync(work)


def _make_due(api: Api) -> None:
    from sqlmodel import update

    from app.store.tables import Delivery

    with api.store.write() as session:
        session.exec(update(Delivery).values(next_attempt_at=Delivery.created_at))
