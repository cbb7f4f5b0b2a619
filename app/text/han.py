"""Han characters: traditional to simplified, and their toneless pinyin.

Tables: `han.tsv` (a character's simplified form and readings) and `han_phrases.tsv` (readings that only a phrase
settles: 重庆 chong qing). Both are compared with OpenCC and pypinyin by a test.
"""

from __future__ import annotations

from functools import cache

from app.text.tables import read_table, spellings


@cache
def _simplified() -> dict[int, str]:
    return {ord(row["char"]): row["simplified"] for row in read_table("han") if row["simplified"]}


@cache
def _readings() -> dict[str, tuple[str, ...]]:
    return {
        row["char"]: tuple(reading.replace("v", "u") for reading in spellings(row["readings"]))
        for row in read_table("han")
        if row["readings"]
    }


@cache
def _phrases() -> tuple[dict[str, tuple[str, ...]], int]:
    phrases = {row["han"]: tuple(row["pinyin"].replace("v", "u").split(" ")) for row in read_table("han_phrases")}
    return phrases, max(map(len, phrases), default=0)


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
        for size in range(min(longest, len(text) - at), 1, -1):
            phrase = phrases.get(text[at : at + size])
            if phrase:
                out.extend(phrase)
                at += size
                break
        else:
            out.append(readings.get(text[at], (text[at],))[0])
            at += 1
    return out


def other_readings(char: str) -> tuple[str, ...]:
    """The readings of a character besides its first: 长 chang is also zhang."""
    return _readings().get(char, ())[1:]
