"""Slips of the keyboard and of optical reading: a letter that does not make another name."""

from __future__ import annotations

from rapidfuzz.distance import OSA

from app.match.align import both_pinyin
from app.text.latin import fold
from app.text.lexicon import lexicon
from app.text.name import ReadName, TokenKind
from app.text.scripts import Script

# Under this many letters a name, or the brand in it, is so short that one letter more or less is another name.
_LEAST_NAME = 10
_LEAST_BRAND = 6
_LEAST_WORD = 4  # of a word that the reader knows, misspelt
_LONG_WORD = 8  # from here on a word may have two slips


def is_slip(query: ReadName, listed: ReadName) -> bool:
    """Whether two Latin names differ by one letter too few, too many, wrong or swapped; by two in a long name.

    Not where the letter makes another well-formed word of pinyin (Hengxin, Hengxing), nor in a short brand (Leon,
    Lion) or at its start (Justek, Bestek): there it is another name.
    """
    if Script.HAN in (query.script, listed.script):
        return False
    left, right = _words(query), _words(listed)
    length = min(sum(map(len, left)), sum(map(len, right)))
    if len(left) != len(right) or length < _LEAST_NAME:
        return False
    differing = [(one, other) for one, other in zip(left, right, strict=True) if one != other]
    most = 1 + (length >= 2 * _LEAST_NAME)
    slips = [OSA.distance(one, other) for one, other in differing]
    return 0 < sum(slips) <= most and all(
        _is_one_word(one, other, count) for (one, other), count in zip(differing, slips, strict=True)
    )


def _words(name: ReadName) -> list[str]:
    parts = (token.surface for token in name.tokens if token.kind is not TokenKind.LEGAL_FORM)
    return [word for part in parts for word in map(fold, part.replace("-", " ").split()) if word]


def _is_one_word(left: str, right: str, slips: int) -> bool:
    if any(letter.isdigit() for letter in left + right):
        return False  # another number is another body
    shorter = min(len(left), len(right))
    if slips > 1 and shorter < _LONG_WORD:
        return False
    known = [word in lexicon().latin or word in lexicon().stops for word in (left, right)]
    if all(known):
        return False
    if any(known):
        return shorter >= _LEAST_WORD
    return shorter >= _LEAST_BRAND and left[0] == right[0] and not both_pinyin(left, right)
