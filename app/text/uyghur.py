"""Uyghur in Arabic script to Latin letters, by Uyghur Latin Yéziqi (ULY), the spelling agreed at Xinjiang University
in 2000-2001 and used on road signs and in bilingual names; without its diacritics, since names are matched folded."""

from __future__ import annotations

_ULY = {
    "ا": "a", "ە": "e", "ب": "b", "پ": "p", "ت": "t", "ج": "j", "چ": "ch", "خ": "x", "د": "d", "ر": "r", "ز": "z",
    "ژ": "zh", "س": "s", "ش": "sh", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ک": "k", "گ": "g", "ڭ": "ng", "ل": "l",
    "م": "m", "ن": "n", "ھ": "h", "ه": "h", "و": "o", "ۇ": "u", "ۆ": "o", "ۈ": "u", "ۋ": "w", "ې": "e", "ى": "i",
    "ي": "y", "ی": "y", "ئ": "", "ء": "", "ـ": "", "ع": "", "ح": "h", "ص": "s", "ط": "t", "ظ": "z", "ض": "z",
    "ذ": "z", "ث": "s", "ة": "e", "أ": "a", "إ": "i", "آ": "a", "ؤ": "w", "،": ",", "؛": ";", "؟": "?",
}  # fmt: skip
_TABLE = str.maketrans(_ULY)


def romanise(text: str) -> str:
    """خوتەن becomes xoten. Letters of Arabic that Uyghur does not use go to their nearest sound."""
    return text.translate(_TABLE)
