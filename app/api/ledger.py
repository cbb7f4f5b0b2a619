"""Writes calls down: those that come while others are written wait, and are then written together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import anyio.to_thread

from app.errors import StoreError
from app.store.calls import CallRows, store_calls
from app.store.database import Store

AT_ONCE = 100


class Ledger:
    """A transaction costs about as much as what a dozen calls put into it. Belongs to the event loop's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[CallRows, asyncio.Future[None]]] = []
        self._writer: asyncio.Task[None] | None = None

    async def keep(self, call: CallRows) -> None:
        """Returns once the call is committed. Raises `StoreError`; then it is not."""
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((call, written))
        if self._writer is None:
            self._writer = asyncio.create_task(self._write_all())
        await written

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                together, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
                await self._write(together)
        finally:
            self._writer = None

    async def _write(self, together: Sequence[tuple[CallRows, asyncio.Future[None]]]) -> None:
        try:
            await anyio.to_thread.run_sync(store_calls, self._store, [call for call, _ in together])
        except Exception as error:
            if len(together) > 1 and not isinstance(error, StoreError):
                for one in together:  # what the database refuses about one call must not cost the others
                    await self._write([one])
                return
            for _, written in together:
                if not written.done():
                    written.set_exception(error)
        else:
            for _, written in together:
                if not written.done():  # its caller may have gone
                    written.set_result(None)
