"""Messages on their way to webhooks: kept, claimed, tried again, given up; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.store.database import Store
from app.store.deliveries import (
    MOST_ATTEMPTS,
    DeliveryState,
    Due,
    add_test,
    add_webhook,
    claim_due,
    deliveries_page,
    enqueue_differences,
    find_webhook,
    note_attempt,
    remove_webhook,
    wait_after,
    webhooks_page,
)
from app.store.figures import read_figures
from app.store.keys import Scope, create_key
from app.store.tables import ApiKey, AuditEntry, Delivery, Webhook

LEASE = timedelta(minutes=1)


@pytest.fixture
def key(any_store: Store) -> ApiKey:
    return create_key(any_store, "admin", [Scope.ADMIN])[0]


@pytest.fixture
def webhook(any_store: Store, key: ApiKey) -> Webhook:
    return add_webhook(any_store, "https://hooks.example/token", "whsec_AAAA", key=key)


@pytest.fixture
def enqueue(any_store: Store) -> Callable[..., None]:
    def put(*differences: Any) -> None:
        with any_store.write() as session:
            enqueue_differences(session, differences, datetime.now(UTC))

    return put


def _fail(store: Store, due: Due, problem: str = "the answer was 500", *, is_final: bool = False) -> None:
    note_attempt(store, due, status=500, problem=problem, is_final=is_final)


def _only(store: Store) -> Delivery:
    with store.read() as session:
        return session.exec(select(Delivery)).one()


def _make_due(store: Store) -> None:
    with store.write() as session:
        for delivery in session.exec(select(Delivery)):
            delivery.next_attempt_at = datetime.now(UTC) - timedelta(seconds=1)


def test_a_message_is_sent_to_every_webhook_and_noted(any_store: Store, key: ApiKey, enqueue: Any) -> None:
    for number in range(3):
        add_webhook(any_store, f"https://hooks.example/{number}", f"whsec_{number}AAA", key=key)
    gone = webhooks_page(any_store, 1)[0]
    remove_webhook(any_store, gone.id, key=key)
    enqueue({"id": 1}, {"id": 2})
    due = claim_due(any_store, 10, LEASE)
    assert {(item.url, item.secret, item.attempt) for item in due} == {
        ("https://hooks.example/1", "whsec_1AAA", 1),
        ("https://hooks.example/2", "whsec_2AAA", 1),
    }
    assert len({item.id for item in due}) == 2
    body = json.loads(due[0].body)
    assert (body["type"], body["data"]) == ("monitoring.differences", {"differences": [{"id": 1}, {"id": 2}]})
    assert datetime.fromisoformat(body["timestamp"]).tzinfo is not None
    note_attempt(any_store, due[0], status=204, problem="", is_final=True)
    (delivered,) = [item for item in _all(any_store) if item.state == DeliveryState.DELIVERED]
    assert (delivered.id, delivered.status, delivered.delivered_at is not None) == (due[0].id, 204, True)


def test_large_differences_are_split_over_messages(any_store: Store, webhook: Webhook, enqueue: Any) -> None:
    enqueue(*({"id": number} for number in range(120)))
    sizes = [len(json.loads(item.body)["data"]["differences"]) for item in claim_due(any_store, 10, LEASE)]
    assert sorted(sizes) == [20, 50, 50]
    enqueue(*({"id": number, "summary": "新" * 20_000} for number in range(5)))
    sizes = [len(item.body) for item in claim_due(any_store, 10, LEASE)]
    assert len(sizes) == 5
    assert max(sizes) < 200_000
    assert webhook.id


def test_nothing_is_kept_where_there_is_no_webhook(any_store: Store, enqueue: Any) -> None:
    enqueue({"id": 1})
    assert _all(any_store) == []


@pytest.mark.usefixtures("webhook")
def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(any_store: Store, enqueue: Any) -> None:
    enqueue({"id": 1})
    (first,) = claim_due(any_store, 10, LEASE)
    assert claim_due(any_store, 10, LEASE) == []
    _make_due(any_store)
    (second,) = claim_due(any_store, 10, LEASE)
    assert (second.id, second.body, second.attempt) == (first.id, first.body, 2)
    _fail(any_store, first)
    assert _only(any_store).problem == "", "an attempt that was taken for lost has no say"
    note_attempt(any_store, first, status=200, problem="", is_final=True)
    _fail(any_store, second)
    assert _only(any_store).state == DeliveryState.DELIVERED, "delivered is delivered"


@pytest.mark.usefixtures("webhook")
def test_failures_are_tried_again_ever_later_and_then_given_up(any_store: Store, enqueue: Any) -> None:
    enqueue({"id": 1})
    waits = []
    for number in range(1, MOST_ATTEMPTS + 1):
        (due,) = claim_due(any_store, 10, LEASE)
        assert due.attempt == number
        began = datetime.now(UTC)
        _fail(any_store, due)
        waits.append((_only(any_store).next_attempt_at - began).total_seconds())
        assert claim_due(any_store, 10, LEASE) == []
        _make_due(any_store)
    last = _only(any_store)
    assert (last.state, last.attempts, last.status) == (DeliveryState.GIVEN_UP, MOST_ATTEMPTS, 500)
    assert claim_due(any_store, 10, LEASE) == []
    assert 6 < waits[0] < 11
    assert 1.9 < waits[1] / waits[0] < 6.5


@pytest.mark.usefixtures("webhook")
def test_a_receiver_that_is_gone_for_good_is_given_up_at_once(any_store: Store, enqueue: Any) -> None:
    enqueue({"id": 1})
    (due,) = claim_due(any_store, 10, LEASE)
    _fail(any_store, due, is_final=True)
    assert _only(any_store).state == DeliveryState.GIVEN_UP
    assert read_figures(any_store).messages == {"given_up": 1}


@pytest.mark.usefixtures("webhook")
def test_a_worker_that_ends_with_the_last_attempt_is_told(any_store: Store, enqueue: Any) -> None:
    enqueue({"id": 1})
    for _ in range(MOST_ATTEMPTS):
        assert len(claim_due(any_store, 10, LEASE)) == 1
        _make_due(any_store)
    assert claim_due(any_store, 10, LEASE) == []
    assert (_only(any_store).state, "cut off" in _only(any_store).problem) == (DeliveryState.GIVEN_UP, True)


def test_waits_grow_up_to_a_limit_and_are_never_alike() -> None:
    assert len({wait_after(3) for _ in range(20)}) > 10
    for attempt in range(1, MOST_ATTEMPTS + 1):
        longest = min(10 * 4 ** (attempt - 1), 8 * 3600)
        assert longest * 2 / 3 - 1 <= wait_after(attempt).total_seconds() <= longest
    total = sum(wait_after(attempt).total_seconds() for attempt in range(1, MOST_ATTEMPTS))
    assert 18 * 3600 < total < 30 * 3600


def test_a_test_message_is_sent_by_nobody_else(any_store: Store, webhook: Webhook) -> None:
    due = add_test(any_store, webhook, 20)
    assert json.loads(due.body)["type"] == "webhook.test"
    assert claim_due(any_store, 10, LEASE) == []
    _make_due(any_store)
    assert claim_due(any_store, 10, LEASE) == []
    assert _only(any_store).state == DeliveryState.GIVEN_UP


def test_removing_a_webhook_ends_what_waits_and_forgets_the_secret(
    any_store: Store, webhook: Webhook, key: ApiKey, enqueue: Any
) -> None:
    enqueue({"id": 1})
    assert remove_webhook(any_store, webhook.id, key=key)
    assert remove_webhook(any_store, webhook.id, key=key)
    assert not remove_webhook(any_store, "hook_x", key=key)
    assert claim_due(any_store, 10, LEASE) == []
    assert (_only(any_store).state, _only(any_store).problem) == (DeliveryState.GIVEN_UP, "the webhook was removed")
    assert find_webhook(any_store, webhook.id) is None
    with any_store.read() as session:
        assert session.get_one(Webhook, webhook.id).secret == ""
        entries = session.exec(select(AuditEntry).order_by(col(AuditEntry.number))).all()
    assert [entry.action for entry in entries][-2:] == ["webhook.added", "webhook.removed"]
    assert all("token" not in entry.detail for entry in entries), "a path may be a secret"


def test_deliveries_are_listed_newest_first(any_store: Store, webhook: Webhook, enqueue: Any) -> None:
    for number in range(5):
        enqueue({"id": number})
    first = deliveries_page(any_store, webhook.id, (), 3)
    rest = deliveries_page(any_store, webhook.id, (), 3, (first[-1].created_at, first[-1].id))
    ids = [json.loads(item.body)["data"]["differences"][0]["id"] for item in [*first, *rest]]
    assert ids == [4, 3, 2, 1, 0]
    assert deliveries_page(any_store, webhook.id, [DeliveryState.GIVEN_UP], 3) == []
    assert len(deliveries_page(any_store, webhook.id, [DeliveryState.WAITING], 9)) == 5


def _all(store: Store) -> list[Delivery]:
    with store.read() as session:
        return list(session.exec(select(Delivery)))
