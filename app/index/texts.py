"""Many texts in one array of bytes, which may be a mapped file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Texts:
    """`data` is their UTF-8, one behind the other; `starts` has one more entry than there are texts."""

    data: npt.NDArray[np.uint8]
    starts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        parts = [text.encode() for text in texts]
        starts = np.zeros(len(parts) + 1, dtype=np.int64)
        starts[1:] = np.cumsum([len(part) for part in parts])
        return cls(np.frombuffer(b"".join(parts), dtype=np.uint8), starts)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, number: int) -> str:
        return self.data[self.starts[number] : self.starts[number + 1]].tobytes().decode()

    def take(self, numbers: npt.NDArray[np.int64]) -> list[str]:
        """The texts of these numbers; each is decoded once, however often it is asked for."""
        different, places = np.unique(numbers, return_inverse=True)
        bounds = zip(self.starts[different].tolist(), self.starts[different + 1].tolist(), strict=True)
        texts = [self.data[start:end].tobytes().decode() for start, end in bounds]
        return [texts[place] for place in places.tolist()]
