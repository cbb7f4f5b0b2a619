"""The same party and the same edition give the same result, whatever else is screened with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lists.sources import bundled_sources
from app.screening.model import Party, Screening
from app.screening.screen import screen
from app.screening.screener import Screener
from scripts.evaluation.gold import AS_OF, load_gold

PARTIES = [case.party for case in load_gold()]
ODD = ["", " ", "-", "Ltd.", "有限公司", "\u200b", "A" * 300, "新" * 200, "123", "第八师", "\x00Hetian\x00"]

parties = st.one_of(
    st.sampled_from(PARTIES),
    st.sampled_from(ODD).map(Party),
    st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40).map(Party),
)
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def screener(cache_dir: Path) -> Screener:
    return Screener.open(bundled_sources(), as_of=AS_OF, cache_dir=cache_dir)


@cache
def alone(party_name: str, country: str, screener_id: int) -> Screening:
    return screen([Party(party_name, country=country)], _SCREENERS[screener_id])[0]


_SCREENERS: dict[int, Screener] = {}


@few
@given(batch=st.lists(parties, max_size=12), order=st.randoms(use_true_random=False))
def test_a_result_depends_on_neither_batch_nor_order_nor_duplicates(
    screener: Screener, batch: list[Party], order: object
) -> None:
    _SCREENERS[id(screener)] = screener
    shuffled = [*batch, *batch[:3]]
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    for party, result in zip(shuffled, screen(shuffled, screener), strict=True):
        assert result == alone(party.name, party.country, id(screener)), party


def test_a_large_batch_gives_what_single_calls_give(screener: Screener) -> None:
    together = screen(PARTIES, screener)
    assert [screen([party], screener)[0] for party in PARTIES[::25]] == together[::25]
    assert screen(list(reversed(PARTIES)), screener) == list(reversed(together))


def test_compiling_anew_gives_what_the_cache_gave(screener: Screener) -> None:
    anew = Screener.open(bundled_sources(), as_of=AS_OF, cache_dir=None)
    assert screen(PARTIES[::5], anew) == screen(PARTIES[::5], screener)


def test_the_order_of_the_lists_changes_no_result(screener: Screener) -> None:
    turned = Screener.open(list(reversed(bundled_sources())), as_of=AS_OF, cache_dir=None)
    assert screen(PARTIES[::5], turned) == screen(PARTIES[::5], screener)
