"""Slips of the keyboard and of optical reading: a letter that does not make another name."""

from __future__ import annotations

from app.match import policy
from app.match.align import both_pinyin
from app.match.edits import is_misread, price
from app.text.lexicon import lexicon
from app.text.name import ReadName, TokenKind
from app.text.scripts import Script


def is_slip(query: ReadName, listed: ReadName) -> bool:
    """Whether two Latin names differ by one letter too few, too many, wrong or swapped, or by two in a long name; what
    looks alike counts for hardly anything.

    Not where the letter makes another well-formed word of pinyin (Hengxin, Hengxing), nor in a short brand (Leon,
    Lion) or at its start (Justek, Bestek): there it is another name. Letters that look alike (0 and O, 1 and I) may
    stand anywhere but in a number.
    """
    if Script.HAN in (query.script, listed.script):
        return False
    left, right = query.written, listed.written
    if len(left) != len(right):
        return False
    length = min(sum(map(len, left)), sum(map(len, right)))
    if length < policy.LEAST_SLIPPED_NAME:
        return False
    most = policy.EDIT * (1 + (length >= policy.LONG_NAME))
    slips: list[tuple[str, str, float]] = []
    cost = 0.0
    for one, other in zip(left, right, strict=True):
        if one != other:
            slips.append((one, other, price(one, other)))
            cost += slips[-1][2]
            if cost > most:  # as nearly always at the first word
                return False
    return bool(slips) and all(_is_one_word(*slip) for slip in slips)


def _is_one_word(left: str, right: str, cost: float) -> bool:
    if is_misread(left, right):
        return not both_pinyin(left, right)
    if any(letter.isdigit() for letter in left + right):
        return False  # another number is another body
    shorter = min(len(left), len(right))
    if cost > policy.EDIT and shorter < policy.LONG_WORD:
        return False
    known = [_is_known(word) for word in (left, right)]
    if all(known):
        return False
    if any(known):
        two_brands = both_pinyin(left, right) and any(map(_is_brand, (left, right)))
        return shorter >= policy.LEAST_SLIPPED_WORD and not two_brands
    least = policy.LEAST_SWAPPED_BRAND if sorted(left) == sorted(right) else policy.LEAST_SLIPPED_BRAND
    return shorter >= least and left[0] == right[0] and not both_pinyin(left, right)


def _is_known(word: str) -> bool:
    return word in lexicon().latin or word in lexicon().stops


def _is_brand(word: str) -> bool:
    known = lexicon().latin.get(word)
    return known is not None and known.kind is TokenKind.BRAND
