"""What a shipment file looks like before anything is screened: its columns, what each is taken for, some rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.files.columns import Field
from app.files.encoding import label
from app.files.shipments import ShipmentFile, open_shipments

PREVIEWED = 10  # rows
_LONGEST = 300  # characters of a cell that are shown


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """`role` and `field` say what the column is taken for, both "" where it is not read; goods have no role."""

    header: str
    role: str
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """`sheet` is "" for a file without sheets, `encoding` for a workbook; `problem` says why it cannot be screened."""

    columns: list[ColumnPreview]
    rows: list[list[str]]
    encoding: str
    sheet: str
    warnings: list[str]
    problem: str


def preview_file(
    path: Path, name: str, columns: Iterable[tuple[str, str]] = (), encoding: str | None = None
) -> Preview:
    """Opens the file as a job would; raises what `open_shipments` raises, but for a missing party column."""
    with open_shipments(path, columns=columns, encoding=encoding, name=name, needs_party=False) as shipments:
        rows = [[_shown(cell) for cell in row.cells] for row in shipments.first_rows(PREVIEWED)]
        return Preview(
            columns=_columns(shipments),
            rows=rows,
            encoding="" if shipments.sheet else label(shipments.encoding.codec),
            sheet=shipments.sheet,
            warnings=list(shipments.warnings),
            problem=shipments.problem,
        )


def _columns(shipments: ShipmentFile) -> list[ColumnPreview]:
    meanings: dict[int, tuple[str, str]] = {}
    for party in shipments.columns:
        for positions, field in (
            (party.names, Field.NAME),
            (party.addresses, Field.ADDRESS),
            (party.countries, Field.COUNTRY),
        ):
            for position in positions:
                meanings.setdefault(position, (party.role.value, field.value))
        for identifier, position in party.identifiers:
            meanings.setdefault(position, (party.role.value, identifier.value))
        for position in party.postal_codes:
            meanings[position] = (party.role.value, Field.POSTAL_CODE.value)
    goods = shipments.goods
    of_goods = ((goods.hs_codes, Field.HS_CODE), (goods.descriptions, Field.GOODS), (goods.origins, Field.ORIGIN))
    for places, field in of_goods:
        for position in places:
            meanings.setdefault(position, ("", field.value))
    return [ColumnPreview(header, *meanings.get(place, ("", ""))) for place, header in enumerate(shipments.headers)]


def _shown(cell: str) -> str:
    return cell if len(cell) <= _LONGEST else cell[: _LONGEST - 1] + "…"
