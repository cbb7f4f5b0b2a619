"""How rare a word is among real company names.

`frequencies.tsv` counts in how many of 234,398 real company names (GLEIF, IEEE registrants, stock exchange lists; all
countries) a word or a glued brand stands; words below three are left out and count as none.
"""

from __future__ import annotations

import math
from pathlib import Path

_TABLE = Path(__file__).parent / "frequencies.tsv"


class _Rarities(dict[str, float]):
    """The rarity of words by their letters, read from the table when first asked."""

    rarest = 0.0

    def __missing__(self, letters: str) -> float:
        if not self:
            self._load()
            return self[letters]
        return self.rarest

    def _load(self) -> None:
        lines = _TABLE.read_text(encoding="utf-8").splitlines()
        total = int(lines[0].split("\t")[1])
        weights = {}
        for line in lines[1:]:
            word, count = line.split("\t")
            weights[word] = math.log((total + 1) / (int(count) + 1))
        self.rarest = math.log(total + 1)
        self.update(weights)


# w = ln((N + 1) / (df + 1)): 0 for a word of every name, 12.4 for one that no other name has.
rarity = _Rarities().__getitem__
