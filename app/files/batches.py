"""Screens a stream of shipment parties in batches, each different party once a batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from app.files.parties import ShipmentParty
from app.screening.model import Party, Screening, Signal
from app.screening.screen import NOBODY, screen
from app.screening.screener import Screener

BATCH = 4096  # parties; large enough for the native index, small enough for a moving progress bar


def screen_shipments(
    parties: Iterable[ShipmentParty],
    screener: Screener,
    batch: int = BATCH,
    *,
    exposed: Mapping[str, Signal] = NOBODY,
) -> Iterator[tuple[ShipmentParty, Screening]]:
    """Every party with its screening, in the order of the file."""
    stream = iter(parties)
    while chunk := list(islice(stream, batch)):
        different = {_key(item.party): item.party for item in chunk}
        found = dict(zip(different, screen(list(different.values()), screener, exposed), strict=True))
        for item in chunk:
            yield item, found[_key(item.party)]


def _key(party: Party) -> tuple[object, ...]:
    identifiers = tuple(sorted(party.identifiers.items()))
    return (
        party.name,
        party.address,
        party.country,
        identifiers,
        party.problem,
        party.role,
        party.postal_code,
        party.goods,
    )
