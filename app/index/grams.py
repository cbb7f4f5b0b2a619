"""Character n-grams of many names at once, as integers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

SIZE = 4
_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789^$"
_BASE = len(_ALPHABET) + 1  # 0 is every other character
_SPACE = _BASE**SIZE
CODES = 2 * _SPACE
_LETTERS = np.zeros(256, dtype=np.int64)
for _index, _char in enumerate(_ALPHABET, 1):
    _LETTERS[ord(_char)] = _index

Ints = npt.NDArray[np.int64]


def gram_codes(renderings: Sequence[Sequence[str]]) -> tuple[Ints, Ints]:
    """The distinct 4-grams of each name, over all its renderings.

    `renderings` holds, for each name, the same number of strings in a-z and 0-9; the grams of the n-th string of a
    name only ever meet those of other names' n-th string where `n` is in different gram spaces: the last rendering
    has a space of its own, the others share one. Returns (owners, codes), both of the same length, sorted by owner
    and then code; a code is below `CODES`.
    """
    width = len(renderings[0]) if renderings else 1
    flat = [f"^{text}$$" for texts in renderings for text in texts]
    lengths = np.fromiter(map(len, flat), dtype=np.int64, count=len(flat))
    letters = _LETTERS[np.frombuffer("".join(flat).encode("latin-1", "replace"), dtype=np.uint8)]
    if len(letters) < SIZE:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    codes = letters[: 1 - SIZE].copy()
    for shift in range(1, SIZE):
        codes = codes * _BASE + letters[shift : len(letters) - SIZE + 1 + shift]
    text_of = np.repeat(np.arange(len(flat)), lengths)
    inside = text_of[: 1 - SIZE] == text_of[SIZE - 1 :]
    text_of, codes = text_of[: 1 - SIZE][inside], codes[inside]
    codes += _SPACE * (text_of % width == width - 1)
    keys = text_of // width * CODES + codes
    keys.sort()
    keys = keys[np.flatnonzero(np.diff(keys, prepend=-1))]  # np.unique hashes first, and takes twice as long
    return keys // CODES, keys % CODES
