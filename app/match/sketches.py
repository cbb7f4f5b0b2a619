"""Names as arrays: what the gate asks of thousands of pairs at once."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from app.index.renderings import Rendered
from app.index.texts import Texts
from app.match import policy
from app.match.gate import Profile, profile
from app.text.name import ReadName
from app.text.scripts import Script

BRAND = np.uint64(1)  # the bit of a word's number that says whether it is one of a brand
UPPER = np.uint64(np.iinfo(np.uint32).bits)
# Marks of a name.
PINYIN, HAN = 1, 2


@lru_cache(maxsize=65536)
def _word_number(word: str) -> int:
    """32 bits, the same in every process."""
    return zlib.crc32(word.encode()) & ~1 | word.startswith("brand ")


@dataclass(frozen=True, slots=True)
class Sketches:
    """`size` names. `keys` holds the words of all names, sorted: a name's number in the upper, a word's in the lower
    32 bits; `rarities` belongs to it, and `word_starts` says where the words of each name begin.

    By name: the rarity of all words (`totals`) and of those of its brand (`brands`), a checksum of how its brand begins
    (`onsets`), how that sounds, its `marks`, how many words are not of its legal form (`word_counts`), and checksums of
    its core, its spelling and its identity.
    """

    size: int
    keys: npt.NDArray[np.uint64]
    rarities: npt.NDArray[np.float32]
    word_starts: npt.NDArray[np.int64]
    totals: npt.NDArray[np.float32]
    brands: npt.NDArray[np.float32]
    onsets: npt.NDArray[np.uint32]
    marks: npt.NDArray[np.uint8]
    word_counts: npt.NDArray[np.uint16]
    core_sums: npt.NDArray[np.uint32]
    spelling_sums: npt.NDArray[np.uint32]
    identity_sums: npt.NDArray[np.uint32]
    sounds: Texts

    @classmethod
    def of(cls, profiles: Sequence[Profile]) -> Sketches:
        size = len(profiles)
        starts = np.zeros(size + 1, np.int64)
        starts[1:] = np.cumsum([len(item.words) for item in profiles])
        words = chain.from_iterable(item.words for item in profiles)
        numbers = np.fromiter(map(_word_number, words), np.uint64, int(starts[-1]))
        keys = np.repeat(np.arange(size, dtype=np.uint64) << UPPER, np.diff(starts)) | numbers
        rarities = chain.from_iterable(item.words.values() for item in profiles)
        order = np.argsort(keys)
        return cls(
            size=size,
            keys=keys[order],
            rarities=np.fromiter(rarities, np.float32, int(starts[-1]))[order],
            word_starts=starts,
            totals=np.array([item.total for item in profiles], np.float32),
            brands=np.array([item.brand_weight for item in profiles], np.float32),
            onsets=np.array([zlib.crc32(item.sound[: policy.GATE_ONSET].encode()) for item in profiles], np.uint32),
            marks=np.array([_marks(item) for item in profiles], np.uint8),
            word_counts=np.array([len(item.name.written) for item in profiles], np.uint16),
            core_sums=np.array([zlib.crc32(item.name.core.encode()) for item in profiles], np.uint32),
            spelling_sums=np.array([zlib.crc32(item.name.spelled.encode()) for item in profiles], np.uint32),
            identity_sums=np.array([zlib.crc32(item.name.identity.encode()) for item in profiles], np.uint32),
            sounds=Texts.of(item.sound for item in profiles),
        )

    @classmethod
    def joined(cls, parts: Sequence[Sketches]) -> Sketches:
        """The names of several, in order."""
        firsts = np.cumsum([0, *(part.size for part in parts)])
        shifted = [part.keys + (np.uint64(first) << UPPER) for part, first in zip(parts, firsts, strict=False)]
        found: dict[str, Any] = {"size": int(firsts[-1])}
        for item in fields(cls)[1:]:
            values = [getattr(part, item.name) for part in parts]
            if item.name == "keys":
                values = shifted
            if item.name == "word_starts":
                found[item.name] = joined_starts(values)
            elif isinstance(values[0], Texts):
                data = np.concatenate([text.data for text in values])
                found[item.name] = Texts(data, joined_starts([text.starts for text in values]))
            else:
                found[item.name] = np.concatenate(values)
        return cls(**found)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What is to be stored so that `from_arrays` makes the sketches again."""
        found: dict[str, npt.NDArray[Any]] = {}
        for item in fields(self)[1:]:
            value = getattr(self, item.name)
            if isinstance(value, Texts):
                found |= {f"{item.name}_data": value.data, f"{item.name}_starts": value.starts}
            else:
                found[item.name] = value
        return found

    @classmethod
    def from_arrays(cls, size: int, arrays: Mapping[str, npt.NDArray[Any]]) -> Sketches:
        found: dict[str, Any] = {}
        for item in fields(cls)[1:]:
            data, starts = arrays.get(f"{item.name}_data"), arrays.get(f"{item.name}_starts")
            found[item.name] = arrays[item.name] if data is None or starts is None else Texts(data, starts)
        return cls(size, **found)


def joined_starts(parts: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(np.concatenate([np.diff(part) for part in parts]))])


def _marks(item: Profile) -> int:
    return PINYIN * item.is_pinyin | HAN * (item.name.script is Script.HAN)


def sketch(names: Sequence[ReadName], rendered: Sequence[Rendered]) -> Sketches:
    return Sketches.of(list(map(profile, names, rendered)))


def join(parts: Sequence[Sketches]) -> dict[str, npt.NDArray[Any]]:
    return Sketches.joined(parts or [Sketches.of([])]).arrays()
