"""The spellings under which a name can be found, whatever script it came in."""

from __future__ import annotations

from app.text.latin import fold
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, TokenKind
from app.text.pinyin import sound

# As it sounds, with trade words as concepts, and the sound of its brand.
Rendered = tuple[str, str, str]


def renderings(name: ReadName) -> Rendered:
    """Three strings in a-z and 0-9: the name as it sounds, with trade words as concepts, and the sound of its brand.

    新疆中泰化学 gives ("xinjiangzhongtaihuaxue", "xinjiangzhongtaichemical", "condai"), and so does "Xinjiang Zhongtai
    Chemical" but for the first. A name without a brand is its own brand.
    """
    concepts: list[str] = []
    brand: list[str] = []
    numbered = False
    parts = lexicon().parts
    for token in name.tokens:
        kind = token.kind
        if kind is TokenKind.BRAND:
            plain = token.concept.removeprefix(MEANING).replace("_", "") if token.concept else token.letters
            concepts.append(plain)
            brand.append(token.letters if token.concept.startswith(MEANING) else plain)
        elif kind is TokenKind.INDUSTRY:
            concepts += [part.replace("_", "") for part in parts.get(token.concept, (token.concept,))]
        elif kind is TokenKind.ORG:
            concepts.append(token.concept.removeprefix(MEANING).replace("_", ""))
        elif kind is TokenKind.PLACE or kind is TokenKind.ORDINAL:
            concepts.append(token.letters)
            numbered = numbered or kind is TokenKind.ORDINAL
    if len(brand) == len(name.tokens):
        # Nothing but names, as a person has: You Quan and Quan You are to meet.
        concepts = sorted([fold(word) for token in name.tokens for word in token.surface.split()])
    # A brand counts by its documented concept, where it has one: 中铁 and China Railway meet as crec. But the numbered
    # bodies of a group are many, and would crowd one another out.
    return name.core, "".join(concepts), sound((name.brand if numbered else "".join(brand)) or name.core)
