"""Judging one pair of names: the score, its strength and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.index.compiled import NameFlag
from app.match import policy
from app.match.align import Pairing, Relation, align
from app.match.apart import LEFT_OVER, are_of_one_group, are_two
from app.match.features import Comparison, compare_names, is_cut
from app.match.gate import Profile, is_promising
from app.match.rarity import token_rarity
from app.match.slips import is_slip
from app.text.latin import fold
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.pinyin import split_syllables
from app.text.scripts import Script

_ROUNDING = math.sqrt(math.ulp(1.0))  # sums in another order


class Context(StrEnum):
    """Where a party stands: a Chinese country, script or place; another country, as declared; or nobody says."""

    CHINESE = "chinese"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Match:
    """A judged pair. `rule` names what decided: identical, same_sound, person, slip,
    same_own_words, own_brand, body_of, cut, scope or model.

    `points` holds the log-odds that each feature brought, largest first; it is empty where a rule decided.
    """

    score: float
    strong: bool
    rule: str
    pairs: Sequence[Pairing] = ()
    points: tuple[tuple[str, float], ...] = ()


def match_names(
    party: Profile,
    candidate: Profile,
    cosine: float,
    flags: NameFlag,
    context: Context,
    names: int,
    gate: float | None = None,
) -> Match | None:
    """Judges a pair; None where the names are not held to be one.

    `cosine` is how near the index held the candidate to be, `names` how many names the party is screened against,
    `gate` what `pairs.promising` says of the pair, if it was asked.
    """
    query, listed = party.name, candidate.name
    if NameFlag.PERSON in flags:
        return _match_person(query, listed)
    if query.identity == listed.identity or query.spelled == listed.spelled:
        return _match_identical(flags, context)
    weak = NameFlag.WEAK in flags
    if weak and NameFlag.EXTENDS not in flags:
        return None
    nearly = None if weak else _match_nearly_identical(query, listed, cosine, flags, context)
    if nearly is not None or not is_promising(party, candidate, cosine, policy.gate_odds(names), gate):
        return nearly
    compared = compare_names(party, candidate, _least(query, listed, flags, context, names))
    if are_two(compared):
        return None
    bears_all = compared.leads and query.core.startswith(listed.core) and listed.concepts(TokenKind.INDUSTRY)
    if weak or (are_of_one_group(compared) and not bears_all):
        return _match_scope(flags, compared)
    return (
        _match_by_points(compared, flags, context, names)
        or _match_own_words(party, candidate, context)
        or _match_own_brand(compared, context)
        or _match_body_of(query, listed, compared, context)
        or _match_cut(query, listed, compared)
        or _match_scope(flags, compared)
    )


def _least(query: ReadName, listed: ReadName, flags: NameFlag, context: Context, names: int) -> float:
    """The log-odds that the features of a pair must bring, where nothing else can make it a match."""
    if NameFlag.EXTENDS in flags or query.own_words == listed.own_words:
        return -math.inf
    same_script = (query.script is Script.HAN) is (listed.script is Script.HAN)
    limit = (policy.SAME_SCRIPT if same_script else policy.CROSS_SCRIPT).possible
    elsewhere = policy.ELSEWHERE if context is Context.ELSEWHERE else 0.0
    return math.log(limit / (1 - limit)) - policy.prior(names) - elsewhere - _ROUNDING


def _match_nearly_identical(
    query: ReadName, listed: ReadName, cosine: float, flags: NameFlag, context: Context
) -> Match | None:
    """Names of two scripts that read the same, and names that one slip of the keyboard tells apart, unless the party is
    declared elsewhere."""
    if query.core == listed.core and query.script is not listed.script:
        return Match(policy.SAME_SOUND, NameFlag.UNVERIFIED not in flags, "same_sound", align(query, listed))
    if context is not Context.ELSEWHERE and cosine >= policy.SLIP_NEAREST and is_slip(query, listed):
        return Match(policy.ONE_SLIP, False, "slip", align(query, listed))
    return None


def _match_by_points(compared: Comparison, flags: NameFlag, context: Context, names: int) -> Match | None:
    """The verdict of the policy table."""
    table = policy.CROSS_POINTS if compared.cross_script else policy.SAME_POINTS
    points = {name: table[name] * value for name, value in compared.features.items() if value}
    points["list_size"] = policy.prior(names)
    if context is Context.ELSEWHERE:
        points["elsewhere"] = policy.ELSEWHERE
    score = min(1 / (1 + math.exp(-sum(points.values()))), policy.MOST)
    limits = policy.CROSS_SCRIPT if compared.cross_script else policy.SAME_SCRIPT
    if score < limits.possible:
        return None
    strong = score >= limits.strong and NameFlag.UNVERIFIED not in flags and _is_sure(compared.pairs, score)
    ranked = sorted(points.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Match(score, strong, "model", compared.pairs, tuple(ranked))


def _match_own_words(party: Profile, candidate: Profile, context: Context) -> Match | None:
    """Names of one rare brand, one trade and one number that differ in the kind of body, or of which one leaves the
    place or a common word out; of a party that is not declared elsewhere."""
    query, listed = party.name, candidate.name
    if context is Context.ELSEWHERE or query.script is not listed.script or _telling(query) != _telling(listed):
        return None
    here, there = query.concepts(TokenKind.PLACE), listed.concepts(TokenKind.PLACE)
    bodies = query.concepts(TokenKind.ORG) ^ listed.concepts(TokenKind.ORG)
    same = set(query.own_words) == set(listed.own_words)
    if query.concepts(TokenKind.BRAND) & lexicon().groups and not bodies.issubset(policy.FILLING_BODIES):
        return None
    if (split_syllables(query.brand) is None) is not (split_syllables(listed.brand) is None):
        return None  # Haikang may be Hikvision, and may be another
    nested = here <= there or there <= here
    if not nested or party.brand_weight < (policy.RARE_WORDS if same else policy.OWN_WORD):
        return None
    score = policy.SAME_BUT_BODY if same and here == there else policy.SAME_BUT_PLACE
    return Match(score, False, "same_own_words", align(query, listed))


def _telling(name: ReadName) -> tuple[str, ...]:
    """The own words without those that companies add and drop, each once."""
    return tuple(dict.fromkeys(word for word in name.own_words if word not in policy.FILLERS))


def _match_own_brand(compared: Comparison, context: Context) -> Match | None:
    """A party that bears the brand of the listed company and no other, where hardly any company has that brand: one of
    its sisters, or itself under a new name. Not for pinyin, in which many firms coin the same word, nor for groups."""
    if compared.cross_script or compared.chinese or context is Context.ELSEWHERE or compared.features["brand_group"]:
        return None
    brands = [pair for pair in compared.pairs if pair.kind is TokenKind.BRAND]
    if any(pair.relation is not Relation.SAME for pair in brands):
        return None
    if not any(all(map(_is_own_word, (*pair.query, *pair.listed))) for pair in brands):
        return None
    return Match(policy.SAME_BRAND_ALONE, False, "own_brand", compared.pairs)


def _is_own_word(token: Token) -> bool:
    return (
        len(token.letters) >= policy.OWN_LETTERS
        and token_rarity(token) >= policy.OWN_WORD
        and not token.concept.startswith(MEANING)
        and split_syllables(token.letters) is None
    )


def _match_body_of(query: ReadName, listed: ReadName, compared: Comparison, context: Context) -> Match | None:
    """A body of a listed university or institute whose name begins with the whole of the other: its research
    institute, its hospital. But Tianjin University of Commerce is no part of Tianjin University."""
    if not compared.leads or context is Context.ELSEWHERE or listed.concepts(TokenKind.ORG).isdisjoint(policy.LEARNED):
        return None
    after = query.tokens[sum(token.kind is not TokenKind.LEGAL_FORM for token in listed.tokens) :]
    bodies = {token.concept for token in after if token.kind is TokenKind.ORG}
    if after[0].kind is TokenKind.STOP or bodies.isdisjoint(policy.BODIES):
        return None
    return Match(policy.BODY_OF, False, "body_of", compared.pairs)


def _match_cut(query: ReadName, listed: ReadName, compared: Comparison) -> Match | None:
    """A name of the length at which forms cut cells, with which the listed name begins letter for letter."""
    if is_cut(query.text) and query.script is Script.LATIN and fold(listed.text).startswith(fold(query.text)):
        return Match(policy.CUT, False, "cut", compared.pairs)
    return None


def _match_scope(flags: NameFlag, compared: Comparison) -> Match | None:
    """A party whose name begins with that of a listing that reaches subsidiaries or affiliates may be one of them."""
    if NameFlag.EXTENDS in flags and compared.leads and compared.features["brand_same"] >= policy.RARE_BRAND:
        return Match(policy.UNDER_SCOPE, False, "scope", compared.pairs)
    return None


def _match_identical(flags: NameFlag, context: Context) -> Match | None:
    """The same name. Declared in another country it asks for a person's judgement. A weak one says little by itself: it
    needs a Chinese context to be strong, and says nothing of a party that is declared elsewhere."""
    weak = NameFlag.WEAK in flags
    elsewhere = context is Context.ELSEWHERE
    if weak and elsewhere:
        return None
    strong = NameFlag.UNVERIFIED not in flags and not elsewhere and (not weak or context is Context.CHINESE)
    return Match(policy.IDENTICAL, strong, "identical")


def _is_sure(pairs: Sequence[Pairing], score: float) -> bool:
    """A strong match leaves no brand word over and has none that only sounds alike; a trade word that differs
    (a sibling's, often) is outweighed by near-certainty alone, and one that is merely near never is: solar is no proof
    of new energy."""
    for pair in pairs:
        if pair.kind is TokenKind.INDUSTRY and pair.similarity == policy.NEAR_TRADE:
            return False
        if pair.kind is TokenKind.BRAND and pair.similarity < policy.CLOSE_ENOUGH:
            return False
        if pair.kind is TokenKind.INDUSTRY and pair.relation in LEFT_OVER and score < policy.NEAR_CERTAIN:
            return False
    return True


def _match_person(query: ReadName, listed: ReadName) -> Match | None:
    """A person matches by all of its words in any order, and by nothing less."""
    words = sorted(word for token in query.tokens for word in token.surface.casefold().split())
    listed_words = sorted(word for token in listed.tokens for word in token.surface.casefold().split())
    return Match(policy.IDENTICAL, True, "person") if words and words == listed_words else None
