"""Han characters: traditional to simplified, and their toneless pinyin.

Tables: `han.tsv` (a character's simplified form and readings) and `han_phrases.tsv` (readings that only a phrase
settles: 重庆 chong qing). Both are compared with OpenCC and pypinyin by a test.
"""

from __future__ import annotations

from functools import cache, lru_cache

from app.text.tables import read_columns


@cache
def _simplified() -> dict[int, str]:
    return {ord(char): simplified for char, simplified in read_columns("han", "char", "simplified") if simplified}


@cache
def _readings() -> dict[str, str]:
    """The cells of the table: most of them are never looked at."""
    return dict(read_columns("han", "char", "readings"))  # type: ignore[arg-type]  # two columns, two cells


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
    cells = _readings()
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        size = min(longest.get(char, 1), len(text) - at)
        while size > 1 and text[at : at + size] not in phrases:
            size -= 1
        if size > 1:
            out += phrases[text[at : at + size]]
        else:
            out.append(_split(cell)[0] if (cell := cells.get(char)) else char)
        at += size
    return out


def other_readings(char: str) -> tuple[str, ...]:
    """The readings of a character besides its first: 长 chang is also zhang."""
    return _split(_readings().get(char, ""))[1:]


@lru_cache(maxsize=20_000)
def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.replace("v", "u").split("|"))
