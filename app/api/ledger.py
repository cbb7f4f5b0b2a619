"""Writes calls down: those that come while others are written wait, and are then written together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from app.api.together import Together
from app.errors import StoreError
from app.store.calls import CallRows, store_calls
from app.store.database import Store

AT_ONCE = 100


class Ledger:
    """A transaction costs about as much as what a dozen calls put into it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="ledger")
        self._calls = Together(self._write, self._thread, at_once=AT_ONCE, common=StoreError)

    async def keep(self, call: CallRows) -> None:
        """Returns once the call is committed. Raises `StoreError`; then it is not."""
        await self._calls.do(call)

    def close(self) -> None:
        """Waits for what is being written."""
        self._thread.shutdown()

    def _write(self, calls: Sequence[CallRows]) -> Sequence[None]:
        store_calls(self._store, calls)
        return [None] * len(calls)
