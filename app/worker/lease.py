"""Keeps a claim alive from a thread of its own, and learns there that it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from app.errors import StoreError
from app.store.database import Store
from app.store.leases import Claim, LostError, Standing, renew_lease

_BEATS = 10  # a lease; several may fail before it is lost

log = structlog.stdlib.get_logger(__name__)


class StoppedError(Exception):
    """The worker has been asked to stop."""


class Lease:
    """The lease on a claim while it is worked on."""

    def __init__(self, store: Store, claim: Claim, stop: Event) -> None:
        self._store = store
        self._claim = claim
        self._stop = stop
        self._released = Event()
        self._standing = Standing.OWNED

    def check(self) -> None:
        """Raises `StoppedError` where the worker is to stop, `LostError` where the job is not its own any more."""
        if self._stop.is_set():
            raise StoppedError
        if self._standing is not Standing.OWNED:
            raise LostError(self._standing)

    def beat(self) -> None:
        while not self._released.wait(self._claim.lease.total_seconds() / _BEATS):
            try:
                self._standing = renew_lease(self._store, self._claim)
            except StoreError as error:
                log.warning("the lease was not renewed", job_id=self._claim.job_id, problem=str(error))
                continue
            if self._standing is not Standing.OWNED:
                return

    def release(self) -> None:
        self._released.set()


@contextmanager
def keep_lease(store: Store, claim: Claim, stop: Event) -> Iterator[Lease]:
    lease = Lease(store, claim, stop)
    beating = Thread(target=lease.beat, name=f"lease on {claim.job_id}", daemon=True)
    beating.start()
    try:
        yield lease
    finally:
        lease.release()
        beating.join()
