"""Screens a stream of shipment parties in batches, each different party once, on as many cores as there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from itertools import islice

from app.errors import ImportgateError
from app.files.parties import ShipmentParty
from app.screening.chains import Exposed
from app.screening.model import Outcome, Party, Screening
from app.screening.screen import NOBODY, screen
from app.screening.screener import Screener

BATCH = 4096  # parties; large enough for the native index, small enough for a moving progress bar
_ALONE = 2  # batches that are screened before it pays to start other processes
_WORTHWHILE = 1000  # new parties of a batch; fewer are screened before another process has started
_AHEAD = 8  # batches that may wait for each further process: reading goes on meanwhile
_REMEMBERED = 2_000_000  # parties that are not screened again, at some 120 bytes each
_FOUND = 20_000  # of these that are more than just clear, at some 5,000 bytes each

# What a batch comes to: the parties, by place in the batch, that are more than just clear.
_Findings = list[tuple[int, Screening]]
_Start = Callable[[list[Party]], Callable[[], _Findings]]


@dataclass(frozen=True, slots=True)
class _Batch:
    items: Sequence[ShipmentParty]
    keys: Sequence[bytes]
    new: Sequence[bytes]
    findings: Callable[[], _Findings]


def screen_shipments(
    parties: Iterable[ShipmentParty],
    screener: Screener,
    batch: int = BATCH,
    jobs: int = 1,
    exposed: Exposed = NOBODY,
) -> Iterator[tuple[ShipmentParty, Screening]]:
    """Every party with its screening, in the order of the file. `exposed` is what `trace` finds.

    A long file is screened by `jobs` processes. Memory does not grow with the file. Where reading fails, what was read
    before is still screened; then the error is raised.
    """
    seen: set[bytes] = set()
    found: dict[bytes, Screening] = {}
    waiting: deque[_Batch] = deque()
    failure: list[ImportgateError] = []
    with _crew(screener, exposed, jobs) as start:
        for items in _chunks(iter(parties), batch, failure):
            if len(seen) > _REMEMBERED or len(found) > _FOUND:
                while waiting:  # they count on what is to be forgotten
                    yield from _results(waiting.popleft(), found)
                seen.clear()
                found.clear()
            keys = [_key(item.party) for item in items]
            new = {key: item.party for key, item in zip(keys, items, strict=True) if key not in seen}
            seen.update(new)
            waiting.append(_Batch(items, keys, list(new), start(list(new.values()))))
            if len(waiting) > _AHEAD * (jobs - 1):
                yield from _results(waiting.popleft(), found)
        while waiting:
            yield from _results(waiting.popleft(), found)
    if failure:
        raise failure[0]


def _chunks(
    stream: Iterator[ShipmentParty], size: int, failure: list[ImportgateError]
) -> Iterator[list[ShipmentParty]]:
    """Lists of `size`; what came before an error of the stream is handed on, the error is put into `failure`."""
    while not failure:
        chunk: list[ShipmentParty] = []
        try:
            for item in islice(stream, size):
                chunk.append(item)  # one by one: an error must not lose what came before it
        except ImportgateError as error:
            failure.append(error)
        if not chunk:
            return
        yield chunk


def _results(batch: _Batch, found: dict[bytes, Screening]) -> Iterator[tuple[ShipmentParty, Screening]]:
    found.update((batch.new[place], screening) for place, screening in batch.findings())
    for item, key in zip(batch.items, batch.keys, strict=True):
        yield item, found.get(key) or Screening(item.party, Outcome.CLEAR)


def _key(party: Party) -> bytes:
    parts = (
        party.name,
        party.address,
        party.country,
        party.problem,
        sorted(party.identifiers.items()),
        party.role,
        party.postal_code,
        party.goods,
    )
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _findings(parties: list[Party], screener: Screener, exposed: Exposed) -> _Findings:
    screenings = enumerate(screen(parties, screener, exposed))
    return [(place, found) for place, found in screenings if found != Screening(found.party, Outcome.CLEAR)]


@contextmanager
def _crew(screener: Screener, exposed: Exposed, jobs: int) -> Iterator[_Start]:
    """How a batch is started: here, or in one of `jobs` processes once it is known that there are many."""
    if jobs < 2:
        yield lambda parties: partial(_findings, parties, screener, exposed)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Spawned, not forked: the progress bar runs in a thread, and forking beside threads can hang.
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_enlist, initargs=(screener, exposed))
    batches = iter(range(_ALONE))

    def start(parties: list[Party]) -> Callable[[], _Findings]:
        if next(batches, None) is not None or len(parties) < _WORTHWHILE:
            return partial(_findings, parties, screener, exposed)
        return pool.submit(_findings_there, parties).result

    try:
        yield start
    except BrokenProcessPool:
        reason = "a screening process was ended from outside, perhaps for want of memory; try again with --jobs 1"
        raise ImportgateError(reason) from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_own: list[tuple[Screener, Exposed]] = []  # of a process of the crew


def _enlist(screener: Screener, exposed: Exposed) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the first process decides what follows
    _own.append((screener, exposed))


def _findings_there(parties: list[Party]) -> _Findings:
    return _findings(parties, *_own[0])
