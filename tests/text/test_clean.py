"""Cleaning gives the text that was meant, once and for all."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.text.clean import clean

anything = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60)
pieces = st.lists(
    st.sampled_from(
        ["&amp;", "&amp;amp;", "&#160;", "Ã¼", "Ａ", "\u200b", "\x00", "\t", "（", "é", "e\u0301", "新", "&", "ï»¿"]
    ),
    max_size=8,
).map("".join)

CASES = [
    ("entity", "Jump Machinery &amp; Technology", "Jump Machinery & Technology", "web forms escape the ampersand"),
    ("entity twice", "Imp &amp;amp; Exp", "Imp & Exp", "escaped by two systems in turn"),
    ("entity by number", "Sichuan Yuan&#39;an", "Sichuan Yuan'an", "an apostrophe that was escaped"),
    ("no entity", "A&B Trading; Ltd", "A&B Trading; Ltd", "an ampersand and a semicolon are no entity"),
    ("mojibake", "ÃœrÃ¼mqi", "Ürümqi", "UTF-8 that was read as Windows-1252"),
    ("full width", "Ｔａｉｄａ　（Ａｐｐａｒｅｌ）", "Taida (Apparel)", "typed with a Chinese keyboard"),
    ("zero width", "Taida\u200b Apparel\ufeff", "Taida Apparel", "copied from a web page"),
    ("soft hyphen", "Nutra\u00adceutical", "Nutraceutical", "copied from a typeset page"),
    ("direction marks", "\u200eشىنجاڭ\u200f", "شىنجاڭ", "right-to-left text carries marks that nobody sees"),
    ("control", "Hetian\x00Taida", "Hetian Taida", "a NUL byte parts two words"),
    ("white space", "  Hetian \n\t Taida\u00a0Apparel ", "Hetian Taida Apparel", "line breaks within a cell"),
    ("decomposed", "U\u0308ru\u0308mqi", "Ürümqi", "a file from a Mac"),
    ("ligature", "ﬁber", "fiber", "copied from a PDF"),
    ("umlauts stay", "Müller & Söhne", "Müller & Söhne", "proper letters are no mojibake"),
    ("nothing", "\u200b \x00", "", "nothing that a reader would see"),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:3] for case in CASES], ids=[case[0] for case in CASES])
def test_examples(text: str, expected: str) -> None:
    assert clean(text) == expected


@given(st.one_of(anything, pieces))
@example("&amp;#8203;amp;")
@example("&#x26;lt;")
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.one_of(anything, pieces))
def test_the_result_is_normal_and_printable(text: str) -> None:
    result = clean(text)
    assert result == unicodedata.normalize("NFKC", result)
    assert not any(unicodedata.category(char) == "Cc" for char in result)
    assert result == " ".join(result.split())


@given(st.text(alphabet="abcXYZ 0123新疆中泰化学üé.,()-", max_size=40))
def test_plain_text_keeps_every_letter(text: str) -> None:
    assert clean(text).replace(" ", "") == unicodedata.normalize("NFKC", text).replace(" ", "")
