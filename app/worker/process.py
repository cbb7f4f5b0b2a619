"""The worker as a process: on its own, or as the child of a service, which it does not outlive."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import structlog

from app.lists.sources import bundled_sources
from app.screening.screeners import BundledLists, Screeners
from app.settings import Settings
from app.store.database import Store, open_store
from app.store.leases import release_dead
from app.worker.run import Worker, worker_name

_LONGEST_STOP = 30.0  # seconds for a child to hand its job back; what it had not committed is done again
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 30.0  # seconds before a child that died is started again

log = structlog.stdlib.get_logger(__name__)


def run_worker(settings: Settings, jobs: int, *, as_child: bool = False) -> None:
    """Works until SIGTERM, SIGINT or, as a child, until its parent closes the other end of stdin, if only by dying."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if as_child:
        Thread(target=_wait_for_parent, args=(stop,), daemon=True).start()
    store = open_store(settings.database_url)
    try:
        store.migrate()
        screeners = Screeners.on_disk(BundledLists(bundled_sources()), settings.cache_dir)
        log.info("the worker has started", worker=worker_name(os.getpid()), processes=jobs)
        Worker(store, screeners, settings, jobs).run(stop)
    finally:
        store.close()
    log.info("the worker has stopped", worker=worker_name(os.getpid()))


def _wait_for_parent(stop: Event) -> None:
    while sys.stdin.buffer.read(1):
        pass
    stop.set()


@contextmanager
def running_child(store: Store) -> Iterator[None]:
    """A worker in a process of its own while the block runs, started anew where it dies. It reads the same settings."""
    child = _Child(store)
    keeping = Thread(target=child.keep, name="keeps the worker", daemon=True)
    keeping.start()
    try:
        yield
    finally:
        child.stop()
        keeping.join()


class _Child:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._stopping = Event()

    def keep(self) -> None:
        wait = _FIRST_WAIT
        while not self._stopping.is_set():
            process = subprocess.Popen([sys.executable, "-m", "app.worker"], stdin=subprocess.PIPE)
            assert process.stdin is not None
            try:
                self._attend(process)
            finally:
                process.stdin.close()
            self._release(process.pid)
            if not self._stopping.is_set():
                log.error("the worker died and is started again", code=process.returncode)
                self._stopping.wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT) if process.returncode >= 0 else _FIRST_WAIT

    def stop(self) -> None:
        self._stopping.set()

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """Waits for the end of the child, which it brings about where the service stops."""
        while process.poll() is None and not self._stopping.wait(0.1):
            pass
        assert process.stdin is not None
        process.stdin.close()
        try:
            process.wait(_LONGEST_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _release(self, pid: int) -> None:
        try:
            release_dead(self._store, worker_name(pid))
        except Exception:  # the lease runs out by itself
            log.exception("the dead worker's job was not handed back")
