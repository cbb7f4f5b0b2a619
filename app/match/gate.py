"""The gate before the scorer: a few look-ups tell nine of ten candidates from a match; only the rest is aligned.

The gate compares sketches: which words two names share, by rarity, and whether their brands sound alike. Its points are
fitted with those of the scorer (`scripts/fit_weights.py`), its threshold lets all but a few in a thousand of the
scorer's matches pass.
"""

from __future__ import annotations

import math
from operator import mul
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import Indel

from app.index.renderings import Rendered, renderings
from app.match import policy
from app.match.rarity import token_rarity
from app.text.lexicon import lexicon
from app.text.name import ReadName, TokenKind
from app.text.pinyin import sound, split_syllables

ROUNDING = math.sqrt(float(np.finfo(np.float32).eps))  # by how much log-odds from arrays may be wrong


class Profile(NamedTuple):
    """A read name, its renderings, and what the gate asks of it: the rarity of its words by what they mean, of all of
    them and of its brand, the sound of the brand, and whether that is pinyin."""

    name: ReadName
    renderings: Rendered
    words: dict[str, float]
    brands: frozenset[str]
    total: float
    brand_weight: float
    sound: str
    is_pinyin: bool


def profile(name: ReadName, rendered: Rendered | None = None) -> Profile:
    """`rendered` are the name's renderings, where they are known already."""
    parts = lexicon().parts
    words: dict[str, float] = {}
    brands: set[str] = set()
    brand_weight = 0.0
    for token in name.telling:
        weight = token_rarity(token)
        if token.kind is TokenKind.BRAND:
            word = "brand " + (token.concept or token.letters)
            brands.add(word)
            words[word] = weight
            brand_weight += weight
        elif token.kind is TokenKind.INDUSTRY:
            for part in parts.get(token.concept, (token.concept,)):
                words["industry " + part] = weight
        else:
            words[token.kind + " " + token.concept] = weight
    pinyin = bool(name.brand) and split_syllables(name.brand) is not None
    heard = sound(name.brand)
    return Profile(
        name, rendered or renderings(name), words, frozenset(brands), sum(words.values()), brand_weight, heard, pinyin
    )


def gate_features(query: Profile, listed: Profile, cosine: float) -> tuple[float, ...]:
    """The features of `policy.GATE`, in its order."""
    shared = _shared(query, listed)
    if query.brands & listed.brands:
        return _features(query, listed, cosine, shared, 1.0, False)
    alike = Indel.normalized_similarity(query.sound, listed.sound)
    shared += alike * min(query.brand_weight, listed.brand_weight)
    return _features(query, listed, cosine, shared, alike, query.is_pinyin and listed.is_pinyin)


def is_promising(
    query: Profile, listed: Profile, cosine: float, least: float = policy.GATE_ODDS, estimate: float | None = None
) -> bool:
    """Whether a pair is worth aligning: whether its log-odds reach `least`. An `estimate` of them, from arrays, settles
    that for most."""
    if estimate is not None and abs(estimate - least) > ROUNDING:
        return estimate > least
    # Most pairs would not be, even if their brands sounded the same: how they sound need not be asked.
    most = _shared(query, listed) + min(query.brand_weight, listed.brand_weight)
    if _odds(_features(query, listed, cosine, most, 1.0, False)) < least:
        return False
    return _odds(gate_features(query, listed, cosine)) >= least


def _shared(query: Profile, listed: Profile) -> float:
    """The rarity of the words that both names have."""
    return sum(max(query.words[word], listed.words[word]) for word in query.words.keys() & listed.words.keys())


def _features(
    query: Profile, listed: Profile, cosine: float, shared: float, alike: float, pinyin: bool
) -> tuple[float, ...]:
    agreement = 2 * shared / (query.total + listed.total or 1.0)
    onset = float(query.sound[: policy.GATE_ONSET] == listed.sound[: policy.GATE_ONSET])
    gap = 1 - alike if pinyin else 0.0
    return 1.0, agreement, agreement * agreement, alike, float(pinyin), gap, cosine, onset


def _odds(features: tuple[float, ...]) -> float:
    return sum(map(mul, policy.GATE_POINTS, features), 0.0)
