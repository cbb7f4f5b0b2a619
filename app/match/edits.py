"""What tells two words apart, letter by letter, by how easily a machine or a hand makes the mistake."""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import pairwise

from rapidfuzz.distance import OSA

from app.match import policy

_LOOKS = str.maketrans({letter: letters[-1] for letters in policy.LOOKALIKES for letter in letters})


@lru_cache(maxsize=65536)
def looks(word: str) -> str:
    """A key under which words fall together that a machine may take for one another: Daq0 and Daqo, lnspur, Inspur."""
    for pair, letter in policy.LOOKALIKE_PAIRS:
        word = word.replace(pair, letter)
    return word.translate(_LOOKS)


def is_misread(left: str, right: str) -> bool:
    """Whether two words, not the same, look the same and at least one of them is no mere number."""
    if left == right or left.isdigit() or right.isdigit() or looks(left) != looks(right):
        return False
    return min(len(left), len(right)) >= policy.LEAST_MISREAD_WORD


@cache
def _neighbours() -> frozenset[tuple[str, str]]:
    rows = [pair for row in policy.KEYBOARD for pair in pairwise(row)]
    # The key below lies half a key to the right: s is below w and e.
    for upper, lower in pairwise(policy.KEYBOARD):
        rows += [*zip(upper, lower, strict=False), *zip(upper[1:], lower, strict=False)]
    return frozenset(rows) | {(right, left) for left, right in rows}


def price(left: str, right: str) -> float:
    """What it costs to make one word of the other: `EDIT` for a letter, less for a slip that hands and machines make.

    Only the nature of a single difference is looked at; several cost in full.
    """
    if left == right:
        return 0.0
    if is_misread(left, right):
        return policy.LOOKALIKE
    count = OSA.distance(left, right)
    return policy.NEIGHBOUR if count == 1 and _is_easy(left, right) else policy.EDIT * count


def _is_easy(left: str, right: str) -> bool:
    """Whether the one difference of two words is a letter doubled, two swapped, or the key beside the right one."""
    at = next((at for at, (one, other) in enumerate(zip(left, right, strict=False)) if one != other), None)
    if len(left) != len(right):
        longer = max(left, right, key=len)
        at = len(longer) - 1 if at is None else at
        return at > 0 and longer[at] == longer[at - 1]
    assert at is not None  # words of one length that differ do so at a letter
    return left[at + 1 :] != right[at + 1 :] or (left[at], right[at]) in _neighbours()
