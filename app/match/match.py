"""Judging one pair of names: the score, its strength and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter

from app.index.compiled import NameFlag
from app.match import policy
from app.match.align import Pairing, Relation, align
from app.match.features import Comparison, compare_names, is_cut
from app.match.gate import Profile, is_promising
from app.match.rarity import token_rarity
from app.match.slips import is_slip
from app.text.latin import fold
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.pinyin import split_syllables
from app.text.scripts import Script

_SIDES = (attrgetter("query"), attrgetter("listed"))
_LEFT_OVER = (Relation.DIFFERENT, Relation.EXTRA, Relation.MISSING)


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
    party: Profile, candidate: Profile, cosine: float, flags: NameFlag, context: Context, names: int
) -> Match | None:
    """Judges a pair; None where the names are not held to be one.

    `cosine` is how near the index held the candidate to be, `names` how many names the party is screened against.
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
    if nearly is not None or not is_promising(party, candidate, cosine, policy.gate_odds(names)):
        return nearly
    compared = compare_names(party, candidate)
    if _is_another(compared):
        return None
    bears_all = compared.leads and query.core.startswith(listed.core) and listed.concepts(TokenKind.INDUSTRY)
    if weak or (_is_of_the_group(compared) and not bears_all):
        return _match_scope(flags, compared)
    return (
        _match_by_points(compared, flags, context, names)
        or _match_own_words(party, candidate, context)
        or _match_own_brand(compared, context)
        or _match_body_of(query, listed, compared, context)
        or _match_cut(query, listed, compared)
        or _match_scope(flags, compared)
    )


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


def _is_another(compared: Comparison) -> bool:
    """Whether a difference settles the matter, whatever else agrees: another number (第八师 and 第七师), another brand
    in well-formed pinyin (华锦 and Huafu), a brand in characters that the other name lacks (青岛日辰食品, 青岛食品: Chinese
    names leave out places and forms, never the brand), or another trade in characters."""
    features = compared.features
    other_brand = features["brand_none"] and features["rest_pinyin"] and features["rest_likeness"] < policy.SAME_BRAND
    no_brand = compared.chinese and features["brand_one_sided"]
    other_body = features["no_brand"] and _bodies_differ(compared)
    differs = features["ordinal_different"] or other_brand or no_brand or other_body
    return bool(differs or _is_alike_alone(features) or _is_of_another_trade(compared))


def _bodies_differ(compared: Comparison) -> bool:
    """Whether only one of two Chinese names is that of an institute or a university: 广东省建筑科学研究院 is not 广东省建筑工程."""
    alone = [pair for pair in compared.pairs if pair.kind is TokenKind.ORG and pair.relation in _LEFT_OVER]
    return compared.chinese and any(
        token.concept in policy.LEARNED for pair in alone for token in (*pair.query, *pair.listed)
    )


def _is_of_another_trade(compared: Comparison) -> bool:
    """Whether two Chinese names claim trades that have nothing in common: 海正药业 and 海正生物材料 are two companies of
    one group. A character that both have (化工, 化学) leaves it open."""
    if not compared.chinese or compared.features["industry_different"] < policy.TWO_TRADES:
        return False
    trades = [pair for pair in compared.pairs if pair.kind is TokenKind.INDUSTRY and pair.relation in _LEFT_OVER]
    query, listed = ({char for pair in trades for token in side(pair) for char in token.surface} for side in _SIDES)
    return not query & listed


def _is_of_the_group(compared: Comparison) -> bool:
    """Whether all that the names share of a brand is that of a large group, and what they say besides makes the party
    another company of it: another trade (中交地产 and 中国交通建设, 中航直升机 and AVIC Heavy Machinery; not in two Latin
    names, which leave trades out), or nothing but a place (SMIC Tianjin)."""
    groups = lexicon().groups
    same = [pair for pair in compared.pairs if pair.kind is TokenKind.BRAND and pair.relation is Relation.SAME]
    if not same or any(token.concept not in groups for pair in same for token in pair.listed):
        return False
    trades = [pair for pair in compared.pairs if pair.kind is TokenKind.INDUSTRY]
    others = [pair for pair in compared.pairs if pair not in same and pair not in trades]
    if not trades:
        return bool(others) and all(p.kind is TokenKind.PLACE and p.relation is Relation.EXTRA for p in others)
    if not compared.cross_script and not compared.chinese:
        return False
    apart = [pair for pair in trades if pair.similarity < policy.NEAR_TRADE]
    query, listed = ([side(pair) for pair in apart if _is_telling(side(pair))] for side in _SIDES)
    return bool(query and listed) or (bool(query or listed) and (compared.chinese or trades == apart))


def _is_telling(tokens: Sequence[Token]) -> bool:
    return any(token_rarity(token) >= policy.TWO_TRADES * policy.RAREST for token in tokens)


def _is_alike_alone(features: Mapping[str, float]) -> bool:
    """Whether two brands are merely alike, and hardly anything stands beside them that agrees (纳思达 and Nasdaq)."""
    misread = not features["brand_none"] and features["brand_gap"] * policy.BRAND_GAP <= 1 - policy.CLOSE_ENOUGH
    agreeing = features["brand_same"] or features["brand_part"] or misread
    brandless = features["no_brand"] or features["brand_one_sided"]
    beside = features["place_same"] + features["industry_same"]
    return not agreeing and not brandless and beside < policy.LEAST_BESIDES


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
    if query.concepts(TokenKind.BRAND) & lexicon().groups and not bodies <= policy.FILLING_BODIES:
        return None
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
    if not any(_is_own_word(token) for pair in brands for token in pair.listed):
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
    if not compared.leads or context is Context.ELSEWHERE or not listed.concepts(TokenKind.ORG) & policy.LEARNED:
        return None
    after = query.tokens[sum(token.kind is not TokenKind.LEGAL_FORM for token in listed.tokens) :]
    bodies = {token.concept for token in after if token.kind is TokenKind.ORG}
    if after[0].kind is TokenKind.STOP or not bodies & policy.BODIES:
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
    (a sibling's, often) is outweighed by near-certainty alone."""
    for pair in pairs:
        if pair.kind is TokenKind.BRAND and pair.similarity < policy.CLOSE_ENOUGH:
            return False
        if pair.kind is TokenKind.INDUSTRY and pair.relation in _LEFT_OVER and score < policy.NEAR_CERTAIN:
            return False
    return True


def _match_person(query: ReadName, listed: ReadName) -> Match | None:
    """A person matches by all of its words in any order, and by nothing less."""
    words = sorted(word for token in query.tokens for word in token.surface.casefold().split())
    listed_words = sorted(word for token in listed.tokens for word in token.surface.casefold().split())
    return Match(policy.IDENTICAL, True, "person") if words and words == listed_words else None
