"""Exposure through supply chains: shortest, stable, safe with cycles."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.screening.chains import Chains, Exposure, Link, LinkKind, party_key, signal_of
from app.screening.model import Outcome, Party, SignalStrength
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.trace import trace


def exposed(*pairs: str, sources: str = "A") -> dict[str, list[str]]:
    """The way back from each party, from links written "A>B"."""
    links = [Link(*pair.split(">")) for pair in pairs]
    found = Chains(links).exposures(dict.fromkeys(sources.split(), Outcome.BLOCK))
    return {item.party: [link.source for link in item.links] for item in found.values()}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param(["A>B", "B>C"], {"B": ["A"], "C": ["B", "A"]}, id="a chain"),
        pytest.param(["A>B", "B>C", "A>C"], {"B": ["A"], "C": ["A"]}, id="the shorter way"),
        pytest.param(["A>B", "B>A"], {"B": ["A"]}, id="a cycle"),
        pytest.param(["A>A", "A>B"], {"B": ["A"]}, id="a link to itself"),
        pytest.param(["A>C", "A>B", "C>D", "B>D"], {"B": ["A"], "C": ["A"], "D": ["B", "A"]}, id="names break ties"),
        pytest.param(["B>A"], {}, id="not against the flow"),
    ],
)
def test_ways(pairs: list[str], expected: dict[str, list[str]]) -> None:
    assert exposed(*pairs) == expected


NODES = st.sampled_from("ABCDEFGH")


@given(st.lists(st.tuples(NODES, NODES), min_size=1, max_size=40), st.randoms())
def test_ways_are_shortest_and_do_not_depend_on_the_order_of_links(
    pairs: list[tuple[str, str]], shuffle: random.Random
) -> None:
    links = [Link(*pair) for pair in pairs]
    sources = {"A": Outcome.BLOCK}
    found = Chains(links).exposures(sources)
    shuffled = list(links)
    shuffle.shuffle(shuffled)
    assert Chains(shuffled).exposures(sources) == found
    distance = {"A": 0}
    for _ in range(8):
        for source, target in pairs:
            if source in distance:
                distance[target] = min(distance.get(target, 99), distance[source] + 1)
    assert {item.party: len(item.links) for item in found.values()} == {
        party: steps for party, steps in distance.items() if party != "A"
    }


def test_a_hundred_thousand_links_with_cycles_take_seconds() -> None:
    chance = random.Random(5)
    links = [Link(f"Maker {chance.randrange(50_000)}", f"Maker {chance.randrange(50_000)}") for _ in range(100_000)]
    started = time.perf_counter()
    found = Chains(links).exposures({f"Maker {number}": Outcome.BLOCK for number in range(10)})
    assert len(found) > 10_000
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize(
    ("link", "reaches", "strength"),
    [
        pytest.param(Link("A", "B", LinkKind.OWNERSHIP, share=50.0), True, "strong", id="half"),
        pytest.param(Link("A", "B", LinkKind.OWNERSHIP, share=49.9), False, "", id="less than half"),
        pytest.param(Link("A", "B", LinkKind.OWNERSHIP), True, "possible", id="nobody tells the share"),
        pytest.param(Link("A", "B", goods="yarn", tier="2"), True, "strong", id="supplier"),
    ],
)
def test_kinds_of_links(link: Link, reaches: bool, strength: str) -> None:
    found = Chains([link]).exposures({"A": Outcome.BLOCK})
    assert [signal_of(item).strength.value for item in found.values()] == [strength] * reaches


def test_the_way_is_told_and_kept_as_data() -> None:
    links = (Link("Mill", "Sewer", goods="fabric", tier="2"), Link("Spinner", "Mill", goods="yarn", tier="3"))
    signal = signal_of(Exposure("Sewer", "Spinner", Outcome.BLOCK, links))
    assert signal.summary == "Sewer ← fabric from Mill (tier 2) ← yarn from Spinner (tier 3), which is blocked."
    assert signal.strength is SignalStrength.POSSIBLE
    assert [(step["from"], step["to"], step["goods"]) for step in signal.path] == [
        ("Mill", "Sewer", "fabric"),
        ("Spinner", "Mill", "yarn"),
    ]


def test_spellings_of_a_party_are_one() -> None:
    assert party_key("LOTUS BAY GARMENT CO LTD") == party_key("Lotus Bay Garment Co., Ltd.")
    assert party_key("Lotus Bay Garment") != party_key("Lotus Bay Ceramics")
    assert party_key("***") != party_key("---"), "names without letters stay apart"


def test_listed_suppliers_expose_their_buyers(screener: Screener) -> None:
    links = [Link("AZURITE VALLEY POLYMER", "Mill Ltd", goods="PVC"), Link("Mill Ltd", "Shop BV"), Link("Foo", "Bar")]
    found = trace(links, screener)
    assert {key: signal.strength.value for key, signal in found.items()} == {
        party_key("Mill Ltd"): "strong",
        party_key("Shop BV"): "possible",
    }
    mill, bar = screen([Party("MILL LTD."), Party("Bar")], screener, found)
    assert (mill.outcome, mill.signals[-1].kind) == (Outcome.REVIEW, "supply_chain")
    assert (bar.outcome, bar.signals) == (Outcome.CLEAR, ())
