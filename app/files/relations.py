"""Relations files: CSV with one link a row, "supplier, buyer, tier, goods" or "parent, subsidiary, share", or both.

Columns such as "supplier address" or "buyer uscc" say more of a party. A row that cannot be read raises `InputError`
with its line: a link that is left out would be an exposure missed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from app.errors import ColumnError, InputError, Place
from app.files.columns import IDENTIFIERS, Field, recognise
from app.files.countries import country_code
from app.files.encoding import detect_encoding
from app.files.parties import joined
from app.screening.chains import Link, LinkKind
from app.screening.model import Party

_SIDES = {
    "supplier": ("supplier", "seller", "vendor", "from", "供应商", "供货商"),
    "buyer": ("buyer", "customer", "purchaser", "to", "采购商", "买方", "客户"),
    "parent": ("parent", "owner", "shareholder", "母公司", "股东"),
    "subsidiary": ("subsidiary", "owned", "子公司"),
}
_OF_THE_LINK = {
    "tier": ("tier", "level", "层级"),
    "goods": ("goods", "product", "material", "货物", "产品", "原料"),
    "share": ("share", "share percent", "ownership", "percent", "持股比例"),
}
_PAIRS = (("supplier", "buyer"), ("parent", "subsidiary"))
_DETAILS = (Field.ADDRESS, Field.COUNTRY, Field.POSTAL_CODE, *IDENTIFIERS)
_Key = tuple[str, str]  # (side, field), or ("link", field)
_Row = Mapping[_Key, str]


@dataclass(frozen=True, slots=True)
class Relations:
    """The links of a file, the parties of whom it says more than the name, and what a user must know about how it was
    read."""

    links: Sequence[Link]
    parties: Sequence[Party] = ()
    warnings: Sequence[str] = ()


class _Rows(Protocol):
    """What `csv.reader` gives: rows, and the line that it has come to."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def read_relations(path: Path, encoding: str | None = None, name: str = "") -> Relations:
    """All links of a file. Raises `InputError` or `ColumnError`, which call it by `name`, its path if that is empty."""
    place = Place(name or str(path))
    try:
        with path.open("rb") as raw:
            found = detect_encoding(raw, encoding)
        with path.open(encoding=found.codec, errors=found.errors, newline="") as stream:
            relations = _relations(csv.reader(stream), place)
    except OSError as error:
        raise InputError(f"the file cannot be opened ({error.strerror}); check the path", place) from None
    except csv.Error as error:
        raise InputError(f"the file is no CSV: {error}", place) from None
    warnings = [found.warning] * bool(found.warning) + list(relations.warnings)
    return replace(relations, warnings=tuple(f"{place}: {text}" for text in warnings))


def _relations(rows: _Rows, place: Place) -> Relations:
    header = [cell.strip("\ufeff \t") for cell in next(rows, [])]
    columns, ignored = _assigned(header, place)
    pairs = [pair for pair in _PAIRS if all((side, "name") in columns for side in pair)]
    if not pairs:
        headers = ", ".join(map(repr, header)) or "none"
        raise ColumnError(
            f"the columns of a link are missing; the headers are {headers}; it needs supplier and buyer, or parent and "
            "subsidiary",
            place,
        )
    links: list[Link] = []
    parties: dict[str, Party] = {}
    empty = True
    for cells in rows:
        at, empty = Place(place.file, line=rows.line_num), False
        if not any(cell.strip() for cell in cells):
            continue
        row = _row(cells, columns, len(header), at)
        found = [link for pair in pairs if (link := _link(row, pair, at)) is not None]
        if not found:
            raise InputError("the row names no two parties; fill in both or remove it", at)
        links += found
        parties |= {repr(party): party for pair in pairs for side in pair if (party := _party(row, side)) is not None}
    if empty:
        raise InputError("there is a header but no row below it, so there is no link", place)
    unread = f"nothing is read from {', '.join(map(repr, ignored))}"
    return Relations(links, tuple(parties.values()), (unread,) if ignored else ())


def _row(cells: Sequence[str], columns: Mapping[_Key, Sequence[int]], width: int, place: Place) -> _Row:
    if any(cell.strip() for cell in cells[width:]):
        remedy = "quote cells that hold a comma"
        raise InputError(f"the row has {len(cells)} cells under {width} headers; {remedy}", place)
    row = {
        key: joined(*(cells[number] for number in numbers if number < len(cells))) for key, numbers in columns.items()
    }
    for side, field in row:
        if "\ufffd" in row[side, field]:
            raise InputError(
                f"the {_called(side, field)} holds characters that could not be read (\ufffd); write it again", place
            )
    return row


def _link(row: _Row, pair: tuple[str, str], place: Place) -> Link | None:
    source, target = (row.get((side, "name"), "") for side in pair)
    if not source and not target:
        return None
    if not source or not target:
        missing = pair[0] if not source else pair[1]
        raise InputError(f"the {missing} of the link is missing; fill it in or remove the row", place)
    if pair[0] == "supplier":
        goods, tier = row.get(("link", "goods"), ""), row.get(("link", "tier"), "")
        return Link(source, target, LinkKind.SUPPLY, goods, tier, line=place.line)
    share = _share(row.get(("link", "share"), ""), place)
    return Link(source, target, LinkKind.OWNERSHIP, share=share, line=place.line)


def _party(row: _Row, side: str) -> Party | None:
    """The party with what the row says of it; None where that is its name alone."""
    said = {field: text for field in _DETAILS if (text := row.get((side, field), ""))}
    name = row.get((side, "name"), "")
    if not said or not name:
        return None
    country = said.get(Field.COUNTRY, "")
    code = country_code(country) if country else ""
    postal_code = said.get(Field.POSTAL_CODE, "")
    return Party(
        name,
        joined(said.get(Field.ADDRESS, ""), postal_code, country if code is None else ""),
        code or "",
        {str(field): said[field] for field in IDENTIFIERS if field in said},
        postal_code=postal_code,
    )


def _share(text: str, place: Place) -> float | None:
    """Per cent: "51", "51%", "51,5 %"; None where nobody tells."""
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d+)?)\s*%?", text)
    share = float(match[1].replace(",", ".")) if match else -1.0
    if not 0.0 <= share <= 100.0:
        raise InputError(f"the share {text!r} is none; write per cent from 0 to 100, such as 51 or 51.5%", place)
    return share


def _assigned(header: Sequence[str], place: Place) -> tuple[Mapping[_Key, Sequence[int]], list[str]]:
    """Where what stands, and the headers that say nothing. One that is nearly a known one is an error: what it holds
    would be missed. An address may take several columns."""
    found: dict[_Key, list[int]] = {}
    ignored: list[str] = []
    for at, cell in enumerate(header):
        key, nearest = _meaning(cell)
        if nearest:
            raise ColumnError(f"there is no column {cell!r}; did you mean {nearest!r}? Rename it", place)
        if key is None:
            ignored += [cell] if cell else []
        elif key in found and key[1] != Field.ADDRESS:
            raise ColumnError(
                f"the columns {header[found[key][0]]!r} and {cell!r} say the same; remove or rename one of them", place
            )
        else:
            found.setdefault(key, []).append(at)
    return found, ignored


def _meaning(header: str) -> tuple[_Key | None, str]:
    """What a header says, and where that is nothing, the known one that was probably meant."""
    spelt = re.sub(r"[\W_]+", " ", header.casefold()).strip()
    for field, spellings in _OF_THE_LINK.items():
        if spelt in spellings:
            return ("link", field), ""
    for side, spellings in _SIDES.items():
        for spelling in spellings:
            rest = spelt.removeprefix(spelling)
            if not rest:
                return (side, "name"), ""
            if rest != spelt and (rest.startswith(" ") or not spelling.isascii()):
                said = recognise(rest)
                if said is not None and said.field in (Field.NAME, *_DETAILS):
                    return (side, said.field), ""
                nearest = _nearest(rest.strip(), [_called("", field) for field in _DETAILS])
                return None, f"{spelling} {nearest}" if nearest else ""
    return None, _nearest(spelt, [*_SIDES, *_OF_THE_LINK])


def _nearest(word: str, known: Sequence[str]) -> str:
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.85)), "")


def _called(side: str, field: str) -> str:
    """ "supplier postal code"; the name is just "supplier"."""
    words = (side if side != "link" else "", field.replace("_", " ") if field != "name" else "")
    return " ".join(filter(None, words))
