"""Traditional to simplified, and Han to pinyin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.han import other_readings, simplify, syllables
from app.text.pinyin import SYLLABLES

han = st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), max_size=20)

SIMPLIFIED = [
    ("新疆生產建設兵團", "新疆生产建设兵团", "the corps"),
    ("中泰化學", "中泰化学", "a listed brand"),
    ("和田泰達服飾", "和田泰达服饰", "a listed firm"),
    ("阿克蘇華孚色紡", "阿克苏华孚色纺", "a listed firm"),
    ("鋁業鎂製品", "铝业镁制品", "metals"),
    ("新疆", "新疆", "simplified text stays"),
    ("Taida 泰達", "Taida 泰达", "Latin letters stay"),
]
READINGS = [
    ("中泰化学", "zhong tai hua xue", "one reading each"),
    ("重庆", "chong qing", "a phrase settles 重"),
    ("乌鲁木齐", "wu lu mu qi", "a place in Xinjiang"),
    ("绿色", "lu se", "ü is written u"),
    ("长沙", "chang sha", "a phrase settles 长"),
    ("洽洽", "qia qia", "a listed brand"),
    ("厦门", "xia men", "a phrase settles 厦"),
    ("A股", "A gu", "what is not Han stays as it is"),
]


@pytest.mark.parametrize(("text", "expected"), [case[:2] for case in SIMPLIFIED], ids=[case[2] for case in SIMPLIFIED])
def test_simplify(text: str, expected: str) -> None:
    assert simplify(text) == expected


@pytest.mark.parametrize(("text", "expected"), [case[:2] for case in READINGS], ids=[case[0] for case in READINGS])
def test_syllables(text: str, expected: str) -> None:
    assert syllables(text) == expected.split()


@given(st.one_of(han, st.text(max_size=20)))
def test_simplifying_keeps_the_length(text: str) -> None:
    assert len(simplify(text)) == len(text)


@given(han)
def test_simplifying_twice_is_simplifying_once(text: str) -> None:
    assert simplify(simplify(text)) == simplify(text)


@given(st.one_of(han, st.text(alphabet="中泰重庆长沙abc12 ", max_size=20)))
def test_every_character_has_one_reading(text: str) -> None:
    assert len(syllables(text)) == len(text)


@given(st.text(alphabet="".join(case[0] for case in READINGS), max_size=20))
def test_common_characters_read_as_well_formed_pinyin(text: str) -> None:
    assert all(
        syllable in SYLLABLES or not char > "\u4e00" for char, syllable in zip(text, syllables(text), strict=True)
    )


def test_other_readings_leave_the_first_out() -> None:
    assert syllables("行")[0] not in other_readings("行")
    assert {*syllables("长"), *other_readings("长")} >= {"chang", "zhang"}
    assert other_readings("A") == ()
