"""Which column holds what of which party, from the headers of real files or as the user says.

Order of decision:
1. `--column` names the columns: then no other column gives a party its name; addresses, countries and identifiers of
   the same role are still recognised. What it names for the goods (`hs_code`, `goods`, `origin`) replaces what their
   headers say.
2. A header that says its role ("Shipper Name & Address", "供应商名称", "supplier_name_2").
3. Only where no header says a role: a lone "name" is the name of a party whose role is unknown.
4. An address, country or identifier without a role belongs to the only role of the file, else to the role whose column
   stands right before it.
The country of origin says where goods were made: it is taken for the country of a manufacturer without a country of its
own, and for nobody else's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from app.errors import ColumnError, UsageError
from app.screening.model import Role


class Field(StrEnum):
    """What a column holds of a party. The name column may always hold an address as well: cells are split anyway."""

    NAME = "name"
    ADDRESS = "address"
    COUNTRY = "country"
    ORIGIN = "origin"
    USCC = "uscc"
    LEI = "lei"
    MID = "mid"
    BUSINESS_LICENCE = "business_licence"
    CUSTOMS = "customs"
    POSTAL_CODE = "postal_code"
    HS_CODE = "hs_code"
    GOODS = "goods"


IDENTIFIERS = (Field.USCC, Field.LEI, Field.MID, Field.BUSINESS_LICENCE, Field.CUSTOMS)
# What a column says of the row's goods, not of a party.
_OF_GOODS = (Field.HS_CODE, Field.GOODS)
# What `--column` names without a role.
_OF_THE_ROW = (*_OF_GOODS, Field.ORIGIN)


IGNORED = "ignore"  # in place of a role: the column is not read for a party

_Key = tuple[Role, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a header says. `role` is None where it says none; `number` tells "supplier 1" from "supplier 2"."""

    role: Role | None
    field: Field
    number: str = ""
    says_field: bool = True  # False for a bare role, which some systems use for a party's number


@dataclass(slots=True)
class PartyColumns:
    """Where one party of a row stands, as positions of columns. Several `names` are several spellings or parties;
    those in `bare` have a header that is a role and nothing more."""

    role: Role
    names: list[int] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    countries: list[int] = field(default_factory=list)
    identifiers: list[tuple[Field, int]] = field(default_factory=list)
    postal_codes: list[int] = field(default_factory=list)
    bare: set[int] = field(default_factory=set)

    @property
    def positions(self) -> set[int]:
        identifiers = (position for _, position in self.identifiers)
        return {*self.names, *self.addresses, *self.countries, *self.postal_codes, *identifiers}

    def moved(self, to: Mapping[int, int]) -> PartyColumns:
        """The same columns where they stand at other positions."""
        return PartyColumns(
            self.role,
            [to[position] for position in self.names],
            [to[position] for position in self.addresses],
            [to[position] for position in self.countries],
            [(kind, to[position]) for kind, position in self.identifiers],
            [to[position] for position in self.postal_codes],
            {to[position] for position in self.bare},
        )

    def add(self, meaning: Meaning, position: int) -> None:
        match meaning.field:
            case Field.NAME:
                self.names.append(position)
                if not meaning.says_field:
                    self.bare.add(position)
            case Field.ADDRESS:
                self.addresses.append(position)
            case Field.POSTAL_CODE:  # it is a line of the address as well
                self.addresses.append(position)
                self.postal_codes.append(position)
            case Field.COUNTRY | Field.ORIGIN:
                self.countries.append(position)
            case identifier:
                self.identifiers.append((identifier, position))


@dataclass(frozen=True, slots=True)
class GoodsColumns:
    """Where a row says what its goods are, as positions of columns."""

    hs_codes: tuple[int, ...] = ()
    descriptions: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()

    @property
    def positions(self) -> set[int]:
        return {*self.hs_codes, *self.descriptions, *self.origins}

    def __bool__(self) -> bool:
        return bool(self.positions)


def goods_columns(headers: Sequence[str], chosen: Iterable[tuple[str, str]] = ()) -> GoodsColumns:
    """The columns of the goods, by their headers or as `--column` says."""
    meanings = _meanings(headers, chosen)

    def of(kind: Field) -> tuple[int, ...]:
        return tuple(place for place, meaning in enumerate(meanings) if meaning is not None and meaning.field is kind)

    return GoodsColumns(of(Field.HS_CODE), of(Field.GOODS), of(Field.ORIGIN))


def assign_columns(headers: Sequence[str], chosen: Iterable[tuple[str, str]] = ()) -> tuple[PartyColumns, ...]:
    """The parties of a row. `chosen` is what `--column` says: (ROLE, ROLE.field, goods or "ignore", header).

    Empty where no header says which party its column holds. Raises `UsageError` for an unknown role, or one that no
    column names, and `ColumnError` for an unknown header.
    """
    meanings = _meanings(headers, chosen)
    if not any(m is not None and m.field is Field.NAME and m.role is not None for m in meanings):
        meanings = [replace(m, role=Role.PARTY) if m is not None and m.field is Field.NAME else m for m in meanings]
    parties = _grouped(meanings)
    for target, header in chosen:
        role = None if target.strip() == IGNORED else _parse_target(target.strip())[0]
        if parties and role is not None and all(party.role is not role for party in parties):
            raise UsageError(
                f"--column {target}={header}: no column names the {role.replace('_', ' ')}; add --column {role}=HEADER"
            )
    return parties


def _meanings(headers: Sequence[str], chosen: Iterable[tuple[str, str]]) -> list[Meaning | None]:
    """What each column holds. What is chosen is not recognised elsewhere: names and goods of the whole row, what else
    there is of the same role; an address may take several columns."""
    meanings = [recognise(header) for header in headers]
    placed = [(target.strip(), _position(headers, header)) for target, header in chosen]
    ignored = {position for target, position in placed if target == IGNORED}
    picked = [(*_parse_target(target), position) for target, position in placed if target != IGNORED]
    everywhere = {kind for _, kind, _ in picked if kind is Field.NAME or kind in _OF_THE_ROW}
    settled = {(role, kind) for role, kind, _ in picked if kind is not Field.ADDRESS}
    meanings = [
        None if place in ignored or (m is not None and (m.field in everywhere or (m.role, m.field) in settled)) else m
        for place, m in enumerate(meanings)
    ]
    for number, (role, kind, position) in enumerate(picked):
        several = sum(r is role and k is kind for r, k, _ in picked[:number])
        meanings[position] = Meaning(role, kind, str(several + 1) if several and kind is Field.NAME else "")
    return meanings


def no_party_column(headers: Sequence[str]) -> str:
    """The sentence for a file without a recognisable party."""
    found = ", ".join(repr(_shortened(header)) for header in headers[:30] if header.strip()) or "none"
    return (
        f"no column says which party it holds; the headers found are {found}; name one with --column ROLE=HEADER, "
        "for example --column supplier=HEADER, or --column party=HEADER where the role is unknown"
    )


def _shortened(header: str) -> str:
    return header if len(header) <= 60 else header[:57] + "..."


def _grouped(meanings: Sequence[Meaning | None]) -> tuple[PartyColumns, ...]:
    """Columns of one role and number make one party."""
    slots: dict[_Key, PartyColumns] = {}
    for position, meaning in enumerate(meanings):
        if meaning is not None and meaning.field is Field.NAME and meaning.role is not None:
            slots.setdefault((meaning.role, meaning.number), PartyColumns(meaning.role)).add(meaning, position)
    before: _Key | None = None  # the party whose columns are being passed
    for position, meaning in enumerate(meanings):
        if meaning is None or meaning.field in _OF_GOODS:
            before = None
        elif meaning.field is Field.NAME:
            before = (meaning.role, meaning.number) if meaning.role is not None else None
        else:
            key = _owner(meaning, slots, before)
            if key is not None:
                slots[key].add(meaning, position)
    roles = list(dict.fromkeys(role for role, _ in slots))
    return tuple(sorted(slots.values(), key=lambda party: roles.index(party.role)))  # the parties of a role together


def _owner(meaning: Meaning, slots: dict[_Key, PartyColumns], before: _Key | None) -> _Key | None:
    """Which party a column belongs to; None where none of the file's parties has it."""
    if meaning.field is Field.ORIGIN:
        makers = [key for key in slots if key[0] is Role.MANUFACTURER and not slots[key].countries]
        return makers[0] if len(makers) == 1 else None
    if meaning.role is None:
        return next(iter(slots)) if len(slots) == 1 else before
    for number in (meaning.number, ""):  # "address 2" is a second line where there is no second party
        if (meaning.role, number) in slots:
            return meaning.role, number
    of_role = [key for key in slots if key[0] is meaning.role]
    return of_role[0] if of_role else None


def _parse_target(target: str) -> tuple[Role | None, Field]:
    """ "shipper", "shipper.address" or "hs_code"."""
    said, _, kind = target.partition(".")
    if said in _OF_THE_ROW and not kind:
        return None, Field(said)
    try:
        role = Role(said)
    except ValueError:
        known = recognise(said)
        nearest = known.role if known is not None else _nearest(said, list(Role))
        hint = f"did you mean {str(nearest)!r}? - " if nearest else ""
        raise UsageError(
            f"--column: there is no role {said!r}; {hint}the roles are {', '.join(Role)}, and without a role there are "
            f"{', '.join(_OF_THE_ROW)}, {IGNORED}"
        ) from None
    kinds = [str(item) for item in Field if item not in _OF_THE_ROW]
    if kind in _OF_THE_ROW:
        raise UsageError(f"--column {target}: {kind} is of the whole row; write --column {kind}=HEADER")
    if kind and kind not in [*kinds, "name_and_address"]:
        raise UsageError(
            f"{target!r}: a party has no field {kind!r}; the fields are {', '.join(kinds)}, name_and_address"
        )
    return role, Field(kind) if kind in kinds else Field.NAME


def _position(headers: Sequence[str], wanted: str) -> int:
    """Which column has the header: exactly, else apart from case and white space."""
    for key in (str, str.strip, lambda text: text.strip().casefold()):
        found = [i for i, header in enumerate(headers) if key(header) == key(wanted)]
        if len(found) > 1:
            raise ColumnError(f"--column: the header {wanted!r} is there {len(found)} times; rename the one you mean")
        if found:
            return found[0]
    nearest = _nearest(wanted, headers)
    hint = f"did you mean {nearest!r}? - " if nearest else ""
    raise ColumnError(f"--column: there is no column {wanted!r}; {hint}the headers are {', '.join(map(repr, headers))}")


def _nearest(word: str, known: Sequence[str]) -> str | None:
    import difflib

    folded = {_letters(item): item for item in known}
    nearest = difflib.get_close_matches(_letters(word), list(folded), n=1, cutoff=0.5)
    return folded[nearest[0]] if nearest else None


@cache
def recognise(header: str) -> Meaning | None:
    """What a header says, None where any part of it is unknown: "shipper reference" is no shipper."""
    letters = _letters(header)
    if not letters or len(letters) > 80:
        return None
    number = "".join(re.findall(r"(?<!\d)\d(?!\d)", letters)[:1])
    whole = _vocabulary().get(letters)  # "company name" is a field, "manufacturer id" no manufacturer
    parts = _reading(re.sub(r"\d", "", letters)) if whole is None else (whole,)
    if parts is None:
        return None
    roles = [Role(part.removeprefix("role:")) for part in parts if part.startswith("role:")]
    kinds = {Field(part.removeprefix("field:")) for part in parts if part.startswith("field:")}
    roles = [role for role in roles if role is not Role.PARTY] or roles  # "supplier company"
    if not (roles or kinds):
        return None
    if Field.NAME in kinds and kinds <= {Field.NAME, Field.ADDRESS, Field.COUNTRY}:
        kinds = {Field.NAME}
    if len(kinds) > 1:
        return None
    kind = next(iter(kinds), Field.NAME)
    role = roles[0] if roles else Role.MANUFACTURER if kind is Field.MID else None  # "Shipper/Exporter" is a shipper
    return Meaning(role, kind, number, bool(kinds))


def _reading(letters: str) -> tuple[str, ...] | None:
    """Cuts letters into known words, as long as possible from the left; None where something is left over."""
    words, longest = _vocabulary(), _longest_word()
    readings: list[tuple[str, ...] | None] = [None] * len(letters) + [()]  # of what begins at a position
    for start in range(len(letters) - 1, -1, -1):
        for end in range(min(len(letters), start + longest), start, -1):
            rest = readings[end]
            if rest is not None and letters[start:end] in words:
                readings[start] = (words[letters[start:end]], *rest)
                break
    return readings[0]


def _letters(text: str) -> str:
    """ "SHIPPER_NAME", "shipperName" and "Shipper's name" without what tells them apart."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(char for char in decomposed if char.isalnum())


@cache
def _vocabulary() -> dict[str, str]:
    lines = Path(__file__).with_name("columns.tsv").read_text(encoding="utf-8").splitlines()
    words: dict[str, str] = {}
    for line in lines:
        if not line.startswith(("#", "meaning\t")):
            meaning, spellings = line.split("\t")
            for spelling in spellings.split("|"):
                words.setdefault(_letters(spelling), meaning)
    return words


@cache
def _longest_word() -> int:
    return max(map(len, _vocabulary()))
