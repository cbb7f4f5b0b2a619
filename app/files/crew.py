"""The processes that screen beside the one that reads."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol, TypeVar

from app.errors import ImportgateError
from app.screening.chains import Exposed
from app.screening.screener import Screener

_ALONE = 2  # pieces of work that are done here before it pays to start other processes
_OBJECTS = 200_000  # new ones between two collections
_WORTHWHILE_THEN = 50  # once they run; fewer are screened before they are sent
_WORTHWHILE = 1000  # parties of a piece; fewer are screened before another process has started

Work = TypeVar("Work")
Done = TypeVar("Done")


class Start(Protocol):
    """Begins `size` parties' work of `done(work, screener, exposed)`; what it returns waits for the result."""

    def __call__(
        self, done: Callable[[Work, Screener, Exposed], Done], work: Work, size: int
    ) -> Callable[[], Done]: ...


@contextmanager
def open_crew(screener: Screener, exposed: Exposed, jobs: int) -> Iterator[Start]:
    """How work is started: here, or in one of `jobs` processes once it is known that there is much of it.

    `done` must be a function of a module: another process finds it by its name.
    """
    if jobs < 2:
        with _collecting_seldom():
            yield lambda done, work, _: partial(done, work, screener, exposed)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Spawned, not forked: the progress bar runs in a thread, and forking beside threads can hang.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_enlist, initargs=(screener, exposed))
    here = iter(range(_ALONE))
    running = False

    def start(done: Callable[[Work, Screener, Exposed], Done], work: Work, size: int) -> Callable[[], Done]:
        nonlocal running
        if size < (_WORTHWHILE_THEN if running else _WORTHWHILE) or next(here, None) is not None:
            return partial(done, work, screener, exposed)
        running = True
        return pool.submit(_there, done, work).result

    try:
        with _collecting_seldom():
            yield start
    except BrokenProcessPool:
        reason = "a screening process was ended from outside, perhaps for want of memory; try again with --jobs 1"
        raise ImportgateError(reason) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Names are many small objects without cycles; walking them again and again takes a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


_own: list[tuple[Screener, Exposed]] = []  # of a process of the crew


def _enlist(screener: Screener, exposed: Exposed) -> None:
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the first process decides what follows
    Thread(target=_end_with_parent, daemon=True).start()
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])
    _own.append((screener, exposed))


def _end_with_parent() -> None:
    """Waits for work for ever otherwise: a parent that is killed tells nobody."""
    import os
    from multiprocessing import parent_process

    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _there(done: Callable[[Any, Screener, Exposed], Any], work: Any) -> Any:
    return done(work, *_own[0])
