"""A file screened by its cells tells what its parties tell one by one, all of them or those that are not clear."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import InputError
from app.files import crew, delimited, desk, shipments
from app.files.bulk import Screened, screen_file
from app.files.parties import ShipmentParty
from app.files.shipments import ShipmentFile
from app.files.telling import ClearParty, in_full, tell_file
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


def each_alone(text: str, screener: Screener, after: int = 0) -> list[tuple[ShipmentParty, Screening]]:
    return [(item, *screen([item.party], screener)) for item in opened(text).after(after)]


def told_in_full(text: str, screener: Screener, jobs: int = 1, after: int = 0) -> list[tuple[ShipmentParty, Screening]]:
    return [in_full(one) for told in tell_file(opened(text), screener, jobs, after=after) for one in told]


def in_bulk(text: str, screener: Screener, jobs: int = 1) -> tuple[list[tuple[ShipmentParty, Screening]], str]:
    tally, told = Tally(), []
    for screened in screen_file(opened(text), screener, jobs):
        tally.add_clear(screened.clear, screened.clear_rows)
        for item, screening in screened.results:
            tally.add(screening.outcome, screening.problem, item.row, item.line)
        told += screened.results
    return told, tally.sentence()


HEADER = "consignee,shipper,shipper address,shipper country,shipper uscc,goods,hs code,consignee 2\n"
ROWS = (
    "Ardent Tools,Lotus Bay Ceramics,1 High Street,GB,,cups,6911,Foo\n",
    "Lotus Bay Ceramics,Hetian Taida Apparel Co. Ltd,Hotan,CN,,cotton shirts,6105.10,\n",
    "N/A,Lotus Bay Ceramics,Urumqi Xinjiang 830000,CN,,tomato paste,2002.90,\n",
    'Ardent Tools,"Lotus Bay Ceramics O/B Hetian Taida Apparel Co., Ltd.",,CN,,,,Ardent  Tools\n',
    ",,,,,,,\n",
    ",,,GB,,,,\n",
    "to order,N/A,,GB,,x,,\n",
    "too,few\n",
    ",Hetian Taida Apparel,,,,,,,,too many\n",
    ",Lotus Bay Ceramics ,1 High Street,GB,,,,,,,\n",
    "Ardent Tools,\ufffdLotus,,,,,,\n",
    "Foo,Lotus Bay Ceramics,1 High Street,CN,91310000607220000X,cotton shirts,6105.10,\n",
    '"never closed,,,GB,,,,\n',
)


@given(st.lists(st.sampled_from(ROWS), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_bulk_tells_what_the_parties_tell_one_by_one(screener: Screener, rows: list[str]) -> None:
    text = HEADER + "".join(rows) + ROWS[0]
    assert in_bulk(text, screener) == one_by_one(text, screener)
    assert told_in_full(text, screener) == each_alone(text, screener)


@given(st.lists(st.sampled_from(ROWS[:12]), min_size=1, max_size=12), st.data())
@settings(max_examples=30, deadline=None)
def test_rows_that_are_done_are_left_out(screener: Screener, rows: list[str], data: st.DataObject) -> None:
    text = HEADER + "".join(rows) + ROWS[0]
    done = data.draw(st.integers(0, len(rows) + 2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shipments, "STRETCH", data.draw(st.integers(1, 5)))
        patch.setattr(delimited, "_BLOCK", data.draw(st.integers(1, 500)))
        told = told_in_full(text, screener, after=done)
    assert told == [result for result in each_alone(text, screener) if (result[0].row or 0) > done]


def test_clear_parties_are_told_with_all_that_is_worth_knowing(screener: Screener) -> None:
    (told,) = tell_file(opened(HEADER + ROWS[11]), screener)
    shipper = told[1]
    assert isinstance(shipper, ClearParty)
    assert {signal.kind for signal in shipper.signals} == {"identifier", "goods"}


def test_json_lines_whose_keys_come_late_are_told_the_same(screener: Screener) -> None:
    lines = [
        '{"shipper": "Hetian Taida Apparel", "n": "1"}',
        '{"shipper": "Lotus Bay", "consignee": "Hetian Taida Apparel"}',
        '{"consignee": "Lotus Bay"}',
        '{"n": "2"}',
    ]
    text = "\n".join(lines * 3)
    assert in_bulk(text, screener) == one_by_one(text, screener)
    assert told_in_full(text, screener) == each_alone(text, screener)


@pytest.mark.parametrize("limit", ["_REMEMBERED", "_CHARACTERS", "_FOUND"])
def test_what_is_forgotten_is_screened_again(limit: str, screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "_BLOCK", 500)
    text = HEADER + "".join(ROWS[:4] * 20)
    expected = in_bulk(text, screener)
    in_full = told_in_full(text, screener)
    monkeypatch.setattr(desk, limit, 1)
    assert in_bulk(text, screener) == expected
    assert told_in_full(text, screener) == in_full


def test_several_processes_give_what_one_gives(screener: Screener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_WORTHWHILE", 0)
    monkeypatch.setattr(crew, "_ALONE", 1)
    monkeypatch.setattr(delimited, "_BLOCK", 500)
    rows = list(ROWS[:12] * 20)
    Random(1).shuffle(rows)
    text = HEADER + "".join(rows)
    assert in_bulk(text, screener, jobs=2) == in_bulk(text, screener)
    assert told_in_full(text, screener, jobs=2) == each_alone(text, screener)


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
