"""Letters that look alike and keys that lie side by side are cheaper mistakes than others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.match import policy
from app.match.edits import is_misread, looks, price
from app.match.slips import is_slip
from app.text.read import read_name


@pytest.mark.parametrize(
    ("read", "printed"),
    [("daq0", "daqo"), ("1nspur", "inspur"), ("lnspur", "inspur"), ("carnel", "camel"), ("e5quel", "esquel"),
     ("8ingtuan", "bingtuan"), ("vvuxi", "wuxi"), ("ho5h1ne", "hoshine")],
)  # fmt: skip
def test_what_looks_alike_costs_hardly_anything(read: str, printed: str) -> None:
    assert is_misread(read, printed)
    assert price(read, printed) == policy.LOOKALIKE


@pytest.mark.parametrize(
    ("left", "right", "why"),
    [
        ("carmel", "camel", "a letter more is another word"),
        ("10", "1o", "a number is read as one"),
        ("28", "2b", "a number is read as one"),
        ("l0", "lo", "two letters are too few"),
        ("hengxin", "hengxing", "no letter here looks like another"),
    ],
)
def test_what_does_not(left: str, right: str, why: str) -> None:
    assert not is_misread(left, right), why


@pytest.mark.parametrize(
    ("typed", "meant", "cost"),
    [
        ("jumpp", "jump", policy.NEIGHBOUR),  # doubled
        ("hoshien", "hoshine", policy.NEIGHBOUR),  # swapped
        ("esqyel", "esquel", policy.NEIGHBOUR),  # y lies beside u
        ("esdquel", "esquel", policy.EDIT),  # a letter too many
        ("espuel", "esquel", policy.EDIT),  # p and q lie far apart
        ("hikvizoon", "hikvision", 2 * policy.EDIT),
    ],
)
def test_the_price_of_a_slip(typed: str, meant: str, cost: float) -> None:
    assert price(typed, meant) == price(meant, typed) == cost


words = st.text("abdeilmnorsvw01589", min_size=1, max_size=12)


@given(words, words)
def test_prices_are_symmetric_and_nothing_costs_nothing(left: str, right: str) -> None:
    assert price(left, right) == price(right, left)
    assert (price(left, right) == 0) == (left == right)
    assert looks(looks(left)) == looks(left)


@pytest.mark.parametrize(
    ("party", "listed", "is_one", "why"),
    [
        ("lnspur Group Co., Ltd.", "Inspur Group Co., Ltd.", True, "an l for an I at the start of a brand"),
        ("Xinjiang Daq0 New Energy", "Xinjiang Daqo New Energy", True, "a zero in a short brand"),
        ("CETC No. 28 Institute", "CETC No. 2B Institute", False, "another number is another body"),
        ("Jiangsu Hengxing Technology", "Jiangsu Hengxin Technology", False, "two words of pinyin"),
    ],
)
def test_slips_of_names(party: str, listed: str, is_one: bool, why: str) -> None:
    assert is_slip(read_name(party), read_name(listed)) is is_one, why
