"""What speaks for and against two names being one: numbers, each with the tokens that caused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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

_UNLIKE = (Relation.DIFFERENT, Relation.MISSING, Relation.EXTRA)
_NO_VOWELS = str.maketrans("", "", "aeiou")


@dataclass(frozen=True, slots=True)
class Comparison:
    """The aligned names and the features by name (see `policy`). `cross_script`: one of the names is in Chinese script;
    `chinese`: both are; `leads`: the query begins with the whole listed name and goes on."""

    pairs: Sequence[Pairing]
    features: dict[str, float]
    cross_script: bool
    chinese: bool
    leads: bool


def _mass(tokens: Sequence[Token]) -> float:
    """How much tokens of a brand tell, 0 to 1: the rarest counts in full, the others by half."""
    weights = sorted((token_rarity(token) / policy.RAREST for token in tokens), reverse=True)
    return min(policy.MOST_BRAND, weights[0] + policy.OTHER_BRANDS * sum(weights[1:])) if weights else 0.0


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


def compare_names(party: Profile, candidate: Profile) -> Comparison:
    """Aligns two names and measures every feature of the policy table."""
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
    _brand_features(pairs, features, cross)
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
    covered = not relations & {Relation.DIFFERENT, Relation.MISSING}
    features["listed_covered"] = float(covered and listed.is_distinctive)
    leads = covered and _leads(query, pairs)
    if leads:
        features["brand_group"] = features["group_sister"] = (
            0.0  # what begins with the group's whole name belongs to it
        )
    features["listed_leads"] = float(leads and len(pairs) > policy.LEAST_LED)
    features["leading_rarity"] = features["shared"] * leads
    features["query_covered"] = float(not relations & {Relation.DIFFERENT, Relation.EXTRA})
    same = query.core == listed.core and (cross or query.identity == listed.identity)
    features["core_same"] = float(same)
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
    return sum(map(token_rarity, tokens))


def _is_own(token: Token, cross: bool) -> bool:
    """Whether a brand that agrees is one company's rather than a word that many write alike: characters that both have,
    or a Latin word that is no pinyin."""
    if token.concept.startswith(MEANING):
        return False
    return not cross if token.script is Script.HAN else split_syllables(token.letters) is None


def _brand_features(pairs: Sequence[Pairing], features: dict[str, float], cross: bool) -> None:
    brands = [pair for pair in pairs if pair.kind is TokenKind.BRAND]
    same = [token for pair in brands if pair.relation is Relation.SAME for token in pair.listed]
    variants = [pair for pair in brands if pair.relation is Relation.VARIANT]
    parts = [pair for pair in variants if is_part(pair.query, pair.listed)]
    close = [pair for pair in variants if pair not in parts]
    query = [token for pair in brands if pair.relation in _UNLIKE for token in pair.query]
    listed = [token for pair in brands if pair.relation in _UNLIKE for token in pair.listed]
    features["brand_same"] = _mass(same)
    features["brand_letters"] = min(sum(len(token.letters) for token in same) / policy.BRAND_LETTERS, 1.0)
    features["brand_close"] = _mass([token for pair in close for token in pair.listed])
    gap = sum(1 - pair.similarity for pair in close)
    features["brand_gap"] = min(gap / policy.BRAND_GAP, 1.0)
    features["brand_gap_pinyin"] = features["brand_gap"] * any(
        both_pinyin(glue(pair.query), glue(pair.listed)) for pair in close
    )
    features["brand_part"] = _mass([token for pair in parts for token in pair.listed])
    features["brand_none"] = float(not same and not variants)
    features["brand_coined"] = _mass([token for token in same if _is_own(token, cross)])
    groups = lexicon().groups
    documented = any(token.concept and not token.concept.startswith(MEANING) for token in (*query, *listed))
    features["brand_documented"] = float(documented and bool(query) and bool(listed))
    features["brand_group"] = float(bool(same) and all(token.concept in groups for token in same))
    features["brand_missing"] = _mass(listed) * (not query)
    features["brand_extra"] = _mass(query) * (not listed)
    features["brand_conflict"] = min(_mass(query), _mass(listed))
    if query and listed:
        left, right = glue(query), glue(listed)
        features["rest_likeness"] = 0.0 if documented else similarity(left, right)
        features["rest_onset"] = 0.0 if documented else _onset(left, right)
        features["rest_skeleton"] = 0.0 if documented else _skeleton_likeness(left, right)
        features["rest_pinyin"] = float(both_pinyin(left, right))
        features["rest_initials"] = float(_initials(query, right) or _initials(listed, left))
        heard = 0.0 if documented else _hearing(query, listed)
        features["rest_heard"] = _beyond(heard, policy.HEARD)
        features["rest_heard_well"] = _beyond(heard, policy.HEARD_WELL)
        features["rest_heard_long"] = features["rest_heard"] * min(
            min(len(left), len(right)) / policy.HEARD_LETTERS, 1.0
        )
    else:
        features["rest_heard"] = features["rest_heard_long"] = features["rest_heard_well"] = 0.0
        features["rest_likeness"] = features["rest_onset"] = features["rest_initials"] = 0.0
        features["rest_skeleton"] = features["rest_pinyin"] = 0.0


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
    tally = {"ordinal_same": 0, "ordinal_different": 0, "ordinal_alone": 0, "org_same": 0, "org_alone": 0}
    for pair in pairs:
        if pair.kind is TokenKind.ORDINAL:
            different = "different" if pair.relation is Relation.DIFFERENT else "alone"
            tally["ordinal_same" if pair.relation is Relation.SAME else f"ordinal_{different}"] += 1
        elif pair.kind is TokenKind.ORG:
            tally["org_same" if pair.relation is Relation.SAME else "org_alone"] += 1
    for name, count in tally.items():
        features[name] = _counted(count)
