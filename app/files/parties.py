"""From the cells of a row to the parties they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.files.columns import GoodsColumns, PartyColumns
from app.files.countries import country_code
from app.files.delimited import Row
from app.screening.model import Goods, Party, Role
from app.text.cells import split_cell

NO_GOODS = GoodsColumns()
MAX_CELL = 10_000  # characters of one party's cell; more is no name, and no person could review it
_SHORT = 1_000  # characters; longer cells are not remembered
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class ShipmentParty:
    """A party and where it stands: `row` counts data rows from 1, `line` is the physical line its row begins on.

    `reference` is the caller's own.
    """

    row: int | None
    line: int | None
    role: Role
    party: Party
    reference: str = ""


def row_parties(
    row: Row,
    number: int,
    columns: Sequence[PartyColumns],
    headers: Sequence[str],
    goods_columns: GoodsColumns = NO_GOODS,
) -> Iterator[ShipmentParty]:
    """The parties of a row, each once. A row that names none yields one nameless party with a problem."""
    named = False
    goods = row_goods(row.cells, goods_columns) if goods_columns else None
    for role, party in named_parties(row.cells, columns, goods):
        named = True
        problem = row.problem or party.problem
        yield ShipmentParty(number, row.line, role, replace(party, problem=problem) if problem else party)
    if not named:
        names = " or ".join(repr(headers[position]) for place in columns for position in place.names)
        problem = row.problem or f"the row names no party; fill in {names}"
        role = columns[0].role if len(columns) == 1 else Role.PARTY
        yield ShipmentParty(number, row.line, role, Party("", problem=problem))


def named_parties(
    cells: Sequence[str], columns: Sequence[PartyColumns], goods: Goods | None = None
) -> Iterator[tuple[Role, Party]]:
    """The parties that the cells of a row name, each once."""
    seen = set()
    for place in columns:
        for party in _column_parties(cells, place, goods):
            key = (place.role, party.name, party.address, party.country)
            if key not in seen:
                seen.add(key)
                yield place.role, party


def row_goods(cells: Sequence[str], columns: GoodsColumns) -> Goods | None:
    """What the cells of a row say of its goods."""

    def texts(positions: Sequence[int]) -> list[str]:
        return [text for at in positions if at < len(cells) and (text := cells[at].strip())]

    codes, descriptions, origins = texts(columns.hs_codes), texts(columns.descriptions), texts(columns.origins)
    if not (codes or descriptions or origins):
        return None
    origin = next((code for text in origins if (code := country_code(text))), "")
    return Goods(tuple(codes), "; ".join(descriptions)[:MAX_CELL], origin)


def declared_parties(
    name: str,
    address: str = "",
    country: str = "",
    *,
    role: Role = Role.PARTY,
    postal_code: str = "",
    goods: Goods | None = None,
    **identifiers: str,
) -> list[Party]:
    """The parties that a name cell names: several where it says "A O/B B", none where it says "N/A".

    What the other cells say belongs to the first of them. `country` is a code, a name, or text that is kept as a part
    of the address.
    """
    known = _named if len(name) + len(address) <= _SHORT else _named.__wrapped__
    return list(known(name, address, country, role, postal_code, goods, tuple(identifiers.items())))


@lru_cache(maxsize=1 << 16)  # a file names the same parties again and again
def _named(
    name: str,
    address: str,
    country: str,
    role: Role,
    postal_code: str,
    goods: Goods | None,
    identifiers: tuple[tuple[str, str], ...],
) -> tuple[Party, ...]:
    problem = _problem(name, "name") or _problem(address, "address")
    name, address = _readable(name), _readable(address)
    if len(name) > MAX_CELL:
        return (Party(name[:MAX_CELL], address[:MAX_CELL], problem=problem, role=role, goods=goods),)
    code = country_code(country) if country.strip() else ""
    parties: list[Party] = []
    for cell in split_cell(name):
        if parties:
            parties.append(Party(cell.name, cell.address, problem=problem, role=role, goods=goods))
        else:
            unknown = country if code is None else ""
            where = joined(cell.address, address, unknown)
            parties.append(Party(cell.name, where, code or "", dict(identifiers), problem, role, postal_code, goods))
    return tuple(parties)


def _column_parties(cells: Sequence[str], place: PartyColumns, goods: Goods | None) -> Iterator[Party]:
    def cell(position: int) -> str:
        return cells[position].replace("\0", "").strip() if position < len(cells) else ""

    def first(positions: Sequence[int]) -> str:
        return next((text for position in positions if (text := cell(position))), "") if positions else ""

    address = joined(*map(cell, place.addresses)) if place.addresses else ""
    country, postal_code = first(place.countries), first(place.postal_codes)
    identifiers = {str(kind): text for kind, position in place.identifiers if (text := cell(position))}
    names = {position: text for position in place.names if (text := cell(position))}
    spelt = bool(place.bare) and any(_has_letters(text) for text in names.values())
    for position, text in names.items():
        is_number = position in place.bare and spelt and not _has_letters(text)  # "Vendor" beside "Vendor name"
        if not is_number:
            yield from declared_parties(
                text, address, country, role=place.role, postal_code=postal_code, goods=goods, **identifiers
            )


def _has_letters(text: str) -> bool:
    return any(char.isalpha() for char in text)


def joined(*parts: str) -> str:
    """The parts that are there, each once."""
    return ", ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _problem(text: str, what: str) -> str:
    if len(text) > MAX_CELL:
        return f"the {what} has {len(text):,} characters; only the first {MAX_CELL:,} are screened; shorten it"
    if not text.isascii() and ("\ufffd" in text or _SURROGATE.search(text)):
        return f"the {what} holds characters that could not be read (\ufffd); write it again or name the encoding"
    return ""


def _readable(text: str) -> str:
    """Half a surrogate pair cannot be written to any file."""
    return (text if text.isascii() else _SURROGATE.sub("\ufffd", text))[: MAX_CELL + 1]
