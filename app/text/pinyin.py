"""Pinyin as it is found in trade data: glued, split, misspelt, and in the spellings of Taiwan and Hong Kong."""

from __future__ import annotations

import re
from functools import lru_cache

_INITIALS = ("b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "zh", "ch", "sh", "r", "z", "c", "s")
# Hanyu Pinyin, GB/T 16159: which finals follow which initials (ü after j, q, x, y is written u; lü, nü as lu, nu).
_FINALS = {
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan ue un uo",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan ue un uo",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
    "": "a ai an ang ao e ei en eng er o ou",
}
SYLLABLES = frozenset(initial + final for initial, finals in _FINALS.items() for final in finals.split()) | {
    "lv",
    "nv",
    "lve",
    "nve",
}  # ü as it is typed
_LENGTHS = {first: sorted({len(item) for item in SYLLABLES if item[0] == first}) for first in {s[0] for s in SYLLABLES}}


@lru_cache(maxsize=65536)
def split_syllables(letters: str) -> tuple[str, ...] | None:
    """Splits glued pinyin into syllables, the fewest and then the longest first; None where it is not pinyin.

    "zhongtai" gives ("zhong", "tai"); "xian" stays one syllable.
    """
    if not letters.isascii() or not letters.isalpha() or len(letters) > 48 or not _is_made_of_syllables(letters):
        return None
    best: list[tuple[int, tuple[str, ...]] | None] = [None] * (len(letters) + 1)
    best[len(letters)] = (0, ())
    for at in range(len(letters) - 1, -1, -1):
        for size in range(min(6, len(letters) - at), 0, -1):
            rest = best[at + size]
            if rest is not None and letters[at : at + size] in SYLLABLES:
                count = rest[0] + 1
                current = best[at]
                if current is None or count < current[0]:
                    best[at] = (count, (letters[at : at + size], *rest[1]))
    found = best[0]
    return found[1] if found else None


def _is_made_of_syllables(letters: str) -> bool:
    """Most words are not, and show it within a few letters."""
    size = len(letters)
    reached = 1  # one bit for each position at which a syllable may begin
    for at in range(size):
        if reached >> at & 1:
            for length in _LENGTHS.get(letters[at : at + 1], ()):
                if letters[at : at + length] in SYLLABLES:
                    reached |= 1 << (at + length)
        elif reached < 1 << at:
            return False
    return bool(reached >> size & 1)


# What sounds alike across Hanyu Pinyin, Wade-Giles, postal, Cantonese and English habits falls together.
# Longest spelling first; the order is part of the meaning.
_SOUNDS = (
    ("tch", "c"), ("tsz", "c"), ("zh", "c"), ("ch", "c"), ("ts", "c"), ("tz", "c"), ("dz", "c"), ("hs", "s"),
    ("sh", "s"), ("kw", "gu"), ("ph", "f"), ("ck", "k"), ("gu", "gu"), ("ng", "n"), ("wei", "ui"), ("way", "ui"),
    ("wai", "ai"), ("wu", "u"), ("yi", "i"), ("yu", "u"), ("ee", "i"), ("oo", "u"), ("ow", "ou"), ("ay", "ai"),
    ("ey", "i"), ("ong", "on"), ("oh", "o"), ("ah", "a"), ("eh", "e"),
    ("z", "c"), ("j", "c"), ("q", "c"), ("x", "s"), ("w", "u"), ("v", "u"), ("y", "i"), ("k", "g"),
    ("p", "b"), ("t", "d"),
)  # fmt: skip
_SPELLING = re.compile("|".join(spelling for spelling, _ in _SOUNDS))  # the first that fits, as in the table
_KEYS = dict(_SOUNDS)
_REPEATED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65536)
def sound(letters: str) -> str:
    """A key under which spellings that sound alike fall together: tsinghwa and qinghua, hsin and xin, tai and dai."""
    return _REPEATED.sub(r"\1", _SPELLING.sub(lambda found: _KEYS[found[0]], letters))
