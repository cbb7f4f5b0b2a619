"""How rare a word is among real company names.

`frequencies.tsv` counts in how many of 234,398 real company names (GLEIF, IEEE registrants, stock exchange lists; all
countries) a word or a glued brand stands; words below three are left out and count as none.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "frequencies.tsv"


@cache
def _weights() -> tuple[dict[str, float], float]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    total = int(lines[0].split("\t")[1])
    weights = {}
    for line in lines[1:]:
        word, count = line.split("\t")
        weights[word] = math.log((total + 1) / (int(count) + 1))
    return weights, math.log(total + 1)


def rarity(letters: str) -> float:
    """w = ln((N + 1) / (df + 1)): 0 for a word of every name, 12.4 for one that no other name has."""
    weights, rarest = _weights()
    return weights.get(letters, rarest)
