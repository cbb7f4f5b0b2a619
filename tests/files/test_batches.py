"""Screening a stream in batches, in one process or several, changes nothing about any result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.errors import InputError
from app.files import batches, crew
from app.files.batches import screen_shipments
from app.files.parties import ShipmentParty
from app.lists.sources import resolve_sources
from app.screening.model import Outcome, Party, Role
from app.screening.screen import screen
from app.screening.screener import Screener

NAMES = ("Hetian Taida Apparel Co., Ltd.", "Lotus Bay Ceramics", "", "Hetian Taida Apparel Co., Ltd.", "Lotus Bay")


@pytest.fixture(scope="module")
def screener(cache_dir: Path) -> Screener:
    return Screener.open(resolve_sources(["us-uflpa"]), as_of=date(2026, 11, 1), cache_dir=cache_dir)


def shipment_parties(times: int = 1) -> list[ShipmentParty]:
    items = [ShipmentParty(n, n + 1, Role.SHIPPER, Party(name)) for n, name in enumerate(NAMES * times, 1)]
    return [*items, ShipmentParty(len(items) + 1, None, Role.SHIPPER, Party(NAMES[1], problem="torn"))]


def test_order_and_results_are_those_of_each_party_alone(screener: Screener) -> None:
    items = shipment_parties()
    alone = [(item, *screen([item.party], screener)) for item in items]
    for batch in (1, 2, 100):
        assert list(screen_shipments(iter(items), screener, batch)) == alone
    assert [found.outcome for _, found in alone] == [
        *(Outcome.BLOCK, Outcome.CLEAR, Outcome.INCOMPLETE),
        *(Outcome.BLOCK, Outcome.CLEAR, Outcome.INCOMPLETE),
    ]


@pytest.mark.parametrize("limit", ["_REMEMBERED", "_FOUND"])
def test_what_is_forgotten_is_screened_again(limit: str, screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    items = shipment_parties(times=4)
    expected = list(screen_shipments(iter(items), screener, 3))
    monkeypatch.setattr(batches, limit, 1)
    assert list(screen_shipments(iter(items), screener, 3)) == expected


def test_several_processes_give_what_one_gives(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_WORTHWHILE", 0)
    items = [*shipment_parties(times=3), ShipmentParty(99, 100, Role.SELLER, Party("和田泰达服饰有限公司"))]
    assert list(screen_shipments(iter(items), screener, 2, jobs=2)) == list(screen_shipments(iter(items), screener))


def test_what_was_read_before_an_error_is_screened(screener: Screener) -> None:
    def torn() -> Iterator[ShipmentParty]:
        yield from shipment_parties()[:3]
        raise InputError("the disk is gone")

    stream = screen_shipments(torn(), screener, 2)
    assert [next(stream)[1].outcome for _ in range(3)] == [Outcome.BLOCK, Outcome.CLEAR, Outcome.INCOMPLETE]
    with pytest.raises(InputError, match="the disk is gone"):
        next(stream)
