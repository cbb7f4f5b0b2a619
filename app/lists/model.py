"""What an entity list is made of. Values only: reading is `load`, judging is `check`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What kind of thing a listing names."""

    COMPANY = "company"
    GOVERNMENT = "government"
    PERSON = "person"
    REGION = "region"
    VESSEL = "vessel"


class AliasKind(StrEnum):
    AKA = "aka"
    FKA = "fka"
    TRANSLITERATION = "transliteration"
    SHORT = "short"
    SUBSIDIARY = "subsidiary"
    MEMBER = "member"  # another party that the same order or entry names


class NativeKind(StrEnum):
    REGISTERED = "registered"
    FORMER = "former"
    SHORT = "short"
    BRAND = "brand"


class Tie(StrEnum):
    """How a native name is tied to its listing: a source puts the two together, or a register entry fits."""

    STATED = "stated"
    MATCHED = "matched"


class Scope(StrEnum):
    """What a listing reaches: a party, one facility of it, a vessel, all goods of a region, or kinds of goods."""

    PARTY = "party"
    FACILITY = "facility"
    VESSEL = "vessel"
    REGION = "region"
    GOODS = "goods"


class Extent(StrEnum):
    """Whom a listing reaches besides the party it names."""

    NONE = "none"
    SUBSIDIARIES = "subsidiaries"
    SUBORDINATES_AND_AFFILIATES = "subordinates_and_affiliates"


@dataclass(frozen=True, slots=True)
class Alias:
    """Another published name. A weak one is short or generic: it matches only exactly."""

    name: str
    kind: AliasKind = AliasKind.AKA
    weak: bool = False


@dataclass(frozen=True, slots=True)
class NativeName:
    """A name in the party's own script; never without `source`. With a `matched` tie it is unverified: alone it
    makes a hit possible, never strong."""

    name: str
    kind: NativeKind
    tie: Tie
    confidence: str
    source: str
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One step in a listing's history: a renaming, a correction, a move between sections."""

    on: date | None
    change: str
    citation: str = ""


# One shared mapping: a custom list of a million rows must not hold a million empty dictionaries.
_NO_IDENTIFIERS: Mapping[str, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of a list. `id` is `list_id/slug` and never changes its meaning.

    `identifiers` maps a kind (`uscc`, `lei`, `mid`) to its values. `parent_inferred` marks a parent that no source
    states; `notes` then says how it was inferred. `line` is where the entry stands in its file.
    """

    id: str
    list_id: str
    name: str
    kind: Kind = Kind.COMPANY
    aliases: tuple[Alias, ...] = ()
    native_names: tuple[NativeName, ...] = ()
    scope: Scope = Scope.PARTY
    extends_to: Extent = Extent.NONE
    listed_on: date | None = None
    delisted_on: date | None = None
    basis: tuple[str, ...] = ()
    citation: str = ""
    country: str = ""
    places: tuple[str, ...] = ()
    identifiers: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: _NO_IDENTIFIERS)
    sector: str = ""
    parent: str = ""
    parent_inferred: bool = False
    sources: tuple[str, ...] = ()
    history: tuple[Change, ...] = ()
    notes: str = ""
    line: int = 0

    def in_force(self, on: date) -> bool:
        """Whether the listing has effect on that day. A listing without a date has been in force ever since."""
        return (self.listed_on is None or self.listed_on <= on) and (self.delisted_on is None or on < self.delisted_on)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a programme does in one jurisdiction from a day on, with the law that says so."""

    jurisdiction: str
    effect: str
    citation: str
    applies_from: date | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """A legal basis. `bans` says whether it bans or presumes (policy: block) or is another signal (review)."""

    id: str
    title: str
    bans: bool
    effects: tuple[Effect, ...]

    def effects_on(self, day: date) -> tuple[Effect, ...]:
        """What the programme does on that day: the newest effect of each jurisdiction that applies by then."""
        newest: dict[str, Effect] = {}
        for effect in self.effects:
            start = effect.applies_from or date.min
            known = newest.get(effect.jurisdiction)
            if start <= day and (known is None or (known.applies_from or date.min) <= start):
                newest[effect.jurisdiction] = effect
        return tuple(newest.values())


@dataclass(frozen=True, slots=True)
class EntityList:
    """A list with its listings, sorted by id, and the sha256 over the files it was read from.

    `expected` is the number of listings, those no longer in force included. `as_of` is the day that the source
    stood at; a custom list has none, because the date of a file is not part of its content.
    """

    id: str
    title: str
    authority: str
    programme: str
    legal_effect: str
    source: str
    licence: str
    as_of: date | None
    expected: int
    listings: tuple[Listing, ...]
    sha256: str

    @property
    def edition(self) -> str:
        """`<as_of>+<first 12 of sha256>`, without a date just the latter: names the content that a screening used."""
        digest = self.sha256[:12]
        return digest if self.as_of is None else f"{self.as_of.isoformat()}+{digest}"

    def in_force(self, on: date) -> tuple[Listing, ...]:
        return tuple(listing for listing in self.listings if listing.in_force(on))
