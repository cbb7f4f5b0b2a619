"""Keys that were shown lately, kept in memory: the database is asked once a second for each, not once a call."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import anyio.to_thread
import structlog

from app.errors import StoreError
from app.store.database import Store
from app.store.keys import find_key, hash_secret, note_uses
from app.store.tables import ApiKey

log = structlog.stdlib.get_logger(__name__)

FRESH_SECONDS = 1.0  # a key revoked elsewhere is let in no longer than this
KEPT = 10_000
USES_ARE_NOTED_EVERY = 30.0


class KeyRing:
    """Finds keys by their secrets. All methods but `note_uses` belong to the event loop's thread."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._known: dict[str, tuple[float, ApiKey]] = {}
        self._asked: dict[str, asyncio.Task[ApiKey | None]] = {}
        self._used: dict[int, datetime] = {}
        self._forgotten = 0

    def at_hand(self, secret: str) -> ApiKey | None:
        """The key, in whatever state, where it was looked up less than `FRESH_SECONDS` ago."""
        looked_up, key = self._known.get(hash_secret(secret), (-FRESH_SECONDS, None))
        return key if self._clock() - looked_up < FRESH_SECONDS else None

    def knows(self, secret: str) -> bool:
        """Whether the key was found before, however long ago."""
        return hash_secret(secret) in self._known

    async def find(self, secret: str) -> ApiKey | None:
        """The key that the secret belongs to, in whatever state; None where there is none."""
        if (key := self.at_hand(secret)) is not None:
            return key
        digest = hash_secret(secret)
        asked = self._asked.get(digest)
        if asked is None:  # calls that come together share one look-up
            asked = self._asked[digest] = asyncio.create_task(self._look_up(secret, digest))
            asked.add_done_callback(lambda _: self._asked.pop(digest, None))
        return await asyncio.shield(asked)  # who gives up must not take the others along

    def note_use(self, key_id: int) -> None:
        self._used[key_id] = datetime.now(UTC)

    def forget(self) -> None:
        """Look every key up anew: one of them was revoked in this process."""
        self._known.clear()
        self._forgotten += 1

    async def keep_notes(self) -> None:
        """Write down, now and then and never while a caller waits, when keys were last used."""
        while True:
            await asyncio.sleep(USES_ARE_NOTED_EVERY)
            await anyio.to_thread.run_sync(self.write_notes)

    def write_notes(self) -> None:
        used, self._used = self._used, {}
        try:
            if used:
                note_uses(self._store, used)
        except StoreError as error:
            self._used = used | self._used
            log.warning("uses of keys are not noted yet", problem=str(error))

    async def _look_up(self, secret: str, digest: str) -> ApiKey | None:
        began, forgotten = self._clock(), self._forgotten
        key = await anyio.to_thread.run_sync(find_key, self._store, secret)
        if key is None:
            self._known.pop(digest, None)
        elif forgotten == self._forgotten:  # else it may have been read before the revocation
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[digest] = (began, key)
        return key
