"""Relations files: CSV with one link a row, "supplier, buyer, tier, goods" or "parent, subsidiary, share", or both.

A row that cannot be read raises `InputError` with its line: a link that is left out would be an exposure missed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from app.errors import ColumnError, InputError, Place
from app.files.encoding import detect_encoding
from app.screening.chains import Link, LinkKind

_HEADERS = {
    "supplier": ("supplier", "seller", "vendor", "from", "供应商", "供货商"),
    "buyer": ("buyer", "customer", "purchaser", "to", "采购商", "买方", "客户"),
    "tier": ("tier", "level", "层级"),
    "goods": ("goods", "product", "material", "货物", "产品", "原料"),
    "parent": ("parent", "owner", "shareholder", "母公司", "股东"),
    "subsidiary": ("subsidiary", "owned", "子公司"),
    "share": ("share", "share percent", "ownership", "percent", "持股比例"),
}
_PAIRS = (("supplier", "buyer"), ("parent", "subsidiary"))


def read_relations(path: Path, encoding: str | None = None) -> list[Link]:
    """All links of a file. Raises `InputError` or `ColumnError`."""
    try:
        with path.open("rb") as raw:
            found = detect_encoding(raw, encoding)
        with path.open(encoding=found.codec, errors=found.errors, newline="") as stream:
            return list(_links(csv.reader(stream), str(path)))
    except OSError as error:
        raise InputError(f"the file cannot be opened ({error.strerror}); check the path", Place(str(path))) from None
    except csv.Error as error:
        raise InputError(f"the file is no CSV: {error}", Place(str(path))) from None


def _links(rows: Iterator[list[str]], name: str) -> Iterator[Link]:
    header = next(rows, [])
    columns = _columns(header)
    pairs = [pair for pair in _PAIRS if pair[0] in columns and pair[1] in columns]
    if not pairs:
        headers = ", ".join(repr(item) for item in header) or "none"
        raise ColumnError(
            f"the columns of a link are missing; the headers are {headers}; it needs supplier and buyer, or parent and "
            "subsidiary",
            Place(name),
        )
    number = 0
    for number, cells in enumerate(rows, 2):
        row = {field: cells[at].strip() for field, at in columns.items() if at < len(cells)}
        if not any(cell.strip() for cell in cells):
            continue
        links = [link for pair in pairs if (link := _link(row, pair, Place(name, line=number))) is not None]
        if not links:
            raise InputError("the row names no two parties; fill in both or remove it", Place(name, line=number))
        yield from links
    if number == 0:
        raise InputError("there is a header but no row below it, so there is no link", Place(name))


def _link(row: dict[str, str], pair: tuple[str, str], place: Place) -> Link | None:
    source, target = row.get(pair[0], ""), row.get(pair[1], "")
    if not source and not target:
        return None
    if not source or not target:
        missing = pair[0] if not source else pair[1]
        raise InputError(f"the {missing} of the link is missing; fill it in or remove the row", place)
    if pair[0] == "supplier":
        return Link(source, target, LinkKind.SUPPLY, row.get("goods", ""), row.get("tier", ""))
    return Link(source, target, LinkKind.OWNERSHIP, share=_share(row.get("share", ""), place))


def _share(text: str, place: Place) -> float | None:
    """Per cent: "51", "51%", "51,5 %"; None where nobody tells."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*%?", text)
    share = float(match[1].replace(",", ".")) if match else -1.0
    if not 0.0 <= share <= 100.0:
        raise InputError(f"the share {text!r} is none; write per cent from 0 to 100, such as 51 or 51.5%", place)
    return share


def _columns(header: list[str]) -> dict[str, int]:
    meanings = {spelling: field for field, spellings in _HEADERS.items() for spelling in spellings}
    found: dict[str, int] = {}
    for at, cell in enumerate(header):
        field = meanings.get(re.sub(r"[\W_]+", " ", cell.strip("\ufeff").casefold()).strip())
        if field is not None:
            found.setdefault(field, at)
    return found
