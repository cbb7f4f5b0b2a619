"""The duty of sending what webhooks wait for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

import structlog

from app.store.database import Store
from app.store.deliveries import Due, claim_due, note_attempt
from app.webhooks.addresses import Network
from app.webhooks.sending import SECONDS, Message, send

AT_ONCE = 20  # messages under way: a receiver that hangs must not hold up the others
LEASE = timedelta(seconds=6 * SECONDS)

log = structlog.stdlib.get_logger(__name__)


def deliver(store: Store, allowed: Sequence[Network], *, seconds: float = SECONDS) -> int:
    """Send what is due, and note how it went, until nothing is or the time is up; how many messages there were."""
    until = time.monotonic() + seconds
    done = 0
    while due := claim_due(store, AT_ONCE, LEASE):
        asyncio.run(_send_all(store, due, allowed))
        done += len(due)
        if time.monotonic() >= until:
            break
    return done


async def attempt(store: Store, due: Due, allowed: Sequence[Network]) -> None:
    """Send one message and note how it went."""
    sent = await send(Message(due.id, due.url, due.secret, due.body), allowed)
    await asyncio.to_thread(note_attempt, store, due, status=sent.status, problem=sent.problem, is_final=sent.is_final)
    if not sent.is_delivered:
        log.info("a webhook message was not delivered", message=due.id, attempt=due.attempt, problem=sent.problem)


async def _send_all(store: Store, due: Sequence[Due], allowed: Sequence[Network]) -> None:
    async with asyncio.TaskGroup() as tasks:
        for item in due:
            tasks.create_task(attempt(store, item, allowed))
