"""Webhooks and the messages on their way to them.

Messages are rows, written in the transaction that made what they tell, and sent by a worker afterwards: none is lost,
and one may come twice, with the same id, where a worker ended between sending it and writing that down.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from app.lists.plain import to_json
from app.store.audit import audit
from app.store.database import Store, database_time
from app.store.evidence import new_id
from app.store.rows import storable
from app.store.tables import ApiKey, Delivery, Webhook

MOST_ATTEMPTS = 10  # over about a day
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=8)
_MOST_DIFFERENCES, _MOST_BYTES = 50, 200_000  # of a message; a single difference may have more bytes

DIFFERENCES = "monitoring.differences"
TEST = "webhook.test"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is ours to send, with where it goes; `attempt` counts from 1."""

    id: str
    url: str
    secret: str
    body: bytes
    attempt: int


def add_webhook(store: Store, url: str, secret: str, *, key: ApiKey) -> Webhook:
    """Register a URL, which must have been checked."""
    assert key.id is not None
    with store.write() as session:
        webhook = Webhook(id=new_id("hook"), key_id=key.id, url=url, secret=secret, created_at=database_time(session))
        session.add(webhook)
        audit(session, key.name, "webhook.added", webhook.id, {"host": urlsplit(url).netloc})
        return webhook


def remove_webhook(store: Store, webhook_id: str, *, key: ApiKey) -> bool:
    """Send nothing there any more, not even what waits; False where there is none by that id."""
    with store.write() as session:
        webhook = session.get(Webhook, webhook_id, with_for_update=True)
        if webhook is None:
            return False
        if webhook.removed_at is None:
            webhook.removed_at = database_time(session)
            webhook.secret = ""
            waiting = and_(col(Delivery.webhook_id) == webhook_id, col(Delivery.state) == DeliveryState.WAITING)
            for delivery in session.exec(select(Delivery).where(waiting)):
                delivery.state = DeliveryState.GIVEN_UP
                delivery.problem = "the webhook was removed"
            audit(session, key.name, "webhook.removed", webhook.id, {"host": urlsplit(webhook.url).netloc})
        return True


def find_webhook(store: Store, webhook_id: str) -> Webhook | None:
    """The webhook, unless it is removed or there is none by that id."""
    with store.read() as session:
        webhook = session.get(Webhook, webhook_id)
        return None if webhook is None or webhook.removed_at is not None else webhook


def webhooks_page(store: Store, limit: int, after: tuple[datetime, str] | None = None) -> list[Webhook]:
    """Up to `limit` webhooks that are not removed, oldest first; `after` is (created_at, id) of the last one seen."""
    created, webhook_id = col(Webhook.created_at), col(Webhook.id)
    question = select(Webhook).where(col(Webhook.removed_at).is_(None))
    if after is not None:
        question = question.where(or_(created > after[0], and_(created == after[0], webhook_id > after[1])))
    with store.read() as session:
        return list(session.exec(question.order_by(created, webhook_id).limit(limit)))


def deliveries_page(
    store: Store,
    webhook_id: str,
    states: Sequence[DeliveryState],
    limit: int,
    after: tuple[datetime, str] | None = None,
) -> list[Delivery]:
    """Up to `limit` deliveries, newest first, in any of the states, all of them if empty."""
    created, delivery_id = col(Delivery.created_at), col(Delivery.id)
    question = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if states:
        question = question.where(col(Delivery.state).in_([state.value for state in states]))
    if after is not None:
        question = question.where(or_(created < after[0], and_(created == after[0], delivery_id < after[1])))
    with store.read() as session:
        return list(session.exec(question.order_by(created.desc(), delivery_id.desc()).limit(limit)))


def enqueue_differences(session: Session, differences: Sequence[Mapping[str, Any]], at: datetime) -> None:
    """Messages about the differences, in their order, to every webhook; they wait for a worker."""
    webhooks = session.exec(select(Webhook).where(col(Webhook.removed_at).is_(None)).order_by(Webhook.id)).all()
    for body in _bodies(differences, at) if webhooks else ():
        for webhook in webhooks:
            session.add(_delivery(webhook, DIFFERENCES, body, at))


def add_test(store: Store, webhook: Webhook, seconds: float) -> Due:
    """A message that only tries the webhook: ours to send, at once and once; lost if not sent in `seconds`."""
    with store.write() as session:
        now = database_time(session)
        delivery = _delivery(webhook, TEST, _body(TEST, {"webhook": webhook.id}, now), now)
        delivery.attempts = 1
        delivery.next_attempt_at = now + timedelta(seconds=seconds)
        session.add(delivery)
        return _due(delivery, webhook)


def claim_due(store: Store, limit: int, lease: timedelta) -> list[Due]:
    """Up to `limit` messages whose time has come, ours until the lease ends."""
    waiting = col(Delivery.state) == DeliveryState.WAITING
    with store.read() as session:
        now = database_time(session)
        is_due = and_(waiting, col(Delivery.next_attempt_at) <= now)
        if session.exec(select(Delivery.id).where(is_due).limit(1)).first() is None:
            return []  # so that an idle service does not write
    with store.write() as session:
        now = database_time(session)
        is_due = and_(waiting, col(Delivery.next_attempt_at) <= now)
        question = select(Delivery).where(is_due).order_by(col(Delivery.next_attempt_at), col(Delivery.id))
        due = []
        for delivery in session.exec(question.limit(limit).with_for_update(skip_locked=True)):
            if delivery.kind == TEST or delivery.attempts >= MOST_ATTEMPTS:  # its last attempt ended with its worker
                delivery.state = DeliveryState.GIVEN_UP
                delivery.problem = delivery.problem or "the last attempt was cut off; whether it arrived is not known"
                continue
            delivery.attempts += 1
            delivery.next_attempt_at = now + lease
            due.append(_due(delivery, session.get_one(Webhook, delivery.webhook_id)))
        return due


def note_attempt(store: Store, due: Due, *, status: int | None, problem: str, is_final: bool) -> None:
    """Write down how an attempt went: delivered where there is no problem, else to be tried again, or given up.

    An attempt that was taken for lost meanwhile is no longer ours to judge, unless it delivered the message.
    """
    with store.write() as session:
        delivery = session.get_one(Delivery, due.id, with_for_update=True)
        if delivery.state == DeliveryState.DELIVERED or (problem and delivery.attempts != due.attempt):
            return
        now = database_time(session)
        delivery.status, delivery.problem = status, storable(problem)
        if not problem:
            delivery.state = DeliveryState.DELIVERED
            delivery.delivered_at = now
        elif is_final or due.attempt >= MOST_ATTEMPTS:
            delivery.state = DeliveryState.GIVEN_UP
        elif delivery.state == DeliveryState.WAITING:
            delivery.next_attempt_at = now + wait_after(due.attempt)


def wait_after(attempt: int) -> timedelta:
    """How long to wait after a failed attempt: four times as long each time, and up to a third less by chance, so that
    what failed together does not come back together."""
    longest = min(_FIRST_WAIT * int(4 ** (attempt - 1)), _LONGEST_WAIT)
    return longest * random.uniform(2 / 3, 1)


def _delivery(webhook: Webhook, kind: str, body: str, at: datetime) -> Delivery:
    return Delivery(
        id=new_id("msg"),
        webhook_id=webhook.id,
        kind=kind,
        body=body,
        state=DeliveryState.WAITING,
        created_at=at,
        next_attempt_at=at,
    )


def _due(delivery: Delivery, webhook: Webhook) -> Due:
    return Due(delivery.id, webhook.url, webhook.secret, delivery.body.encode(), delivery.attempts)


def _bodies(differences: Sequence[Mapping[str, Any]], at: datetime) -> Iterator[str]:
    group: list[Mapping[str, Any]] = []
    size = 0
    for difference in differences:
        more = len(json.dumps(difference))
        if group and (len(group) >= _MOST_DIFFERENCES or size + more > _MOST_BYTES):
            yield _body(DIFFERENCES, {"differences": group}, at)
            group, size = [], 0
        group.append(difference)
        size += more
    if group:
        yield _body(DIFFERENCES, {"differences": group}, at)


def _body(kind: str, data: Mapping[str, Any], at: datetime) -> str:
    return to_json({"type": kind, "timestamp": at.isoformat(), "data": data})
