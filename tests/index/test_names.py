"""The candidate index: a name's own listing comes first, and a result depends on the query alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.index.names import NameIndex
from app.index.renderings import renderings
from app.lists.sources import bundled_sources
from app.text.read import read_name

Rendering = tuple[str, str, str]
text = st.text(alphabet="abcdeghijnostuxz", min_size=3, max_size=12)
names_strategy = st.lists(st.tuples(text, text, text), min_size=1, max_size=20)


@pytest.fixture(scope="module")
def listed() -> list[tuple[str, Rendering]]:
    """Every name of every bundled list, once per distinct rendering."""
    found: dict[Rendering, str] = {}
    for source in bundled_sources():
        for listing in source.load().listings:
            names = [listing.name, *(a.name for a in listing.aliases), *(n.name for n in listing.native_names)]
            for name in names:
                found.setdefault(renderings(read_name(name)), name)
    return [(name, rendering) for rendering, name in found.items()]


@pytest.fixture(scope="module")
def index(listed: list[tuple[str, Rendering]]) -> NameIndex:
    return NameIndex.build([rendering for _, rendering in listed])


def rows(found: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[list[tuple[int, float]]]:
    starts, numbers, cosines = found
    return [
        list(zip(numbers[start:end].tolist(), cosines[start:end].tolist(), strict=True))
        for start, end in pairwise(starts)
    ]


def test_a_listed_name_is_its_own_first_candidate(listed: list[tuple[str, Rendering]], index: NameIndex) -> None:
    found = rows(index.candidates([rendering for _, rendering in listed], 5))
    assert [name for number, (name, _) in enumerate(listed) if found[number][0][0] != number] == []
    assert all(row[0][1] == pytest.approx(1.0, abs=5e-3) for row in found)


@pytest.mark.parametrize(
    ("party", "wanted"),
    [
        ("Khotan Taida Apparel", "Hetian Taida Apparel Co., Ltd."),
        ("新疆中泰化學股份有限公司", "Xinjiang Zhongtai Chemical Co. Ltd."),
        ("Xin Jiang Zhong Tai Chemical", "Xinjiang Zhongtai Chemical Co. Ltd."),
        ("Kashi Prefecture Public Security Bureau", "Kashgar Prefecture Public Security Bureau"),
        ("Fujian Septwovles Industry", "Fujian Septwolves Industry Co., Ltd."),
        ("Sinkiang Chungtai Chemical", "Xinjiang Zhongtai Chemical Co. Ltd."),
        ("江阴新仁铝箔科技有限公司", "Jiangyin Xinren Aluminum Foil Technology Co., Ltd."),
    ],
)
def test_other_spellings_are_near(
    party: str, wanted: str, listed: list[tuple[str, Rendering]], index: NameIndex
) -> None:
    (found,) = rows(index.candidates([renderings(read_name(party))], 10))
    same = renderings(read_name(wanted))
    assert same in [listed[number][1] for number, _ in found]


@given(names_strategy, st.lists(st.tuples(text, text, text), min_size=1, max_size=6))
@settings(deadline=None, max_examples=40)
def test_candidates_are_sorted_and_depend_on_their_query_alone(
    names: list[Rendering], queries: list[Rendering]
) -> None:
    index = NameIndex.build(names)
    together = rows(index.candidates(queries, 4))
    assert together == [rows(index.candidates([query], 4))[0] for query in queries]
    for row in together:
        cosines = [cosine for _, cosine in row]
        assert cosines == sorted(cosines, reverse=True)
        assert all(0.0 < cosine <= 1.005 for cosine in cosines)
        assert len({number for number, _ in row}) == len(row) <= 4


@given(names_strategy)
@settings(deadline=None, max_examples=40)
def test_stored_arrays_make_the_same_index(names: list[Rendering]) -> None:
    index = NameIndex.build(names)
    again = NameIndex.from_arrays(index.size, index.arrays())
    assert rows(again.candidates(names, 3)) == rows(index.candidates(names, 3))


def test_an_empty_list_has_no_candidates() -> None:
    assert rows(NameIndex.build([]).candidates([("taida", "taida", "taida")], 5)) == [[]]


def test_a_name_without_letters_has_no_candidates(index: NameIndex) -> None:
    (found,) = rows(index.candidates([("", "", "")], 5))
    assert all(cosine < 0.5 for _, cosine in found)


@given(names_strategy, st.lists(st.tuples(text, text, text), min_size=1, max_size=6), st.sampled_from([0.0, 0.12, 0.5]))
@settings(deadline=None, max_examples=40)
def test_the_native_search_finds_what_numpy_finds_ties_included(
    names: list[Rendering], queries: list[Rendering], nearest: float
) -> None:
    index = NameIndex.build(
        names * 5
    )  # every name five times: many ties, and more of them than the search is asked for
    for limit in (1, 4, 40):
        many = rows(index.candidates(queries * 65, limit, nearest))
        assert many == rows(index.candidates(queries, limit, nearest)) * 65
        assert all(found == sorted(found, key=lambda pair: (-pair[1], pair[0])) for found in many)
        assert all(cosine >= nearest for found in many for _, cosine in found)


def test_a_budget_keeps_the_rarest_grams(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [(f"xinjiang{word}", "", "") for word in ("zhongtai", "tianshan", "daqo", "hoshine", "junggar")]
    query = [("xinjiangdaqo", "", "")]
    index = NameIndex.build(names)
    whole = rows(index.candidates(query, 5))[0]
    monkeypatch.setattr("app.index.names._BUDGET", 8)
    few, many = rows(index.candidates(query, 5))[0], rows(index.candidates(query * 65, 5))[0]
    assert few == many
    assert [number for number, _ in few] == [2] == [number for number, _ in whole][:1]
    assert few[0][1] == pytest.approx(1.0, abs=0.01)
