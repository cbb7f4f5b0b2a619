"""Screens a stream of shipment parties in batches, each different party once, on as many cores as there are."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice

from app.errors import ImportgateError
from app.files.by_object import ByObject
from app.files.crew import open_crew
from app.files.parties import ShipmentParty
from app.screening.chains import Exposed
from app.screening.model import Outcome, Party, Screening
from app.screening.screen import NOBODY, screen
from app.screening.screener import Screener

BATCH = 4096  # parties; large enough for the native index, small enough for a moving progress bar
_AHEAD = 8  # batches that may wait for each further process: reading goes on meanwhile
_REMEMBERED = 2_000_000  # parties that are not screened again, at some 120 bytes each
_OBJECTS = 200_000  # parties that are told apart by their object, at some 500 bytes each
_FOUND = 20_000  # of these that are more than just clear, at some 5,000 bytes each

# What a batch comes to: the parties, by place in the batch, that are more than just clear.
_Findings = list[tuple[int, Screening]]


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
    key_of = ByObject(_key, _OBJECTS)
    with open_crew(screener, exposed, jobs) as start:
        for items in _chunks(iter(parties), batch, failure):
            if len(seen) > _REMEMBERED or len(found) > _FOUND:
                while waiting:  # they count on what is to be forgotten
                    yield from _results(waiting.popleft(), found)
                seen.clear()
                found.clear()
            keys = [key_of(item.party) for item in items]
            new = {key: item.party for key, item in zip(keys, items, strict=True) if key not in seen}
            seen.update(new)
            waiting.append(_Batch(items, keys, list(new), start(_findings, list(new.values()), len(new))))
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
