"""Latin and Cyrillic words, folded to a-z and 0-9."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=131072)
def fold(word: str) -> str:
    """Ürümqi becomes urumqi, Ташкент tashkent, Int'l intl; what has no letter or digit becomes empty."""
    if not word.isascii():
        from anyascii import anyascii  # most names are ASCII

        word = anyascii(word)
    return _NOT_WORD.sub("", word.lower())


_NOT_WORD = re.compile("[^a-z0-9]+")
