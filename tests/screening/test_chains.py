"""Exposure through supply chains: shortest, stable, safe with cycles."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.chain_drawing import draw_chain
from app.screening.chains import MAX_SOURCES, Chains, Exposure, Link, LinkKind, Standing, party_key, signals_of
from app.screening.model import Outcome, Party, SignalStrength
from app.screening.screen import screen
from app.screening.screener import Screener
from app.screening.trace import Unscreened, trace

BLOCKED, REVIEWED = Standing(Outcome.BLOCK), Standing(Outcome.REVIEW)


def exposed(pairs: str, blocked: str = "A", reviewed: str = "") -> str:
    """The ways back from each party, from links written "A>B": "B:A C:B<A,X"."""
    links = [Link(*pair.split(">")) for pair in pairs.split()]
    sources = {party_key(name): BLOCKED for name in blocked} | {party_key(name): REVIEWED for name in reviewed}
    found = Chains(links).exposures(sources)
    ways = {
        items[0].party: ",".join("<".join(link.source for link in item.links) for item in items)
        for items in found.values()
    }
    return " ".join(f"{party}:{way}" for party, way in sorted(ways.items()))


@pytest.mark.parametrize(
    ("pairs", "blocked", "reviewed", "expected"),
    [
        pytest.param("A>B B>C", "A", "", "B:A C:B<A", id="a chain"),
        pytest.param("A>B B>C A>C", "A", "", "B:A C:A", id="the shorter way"),
        pytest.param("A>B B>A", "A", "", "B:A", id="a cycle"),
        pytest.param("A>A A>B", "A", "", "B:A", id="a link to itself"),
        pytest.param("A>C A>B C>D B>D", "A", "", "B:A C:A D:B<A", id="names break ties"),
        pytest.param("B>A", "A", "", "", id="not against the flow"),
        pytest.param("A>B B>C X>C", "AX", "", "B:A C:X,B<A", id="every source, the nearest first"),
        pytest.param("A>B B>C X>C", "A", "X", "B:A C:B<A,X", id="blocked sources before nearer ones under review"),
        pytest.param("A>B B>C", "AB", "", "B:A C:B", id="a way ends at the first source"),
        pytest.param("A>B B>A", "AB", "", "A:B B:A", id="sources expose each other"),
    ],
)
def test_ways(pairs: str, blocked: str, reviewed: str, expected: str) -> None:
    assert exposed(pairs, blocked, reviewed) == expected


def test_the_nearest_sources_are_told_up_to_a_number() -> None:
    near = [Link(f"Near{number:02}", "Shop") for number in range(MAX_SOURCES - 1)]
    far = [Link(f"Far{number:02}", "Mill") for number in range(5)]
    links = [*near, *far, Link("Mill", "Shop")]
    found = Chains(links).exposures({party_key(link.source): BLOCKED for link in (*near, *far)})
    assert [item.source for item in found[party_key("Shop")]] == [*(link.source for link in near), "Far00"]


NODES = st.sampled_from("ABCDEFGH")


@given(st.lists(st.tuples(NODES, NODES), min_size=1, max_size=40), st.randoms())
def test_ways_are_shortest_and_do_not_depend_on_the_order_of_links(
    pairs: list[tuple[str, str]], shuffle: random.Random
) -> None:
    links = [Link(*pair) for pair in pairs]
    sources = {party_key("A"): BLOCKED}
    found = Chains(links).exposures(sources)
    shuffled = list(links)
    shuffle.shuffle(shuffled)
    assert Chains(shuffled).exposures(sources) == found
    distance = {"A": 0}
    for _ in range(8):
        for source, target in pairs:
            if source in distance:
                distance[target] = min(distance.get(target, 99), distance[source] + 1)
    assert {item.party: len(item.links) for (item,) in found.values()} == {
        party: steps for party, steps in distance.items() if party != "A"
    }


def test_a_hundred_thousand_links_with_cycles_take_seconds() -> None:
    chance = random.Random(5)
    links = [Link(f"Maker {chance.randrange(50_000)}", f"Maker {chance.randrange(50_000)}") for _ in range(100_000)]
    started = time.process_time()
    found = Chains(links).exposures({party_key(f"Maker {number}"): BLOCKED for number in range(100)})
    assert len(found) > 10_000
    assert time.process_time() - started < 20


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
    found = Chains([link]).exposures({party_key("A"): BLOCKED})
    assert [signals_of(items)[0].strength.value for items in found.values()] == [strength] * reaches


def test_shares_of_several_blocked_owners_are_summed() -> None:
    def owners(*shares: float) -> list[Link]:
        return [Link(f"Owner {at}", "Sub", LinkKind.OWNERSHIP, share=share) for at, share in enumerate(shares)]

    blocked = {party_key(f"Owner {at}"): BLOCKED for at in range(2)}
    assert Chains(owners(30, 19.9, 50)).exposures(blocked) == {}, "the third is not blocked"
    found = Chains([*owners(30, 20), Link("Sub", "Shop")]).exposures(blocked)
    signals = signals_of(found[party_key("Sub")])
    assert [(signal.seen, signal.strength.value) for signal in signals] == [
        ("Owner 0", "possible"),
        ("Owner 1", "possible"),
    ]
    assert "Sub ← owned to 30 % (with others like it to 50 %) by Owner 0" in signals[0].summary
    assert len(found[party_key("Shop")]) == 2


@pytest.mark.parametrize(
    ("shares", "reached"),
    [
        pytest.param("X>A:50 A>B:50", "A B", id="FAQ 401, example 1: through a company that is held"),
        pytest.param("X>A:50 X>B:50 A>C:25 B>C:25", "A B C", id="example 2: through two such companies"),
        pytest.param("X>A:50 X>B:10 A>B:40", "A B", id="example 3: directly and indirectly"),
        pytest.param("X>A:25 X>B:25 A>C:50 B>C:50", "", id="what is held to less than half passes nothing on"),
        pytest.param("X>A:50 X>B:25 A>C:25 B>C:25", "A", id="nor does its part count"),
        pytest.param("X>A:60 A>B:60 B>C:60", "A B C", id="shares are not multiplied along the way"),
        pytest.param("X>A:50 A>B:30 X>B:20 B>C:49 A>C:1", "A B C", id="held companies that hold together"),
        pytest.param("X>A:40 A>B:30 B>A:30", "", id="companies that hold each other add nothing"),
        pytest.param(
            "X>A:99 X>B:99 X>C:99 X>D:99 X>E:99 X>Z:3.7 A>Z:8.2 B>Z:9.4 C>Z:9.4 D>Z:9.4 E>Z:9.9",
            "A B C D E Z",
            id="a half that floats would miss",
        ),
        pytest.param("X>A A>B:30 X>B:20", "A B", id="a share that nobody tells may be all"),
    ],
)
def test_shares_held_through_others_are_counted_as_ofac_counts_them(shares: str, reached: str) -> None:
    links = []
    for said in shares.split():
        pair, _, share = said.partition(":")
        links.append(Link(*pair.split(">"), LinkKind.OWNERSHIP, share=float(share) if share else None))
    for order in (links, links[::-1]):
        found = Chains(order).exposures({party_key("X"): BLOCKED})
        assert " ".join(sorted(items[0].party for items in found.values())) == reached
        assert all(signal.code == "owner" for items in found.values() for signal in signals_of(items))


def test_a_blocked_owner_and_one_under_review_may_hold_the_half_together() -> None:
    links = [Link(name, "Sub", LinkKind.OWNERSHIP, share=share) for name, share in (("A", 30.0), ("X", 20.0))]
    found = Chains(links).exposures({party_key("A"): BLOCKED, party_key("X"): REVIEWED})
    ((signal,),) = [signals_of(items) for items in found.values()]
    assert (signal.path[0]["share"], signal.path[0]["together"]) == ("20", "50")
    assert "owns 20 %, with others like it 50 %" in draw_chain(signal.path)
    assert signal.summary == "Sub ← owned to 20 % (with others like it to 50 %) by X, which is under review."


def test_the_way_is_told_and_kept_as_data() -> None:
    links = (Link("Mill", "Sewer", goods="fabric", tier="2"), Link("Spinner", "Mill", goods="yarn", tier="3"))
    (signal,) = signals_of([Exposure("Sewer", "Spinner", Standing(Outcome.BLOCK, "UFLPA Entity List"), links)])
    assert signal.summary == (
        "Sewer ← fabric from Mill (tier 2) ← yarn from Spinner (tier 3), which is blocked (UFLPA Entity List)."
    )
    assert signal.strength is SignalStrength.POSSIBLE
    assert [(step["from"], step["to"], step["goods"], step["why"]) for step in signal.path] == [
        ("Mill", "Sewer", "fabric", ""),
        ("Spinner", "Mill", "yarn", "UFLPA Entity List"),
    ]


def test_spellings_of_a_party_are_one() -> None:
    assert party_key("LOTUS BAY GARMENT CO LTD") == party_key("Lotus Bay Garment Co., Ltd.")
    assert party_key("Lotus Bay Garment") != party_key("Lotus Bay Ceramics")
    assert party_key("***") != party_key("---"), "names without letters stay apart"


def test_listed_suppliers_expose_their_buyers(screener: Screener) -> None:
    links = [Link("AZURITE VALLEY POLYMER", "Mill Ltd", goods="PVC"), Link("Mill Ltd", "Shop BV"), Link("Foo", "Bar")]
    found = trace(links, screener).exposed
    assert {key: [item.strength.value for item in signals_of(exposures)] for key, exposures in found.items()} == {
        party_key("Mill Ltd"): ["strong"],
        party_key("Shop BV"): ["possible"],
    }
    mill, bar = screen([Party("MILL LTD."), Party("Bar")], screener, found)
    assert (mill.outcome, mill.signals[-1].kind) == (Outcome.REVIEW, "supply_chain")
    assert (bar.outcome, bar.signals) == (Outcome.CLEAR, ())


def test_a_supplier_is_screened_by_all_that_is_known_of_it(screener: Screener) -> None:
    links = [Link("Plain Mill Ltd", "Shop BV")]
    assert trace(links, screener).exposed == {}
    where = [
        Party("Plain Mill Ltd", "5 Kiln Road, Jingdezhen", "CN"),
        Party("PLAIN MILL LTD.", "No. 16 Weiliu Road, Shihezi 832000", "CN"),
        Party("Somebody Else", "Shihezi 832000", "CN"),
    ]
    traced = trace(links, screener, where)
    (signal,) = signals_of(traced.exposed[party_key("Shop BV")])
    assert "which is under review (The address names “Shihezi”" in signal.summary
    assert str(traced) == "2 parties, 0 blocked, 1 under review, 1 exposed to them"


def test_what_cannot_be_screened_is_kept(screener: Screener) -> None:
    traced = trace([Link("A", "B", line=2), Link("???", "Shop BV", line=3), Link("B", "???", line=4)], screener)
    assert traced.incomplete == (Unscreened("???", "the name holds no letter to screen", 3),)
