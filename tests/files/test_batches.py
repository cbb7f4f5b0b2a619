"""Screening a stream in batches changes nothing about any result."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.files.batches import screen_shipments
from app.files.parties import ShipmentParty
from app.lists.sources import resolve_sources
from app.screening.model import Outcome, Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener


def test_order_and_results_are_those_of_each_party_alone(cache_dir: Path) -> None:
    screener = Screener.open(resolve_sources(["us-uflpa"]), as_of=date(2026, 11, 1), cache_dir=cache_dir)
    names = ["Hetian Taida Apparel Co., Ltd.", "Lotus Bay Ceramics", "", "Hetian Taida Apparel Co., Ltd.", "Lotus Bay"]
    items = [ShipmentParty(n, n + 1, Role.SHIPPER, Party(name)) for n, name in enumerate(names, 1)]
    items.append(ShipmentParty(6, 7, Role.SHIPPER, Party(names[1], problem="torn")))
    alone = [(item, *screen([item.party], screener)) for item in items]
    for batch in (1, 2, 100):
        assert list(screen_shipments(iter(items), screener, batch)) == alone
    assert [found.outcome for _, found in alone] == [
        *(Outcome.BLOCK, Outcome.CLEAR, Outcome.INCOMPLETE),
        *(Outcome.BLOCK, Outcome.CLEAR, Outcome.INCOMPLETE),
    ]
