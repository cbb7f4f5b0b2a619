"""The gate over many pairs at once drops no pair that the scorer, asked one by one, would have let through."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.index.renderings import renderings
from app.lists.sources import bundled_sources
from app.match import policy
from app.match.gate import profile
from app.match.match import match_names
from app.match.pairs import promising
from app.match.sketches import Sketches, sketch
from app.screening.hits import context_of
from app.screening.screener import Screener
from app.text.read import read_name

WORDS = (
    "Xinjiang",
    "Zhong",
    "Tai",
    "Zhongtai",
    "Chemical",
    "Cotton",
    "Group",
    "Co",
    "Ltd",
    "新疆",
    "中泰",
    "化学",
    "8th",
)


@pytest.fixture(scope="module")
def screener(cache_dir: Path) -> Screener:
    return Screener.open(bundled_sources(), as_of=date(2026, 11, 23), cache_dir=cache_dir)


def lost(names: list[str], screener: Screener) -> list[tuple[str, str]]:
    """The pairs that are a match and were dropped."""
    compiled = screener.compiled
    queries = [profile(read_name(name)) for name in names]
    starts, numbers, cosines = compiled.index.candidates([q.renderings for q in queries], policy.CANDIDATES)
    rows = np.repeat(np.arange(len(names)), np.diff(starts))
    size = compiled.index.size
    kept, _ = promising(
        Sketches.of(queries), screener.sketches, (rows, numbers), cosines, compiled.name_flags[numbers], size
    )
    out = []
    for row, number, cosine in zip(rows[~kept].tolist(), numbers[~kept].tolist(), cosines[~kept].tolist(), strict=True):
        query, listed = queries[row], screener.listed_name(number)
        if match_names(query, listed, cosine, compiled.flags(number), context_of("", query.name), size):
            out.append((names[row], compiled.name(number)))
    return out


def slipped(name: str) -> str:
    middle = len(name) // 2
    return name[:middle] + name[middle + 1 :]


@pytest.mark.parametrize(
    "vary",
    [
        pytest.param(str, id="as-listed"),
        pytest.param(str.upper, id="capitals"),
        pytest.param(slipped, id="a-letter-less"),
        pytest.param(lambda name: name.replace(" ", "", 1), id="two-words-glued"),
        pytest.param(lambda name: " ".join(name.split()[1:]), id="a-word-less"),
        pytest.param(lambda name: f"{name} Import and Export", id="words-more"),
    ],
)
def test_listed_names_lose_no_match(vary: object, screener: Screener) -> None:
    assert callable(vary)
    names = [vary(screener.compiled.name(number)) for number in range(0, screener.compiled.index.size, 3)]
    assert lost([name for name in names if name], screener) == []


@given(
    st.lists(
        st.sampled_from(WORDS),
        min_size=1,
        max_size=6,
    )
)
@settings(max_examples=80, deadline=None)
def test_made_up_names_lose_no_match(screener: Screener, words: list[str]) -> None:
    assert lost([" ".join(words), "".join(words)], screener) == []


def test_sketches_are_stored_joined_and_read_again() -> None:
    names = [read_name(name) for name in ("Zhongtai Chemical", "", "新疆中泰化学股份有限公司", "Foo 8th Division")]
    rendered = [renderings(name) for name in names]
    whole = sketch(names, rendered)
    joined = Sketches.joined([sketch(names[:1], rendered[:1]), sketch(names[1:], rendered[1:])])
    again = Sketches.from_arrays(joined.size, joined.arrays())
    for name, array in whole.arrays().items():
        assert np.array_equal(again.arrays()[name], array), name
