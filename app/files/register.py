"""Files of parties to monitor: any shipment file will do, a column of the callers' own references beside the names.

A register is taken whole or not at all, so every row that cannot be taken is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from app.errors import ColumnError, InputError, Place
from app.files.delimited import Row
from app.files.parties import ShipmentParty, row_parties
from app.files.shipments import ShipmentFile

MAX_REFERENCE = 200
# Headers that are taken for a reference where nobody says which column it is.
_KNOWN = ("reference", "ref", "id", "party id", "supplier id", "supplier no", "vendor id", "vendor no", "vendor number")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, and where: `row` counts data rows from 1, `line` is physical, `column` a header."""

    row: int
    line: int
    column: str
    detail: str


@dataclass(frozen=True, slots=True)
class Register:
    """The parties of a file and what is wrong with it; `warnings` say how it was read, `names` is the header of the
    names."""

    parties: list[ShipmentParty]
    faults: list[Fault]
    warnings: list[str]
    names: str


def read_register(
    file: BinaryIO,
    name: str,
    *,
    limit: int,
    reference: str | None = "",
    columns: Iterable[tuple[str, str]] = (),
    encoding: str | None = None,
) -> Register:
    """The parties of a file that `ShipmentFile` reads, each with its reference.

    `reference` is the header of their column; if empty, one is recognised where there is one; None is for none. Of a
    row that names several parties the second has `/2` behind its reference, and so on. Raises `InputError` for a file
    that cannot be read or has more than `limit` rows, `ColumnError` for one without a fitting column.
    """
    shipments = ShipmentFile(file, name, columns=columns, encoding=encoding)
    rows = shipments.first_rows(limit + 1)
    if not rows:
        raise InputError("there is a header but no row below it, so there is nothing to register", Place(name))
    if len(rows) > limit:
        raise InputError(f"the file has more than {limit:,} rows; split it", Place(name))
    at = None if reference is None else _reference_column(shipments.headers, reference, name)
    parties: list[ShipmentParty] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    names = " or ".join(shipments.headers[place] for column in shipments.columns for place in column.names)
    for number, row in enumerate(rows, 1):
        said = row.cells[at].strip() if at is not None and at < len(row.cells) else ""
        if at is not None and (detail := _reference_fault(said, number, seen)):
            faults.append(Fault(number, row.line, shipments.headers[at], detail))
        found = list(row_parties(row, number, shipments.columns, shipments.headers, shipments.goods))
        faults += _party_faults(row, number, found, names)
        parties += _referenced(found, said)
    warnings = [*shipments.warnings, f"{name}: read as {shipments.screened}"]
    return Register(parties, faults, warnings, names)


def reference_header(headers: Sequence[str]) -> str:
    """The header that is taken for the references where nobody says which it is; "" where there is none."""
    at = _reference_column(headers, "", "")
    return "" if at is None else headers[at]


def _reference_column(headers: Sequence[str], wanted: str, name: str) -> int | None:
    folded = [" ".join(header.replace("_", " ").split()).casefold() for header in headers]
    if wanted:
        sought = " ".join(wanted.replace("_", " ").split()).casefold()
        if sought not in folded:
            known = ", ".join(repr(header) for header in headers)
            raise ColumnError(f"there is no column {wanted!r} for the reference; the headers are {known}", Place(name))
        return folded.index(sought)
    return next((folded.index(known) for known in _KNOWN if known in folded), None)


def _reference_fault(said: str, number: int, seen: dict[str, int]) -> str:
    if not said:
        return "there is no reference; fill it in, so that the next upload finds the party again"
    if len(said) > MAX_REFERENCE:
        return f"the reference has {len(said)} characters, the limit is {MAX_REFERENCE}"
    first = seen.setdefault(said, number)
    return "" if first == number else f"the reference {said!r} is that of row {first}; one party has one reference"


def _party_faults(row: Row, number: int, found: Sequence[ShipmentParty], names: str) -> Iterator[Fault]:
    problem = next((item.party.problem for item in found if item.party.problem), "")
    if problem:
        yield Fault(number, row.line, "" if row.problem else names, problem)


def _referenced(found: Sequence[ShipmentParty], said: str) -> Iterator[ShipmentParty]:
    for place, item in enumerate(found, 1):
        yield replace(item, reference=said if place == 1 or not said else f"{said}/{place}")
