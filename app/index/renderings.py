"""The spellings under which a name can be found, whatever script it came in."""

from __future__ import annotations

from app.text.latin import fold
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, TokenKind
from app.text.pinyin import sound


def renderings(name: ReadName) -> tuple[str, str, str]:
    """Three strings in a-z and 0-9: the name as it sounds, with trade words as concepts, and the sound of its brand.

    新疆中泰化学 gives ("xinjiangzhongtaihuaxue", "xinjiangzhongtaichemical", "condai"), and so does "Xinjiang Zhongtai
    Chemical" but for the first. A name without a brand is its own brand.
    """
    concepts: list[str] = []
    parts = lexicon().parts
    for token in name.tokens:
        if token.kind is TokenKind.INDUSTRY:
            concepts += [part.replace("_", "") for part in parts.get(token.concept, (token.concept,))]
        elif token.kind is TokenKind.ORG or (token.kind is TokenKind.BRAND and token.concept):
            concepts.append(token.concept.removeprefix(MEANING).replace("_", ""))
        elif token.kind in (TokenKind.BRAND, TokenKind.PLACE, TokenKind.ORDINAL):
            concepts.append(token.letters)
    if all(token.kind is TokenKind.BRAND for token in name.tokens):
        # Nothing but names, as a person has: You Quan and Quan You are to meet.
        concepts = sorted(fold(word) for token in name.tokens for word in token.surface.split())
    return name.core, "".join(concepts), sound(_brand(name) or name.core)


def _brand(name: ReadName) -> str:
    """The brand by its documented concept, where it has one: 中铁 and China Railway meet as crec. But the numbered
    bodies of a group are many, and would crowd one another out."""
    if any(token.kind is TokenKind.ORDINAL for token in name.tokens):
        return name.brand
    return "".join(
        token.letters if not token.concept or token.concept.startswith(MEANING) else token.concept.replace("_", "")
        for token in name.tokens
        if token.kind is TokenKind.BRAND
    )
