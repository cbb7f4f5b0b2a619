"""A file screened in bulk tells what its parties tell one by one, and counts the rest."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InputError
from app.files import bulk, crew, delimited
from app.files.bulk import Screened, screen_file
from app.files.parties import ShipmentParty
from app.files.shipments import ShipmentFile
from app.lists.sources import resolve_sources
from app.reports.tally import Tally
from app.screening.model import Outcome, Screening
from app.screening.screen import screen
from app.screening.screener import Screener


@pytest.fixture(scope="module")
def screener(cache_dir: Path) -> Screener:
    return Screener.open(resolve_sources(["us-uflpa"]), as_of=date(2026, 11, 1), cache_dir=cache_dir)


def opened(text: str) -> ShipmentFile:
    return ShipmentFile(io.BytesIO(text.encode()), "f.csv")


def one_by_one(text: str, screener: Screener) -> tuple[list[tuple[ShipmentParty, Screening]], str]:
    tally, told = Tally(), []
    for item in opened(text):
        (screening,) = screen([item.party], screener)
        tally.add(screening.outcome, screening.problem, item.row, item.line)
        if screening.outcome is not Outcome.CLEAR:
            told.append((item, screening))
    return told, tally.sentence()


def in_bulk(text: str, screener: Screener, jobs: int = 1) -> tuple[list[tuple[ShipmentParty, Screening]], str]:
    tally, told = Tally(), []
    for screened in screen_file(opened(text), screener, jobs):
        tally.add_clear(screened.clear, screened.clear_rows)
        for item, screening in screened.results:
            tally.add(screening.outcome, screening.problem, item.row, item.line)
        told += screened.results
    return told, tally.sentence()


HEADER = "shipper,shipper address,shipper country,goods,hs code,consignee,consignee 2\n"
ROWS = (
    "Lotus Bay Ceramics,1 High Street,GB,cups,6911,Ardent Tools,Foo\n",
    "Hetian Taida Apparel Co. Ltd,Hotan,CN,cotton shirts,6105.10,Lotus Bay Ceramics,\n",
    "Lotus Bay Ceramics,Urumqi Xinjiang 830000,CN,tomato paste,2002.90,N/A,\n",
    '"Lotus Bay Ceramics O/B Hetian Taida Apparel Co., Ltd.",,CN,,,Ardent Tools,Ardent  Tools\n',
    ",,,,,,\n",
    ",,GB,,,,\n",
    "N/A,,GB,x,,to order,\n",
    "too,few\n",
    "Hetian Taida Apparel,,,,,,,,too many\n",
    "Lotus Bay Ceramics ,1 High Street,GB,,,,,,,\n",
    "\ufffdLotus,,,,,Ardent Tools,\n",
    '"never closed,,GB,,,,\n',
)


@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_bulk_tells_what_the_parties_tell_one_by_one(screener: Screener, rows: list[str]) -> None:
    text = HEADER + "".join(rows) + ROWS[0]
    assert in_bulk(text, screener) == one_by_one(text, screener)


def test_json_lines_whose_keys_come_late_are_told_the_same(screener: Screener) -> None:
    lines = [
        '{"shipper": "Hetian Taida Apparel", "n": "1"}',
        '{"shipper": "Lotus Bay", "consignee": "Hetian Taida Apparel"}',
        '{"consignee": "Lotus Bay"}',
        '{"n": "2"}',
    ]
    text = "\n".join(lines * 3)
    assert in_bulk(text, screener) == one_by_one(text, screener)


@pytest.mark.parametrize("limit", ["_REMEMBERED", "_CHARACTERS", "_FOUND"])
def test_what_is_forgotten_is_screened_again(limit: str, screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 500)
    text = HEADER + "".join(ROWS[:4] * 20)
    expected = in_bulk(text, screener)
    monkeypatch.setattr(bulk, limit, 1)
    assert in_bulk(text, screener) == expected


def test_several_processes_give_what_one_gives(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_WORTHWHILE", 0)
    monkeypatch.setattr(crew, "_ALONE", 1)
    monkeypatch.setattr(delimited, "_BLOCK", 500)
    rows = list(ROWS[:11] * 20)
    Random(1).shuffle(rows)
    text = HEADER + "".join(rows)
    assert in_bulk(text, screener, jobs=2) == in_bulk(text, screener)


def test_everything_tells_clear_parties_too(screener: Screener) -> None:
    told = list(screen_file(opened(HEADER + "".join(ROWS[:4])), screener, everything=True))
    assert [len(screened.results) for screened in told] == [1] * len(told)
    assert Outcome.CLEAR in {screening.outcome for screened in told for _, screening in screened.results}


def test_what_was_read_before_an_error_is_screened(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    file = opened(HEADER + ROWS[1])
    whole = list(file.blocks())

    def torn() -> object:
        yield from whole
        raise InputError("the disk is gone")

    monkeypatch.setattr(file, "blocks", torn)
    stream = screen_file(file, screener)
    first = next(stream)
    assert isinstance(first, Screened)
    assert [screening.outcome for _, screening in first.results] == [Outcome.BLOCK]
    with pytest.raises(InputError, match="the disk is gone"):
        next(stream)
