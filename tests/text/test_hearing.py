"""How well a coined Latin brand renders a Chinese one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.han import syllables
from app.text.hearing import heard
from app.text.pinyin import SYLLABLES
from app.text.tables import read_table, spellings


def heard_as(han: str, letters: str) -> float:
    return heard(han, tuple(syllables(han)), letters)


@pytest.mark.parametrize(
    ("han", "coined", "others", "why"),
    [
        ("金发", "kingfa", ("jushi", "wanhua"), "金 is coined as King"),
        ("矩子", "jutze", ("zhenxin", "autel"), "a spelling of Wade and Giles"),
        ("奥迪威", "audiowell", ("awinic", "ninebot"), "a consonant more closes the last syllable"),
        ("海德曼", "headman", ("handsun", "boyard"), "three syllables in two"),
        ("惠威", "hivi", ("hanon", "kinwong"), "vowels as English has them"),
        ("正泰", "chint", ("jereh", "sungrow"), "syllables that lost their vowels"),
    ],
)
def test_a_coined_brand_is_heard_better_than_others(han: str, coined: str, others: tuple[str, ...], why: str) -> None:
    assert heard_as(han, coined) >= 0.75, why
    for other in others:
        assert heard_as(han, other) < heard_as(han, coined) - 0.1, other


@given(st.lists(st.sampled_from(sorted(SYLLABLES)), min_size=1, max_size=4), st.text("abcdefghinoqtuwxyz", max_size=16))
def test_it_is_a_share_and_pinyin_itself_is_heard_in_full(parts: list[str], letters: str) -> None:
    assert heard("", tuple(parts), "".join(parts)) == 1.0
    assert 0.0 <= heard("", tuple(parts), letters) <= 1.0


def test_the_table_of_hearing_holds_known_parts_and_prices_between_nothing_and_one() -> None:
    rows = list(read_table("hearing"))
    assert {row["part"] for row in rows} == {"coined", "final", "onset", "price"}
    for row in rows:
        assert row["part"] == "coined" or 0.0 <= float(row["price"]) <= 1.0, row
        assert row["part"] == "price" or all(word.isascii() and word.isalpha() for word in spellings(row["spellings"]))
        if row["part"] == "final":
            assert any(syllable.endswith(row["of"]) for syllable in SYLLABLES), row
        if row["part"] == "onset":
            assert any(syllable.startswith(row["of"]) for syllable in SYLLABLES), row
    keys = [(row["part"], row["of"], row["price"]) for row in rows]
    assert len(set(keys)) == len(keys)
