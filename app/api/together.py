"""Doing things together: those that come while others are being done wait, and are then done in one go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Together(Generic[Item, Result]):
    """A queue whose items `do` works off, at most `at_once` at a time, in `thread`; it gives a result for each.

    What `do` raises about several is found out one by one, so that what is wrong with one costs no other; unless it is
    one of `common`, which would be raised about each. Belongs to the event loop's thread.
    """

    def __init__(
        self,
        do: Callable[[Sequence[Item]], Sequence[Result]],
        thread: Executor,
        *,
        at_once: int,
        common: type[Exception] | tuple[type[Exception], ...] = (),
    ) -> None:
        self._do = do
        self._thread = thread
        self._at_once = at_once
        self._common = common
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._working: asyncio.Task[None] | None = None

    async def do(self, item: Item) -> Result:
        """The item's result, or what was raised about it. Who gives up before its turn leaves the queue."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, done))
        if self._working is None:  # a task begins with the loop's next turn: what comes in this one goes along
            self._working = asyncio.create_task(self._work_off())
        return await done

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[: self._at_once], self._waiting[self._at_once :]
                await self._work([pair for pair in together if not pair[1].done()])
        finally:
            self._working = None

    async def _work(self, together: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        if not together:
            return
        try:
            loop = asyncio.get_running_loop()
            results = await loop.run_in_executor(self._thread, self._do, [item for item, _ in together])
        except Exception as error:
            if len(together) > 1 and not isinstance(error, self._common):
                for one in together:
                    await self._work([one])
                return
            for _, done in together:
                if not done.done():
                    done.set_exception(error)
        else:
            for (_, done), result in zip(together, results, strict=True):
                if not done.done():  # its caller may have gone
                    done.set_result(result)
