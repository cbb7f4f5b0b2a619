"""What tells two names apart, whatever else agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter

from app.match import policy
from app.match.align import Relation
from app.match.features import Comparison
from app.match.rarity import token_rarity
from app.text.lexicon import lexicon
from app.text.name import Token, TokenKind

LEFT_OVER = (Relation.DIFFERENT, Relation.EXTRA, Relation.MISSING)
_SIDES = (attrgetter("query"), attrgetter("listed"))


def are_two(compared: Comparison) -> bool:
    """Whether a difference settles the matter, whatever else agrees: another number (第八师 and 第七师), another brand
    in well-formed pinyin (华锦 and Huafu), a brand in characters that the other name lacks (青岛日辰食品, 青岛食品:
    Chinese names leave out places and forms, never the brand), or another trade or body in characters."""
    features = compared.features
    other_brand = features["brand_none"] and features["rest_pinyin"] and features["rest_likeness"] < policy.SAME_BRAND
    no_brand = compared.chinese and features["brand_one_sided"]
    other_body = features["no_brand"] and _bodies_differ(compared)
    differs = features["ordinal_different"] or other_brand or no_brand or other_body
    return bool(differs or _is_alike_alone(features) or _is_of_another_trade(compared))


def _bodies_differ(compared: Comparison) -> bool:
    """Whether only one of two Chinese names is an institute's or a university's: 广东省建筑科学研究院 is not
    广东省建筑工程."""
    alone = [pair for pair in compared.pairs if pair.kind is TokenKind.ORG and pair.relation in LEFT_OVER]
    return compared.chinese and any(
        token.concept in policy.LEARNED for pair in alone for token in (*pair.query, *pair.listed)
    )


def _is_of_another_trade(compared: Comparison) -> bool:
    """Whether two Chinese names claim trades that have nothing in common: 海正药业 and 海正生物材料 are two companies
    of one group. A character that both have (化工, 化学) leaves it open."""
    if not compared.chinese or compared.features["industry_different"] < policy.TWO_TRADES:
        return False
    trades = [pair for pair in compared.pairs if pair.kind is TokenKind.INDUSTRY and pair.relation in LEFT_OVER]
    query, listed = ({char for pair in trades for token in side(pair) for char in token.surface} for side in _SIDES)
    return not query & listed


def are_of_one_group(compared: Comparison) -> bool:
    """Whether all that the names share of a brand is that of a large group, and what they say besides makes the party
    another company of it: another trade (中交地产 and 中国交通建设; not in two Latin names, which leave trades out), or
    nothing but a place (SMIC Tianjin)."""
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
