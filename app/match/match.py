"""Judging one pair of names: the score, its strength and why."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.index.compiled import NameFlag
from app.match import policy
from app.match.align import Pairing
from app.match.features import compare_names
from app.text.name import ReadName


@dataclass(frozen=True, slots=True)
class Match:
    """A judged pair. `rule` names what decided: identical, same_sound, person, weak_alias or model.

    `points` holds the log-odds that each feature brought, largest first; it is empty where a rule decided.
    """

    score: float
    strong: bool
    rule: str
    pairs: Sequence[Pairing] = ()
    points: tuple[tuple[str, float], ...] = ()


def match_names(query: ReadName, listed: ReadName, flags: NameFlag, chinese: bool) -> Match | None:
    """Judges a pair; None where the names are not held to be one.

    `chinese` says that the party stands in a Chinese context (country, script, place), which a weak alias needs to
    be strong.
    """
    if NameFlag.PERSON in flags:
        return _match_person(query, listed)
    if query.identity == listed.identity:
        strong = NameFlag.WEAK not in flags or chinese
        return Match(policy.IDENTICAL, strong and NameFlag.UNVERIFIED not in flags, "identical")
    if NameFlag.WEAK in flags:
        return None
    compared = compare_names(query, listed)
    table = policy.CROSS_POINTS if compared.cross_script else policy.SAME_POINTS
    points = {name: table[name] * value for name, value in compared.features.items() if value}
    score = min(1 / (1 + math.exp(-sum(points.values()))), policy.MOST)
    rule = "model"
    if compared.cross_script and query.core == listed.core:
        score, rule = policy.SAME_SOUND, "same_sound"
    limits = policy.CROSS_SCRIPT if compared.cross_script else policy.SAME_SCRIPT
    if score < limits.possible:
        return None
    strong = score >= limits.strong and NameFlag.UNVERIFIED not in flags
    ranked = sorted(points.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Match(score, strong, rule, compared.pairs, tuple(ranked))


def _match_person(query: ReadName, listed: ReadName) -> Match | None:
    """A person matches by all of its words in any order, and by nothing less."""
    words = sorted(word for token in query.tokens for word in token.surface.casefold().split())
    listed_words = sorted(word for token in listed.tokens for word in token.surface.casefold().split())
    return Match(policy.IDENTICAL, True, "person") if words and words == listed_words else None
