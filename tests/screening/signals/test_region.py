"""Region signals against a gold set of addresses and names, each with the reason why it stands there."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.screening.model import Party, SignalStrength
from app.screening.signals import region

GOLD = Path(__file__).parents[2] / "gold" / "signals" / "regions.csv"
with GOLD.open(encoding="utf-8", newline="") as stream:
    CASES = list(csv.DictReader(stream))


def judged(case: dict[str, str]) -> str:
    """The strength of the region signal; what is only noted is no alert and counts as none."""
    party = Party(case["name"], case["address"], case["country"], postal_code=case["postal_code"])
    found = [signal.strength.value for signal in region.signals_of(party)]
    return found[0] if found and found[0] != "noted" else "none"


def test_the_gold_set_is_large_and_has_a_reason_for_each_row() -> None:
    assert len(CASES) >= 300
    assert all(case["reason"] for case in CASES)
    assert len({(case["name"], case["address"], case["country"], case["postal_code"]) for case in CASES}) == len(CASES)


def test_strong_signals_are_right_and_nearly_none_is_missed() -> None:
    strong = [case for case in CASES if judged(case) == "strong"]
    wanted = [case for case in CASES if case["expected"] == "strong"]
    right = [case for case in strong if case["expected"] == "strong"]
    assert len(right) / len(strong) >= 0.99
    assert len(right) / len(wanted) >= 0.95


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{number}: {case['reason']}" for number, case in enumerate(CASES, start=2)]
)
def test_gold(case: dict[str, str]) -> None:
    assert judged(case) == case["expected"], case


def test_a_signal_says_what_was_seen_and_where() -> None:
    (signal,) = region.signals_of(Party("Foo", "No. 16 Weiliu Road, Shihezi, Xinjiang 832000", "CN"))
    assert (signal.kind, signal.code, signal.strength) == ("region", "address", SignalStrength.STRONG)
    assert signal.seen == "Shihezi; Xinjiang; 832000"
    assert signal.place is not None
    assert (signal.place["code"], signal.place["han"]) == ("659001", "石河子市")
    assert "石河子市" in signal.summary
    assert "832000" in signal.summary
    assert "UFLPA" in signal.source


def test_a_telephone_code_names_its_prefecture() -> None:
    (signal,) = region.signals_of(Party("Foo", "Renmin Road 5, Tel 0903-2051234", "CN"))
    assert signal.strength is SignalStrength.POSSIBLE
    assert signal.place is not None
    assert signal.place["name"] == "Hotan"


@settings(deadline=None)  # the first call reads the gazetteer
@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(["", "CN", "TR"]))
def test_any_text_is_read_and_gives_at_most_one_signal(name: str, address: str, country: str) -> None:
    assert len(region.signals_of(Party(name, address, country))) <= 1


@given(st.sampled_from([case for case in CASES if case["address"]]), st.sampled_from([str.upper, str.lower, str.title]))
def test_case_does_not_matter(case: dict[str, str], change: object) -> None:
    assert callable(change)
    if case["address"].isascii() and "CN-XJ" not in case["address"]:
        assert judged(case | {"address": change(case["address"])}) == case["expected"], case


@pytest.mark.parametrize(
    ("party", "code", "field"),
    [
        pytest.param(Party("Foo", "Shihezi, Xinjiang", "CN"), "address", "address", id="a place"),
        pytest.param(Party("Foo", "5 Road 832000", "CN"), "postal_code", "address", id="a postal code in the address"),
        pytest.param(Party("Foo", "", "CN", postal_code="832000"), "postal_code", "postal_code", id="in its own field"),
        pytest.param(Party("Foo", "Tel +86 991 2345678", "CN"), "phone", "address", id="a telephone number"),
        pytest.param(Party("Xinjiang Urumqi Foo", "", "CN"), "name", "name", id="a name"),
    ],
)
def test_what_was_seen_stands_in_the_field_that_is_told(party: Party, code: str, field: str) -> None:
    (signal,) = region.signals_of(party)
    assert (signal.code, signal.field) == (code, field)
    assert signal.seen.split("; ")[0] in getattr(party, field)
