"""Screening: the one verb."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.match import policy
from app.match.explain import explain
from app.match.gate import Profile, profile
from app.match.match import Context, Match, match_names
from app.screening.model import Hit, Party, Screening, Strength
from app.screening.outcome import Finding, decide
from app.screening.screener import Screener
from app.text.lexicon import lexicon
from app.text.name import ReadName, TokenKind
from app.text.read import read_name
from app.text.scripts import Script

_CHINESE_COUNTRIES = frozenset({"CN", "HK", "MO", "TW"})


@dataclass(frozen=True, slots=True)
class _Found:
    """The best match of one listing."""

    match: Match
    name_number: int


def screen(parties: Sequence[Party], screener: Screener) -> list[Screening]:
    """Screens parties against the screener's lists: one result a party, in the same order.

    A result depends on its party and the screener alone, never on the rest of the batch.
    """
    read = [profile(read_name(party.name)) for party in parties]
    index = screener.compiled.index
    found = index.candidates([name.renderings for name in read], policy.CANDIDATES, policy.nearest(index.size))
    starts, numbers, cosines = (part.tolist() for part in found)
    out = []
    for row, (party, name) in enumerate(zip(parties, read, strict=True)):
        near = slice(starts[row], starts[row + 1])
        candidates = zip(numbers[near], cosines[near], strict=True)
        out.append(_screening(party, name, candidates, screener))
    return out


def _screening(party: Party, read: Profile, candidates: Iterable[tuple[int, float]], screener: Screener) -> Screening:
    problem = party.problem
    name = read.name
    if not name.core:
        problem = problem or ("the party has no name" if not name.text else "the name holds no letter to screen")
        return Screening(party, decide(Finding((), frozenset(), problem)), problem=problem)
    found = _best_by_listing(read, context_of(party, name), candidates, screener)
    banning = screener.banning_lists
    hits = tuple(sorted((_hit(name, item, screener) for item in found), key=lambda hit: _rank(hit, banning)))
    outcome = decide(Finding(hits, banning, problem))
    return Screening(party, outcome, hits, problem=problem)


def context_of(party: Party, name: ReadName) -> Context:
    """Where a party stands, by its country, its script, the Chinese places in its name and its legal form."""
    if name.script is Script.HAN or party.country.upper() in _CHINESE_COUNTRIES:
        return Context.CHINESE
    lex = lexicon()
    places = name.concepts(TokenKind.PLACE)
    if places - lex.foreign_places:
        return Context.CHINESE
    foreign = places or name.concepts(TokenKind.LEGAL_FORM) & lex.foreign_forms
    return Context.ELSEWHERE if party.country or foreign else Context.UNKNOWN


def _best_by_listing(
    party: Profile, context: Context, candidates: Iterable[tuple[int, float]], screener: Screener
) -> list[_Found]:
    compiled = screener.compiled
    best: dict[int, _Found] = {}
    for number, cosine in candidates:
        flags = compiled.flags(number)
        match = match_names(party, screener.listed_name(number), cosine, flags, context, compiled.index.size)
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


def _hit(name: ReadName, found: _Found, screener: Screener) -> Hit:
    compiled = screener.compiled
    listing = screener.listing(int(compiled.name_listing[found.name_number]))
    flags = compiled.flags(found.name_number)
    listed = screener.listed_name(found.name_number).name
    programme = screener.programmes[screener.programme_of[listing.list_id]]
    explanation = explain(found.match, name, listed, flags)
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
        matched_name=listed.text,
        score=round(found.match.score, 4),
        strength=Strength.STRONG if found.match.strong else Strength.POSSIBLE,
        programme=programme.title,
        listed_on=listing.listed_on.isoformat() if listing.listed_on else None,
        explanation=explanation,
    )


def _rank(hit: Hit, banning: frozenset[str]) -> tuple[bool, bool, float, str]:
    """Strong ones first, and of these the ones whose programme bans."""
    return hit.strength is not Strength.STRONG, hit.list_id not in banning, -hit.score, hit.listing_id
