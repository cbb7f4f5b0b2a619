"""Every listed name hits its own listing, however its case, punctuation and legal form are written."""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from app.lists.model import Kind, Listing, Scope, Tie
from app.lists.sources import bundled_sources
from app.screening.model import Party, Screening, Strength
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.name import TokenKind
from app.text.read import read_name
from app.text.scripts import Script, script_of

AS_OF = date(2026, 11, 23)

_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}’‘“”（），。]")
_LATIN_FORM = re.compile(r",?\s*\b(?:Co(?:\.|mpany)?,?\s*(?:Ltd\.?|Limited)|Ltd\.?|Limited)\s*$", re.IGNORECASE)
_HAN_FORM = re.compile("(?:股份有限公司|有限责任公司|有限公司)$")


@dataclass(frozen=True, slots=True)
class Named:
    """One published spelling and the listing it belongs to."""

    listing: str
    name: str
    kind: Kind
    verified: bool = True


def _spellings(listing: Listing) -> list[tuple[str, bool]]:
    """The name, and every other published name that is not weak; False for one that no source ties to the listing."""
    natives = [(native.name, native.tie is Tie.STATED) for native in listing.native_names if not native.weak]
    return [(listing.name, True), *((alias.name, True) for alias in listing.aliases if not alias.weak), *natives]


@pytest.fixture(scope="module")
def listed() -> list[Named]:
    return [
        Named(listing.id, name, listing.kind, verified)
        for source in bundled_sources()
        for listing in source.load().in_force(AS_OF)
        if listing.scope not in (Scope.REGION, Scope.GOODS) and listing.kind is not Kind.REGION
        for name, verified in _spellings(listing)
    ]


def itself(name: str) -> str:
    return name


def without_punctuation(name: str) -> str:
    return " ".join(_PUNCTUATION.sub(" ", name).split())


def with_latin_form(form: str) -> Callable[[str], str]:
    return lambda name: _LATIN_FORM.sub(form, name)


def with_han_form(form: str) -> Callable[[str], str]:
    return lambda name: _HAN_FORM.sub(form, name)


def without_legal_form(name: str) -> str:
    """Drops a legal form at the end, provided that something distinctive is left to tell the company by."""
    short = _HAN_FORM.sub("", _LATIN_FORM.sub("", name))
    return short if short and any(t.kind is not TokenKind.LEGAL_FORM for t in read_name(short).tokens) else name


VARIATIONS: dict[str, Callable[[str], str]] = {
    "as itself": itself,
    "upper case": str.upper,
    "lower case": str.lower,
    "without punctuation": without_punctuation,
    "Company Limited": with_latin_form(" Company Limited"),
    "Limited": with_latin_form(" Limited"),
    "CO.,LTD without a space": with_latin_form(" CO.,LTD"),
    "Corporation": with_latin_form(" Corporation"),
    "Youxian Gongsi": with_latin_form(" Youxian Gongsi"),
    "有限公司": with_han_form("有限公司"),
    "有限责任公司": with_han_form("有限责任公司"),
    "股份有限公司": with_han_form("股份有限公司"),
    "without its legal form": without_legal_form,
}


class Screened:
    """Screens each spelling once, however many listings and variations it serves."""

    def __init__(self, screener: Screener) -> None:
        self._screener = screener
        self._known: dict[str, Screening] = {}

    def __call__(self, names: list[str]) -> list[Screening]:
        new = list(dict.fromkeys(name for name in names if name not in self._known))
        results = screen([Party(name) for name in new], self._screener)
        self._known.update(zip(new, results, strict=True))
        return [self._known[name] for name in names]


@pytest.fixture(scope="module")
def screened(cache_dir: Path) -> Screened:
    return Screened(Screener.open(bundled_sources(), as_of=AS_OF, cache_dir=cache_dir))


@pytest.mark.parametrize("variation", VARIATIONS)
def test_every_listed_name_hits_its_listing(variation: str, listed: list[Named], screened: Screened) -> None:
    """Without any country, so that nothing but the name speaks for it."""
    vary = VARIATIONS[variation]
    varied = [(named, vary(named.name)) for named in listed]
    changed = [(named, name) for named, name in varied if variation == "as itself" or name != named.name]
    assert changed, "the variation changes no listed name, so it tests nothing"
    missed = [
        f"{name!r} for {named.name!r}, {named.listing}"
        for (named, name), result in zip(changed, screened([name for _, name in changed]), strict=True)
        if named.listing not in {hit.listing_id for hit in result.hits}
    ]
    assert not missed, f"{len(missed)} of {len(changed)}:\n" + "\n".join(missed)


def test_a_name_as_published_is_a_strong_hit_with_a_full_score(listed: list[Named], screened: Screened) -> None:
    less = [
        f"{named.name!r} on {named.listing}: {[(hit.score, hit.strength.value) for hit in hits]}"
        for named, result in zip(listed, screened([named.name for named in listed]), strict=True)
        if (hits := [hit for hit in result.hits if hit.listing_id == named.listing])
        and named.verified
        and (hits[0].score, hits[0].strength) != (1.0, Strength.STRONG)
    ]
    assert not less, "\n".join(less)


@pytest.fixture(scope="module")
def persons(listed: list[Named]) -> list[Named]:
    return [named for named in listed if named.kind is Kind.PERSON and script_of(named.name) is Script.LATIN]


def test_a_person_matches_by_all_words_in_any_order(persons: list[Named], screened: Screened) -> None:
    turned = [", ".join(reversed(named.name.split())) for named in persons]
    lost = [
        name
        for name, named, result in zip(turned, persons, screened(turned), strict=True)
        if named.listing not in {hit.listing_id for hit in result.hits}
    ]
    assert lost == []


@pytest.mark.parametrize("change", ["{} Trading Co., Ltd.", "{} Ming", "{}hua"])
def test_a_person_matches_by_nothing_else(change: str, persons: list[Named], screened: Screened) -> None:
    others = [change.format(named.name) for named in persons]
    assert [result.party.name for result in screened(others) if result.hits] == []
