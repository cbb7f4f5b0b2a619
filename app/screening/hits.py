"""Hits: the listings that a party may be, by its name or by its identifiers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from app.index.compiled import MID_PARTS
from app.index.renderings import renderings
from app.lists.model import Listing
from app.match import policy
from app.match.explain import explain
from app.match.gate import Profile, profile
from app.match.match import Context, Match, match_names
from app.match.pairs import promising
from app.match.sketches import Sketches
from app.screening.model import Hit, Party, Strength
from app.screening.screener import Screener
from app.screening.signals.identifier import identifiers_of
from app.text.identifiers import business_licence, customs, lei, mid, uscc
from app.text.lexicon import lexicon
from app.text.name import ReadName, TokenKind
from app.text.scripts import Script

_CHINESE_COUNTRIES = frozenset({"CN", "HK", "MO", "TW"})
_NAMED = {
    "uscc": "unified social credit code",
    "lei": "legal entity identifier",
    "business_licence": "business licence number",
    "customs": "customs registration code",
    "mid": "manufacturer ID",
}
_FORMATS: Mapping[str, tuple[Callable[[str], str], Callable[[str], bool]]] = {
    "uscc": (uscc.compact, uscc.is_valid),
    "lei": (lei.compact, lei.is_valid),
    "business_licence": (business_licence.compact, business_licence.is_valid),
    "customs": (customs.compact, customs.is_valid),
    "mid": (mid.compact, mid.is_valid),
}
# Several makers may share one: it proves no identity, and another value disproves none.
_SHARED = frozenset({"mid"})
_FEW_PAIRS = 500  # are looked at one by one sooner than all at once; the result is the same
_MID_SCORE = 0.5  # six letters of a name and three of a city are shared by many makers


# The number of a listed name, its cosine, and the log-odds of the gate where it was asked already.
_Candidate = tuple[int, float, float | None]
# Hits by the number of their listing, in no order.
Hits = dict[int, Hit]


@dataclass(frozen=True, slots=True)
class _Found:
    """The best match of one listing."""

    match: Match
    name_number: int


def name_hits(asked: Sequence[tuple[ReadName, str]], screener: Screener) -> list[Hits]:
    """The hits of each (name, country) by the name alone."""
    compiled = screener.compiled
    size = compiled.index.size
    spellings = [renderings(name) for name, _ in asked]
    starts, numbers, cosines = compiled.index.candidates(spellings, policy.CANDIDATES, policy.nearest(size))
    # Many names have no candidate at all: nothing more needs to be known of them.
    rows = np.flatnonzero(np.diff(starts)).tolist()
    profiles = [profile(asked[row][0], spellings[row]) for row in rows]
    places = np.repeat(np.arange(len(rows)), np.diff(starts)[rows])
    gates: Sequence[float | None] = [None] * len(numbers)
    if len(numbers) > _FEW_PAIRS:
        flags = compiled.name_flags[numbers]
        going, odds = promising(Sketches.of(profiles), screener.sketches, (places, numbers), cosines, flags, size)
        places, numbers, cosines, gates = places[going], numbers[going], cosines[going], odds[going].tolist()
    near: dict[int, list[_Candidate]] = defaultdict(list)
    for place, number, cosine, gate in zip(places.tolist(), numbers.tolist(), cosines.tolist(), gates, strict=True):
        near[place].append((number, cosine, gate))
    out: list[Hits] = [{} for _ in asked]
    for place, candidates in near.items():
        name, country = asked[rows[place]]
        best = _best_by_listing(profiles[place], context_of(country, name), candidates, screener)
        out[rows[place]] = {int(compiled.name_listing[one.name_number]): _name_hit(name, one, screener) for one in best}
    return out


def with_identifiers(party: Party, by_name: Hits, screener: Screener) -> tuple[Hit, ...]:
    """The hits by name after the party's identifiers were heard: the same one makes a hit strong whatever the name
    says, another of the same kind speaks against it."""
    own = _valid_identifiers(party)
    if not own:
        return tuple(by_name.values())
    hits = dict(by_name)
    same = _listings_with(own, screener)
    for number, kind in same.items():
        hits[number] = _identifier_hit(screener.listing(number), kind, own[kind], by_name.get(number), screener)
    for number in _mid_candidates(own, screener):
        if number not in hits:
            hits[number] = _mid_hit(screener.listing(number), own["mid"], screener)
    for number, hit in by_name.items():
        if number not in same:
            hits[number] = _against(hit, own, screener.listing(number))
    return tuple(hits.values())


def rank(hit: Hit, banning: frozenset[str]) -> tuple[bool, bool, float, str]:
    """Strong ones first, and of these the ones whose programme bans."""
    return hit.strength is not Strength.STRONG, hit.list_id not in banning, -hit.score, hit.listing_id


def context_of(country: str, name: ReadName) -> Context:
    """Where a party stands, by its country, its script, the Chinese places in its name and its legal form."""
    if name.script is Script.HAN or country.upper() in _CHINESE_COUNTRIES:
        return Context.CHINESE
    lex = lexicon()
    places = name.concepts(TokenKind.PLACE)
    if places - lex.foreign_places:
        return Context.CHINESE
    foreign = places or name.concepts(TokenKind.LEGAL_FORM) & lex.foreign_forms
    return Context.ELSEWHERE if country or foreign else Context.UNKNOWN


def _best_by_listing(
    party: Profile, context: Context, candidates: Iterable[_Candidate], screener: Screener
) -> list[_Found]:
    compiled = screener.compiled
    best: dict[int, _Found] = {}
    for number, cosine, gate in candidates:
        flags = compiled.flags(number)
        match = match_names(party, screener.listed_name(number), cosine, flags, context, compiled.index.size, gate)
        if match is None:
            continue
        listing = int(compiled.name_listing[number])
        known = best.get(listing)
        if known is None or (match.strong, match.score, -number) > (
            known.match.strong,
            known.match.score,
            -known.name_number,
        ):
            best[listing] = _Found(match, number)
    return [item for listing, item in best.items() if screener.listing(listing).in_force(screener.as_of)]


def _name_hit(name: ReadName, found: _Found, screener: Screener) -> Hit:
    compiled = screener.compiled
    listing = screener.listing(int(compiled.name_listing[found.name_number]))
    flags = compiled.flags(found.name_number)
    listed = screener.listed_name(found.name_number).name
    strength = Strength.STRONG if found.match.strong else Strength.POSSIBLE
    explanation = explain(found.match, name, listed, flags)
    return _hit(listing, listed.text, round(found.match.score, 4), strength, explanation, screener)


def _hit(
    listing: Listing, matched: str, score: float, strength: Strength, explanation: dict[str, Any], screener: Screener
) -> Hit:
    programme = screener.programmes[screener.programme_of[listing.list_id]]
    explanation["effect"] = [
        {
            "jurisdiction": effect.jurisdiction,
            "effect": effect.effect,
            "citation": effect.citation,
            "applies_from": effect.applies_from.isoformat() if effect.applies_from else None,
        }
        for effect in programme.effects_on(screener.as_of)
    ]
    return Hit(
        list_id=listing.list_id,
        listing_id=listing.id,
        name=listing.name,
        matched_name=matched,
        score=score,
        strength=strength,
        programme=programme.title,
        listed_on=listing.listed_on.isoformat() if listing.listed_on else None,
        explanation=explanation,
    )


def _valid_identifiers(party: Party) -> dict[str, str]:
    """Compact; one with a wrong check digit neither proves nor disproves anything."""
    return {
        kind: _FORMATS[kind][0](value)
        for kind, value in identifiers_of(party).items()
        if kind in _FORMATS and _FORMATS[kind][1](value)
    }


def _listings_with(own: Mapping[str, str], screener: Screener) -> dict[int, str]:
    """The listings in force that have one of the identifiers, with its kind."""
    found: dict[int, str] = {}
    for kind, value in own.items():
        for number in screener.compiled.listings_with(kind, value):
            if screener.listing(number).in_force(screener.as_of):
                found.setdefault(number, kind)
    return found


def _mid_candidates(own: Mapping[str, str], screener: Screener) -> list[int]:
    """The listings in force whose name and city would give the party's manufacturer ID."""
    if "mid" not in own:
        return []
    parts = mid.parse(own["mid"])
    found = screener.compiled.listings_with(MID_PARTS, f"{parts.name}{parts.city}") if parts.country == "CN" else []
    return [number for number in found if screener.listing(number).in_force(screener.as_of)]


def _mid_hit(listing: Listing, code: str, screener: Screener) -> Hit:
    summary = (
        f"The manufacturer ID {code} is one that the name and the city of the listed “{listing.name}” would give; "
        "other makers may share it."
    )
    return _hit(listing, listing.name, _MID_SCORE, Strength.POSSIBLE, _by_identifier("mid", code, summary), screener)


def _by_identifier(kind: str, value: str, summary: str) -> dict[str, Any]:
    """The explanation of a hit to which the name brought nothing."""
    return {
        "summary": summary,
        "query": value,
        "listed": value,
        "rule": "identifier",
        "caveats": [],
        "tokens": [],
        "points": [],
        "identifier": {"kind": kind, "value": value, "relation": "same"},
    }


def _identifier_hit(listing: Listing, kind: str, value: str, by_name: Hit | None, screener: Screener) -> Hit:
    strength = Strength.POSSIBLE if kind in _SHARED else Strength.STRONG
    said = f"The {_NAMED[kind]} {value} is that of the listed “{listing.name}”"
    if by_name is not None:
        explanation = {**by_name.explanation, "identifier": {"kind": kind, "value": value, "relation": "same"}}
        explanation["summary"] = f"{said}; by name, {by_name.explanation['summary']}"
        strength = Strength.STRONG if by_name.strength is Strength.STRONG else strength
        return replace(by_name, score=1.0, strength=strength, explanation=explanation)
    explanation = _by_identifier(kind, value, f"{said}, whatever the party's name says.")
    return _hit(listing, listing.name, 1.0, strength, explanation, screener)


def _against(hit: Hit, own: Mapping[str, str], listing: Listing) -> Hit:
    """A branch or a subsidiary has a code of its own, so that another code does not clear the party."""
    for kind, value in own.items():
        listed = sorted(_FORMATS[kind][0](item) for item in listing.identifiers.get(kind, ()))
        if listed and kind not in _SHARED and value not in listed:
            caveat = (
                f"the party's {_NAMED[kind]} is {value}, the listed one's {', '.join(listed)}: "
                "another body, or a branch of it"
            )
            explanation = {**hit.explanation, "caveats": [*hit.explanation["caveats"], caveat]}
            explanation["summary"] = f"{hit.explanation['summary'].removesuffix('.')}; but {caveat}."
            explanation["identifier"] = {"kind": kind, "value": value, "relation": "different"}
            return replace(hit, strength=Strength.POSSIBLE, explanation=explanation)
    return hit
