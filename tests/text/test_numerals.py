"""Numbers in names, in digits, in words and in Han."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.numerals import HAN_ORDINAL, ORDINAL_WORDS, han_number, latin_number

HAN = [
    ("八", "8", "one digit"),
    ("十", "10", "ten without a one"),
    ("十二", "12", "ten and a digit"),
    ("二十", "20", "a digit and ten"),
    ("二十八", "28", "a digit, ten and a digit"),
    ("一百零五", "105", "a zero that fills a gap"),
    ("一百二十", "120", "hundred and ten"),
    ("两千", "2000", "the other two"),
    ("三六零", "360", "digits one by one"),
    ("一四九", "149", "regiments are read digit by digit"),
    ("〇三", "03", "a leading zero is kept among digits"),
    ("28", "28", "digits stay"),
    ("08", "8", "a leading zero of a number is not"),
]
LATIN = [
    ("8", "8", "a digit"),
    ("08", "8", "a leading zero"),
    ("8th", "8", "a suffix"),
    ("21st", "21", "another suffix"),
    ("2nd", "2", "another suffix"),
    ("eighth", "8", "a word"),
    ("fourteenth", "14", "a longer word that begins like four"),
    ("eight", "", "no ordinal: eight is a brand as often as a number"),
    ("th", "", "a suffix alone"),
    ("8tb", "", "another suffix"),
    ("８", "", "full-width digits are cleaned before"),
    ("", "", "nothing"),
]
FOUND = [
    ("第八师", "八", "with the mark of ordinals"),
    ("八师", "八", "before a division"),
    ("一四九团", "一四九", "before a regiment"),
    ("七二一所", "七二一", "before an institute"),
    ("第14师", "14", "digits"),
    ("三一重工", None, "a brand"),
    ("百联集团", None, "a brand"),
    ("八一钢铁", None, "a brand"),
]


@pytest.mark.parametrize(("text", "expected"), [case[:2] for case in HAN], ids=[case[2] for case in HAN])
def test_han_number(text: str, expected: str) -> None:
    assert han_number(text) == expected


@pytest.mark.parametrize(("word", "expected"), [case[:2] for case in LATIN], ids=[f"{c[0]}: {c[2]}" for c in LATIN])
def test_latin_number(word: str, expected: str) -> None:
    assert latin_number(word) == expected


@pytest.mark.parametrize(("text", "numerals"), [case[:2] for case in FOUND], ids=[case[0] for case in FOUND])
def test_where_a_han_numeral_is_an_ordinal(text: str, numerals: str | None) -> None:
    found = HAN_ORDINAL.search(text)
    assert (found.group(1) or found.group(2) if found else None) == numerals


def in_han(number: int) -> str:
    """A number below 10,000 as Chinese writes it, by the rule and not by the code under test."""
    digits = "零一二三四五六七八九"
    out = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            out += digits[digit] + name
        elif out and number % unit and not out.endswith("零"):
            out += "零"
    return out.removeprefix("一") if 10 <= number < 20 else out


@given(st.integers(min_value=1, max_value=9999))
def test_han_numbers_read_back(number: int) -> None:
    assert han_number(in_han(number)) == str(number)


@given(st.integers(min_value=0, max_value=9999), st.sampled_from(["", "st", "nd", "rd", "th"]))
def test_latin_numbers_read_back(number: int, suffix: str) -> None:
    assert latin_number(f"{number}{suffix}") == str(number)


def test_ordinal_words_count_up() -> None:
    assert list(ORDINAL_WORDS.values()) == [str(value) for value in range(1, 21)]
