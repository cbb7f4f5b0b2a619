"""Han characters: traditional to simplified, and their toneless pinyin.

Tables: `han.tsv` (a character's simplified form and readings) and `han_phrases.tsv` (readings that only a phrase
settles: 重庆 chong qing). Both are compared with OpenCC and pypinyin by a test.
"""

from __future__ import annotations

from functools import cache

from app.text.tables import read_columns


@cache
def _simplified() -> dict[int, str]:
    return {ord(char): simplified for char, simplified in read_columns("han", "char", "simplified") if simplified}


@cache
def _readings() -> dict[str, list[str]]:
    return {
        char: readings.replace("v", "u").split("|")
        for char, readings in read_columns("han", "char", "readings")
        if readings
    }


@cache
def _phrases() -> tuple[dict[str, list[str]], dict[str, int]]:
    """The phrases, and how long the longest is that begins with a character."""
    phrases = {han: pinyin.replace("v", "u").split(" ") for han, pinyin in read_columns("han_phrases", "han", "pinyin")}
    longest: dict[str, int] = {}
    for phrase in phrases:
        longest[phrase[0]] = max(longest.get(phrase[0], 0), len(phrase))
    return phrases, longest


def simplify(text: str) -> str:
    """Traditional characters to simplified ones, one for one: the length stays."""
    return text.translate(_simplified())


def syllables(text: str) -> list[str]:
    """The toneless pinyin of simplified text, a syllable per character (ü as u); what is not Han stays as it is."""
    phrases, longest = _phrases()
    readings = _readings()
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        size = min(longest.get(char, 1), len(text) - at)
        while size > 1 and text[at : at + size] not in phrases:
            size -= 1
        out += phrases[text[at : at + size]] if size > 1 else readings.get(char, char)[:1]
        at += size
    return out


def other_readings(char: str) -> tuple[str, ...]:
    """The readings of a character besides its first: 长 chang is also zhang."""
    return tuple(_readings().get(char, ())[1:])
