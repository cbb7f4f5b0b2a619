"""What is not asked of a pair, because it cannot matter any more, changes no verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.index.compiled import NameFlag
from app.lists.sources import bundled_sources
from app.match import match, policy
from app.match.features import compare_names
from app.match.gate import Profile, profile
from app.match.match import Context, match_names
from app.match.pairs import promising
from app.match.sketches import Sketches
from app.screening.screener import Screener
from app.text.pinyin import SYLLABLES
from app.text.read import read_name

COINED = ("Youngsun", "Kingfa", "Audiowell", "Jutze", "Chint", "Hikvision", "LS", "Nasdaq")
HAN = ("金发", "奥迪威", "橘子", "正泰", "永创", "兰石", "科技", "集团", "新疆", "有限公司")
WORDS = (*COINED, *HAN, "Technology", "Group", "Shanghai", "Xinjiang", "Cotton", "8th", "Ltd")


@pytest.fixture(scope="module")
def screener(cache_dir: Path) -> Screener:
    return Screener.open(bundled_sources(), as_of=date(2026, 11, 23), cache_dir=cache_dir)


# What `match_names` is told of a pair but the gate, and the gate's log-odds from arrays.
_Pair = tuple[tuple[Profile, Profile, float, NameFlag, Context, int], float]


def pairs_of(names: list[str], screener: Screener) -> Iterator[_Pair]:
    compiled = screener.compiled
    size = compiled.index.size
    queries = [profile(read_name(name)) for name in names]
    starts, numbers, cosines = compiled.index.candidates([q.renderings for q in queries], policy.CANDIDATES)
    rows = np.repeat(np.arange(len(names)), np.diff(starts))
    flags = compiled.name_flags[numbers]
    _, odds = promising(Sketches.of(queries), screener.sketches, (rows, numbers), cosines, flags, size)
    pairs = zip(rows.tolist(), numbers.tolist(), cosines.tolist(), odds.tolist(), strict=True)
    for row, number, cosine, gate in pairs:
        for context in (Context.UNKNOWN, Context.ELSEWHERE):
            listed = screener.listed_name(number)
            yield (queries[row], listed, cosine, compiled.flags(number), context, size), gate


def differing(names: list[str], screener: Screener) -> list[tuple[str, str, Any, Any]]:
    """The pairs whose verdict is another when everything is asked."""
    pairs = list(pairs_of(names, screener))
    quick = [match_names(*pair, gate) for pair, gate in pairs]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(match, "_least", lambda *_: -math.inf)
        whole = [match_names(*pair) for pair, _ in pairs]
    verdicts = zip(pairs, quick, whole, strict=True)
    return [(pair[0].name.text, pair[1].name.text, one, other) for (pair, _), one, other in verdicts if one != other]


@pytest.mark.parametrize(
    "vary",
    [
        pytest.param(str, id="as-listed"),
        pytest.param(lambda name: " ".join(name.split()[1:]), id="a-word-less"),
        pytest.param(lambda name: name.replace("a", "e", 1), id="a-letter-wrong"),
        pytest.param(lambda name: f"{name[: len(name) // 2]} Technology", id="half-a-name"),
    ],
)
def test_listed_names_are_judged_as_if_all_were_asked(vary: Any, screener: Screener) -> None:
    names = [vary(screener.compiled.name(number)) for number in range(0, screener.compiled.index.size, 5)]
    assert differing([name for name in names if name], screener) == []


@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_coined_names_are_judged_as_if_all_were_asked(screener: Screener, words: list[str]) -> None:
    assert differing([" ".join(words), "".join(words)], screener) == []


def test_how_a_brand_renders_another_is_asked_only_where_it_can_decide() -> None:
    coined, listed = profile(read_name("Jutze Intelligence")), profile(read_name("上海矩子科技"))
    assert compare_names(coined, listed).features["rest_heard"] > 0
    assert compare_names(coined, listed, least=math.inf).features["rest_heard"] == 0
