"""Aligning two names: which part of the one is which part of the other."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from rapidfuzz.distance import Indel, Levenshtein

from app.match import policy
from app.match.edits import is_misread
from app.text.han import other_readings, syllables
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.pinyin import sound, split_syllables
from app.text.scripts import Script

_NAMING = (TokenKind.BRAND, TokenKind.PLACE)


class Relation(StrEnum):
    SAME = "same"
    VARIANT = "variant"
    DIFFERENT = "different"
    MISSING = "missing"
    EXTRA = "extra"
    IGNORED = "ignored"


class Pairing(NamedTuple):
    """Tokens of the query that stand for tokens of the listed name; one side may be empty. `similarity` is 0 to 1."""

    query: tuple[Token, ...]
    listed: tuple[Token, ...]
    relation: Relation
    similarity: float
    kind: TokenKind


def pairing(query: Sequence[Token], listed: Sequence[Token], relation: Relation, similarity: float) -> Pairing:
    """A pairing of any tokens, with the kind that they have together."""
    return Pairing(tuple(query), tuple(listed), relation, similarity, _kind_of(query, listed, relation))


def _kind_of(query: Sequence[Token], listed: Sequence[Token], relation: Relation) -> TokenKind:
    kinds = {token.kind for token in (*query, *listed)}
    if len(kinds) == 1:
        return kinds.pop()
    if relation is Relation.VARIANT and TokenKind.INDUSTRY in kinds:
        return TokenKind.INDUSTRY  # a misspelt trade word is read as a brand
    if any(side and all(map(_is_trade, side)) for side in (query, listed)):
        return TokenKind.INDUSTRY  # and so are two that were written as one
    return TokenKind.BRAND if TokenKind.BRAND in kinds else (listed or query)[0].kind


def _may_be_alike(kind: TokenKind, other: TokenKind) -> bool:
    """Whether words of these kinds may be spellings of one: a misspelt word of any kind is read as a brand, but a
    number is no word."""
    if TokenKind.ORDINAL in (kind, other):
        return False
    return TokenKind.BRAND in (kind, other) or kind is other is TokenKind.PLACE


@cache
def _trade_parts(concept: str) -> frozenset[str]:
    return frozenset(lexicon().parts.get(concept, (concept,)))


def _is_trade(token: Token) -> bool:
    return token.kind is TokenKind.INDUSTRY


def glue(tokens: Sequence[Token]) -> str:
    return "".join(token.letters for token in tokens)


@lru_cache(maxsize=65536)
def _readings(surface: str) -> tuple[str, ...]:
    """Han text with one of its characters read otherwise, for 长 chang or zhang."""
    base = syllables(surface)
    return tuple(
        "".join([*base[:index], other, *base[index + 1 :]])
        for index, char in enumerate(surface)
        for other in other_readings(char)
    )


@lru_cache(maxsize=262144)
def similarity(left: str, right: str) -> float:
    """How alike two words are, by letters, by sound or syllable by syllable; 1.0 only for the same letters."""
    if left == right:
        return 1.0
    if is_misread(left, right):
        return 1.0 - policy.LOOKALIKE / min(len(left), len(right))
    first, second = split_syllables(left), split_syllables(right)
    if first is not None and second is not None:
        if len(first) == len(second):
            slips = sum(one != other for one, other in zip(first, second, strict=True))
            if slips > 1 and slips == len(first):  # Shengyuan and Shenwang
                return policy.UNLIKE_SYLLABLES * Levenshtein.normalized_similarity(left, right)
            return sum(map(_syllables_alike, first, second)) / len(first)
    elif min(len(left), len(right)) <= policy.ACRONYM:
        return policy.SHORT_WORDS * Levenshtein.normalized_similarity(left, right)
    by_letters = Levenshtein.normalized_similarity(left, right)
    by_sound = policy.HEARD_ALIKE * Levenshtein.normalized_similarity(sound(left), sound(right))
    return max(by_letters, by_sound)


def _syllables_alike(left: str, right: str) -> float:
    """Chuan and chuang sound alike, tai and kai are two words however few letters tell them apart."""
    if left == right:
        return 1.0
    if sound(left) == sound(right):
        return policy.HEARD_ALIKE
    return policy.UNLIKE_SYLLABLES * Levenshtein.normalized_similarity(left, right)


def is_part(left: Sequence[Token], right: Sequence[Token]) -> bool:
    """Whether one brand begins with the other, cut between syllables: 容大感光 and Rongda, 天马 and 天马智控.
    A Latin word that goes on beyond the characters is another one: Fangzhicheng is not 方直 (Fangzhi)."""
    if all(token.script is Script.HAN for token in (*left, *right)):
        whole, part = sorted(("".join(t.surface for t in side) for side in (left, right)), key=len, reverse=True)
        return policy.LEAST_PART <= len(part) < len(whole) and whole.startswith(part)
    first, second = split_syllables(glue(left)), split_syllables(glue(right))
    if first is None or second is None:
        return False
    longer, shorter = (left, right) if len(first) > len(second) else (right, left)
    if len(longer) == 1 and longer[0].script is Script.LATIN and shorter[0].script is Script.HAN:
        return False
    short, long = sorted((first, second), key=len)
    return policy.LEAST_PART <= len(short) < len(long) and long[: len(short)] == short


def _by_characters(by_sound: float, by_characters: float) -> float:
    share = policy.SOUND_AMONG_CHARACTERS
    return min(by_sound, share * by_sound + (1 - share) * by_characters)


@lru_cache(maxsize=65536)
def _alike(left: Token, right: Token) -> float:
    best = similarity(left.letters, right.letters)
    if left.kind is right.kind is TokenKind.BRAND and best < policy.PART and is_part((left,), (right,)):
        return policy.PART
    if best < 1.0:
        for han, other in ((left, right), (right, left)):
            if han.script is Script.HAN and other.script is not Script.HAN and han.kind is TokenKind.BRAND:
                for reading in _readings(han.surface):
                    best = max(best, similarity(reading, other.letters) * policy.OTHER_READING)
    if left.script is Script.HAN and right.script is Script.HAN:
        # Both are written in characters: what only sounds alike is another word.
        by_characters = Levenshtein.normalized_similarity(left.surface, right.surface)
        best = _by_characters(best, by_characters) if left.surface != right.surface else 1.0
    return best


class _Alignment:
    def __init__(self, query: ReadName, listed: ReadName, truncated: bool) -> None:
        self.names = query, listed
        self.query = list(query.telling)
        self.listed = list(listed.telling)
        self.truncated = truncated
        self.pairs: list[Pairing] = []

    def pair(self, query: Sequence[Token], listed: Sequence[Token], relation: Relation, alike: float) -> None:
        for token in query:
            self.query.remove(token)
        for token in listed:
            self.listed.remove(token)
        self.pairs.append(pairing(query, listed, relation, alike))

    def pair_one(self, token: Token, other: Token, relation: Relation, alike: float) -> None:
        """The same for a token each, as nearly all pairs are."""
        self.query.remove(token)
        self.listed.remove(other)
        kind = token.kind if token.kind is other.kind else _kind_of((token,), (other,), relation)
        self.pairs.append(Pairing((token,), (other,), relation, alike, kind))

    def by_concept(self) -> None:
        if self.names[0].meanings.isdisjoint(self.names[1].meanings):
            return
        for token in self.query[:]:
            if not token.concept:
                continue
            for other in self.listed:
                if other.kind is token.kind and other.concept == token.concept:
                    translated = token.concept.startswith(MEANING) and token.letters != other.letters
                    relation = Relation.VARIANT if translated else Relation.SAME
                    self.pair_one(token, other, relation, policy.TRANSLATED if translated else 1.0)
                    break

    def by_parts(self) -> None:
        """Trade words that are compounds of one another: biotechnology beside 生物 and 科技."""
        query = {token: _trade_parts(token.concept) for token in self.query if token.kind is TokenKind.INDUSTRY}
        if not query:
            return
        listed = {token: _trade_parts(token.concept) for token in self.listed if token.kind is TokenKind.INDUSTRY}
        if not listed or frozenset().union(*query.values()).isdisjoint(chain.from_iterable(listed.values())):
            return
        for first in list(query):
            left, right = [first], [token for token in listed if listed[token] & query.get(first, frozenset())]
            left += [token for token in query if token is not first and any(query[token] & listed[o] for o in right)]
            if first in query and right:
                mine = set().union(*(query.pop(token) for token in left))
                theirs = set().union(*(listed.pop(token) for token in right))
                alike = len(mine & theirs) / len(mine | theirs)
                self.pair(left, right, Relation.SAME if alike == 1.0 else Relation.VARIANT, alike)

    def by_letters(self) -> None:
        if self.names[0].spellings.isdisjoint(self.names[1].spellings):
            return
        for token in self.query[:]:
            for other in self.listed:
                if token.letters == other.letters and (token.script is other.script or len(token.letters) > 1):
                    both_han = token.script is Script.HAN and other.script is Script.HAN
                    if both_han and token.surface != other.surface:
                        continue
                    self.pair_one(token, other, Relation.SAME, 1.0)
                    break

    def by_spans(self) -> None:
        """Words that the other side writes as one: "Zhong Tai" and "Zhongtai", "Xin Zhong Tai" read with a place."""
        for shorts, longs, flipped in ((self.query, self.listed, False), (self.listed, self.query, True)):
            for whole in longs[:] if len(shorts) > 1 else ():
                span = self._span(shorts, whole.letters)
                if span:
                    self.pair(*(([whole], span) if flipped else (span, [whole])), Relation.SAME, 1.0)

    @staticmethod
    def _span(tokens: list[Token], whole: str) -> list[Token]:
        for first, token in enumerate(tokens[:-1]):
            glued = token.letters
            if not whole.startswith(glued):
                continue
            for last in range(first + 1, len(tokens)):
                glued += tokens[last].letters
                if glued == whole:
                    return tokens[first : last + 1]
                if len(glued) >= len(whole):
                    break
        return []

    def by_likeness(self) -> None:
        """The likeliest pairs of brands and places first, then what is left of the brands as one word each."""
        query, listed = self.query[:], self.listed[:]
        scored = [
            (-alike, row, column)
            for row, token in enumerate(query)
            for column, other in enumerate(listed)
            if _may_be_alike(token.kind, other.kind) and (alike := _alike(token, other)) >= policy.CLOSE_TOKEN
        ]
        for negative, row, column in sorted(scored):
            if query[row] in self.query and listed[column] in self.listed:
                self.pair_one(query[row], listed[column], Relation.VARIANT, -negative)
        left = [token for token in self.query if token.kind in _NAMING]
        right = [token for token in self.listed if token.kind in _NAMING]
        if right and any(token.kind is TokenKind.BRAND for token in left):
            self._glued(left, right)

    def _glued(self, left: list[Token], right: list[Token]) -> None:
        brands = [token for token in left if token.kind is TokenKind.BRAND]
        others = [token for token in right if token.kind is TokenKind.BRAND]
        best: tuple[float, list[Token], list[Token]] = (0.0, [], [])
        for first, second in ((brands, others), (left, right), (brands, right), (left, others)):
            if first and second and (len(first) > 1 or len(second) > 1):
                if all(t.script is Script.HAN for t in (*first, *second)):
                    alike = Indel.normalized_similarity(
                        "".join(t.surface for t in first), "".join(t.surface for t in second)
                    )
                else:
                    alike = similarity(glue(first), glue(second))
                if alike > best[0]:
                    best = (alike, first, second)
        alike, first, second = best
        if alike >= policy.CLOSE_BRAND:
            self.pair(first, second, Relation.SAME if alike == 1.0 else Relation.VARIANT, alike)

    def by_truncation(self) -> None:
        """A cell cut at its field's width ends within a word: its last token completes the listed one."""
        last = self.names[0].tokens[-1] if self.truncated and self.query else None
        if last is None or self.query[-1] is not last or len(last.letters) < policy.LEAST_CUT:
            return
        for other in self.listed:
            if len(last.letters) < len(other.letters) and other.letters.startswith(last.letters):
                self.pair_one(last, other, Relation.SAME, 1.0)
                return

    def by_nearness(self) -> None:
        """Trades that translations put for one another: 医疗 and Healthcare. Two Chinese names were not translated."""
        families = lexicon().families
        for token in [token for token in self.query if _is_trade(token)]:
            near = set(families.get(token.concept, ()))
            for other in self.listed:
                translated = token.script is not Script.HAN or other.script is not Script.HAN
                if translated and _is_trade(other) and not near.isdisjoint(families.get(other.concept, ())):
                    self.pair([token], [other], Relation.VARIANT, policy.NEAR_TRADE)
                    break

    def rest(self) -> None:
        """What found no counterpart: two different words of a kind face each other, the others stand alone."""
        for token in self.query[:]:
            for other in self.listed:
                if other.kind is token.kind:
                    self.pair_one(token, other, Relation.DIFFERENT, 0.0)
                    break
        self.pairs += [Pairing((token,), (), Relation.EXTRA, 0.0, token.kind) for token in self.query]
        self.pairs += [Pairing((), (token,), Relation.MISSING, 0.0, token.kind) for token in self.listed]


def align(query: ReadName, listed: ReadName, truncated: bool = False) -> list[Pairing]:
    """Pairs the tokens of two names, most certain first; legal forms and stop words take no part.

    `truncated` says that the query may have been cut at a field's width.
    """
    alignment = _Alignment(query, listed, truncated)
    alignment.by_concept()
    alignment.by_parts()
    alignment.by_letters()
    alignment.by_spans()
    alignment.by_truncation()
    alignment.by_likeness()
    alignment.by_nearness()
    alignment.rest()
    return alignment.pairs


def both_pinyin(left: str, right: str) -> bool:
    """Whether both are well-formed pinyin: then a different syllable is another name rather than a slip."""
    return split_syllables(left) is not None and split_syllables(right) is not None
