"""Uyghur in Arabic script, by ULY without diacritics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.latin import fold
from app.text.uyghur import _ULY, romanise

CASES = [
    ("خوتەن", "xoten", "Hotan"),
    ("قەشقەر", "qeshqer", "Kashgar"),
    ("ئاقسۇ", "aqsu", "Aksu; the hamza that carries a vowel is silent"),
    ("ئۈرۈمچى", "urumchi", "Urumqi; ü without its dots"),
    ("شىنجاڭ", "shinjang", "Xinjiang"),
    ("تۇرپان", "turpan", "Turpan"),
    ("كورلا", "korla", "Korla"),
    ("قۇمۇل", "qumul", "Kumul, Hami"),
    ("بىڭتۇەن", "bingtuen", "the corps"),
    ("پاختا", "paxta", "cotton"),
    ("Taida", "Taida", "Latin letters stay"),
    ("", "", "nothing"),
]


@pytest.mark.parametrize(("text", "expected"), [case[:2] for case in CASES], ids=[case[2] for case in CASES])
def test_examples(text: str, expected: str) -> None:
    assert romanise(text) == expected


@given(st.text(alphabet=sorted(_ULY), max_size=30))
def test_nothing_stays_arabic(text: str) -> None:
    assert romanise(text).isascii()


@given(st.text(alphabet="اەبپتجچخدرزژسشغفقكگڭلمنھوۇۆۈۋېىي", min_size=1, max_size=30))
def test_every_letter_of_uyghur_leaves_a_sound(text: str) -> None:
    assert len(fold(romanise(text))) >= len(text)


def test_every_letter_of_the_alphabet_is_known() -> None:
    alphabet = "ئا ئە ب پ ت ج چ خ د ر ز ژ س ش غ ف ق ك گ ڭ ل م ن ھ ئو ئۇ ئۆ ئۈ ۋ ئې ئى ي"
    assert {char for char in alphabet if char != " "} <= set(_ULY)
