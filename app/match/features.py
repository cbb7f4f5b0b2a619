"""What speaks for and against two names being one: numbers, each with the tokens that caused it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rapidfuzz.distance import Indel, Levenshtein

from app.match import policy
from app.match.align import Pairing, Relation, align, both_pinyin, glue, is_part, similarity
from app.match.gate import Profile
from app.match.rarity import token_rarity
from app.text.han import syllables
from app.text.hearing import heard
from app.text.lexicon import MEANING, lexicon
from app.text.name import ReadName, Token, TokenKind
from app.text.pinyin import sound, split_syllables
from app.text.scripts import Script

# How a word of the listed name, or of the query, fares that has no counterpart.
_UNLIKE = (Relation.DIFFERENT, Relation.MISSING, Relation.EXTRA)
_LISTED_LACKS = (Relation.DIFFERENT, Relation.MISSING)
_QUERY_LACKS = (Relation.DIFFERENT, Relation.EXTRA)
_NO_VOWELS = str.maketrans("", "", "aeiou")


class Comparison(NamedTuple):
    """The aligned names and the features by name (see `policy`). `cross_script`: one of the names is in Chinese script;
    `chinese`: both are; `leads`: the query begins with the whole listed name and goes on."""

    pairs: Sequence[Pairing]
    features: dict[str, float]
    cross_script: bool
    chinese: bool
    leads: bool


def _mass(tokens: Sequence[Token]) -> float:
    """How much tokens of a brand tell, 0 to 1: the rarest counts in full, the others by half."""
    if not tokens:
        return 0.0
    weights = sorted([token_rarity(token) / policy.RAREST for token in tokens], reverse=True)
    return min(policy.MOST_BRAND, weights[0] + policy.OTHER_BRANDS * sum(weights[1:]))


def _beyond(value: float, least: float) -> float:
    """How far `value` lies beyond `least`, as a share of the way to 1."""
    return max(0.0, value - least) / (1 - least)


def _counted(count: float) -> float:
    return min(count / policy.COUNTED, 1.0)


def is_cut(text: str) -> bool:
    """Whether a name has the length at which forms cut cells: 35 characters (30 to 36) or 50."""
    return any(len(text) in widths for widths in policy.CUT_WIDTHS)


def nested(left: str, right: str) -> bool:
    """Whether one place lies in the other."""
    parents = lexicon().place_parents
    return left in parents.get(right, ()) or right in parents.get(left, ())


def compare_names(party: Profile, candidate: Profile, least: float = -math.inf) -> Comparison:
    """Aligns two names and measures every feature of the policy table. How well a brand renders another takes longest:
    it is left at 0 where the log-odds stay below `least` however well it does."""
    query, listed = party.name, candidate.name
    pairs = align(query, listed, truncated=is_cut(query.text))
    cross = (query.script is Script.HAN) is not (listed.script is Script.HAN)
    features = {
        "bias": 1.0,
        "core_likeness": Indel.normalized_similarity(query.core, listed.core),
        "concept_likeness": Indel.normalized_similarity(party.renderings[1], candidate.renderings[1]),
        "no_brand": float(not (query.is_distinctive or listed.is_distinctive)),
        "brand_one_sided": float(query.is_distinctive is not listed.is_distinctive),
    }
    left_over = _brand_features(pairs, features, cross)
    _place_features(pairs, features)
    _industry_features(pairs, features)
    _other_features(pairs, features)
    apart = features["industry_different"] or features["industry_missing"] or features["industry_extra"]
    features["group_sister"] = features["brand_group"] * bool(apart or features["org_alone"])
    clashing = not features["industry_same"] and not features["brand_none"]
    features["trade_clash"] = features["industry_different"] * clashing
    features["agreement"], features["shared"] = _agreement(pairs)
    features["agreement_squared"] = features["agreement"] ** 2
    relations = {pair.relation for pair in pairs}
    covered = relations.isdisjoint(_LISTED_LACKS)
    features["listed_covered"] = float(covered and listed.is_distinctive)
    leads = covered and _leads(query, pairs)
    if leads:
        features["brand_group"] = features["group_sister"] = (
            0.0  # what begins with the group's whole name belongs to it
        )
    features["listed_leads"] = float(leads and len(pairs) > policy.LEAST_LED)
    features["leading_rarity"] = features["shared"] * leads
    features["query_covered"] = float(relations.isdisjoint(_QUERY_LACKS))
    same = query.core == listed.core and (cross or query.identity == listed.identity)
    features["core_same"] = float(same)
    if left_over is not None and odds_of(features, cross) + _MOST_HEARD[cross] >= least:
        features |= _heard_features(*left_over)
    return Comparison(pairs, features, cross, not cross and query.script is Script.HAN, leads)


def _leads(query: ReadName, pairs: Sequence[Pairing]) -> bool:
    """Whether the party's name begins with the whole listed name and goes on."""
    place = {id(token): index for index, token in enumerate(query.tokens)}
    inside = [place[id(token)] for pair in pairs if pair.listed for token in pair.query]
    after = [place[id(token)] for pair in pairs if not pair.listed for token in pair.query]
    return bool(inside and after) and max(inside) < min(after)


def _agreement(pairs: Sequence[Pairing]) -> tuple[float, float]:
    """The share of the rarity of all words that agrees, and how much that is (50 for about five rare words)."""
    shared = rest = 0.0
    for pair in pairs:
        weight = max(_rarity(pair.query), _rarity(pair.listed))
        shared += weight * pair.similarity
        rest += weight * (1 - pair.similarity)
    return shared / (shared + rest or 1.0), min(shared / policy.ALL_SHARED, 1.0)


def _rarity(tokens: Sequence[Token]) -> float:
    if len(tokens) == 1:  # as nearly always
        return token_rarity(tokens[0])
    return sum([token_rarity(token) for token in tokens])


def _is_own(token: Token, cross: bool) -> bool:
    """Whether a brand that agrees is one company's rather than a word that many write alike: characters that both have,
    or a Latin word that is no pinyin."""
    if token.concept.startswith(MEANING):
        return False
    return not cross if token.script is Script.HAN else split_syllables(token.letters) is None


def odds_of(features: Mapping[str, float], cross: bool) -> float:
    """What the features bring together, in log-odds."""
    points = policy.CROSS_POINTS if cross else policy.SAME_POINTS
    return sum([points[name] * value for name, value in features.items() if value])


def _brand_features(
    pairs: Sequence[Pairing], features: dict[str, float], cross: bool
) -> tuple[Sequence[Token], Sequence[Token]] | None:
    """Sets all of them but how well the words left over render each other, and returns these words."""
    same: list[Token] = []
    variants: list[Pairing] = []
    query: list[Token] = []
    listed: list[Token] = []
    for pair in pairs:
        if pair.kind is not TokenKind.BRAND:
            continue
        if pair.relation is Relation.SAME:
            same += pair.listed
        elif pair.relation is Relation.VARIANT:
            variants.append(pair)
        else:
            query += pair.query
            listed += pair.listed
    features |= _agreeing(same, variants, cross) if same or variants else _NO_AGREEING
    documented = any(token.concept and not token.concept.startswith(MEANING) for token in (*query, *listed))
    features["brand_documented"] = float(documented and bool(query) and bool(listed))
    features["brand_group"] = float(bool(same) and _is_group(same))
    left, right = _mass(query), _mass(listed)
    features["brand_missing"] = right * (not query)
    features["brand_extra"] = left * (not listed)
    features["brand_conflict"] = min(left, right)
    features |= _left_over(query, listed, documented) if query and listed else _NOT_LEFT_OVER
    return (query, listed) if query and listed and not documented else None


_NO_AGREEING = dict.fromkeys(
    (
        "brand_same",
        "brand_letters",
        "brand_close",
        "brand_gap",
        "brand_gap_pinyin",
        "brand_part",
        "brand_none",
        "brand_coined",
    ),
    0.0,
) | {"brand_none": 1.0}


def _agreeing(same: Sequence[Token], variants: Sequence[Pairing], cross: bool) -> dict[str, float]:
    parts = [pair for pair in variants if is_part(pair.query, pair.listed)]
    close = [pair for pair in variants if pair not in parts]
    gap = min(sum([1 - pair.similarity for pair in close]) / policy.BRAND_GAP, 1.0)
    return {
        "brand_same": _mass(same),
        "brand_letters": min(sum([len(token.letters) for token in same]) / policy.BRAND_LETTERS, 1.0),
        "brand_close": _mass([token for pair in close for token in pair.listed]),
        "brand_gap": gap,
        "brand_gap_pinyin": gap * any(both_pinyin(glue(pair.query), glue(pair.listed)) for pair in close),
        "brand_part": _mass([token for pair in parts for token in pair.listed]),
        "brand_none": 0.0,
        "brand_coined": _mass([token for token in same if _is_own(token, cross)]),
    }


def _is_group(same: Sequence[Token]) -> bool:
    groups = lexicon().groups
    return all(token.concept in groups for token in same)


_UNHEARD = dict.fromkeys(("rest_heard", "rest_heard_well", "rest_heard_long"), 0.0)
_MOST_HEARD = {
    cross: sum([max(points[name], 0.0) for name in _UNHEARD])
    for cross, points in ((False, policy.SAME_POINTS), (True, policy.CROSS_POINTS))
}
_NOT_LEFT_OVER = (
    dict.fromkeys(("rest_likeness", "rest_onset", "rest_skeleton", "rest_pinyin", "rest_initials"), 0.0) | _UNHEARD
)


def _left_over(query: Sequence[Token], listed: Sequence[Token], documented: bool) -> dict[str, float]:
    """How the brand words left over resemble each other; those of documented brands need not."""
    left, right = glue(query), glue(listed)
    return {
        "rest_likeness": 0.0 if documented else similarity(left, right),
        "rest_onset": 0.0 if documented else _onset(left, right),
        "rest_skeleton": 0.0 if documented else _skeleton_likeness(left, right),
        "rest_pinyin": float(both_pinyin(left, right)),
        "rest_initials": float(_initials(query, right) or _initials(listed, left)),
        **_UNHEARD,
    }


def _heard_features(query: Sequence[Token], listed: Sequence[Token]) -> dict[str, float]:
    heard = _hearing(query, listed)
    if not heard:
        return _UNHEARD
    rendered = _beyond(heard, policy.HEARD)
    return {
        "rest_heard": rendered,
        "rest_heard_well": _beyond(heard, policy.HEARD_WELL),
        "rest_heard_long": rendered * min(min(len(glue(query)), len(glue(listed))) / policy.HEARD_LETTERS, 1.0),
    }


def _hearing(query: Sequence[Token], listed: Sequence[Token]) -> float:
    """How well the Latin words render the Chinese ones, where one side is Chinese and the other is not."""
    best = 0.0
    for chinese, other in ((query, listed), (listed, query)):
        if any(token.script is Script.HAN for token in other):
            continue
        parts = [_syllables(token) for token in chinese]
        if all(parts) and split_syllables(glue(other)) != (joined := tuple(s for _, part in parts for s in part)):
            best = max(best, heard("".join(chars for chars, _ in parts), joined, glue(other)))
    return best


def _syllables(token: Token) -> tuple[str, tuple[str, ...]]:
    if token.script is Script.HAN:
        return token.surface, tuple(syllables(token.surface))
    split = split_syllables(token.letters) or ()
    return " " * len(split), split


def _onset(left: str, right: str) -> float:
    """The share of the shorter word's sound with which both begin: Youngsun and Yongchuang."""
    left, right = sound(left), sound(right)
    shorter = min(len(left), len(right))
    if shorter < policy.LEAST_ONSET:
        return 0.0
    return next((size for size in range(shorter) if left[size] != right[size]), shorter) / shorter


def _skeleton_likeness(left: str, right: str) -> float:
    """How alike the consonants are: Chint and Zhengtai are both c-n-d. Of fewer than two consonants nothing is said."""
    first, second = (sound(word).translate(_NO_VOWELS) for word in (left, right))
    return (
        Levenshtein.normalized_similarity(first, second)
        if min(len(first), len(second)) >= policy.LEAST_SKELETON
        else 0.0
    )


def _initials(tokens: Sequence[Token], letters: str) -> bool:
    """Whether `letters` are the initials of the Chinese brand: LS for 兰石."""
    sounds = [syllable for token in tokens for syllable in split_syllables(token.letters) or ()]
    return policy.LEAST_INITIALS <= len(letters) == len(sounds) and letters == "".join(
        syllable[0] for syllable in sounds
    )


def _place_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    same = conflict = missing = extra = within = 0.0
    for pair in pairs:
        if pair.kind is not TokenKind.PLACE:
            continue
        if pair.relation in (Relation.SAME, Relation.VARIANT):
            same += _rarity(pair.listed) / policy.RAREST
        elif pair.relation is Relation.DIFFERENT:
            if nested(pair.query[0].concept, pair.listed[0].concept):
                within += 1
            else:
                conflict += 1
        elif pair.relation is Relation.MISSING:
            missing += 1
        else:
            extra += 1
    features["place_same"] = min(same, policy.MOST_PLACES)
    features["place_conflict"] = min(conflict, 1)
    features["place_missing"] = _counted(missing)
    features["place_extra"] = _counted(extra)
    features["place_within"] = min(within, 1)
    features["place_besides"] = float(same > 0 and conflict + missing + extra > 0)


def _industry_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    """Trades that agree, and how much is claimed by each side that the other does not: cement and wool are two trades,
    technology beside cement says little."""
    trades = [pair for pair in pairs if pair.kind is TokenKind.INDUSTRY]
    alike = [pair for pair in trades if pair.relation not in _UNLIKE]
    unlike = [pair for pair in trades if pair.relation in _UNLIKE]
    same = sum(pair.similarity * min(map(token_rarity, (*pair.listed, *pair.query))) for pair in alike) / policy.RAREST
    query = max((token_rarity(token) for pair in unlike for token in pair.query), default=0.0) / policy.RAREST
    listed = max((token_rarity(token) for pair in unlike for token in pair.listed), default=0.0) / policy.RAREST
    features["industry_same"] = min(same, policy.MOST_TRADES)
    features["industry_different"] = min(query, listed)
    features["industry_missing"] = max(listed - query, 0.0)
    features["industry_extra"] = max(query - listed, 0.0)
    features["industry_all"] = float(same > 0 and not unlike)


def _other_features(pairs: Sequence[Pairing], features: dict[str, float]) -> None:
    features |= _NO_OTHERS
    for pair in pairs:
        if pair.kind is TokenKind.ORDINAL:
            different = "different" if pair.relation is Relation.DIFFERENT else "alone"
            name = "ordinal_same" if pair.relation is Relation.SAME else f"ordinal_{different}"
        elif pair.kind is TokenKind.ORG:
            name = "org_same" if pair.relation is Relation.SAME else "org_alone"
        else:
            continue
        features[name] = min(features[name] + 1 / policy.COUNTED, 1.0)


_NO_OTHERS = dict.fromkeys(("ordinal_same", "ordinal_different", "ordinal_alone", "org_same", "org_alone"), 0.0)
