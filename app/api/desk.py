"""Where screening is done: one thread for calls with few parties, one for those with many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

QUICK_PARTIES = 10

Answer = TypeVar("Answer")


class Desk:
    """Takes calls in turn. Screening is Python: more threads would hold each other up, and the event loop with them.

    A call with many parties has a queue of its own, so that those with few wait for a millisecond of work, not for a
    second of it.
    """

    def __init__(self) -> None:
        self._quick = ThreadPoolExecutor(1, thread_name_prefix="screen-few")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="screen-many")

    async def do(self, parties: int, work: Callable[[], Answer]) -> Answer:
        """What `work` returns or raises. Who gives up while waiting leaves the queue."""
        queue = self._quick if parties <= QUICK_PARTIES else self._long
        return await asyncio.get_running_loop().run_in_executor(queue, copy_context().run, work)

    def close(self) -> None:
        for queue in (self._quick, self._long):
            queue.shutdown(wait=False, cancel_futures=True)
