"""What speaks for and against two names being one: numbers, each with the tokens that caused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from app.match.align import Pairing, Relation, align, both_pinyin, glue
from app.match.rarity import rarity
from app.text.lexicon import lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.scripts import Script

_CUT_WIDTHS = (range(29, 37), range(48, 51))
_RAREST = 12.4


@dataclass(frozen=True, slots=True)
class Comparison:
    """The aligned names, the features by name (see `policy`), and whether the names are in different scripts."""

    pairs: Sequence[Pairing]
    features: dict[str, float]
    cross_script: bool


def _mass(tokens: Sequence[Token]) -> float:
    """How much tokens of a brand tell, 0 to 1: the rarest counts in full, the others by half."""
    weights = sorted((rarity(token.letters) / _RAREST for token in tokens), reverse=True)
    return min(1.5, weights[0] + 0.5 * sum(weights[1:])) if weights else 0.0


def is_cut(text: str) -> bool:
    """Whether a name has the length at which forms cut cells: 35 characters (30 to 36) or 50."""
    return any(len(text) in widths for widths in _CUT_WIDTHS)


def nested(left: str, right: str) -> bool:
    """Whether one place lies in the other."""
    parents = lexicon().place_parents
    return left in parents.get(right, ()) or right in parents.get(left, ())


def compare_names(query: ReadName, listed: ReadName) -> Comparison:
    """Aligns two names and measures every feature of the policy table."""
    pairs = align(query, listed, truncated=is_cut(query.text))
    cross = (query.script is Script.HAN) is not (listed.script is Script.HAN)
    features = {
        "bias": 1.0,
        "cross_script": float(cross),
        "core_likeness": ratio(query.core, listed.core) / 100,
        "no_brand": float(not (query.is_distinctive and listed.is_distinctive)),
    }
    _brand_features(pairs, features, cross)
    _place_features(pairs, features)
    _industry_features(pairs, features)
    _other_features(pairs, features)
    same = query.core == listed.core and (cross or query.identity == listed.identity)
    features["core_same"] = float(same)
    return Comparison(pairs, features, cross)


def _brand_features(pairs: Sequence[Pairing], features: dict[str, float], cross: bool) -> None:
    same = close = gap = missing = extra = misspelt = 0.0
    same_tokens: list[Token] = []
    for pair in pairs:
        if pair.kind is not TokenKind.BRAND:
            continue
        if pair.relation is Relation.SAME:
            same_tokens += pair.listed
        elif pair.relation is Relation.VARIANT:
            mass = _mass(pair.listed)
            close += mass * pair.similarity
            gap += 1 - pair.similarity
            misspelt += both_pinyin(glue(pair.query), glue(pair.listed))
        elif pair.relation is Relation.DIFFERENT:
            missing += _mass(pair.listed)
            extra += _mass(pair.query)
        elif pair.relation is Relation.MISSING:
            missing += _mass(pair.listed)
        else:
            extra += _mass(pair.query)
    same = _mass(same_tokens)
    features["brand_same"] = same
    features["brand_close"] = min(close, 1.5)
    features["brand_gap"] = min(gap, 1.0)
    features["brand_gap_pinyin"] = min(gap, 1.0) * bool(misspelt)
    features["brand_missing"] = min(missing, 1.5)
    features["brand_extra"] = min(extra, 1.5)
    features["brand_conflict"] = min(missing, extra, 1.5)
    features["brand_none"] = float(same + close == 0)
    features["brand_letters"] = min(sum(len(t.letters) for t in same_tokens), 12) / 12
    features["brand_same_cross"] = same * cross
    features["brand_close_cross"] = min(close, 1.5) * cross


def _place_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    same = conflict = missing = extra = within = 0.0
    for pair in pairs:
        if pair.kind is not TokenKind.PLACE:
            continue
        if pair.relation in (Relation.SAME, Relation.VARIANT):
            same += 1
        elif pair.relation is Relation.DIFFERENT:
            if nested(pair.query[0].concept, pair.listed[0].concept):
                within += 1
            else:
                conflict += 1
        elif pair.relation is Relation.MISSING:
            missing += 1
        else:
            extra += 1
    features["place_same"] = min(same, 2) / 2
    features["place_conflict"] = min(conflict, 1)
    features["place_missing"] = min(missing, 2) / 2
    features["place_extra"] = min(extra, 2) / 2
    features["place_within"] = min(within, 1)


def _industry_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    same = different = missing = extra = 0.0
    for pair in pairs:
        if pair.kind is not TokenKind.INDUSTRY:
            continue
        weight = sum(rarity(token.letters) for token in (pair.listed or pair.query)) / _RAREST
        if pair.relation in (Relation.SAME, Relation.VARIANT):
            same += weight
        elif pair.relation is Relation.DIFFERENT:
            different += 1
        elif pair.relation is Relation.MISSING:
            missing += 1
        else:
            extra += 1
    features["industry_same"] = min(same, 1.5)
    features["industry_different"] = min(different, 2) / 2
    features["industry_missing"] = min(missing, 3) / 3
    features["industry_extra"] = min(extra, 3) / 3


def _other_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    tally = {"ordinal_same": 0, "ordinal_different": 0, "ordinal_alone": 0, "org_same": 0, "org_alone": 0}
    for pair in pairs:
        if pair.kind is TokenKind.ORDINAL:
            different = "different" if pair.relation is Relation.DIFFERENT else "alone"
            tally["ordinal_same" if pair.relation is Relation.SAME else f"ordinal_{different}"] += 1
        elif pair.kind is TokenKind.ORG:
            tally["org_same" if pair.relation is Relation.SAME else "org_alone"] += 1
    for name, count in tally.items():
        features[name] = min(count, 2) / 2
