"""Listed names as machines misread them, hands mistype them and forms cut them: generated, the same in every run."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from app.lists.model import Kind, Listing, Scope
from app.lists.sources import bundled_sources
from app.match import policy
from app.screening.model import Party, Strength
from app.screening.screen import screen
from app.screening.screener import Screener
from app.text.name import TokenKind
from app.text.pinyin import split_syllables
from app.text.read import read_name
from scripts.evaluation.figures import Rate

_LEAST = 6  # letters of a word in which one is changed


def _pick(options: Sequence[int], seed: str) -> int | None:
    """One of several places, the same for the same name."""
    return options[zlib.crc32(seed.encode()) % len(options)] if options else None


def _misread(letters: str, instead: str) -> Callable[[str], str]:
    def garble(name: str) -> str:
        at = _pick([at for at in range(len(name)) if name.lower().startswith(letters, at)], name)
        return name if at is None else name[:at] + instead + name[at + len(letters) :]

    return garble


def _letters_of_words(name: str) -> list[int]:
    """Where a letter stands inside a long word, neither first nor last."""
    spots, at = [], 0
    for word in name.split(" "):
        if len(word) >= _LEAST and word.isalpha():
            spots += range(at + 1, at + len(word) - 1)
        at += len(word) + 1
    return spots


def _neighbour(name: str) -> str:
    at = _pick(_letters_of_words(name), name)
    if at is None:
        return name
    row = next((row for row in policy.KEYBOARD if name[at].lower() in row), "")
    spot = row.find(name[at].lower())
    return name[:at] + row[spot + 1 if spot + 1 < len(row) else spot - 1] + name[at + 1 :] if row else name


def _swapped(name: str) -> str:
    at = _pick([at for at in _letters_of_words(name) if name[at].lower() != name[at + 1].lower()], name)
    return name if at is None else name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def _doubled(name: str) -> str:
    at = _pick(_letters_of_words(name), name)
    return name if at is None else name[:at] + name[at] + name[at:]


def _missing(name: str) -> str:
    at = _pick(_letters_of_words(name), name)
    return name if at is None else name[:at] + name[at + 1 :]


def _cut(width: int) -> Callable[[str], str]:
    return lambda name: name[:width].rstrip() if len(name) > width else name


def _glued(name: str) -> str:
    """The trade words written as one: ColorSpinning, NewEnergy."""
    out, last = "", None
    for token in read_name(name).tokens:
        trade = token.kind is TokenKind.INDUSTRY
        surface = token.surface.replace(" ", "") if trade else token.surface
        out += surface if not out or (trade and last is TokenKind.INDUSTRY) else f" {surface}"
        last = token.kind
    return out


def _parted(name: str) -> str:
    """The brand syllable by syllable: Zhong Tai, Hua Fu."""
    out = []
    for token in read_name(name).tokens:
        parts = split_syllables(token.letters) if token.kind is TokenKind.BRAND and token.surface.isalpha() else None
        out.append(" ".join(part.title() for part in parts) if parts and len(parts) > 1 else token.surface)
    return " ".join(out)


KINDS: dict[str, Callable[[str], str]] = {
    "0 read for O": _misread("o", "0"),
    "1 read for I": _misread("i", "1"),
    "1 read for L": _misread("l", "1"),
    "L read for I": _misread("i", "l"),
    "5 read for S": _misread("s", "5"),
    "8 read for B": _misread("b", "8"),
    "RN read for M": _misread("m", "rn"),
    "the key beside": _neighbour,
    "two letters swapped": _swapped,
    "a letter doubled": _doubled,
    "a letter missing": _missing,
    "cut at 35": _cut(35),
    "cut at 50": _cut(50),
    "trade words glued": _glued,
    "brand parted": _parted,
}


def _names() -> Iterator[tuple[Listing, str]]:
    """Every Latin name of a listed company, once."""
    seen = set()
    for source in bundled_sources():
        for listing in source.load().listings:
            if listing.kind is not Kind.COMPANY or listing.scope in (Scope.REGION, Scope.GOODS):
                continue
            for name in (listing.name, *(alias.name for alias in listing.aliases if not alias.weak)):
                if name.isascii() and name not in seen:
                    seen.add(name)
                    yield listing, name


def recall(as_of: date) -> dict[str, tuple[Rate, Rate]]:
    """By kind: of the names that it changes, how many hit a listing that bears the name, and how many strongly."""
    screener = Screener.open(bundled_sources(), as_of=as_of, cache_dir=None)
    names = [(listing, name) for listing, name in _names() if listing.in_force(as_of)]
    out = {}
    for kind, garble in KINDS.items():
        cases = [(listing, name, found) for listing, name in names if (found := garble(name)) != name]
        results = screen([Party(found) for _, _, found in cases], screener)
        strengths = [
            {hit.strength for hit in result.hits if hit.listing_id == listing.id or hit.matched_name == name}
            for (listing, name, _), result in zip(cases, results, strict=True)
        ]
        hits = sum(bool(found) for found in strengths)
        strong = sum(Strength.STRONG in found for found in strengths)
        out[kind] = Rate(hits, len(cases)), Rate(strong, len(cases))
    return out
