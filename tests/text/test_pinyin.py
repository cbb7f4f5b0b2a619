"""Pinyin: splitting it into syllables, and the key under which spellings that sound alike fall together."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.pinyin import SYLLABLES, sound, split_syllables

syllable = st.sampled_from(sorted(SYLLABLES))
letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=50)

SPLITS = [
    ("zhongtai", "zhong tai", "a listed brand"),
    ("xian", "xian", "one syllable where one will do"),
    ("jiangguoguo", "jiang guo guo", "a listed brand of three"),
    ("akesu", "a ke su", "a syllable without a consonant"),
    ("huaan", "hua an", "a vowel that begins a syllable"),
    ("er", "er", "the only syllable that ends in r"),
]
NOT_PINYIN = [
    ("esquel", "an English brand"),
    ("hoshine", "a coined brand"),
    ("zhognati", "a slip of the keyboard"),
    ("tbea", "initials"),
    ("", "nothing gives no syllable"),
    ("zhong tai", "a space is no letter"),
    ("zhong8", "a digit is no letter"),
    ("中泰", "Han is no pinyin"),
    ("a" * 49, "longer than any name's word"),
]
SOUND_ALIKE = [
    ("zhongtai", "chungtai", "Wade-Giles has u for o", False),
    ("qinghua", "tsinghwa", "the university's own spelling", True),
    ("xinjiang", "hsinchiang", "Wade-Giles", True),
    ("zhang", "chang", "Wade-Giles without its apostrophe", True),
    ("taida", "daida", "t and d are one in careless spelling", True),
    ("kelun", "gelun", "k and g are one in careless spelling", True),
    ("weiqiao", "uiqiao", "w and u", True),
    ("zhongtai", "zhongkai", "another syllable", False),
    ("huafu", "huajin", "another syllable", False),
    ("hengfeng", "hongsheng", "another word", False),
]


@pytest.mark.parametrize(("word", "expected"), [case[:2] for case in SPLITS], ids=[case[0] for case in SPLITS])
def test_split(word: str, expected: str) -> None:
    assert split_syllables(word) == tuple(expected.split())


@pytest.mark.parametrize("word", [case[0] for case in NOT_PINYIN], ids=[case[1] for case in NOT_PINYIN])
def test_what_is_not_pinyin_is_not_split(word: str) -> None:
    assert not split_syllables(word)


@given(letters)
def test_a_split_joins_back(word: str) -> None:
    found = split_syllables(word)
    assert found is None or ("".join(found) == word and set(found) <= SYLLABLES)


@given(st.lists(syllable, min_size=1, max_size=8))
def test_glued_syllables_always_split_into_no_more(parts: list[str]) -> None:
    found = split_syllables("".join(parts))
    assert found is not None
    assert len(found) <= len(parts)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [(a, b, same) for a, b, _, same in SOUND_ALIKE],
    ids=[f"{a}-{b}" for a, b, *_ in SOUND_ALIKE],
)
def test_sound(left: str, right: str, same: bool) -> None:
    assert (sound(left) == sound(right)) is same


@given(letters)
def test_a_sound_is_letters_without_repeats(word: str) -> None:
    key = sound(word)
    assert key.isalpha() or not key
    assert all(first != second for first, second in pairwise(key))
    assert bool(key) is bool(word)
    assert len(key) <= len(word)
