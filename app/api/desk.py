"""Where screening is done: one thread for calls with few parties, one for those with many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, TypeVar

from app.api.together import Together

QUICK_PARTIES = 10
AT_ONCE = 32

Call = TypeVar("Call")
Answer = TypeVar("Answer")
Result = TypeVar("Result")


class Desk(Generic[Call, Answer]):
    """Takes calls in turn. Screening is Python: more threads would hold each other up, and the event loop with them.

    A call with many parties has a queue of its own, so that those with few wait for a millisecond of work, not for a
    second of it. Calls with few that wait together are answered together: `answer` screens them as one batch.
    """

    def __init__(self, answer: Callable[[Sequence[Call]], Sequence[Answer]]) -> None:
        self._quick = ThreadPoolExecutor(1, thread_name_prefix="screen-few")
        self._long = ThreadPoolExecutor(1, thread_name_prefix="screen-many")
        self._answer = answer
        self._calls = Together(answer, self._quick, at_once=AT_ONCE)

    async def answer(self, parties: int, call: Call) -> Answer:
        """The answer to a call, or what is raised about it. Who gives up while waiting leaves the queue."""
        if parties <= QUICK_PARTIES:
            return await self._calls.do(call)
        return (await self.do(parties, lambda: self._answer([call])))[0]

    async def do(self, parties: int, work: Callable[[], Result]) -> Result:
        """What `work` returns or raises. Who gives up while waiting leaves the queue."""
        queue = self._quick if parties <= QUICK_PARTIES else self._long
        return await asyncio.get_running_loop().run_in_executor(queue, copy_context().run, work)

    def close(self) -> None:
        for queue in (self._quick, self._long):
            queue.shutdown(wait=False, cancel_futures=True)
