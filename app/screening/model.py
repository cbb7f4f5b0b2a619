"""What goes into a screening and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a party does in a shipment (ISF 10+2 and EDIFACT 3035); `PARTY` where nobody says."""

    MANUFACTURER = "manufacturer"
    SUPPLIER = "supplier"
    SELLER = "seller"
    BUYER = "buyer"
    SHIPPER = "shipper"
    EXPORTER = "exporter"
    CONSIGNEE = "consignee"
    SHIP_TO = "ship_to"
    IMPORTER_OF_RECORD = "importer_of_record"
    NOTIFY_PARTY = "notify_party"
    FORWARDER = "forwarder"
    CARRIER = "carrier"
    PARTY = "party"


class Outcome(StrEnum):
    """From the gravest to the lightest."""

    BLOCK = "block"
    REVIEW = "review"
    INCOMPLETE = "incomplete"
    CLEAR = "clear"


class Strength(StrEnum):
    STRONG = "strong"
    POSSIBLE = "possible"


class SignalStrength(StrEnum):
    """`noted` is worth knowing and never an alert by itself."""

    STRONG = "strong"
    POSSIBLE = "possible"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Goods:
    """The goods of a shipment as declared. `origin` is ISO 3166-1 alpha-2 or empty."""

    hs_codes: tuple[str, ...] = ()
    description: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """A party as it was declared. `country` is ISO 3166-1 alpha-2 or empty; `identifiers` maps kinds to values.

    `problem` says why the party cannot be (fully) screened; such a party is never `clear`, at best `incomplete`.
    `goods` are what the party has to do with in its shipment.
    """

    name: str
    address: str = ""
    country: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    role: Role = Role.PARTY
    postal_code: str = ""
    goods: Goods | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A match that the policy lets through. `score` is 0 to 1; `matched_name` is the listed spelling that matched."""

    list_id: str
    listing_id: str
    name: str
    matched_name: str
    score: float
    strength: Strength
    programme: str
    listed_on: str | None
    explanation: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Signal:
    """Evidence besides the name. `kind` is region, identifier, goods, ace or supply_chain, `code` the rule within it.

    `seen` is the text that raised it, in the party's `field`; `place` a mapping with `code` (GB/T 2260), `name`, `han`
    and `level`; `summary` one sentence for a person; `source` the rule's source. `path` is for supply chains: the steps
    from the party to the exposed one.
    """

    kind: str
    code: str
    strength: SignalStrength
    seen: str
    field: str
    summary: str
    source: str
    place: Mapping[str, str] | None = None
    path: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Screening:
    """The result for one party. `hits` are sorted: strongest first, then by score, then by listing id."""

    party: Party
    outcome: Outcome
    hits: tuple[Hit, ...] = ()
    signals: tuple[Signal, ...] = ()
    waiver: Mapping[str, Any] | None = None
    problem: str = ""
