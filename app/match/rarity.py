"""How rare a word is among real company names.

`frequencies.tsv` counts in how many of 234,398 real company names (GLEIF, IEEE registrants, stock exchange lists; all
countries) a word or a glued brand stands; words below three are left out and count as none. A word of trade and one for
the kind of body are counted by what they mean (`=cement`): 水泥 is as common as cement, though few of these names are
Chinese.
"""

from __future__ import annotations

import math
from pathlib import Path

from app.text.name import Token, TokenKind

MEANT = "="
"""Before a concept in the table."""
_BY_MEANING = (TokenKind.INDUSTRY, TokenKind.ORG)
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


def token_rarity(token: Token) -> float:
    """How rare a part of a name is: a brand or a place by its letters, other words by what they mean."""
    return rarity(MEANT + token.concept if token.kind in _BY_MEANING else token.letters)
