"""Lists of the user's own: CSV with a header row, or JSON lines with the same keys.

Read are `id` and `name` (both needed) and, where they are there, `aliases` (split by `|`; in JSON also a list),
`country`, `kind`, `listed_on`, `delisted_on`, `citation` and `notes`. Other columns are ignored. An id is kept as it
is; the list goes by the file's stem. Its programme is `custom`, which bans nothing: its hits ask for a review.
"""

from __future__ import annotations

import csv
import gc
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.errors import ListError, Place
from app.lists.model import Alias, EntityList, Kind, Listing

PROGRAMME = "custom"
COLUMNS = ("id", "name", "aliases", "country", "kind", "listed_on", "delisted_on", "citation", "notes")
_RARE_COLUMNS = COLUMNS[3:]
_DELIMITERS = ",;\t"
_MAX_CELL = 131_072  # characters
_JSON_SUFFIXES = (".jsonl", ".ndjson")


def load_custom_list(path: Path, sha256: str) -> EntityList:
    """The list in a CSV or JSON lines file; raises `ListError` with the line."""
    text = _decode(path)
    rows = _json_rows(path, text) if path.suffix.lower() in _JSON_SUFFIXES else _csv_rows(path, text)
    with _collector_paused():
        listings = tuple(sorted(_listings(path, rows), key=lambda listing: listing.id))
    if not listings:
        raise ListError("the list holds no entries; give it at least one row below the header", Place(str(path)))
    return EntityList(
        id=path.stem,
        title=path.name,
        authority="",
        programme=PROGRAMME,
        legal_effect="A list of your own: no legal effect is known to Importgate.",
        source="",
        licence="",
        as_of=None,
        expected=len(listings),
        listings=listings,
        sha256=sha256,
    )


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A list is many small objects without cycles; walking them again and again doubles the time it takes to read."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _listings(path: Path, rows: Iterable[tuple[int, dict[str, Any]]]) -> Iterator[Listing]:
    list_id = path.stem
    first_line: dict[str, int] = {}
    for line, row in rows:
        id_, name = row["id"], row["name"]
        if not id_ or not name:
            missing = "id" if not id_ else "name"
            raise ListError(f"the {missing} is empty; fill it in or remove the row", _place(path, line))
        if first_line.setdefault(id_, line) != line:
            message = f"the id {id_!r} is already on line {first_line[id_]}; give each row its own"
            raise ListError(message, _place(path, line))
        others = row.get("aliases")
        aliases = tuple(Alias(alias) for alias in dict.fromkeys(others) if alias != name) if others else ()
        rare = {key: _parsed(path, line, key, row[key]) for key in _RARE_COLUMNS if row.get(key)}
        yield Listing(id=id_, list_id=list_id, name=name, aliases=aliases, line=line, **rare)


def _parsed(path: Path, line: int, key: str, value: str) -> Any:
    """A rarer column as the model wants it."""
    parse, wanted = _PARSERS.get(key, (str, ""))
    try:
        return parse(value)
    except ValueError:
        raise ListError(f"{key} is {value!r}; it must be {wanted}", _place(path, line)) from None


@lru_cache(maxsize=1024)
def _country(value: str) -> str:
    code = value.upper()
    if len(code) != 2 or not code.isascii() or not code.isalpha():
        raise ValueError(value)
    return code


_PARSERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "kind": (Kind, f"one of {', '.join(Kind)}"),
    "listed_on": (date.fromisoformat, "a date such as 2022-06-21"),
    "delisted_on": (date.fromisoformat, "a date such as 2022-06-21"),
    "country": (_country, "a country code of two letters such as CN"),
}


def _decode(path: Path) -> str:
    content = path.read_bytes()
    if b"\0" in content:
        line = content[: content.index(b"\0")].count(b"\n") + 1
        raise ListError("there is a NUL byte, so this is not UTF-8 text; save the file as UTF-8", _place(path, line))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ListError("there are bytes that are not UTF-8; save the file as UTF-8", _place(path, line)) from None
    if not text.strip():
        raise ListError("the file is empty; it needs a header row with id and name", Place(str(path)))
    return text


def _csv_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line, row) of each row that is not blank; `line` is where the row begins."""
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))  # of the whole process: others may have set it
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        header = [cell.strip().lower() for cell in next(reader)]
        places = _places(path, header)
        begins = reader.line_num + 1
        for cells in reader:
            if len(cells) > len(header):
                message = f"the row has {len(cells)} cells under {len(header)} headers; quote cells that hold a comma"
                raise ListError(message, _place(path, begins))
            longest = max(map(len, cells), default=0)
            if longest > _MAX_CELL:
                message = f"a cell has {longest:,} characters, more than {_MAX_CELL:,}; is a quote missing?"
                raise ListError(message, _place(path, begins))
            if any(cells):
                row: dict[str, Any] = {key: cells[i].strip() for key, i in places if i < len(cells)}
                row.setdefault("id", "")
                row.setdefault("name", "")
                if row.get("aliases"):
                    row["aliases"] = _split(row["aliases"])
                yield begins, row
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ListError(f"this is not CSV: {error}", _place(path, reader.line_num)) from None


def _places(path: Path, header: list[str]) -> list[tuple[str, int]]:
    """Which known column stands where."""
    for key in ("id", "name"):
        if key not in header:
            found = ", ".join(cell for cell in header if cell) or "none"
            raise ListError(f"there is no column {key!r}; the headers found are: {found}", _place(path, 1))
    for key in COLUMNS:
        if header.count(key) > 1:
            raise ListError(f"the column {key!r} is there twice; keep one", _place(path, 1))
    return [(key, header.index(key)) for key in COLUMNS if key in header]


def _delimiter(text: str) -> str:
    """The delimiter that the header row uses: comma, semicolon or tab."""
    header = text.lstrip("\r\n").splitlines()[0]
    return max(_DELIMITERS, key=header.count)


def _json_rows(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for line, content in enumerate(text.split("\n"), 1):
        if not content.strip():
            continue
        try:
            value = json.loads(content)
        except ValueError as error:
            raise ListError(f"this is not JSON: {error}", _place(path, line)) from None
        if not isinstance(value, dict):
            raise ListError('this must be an object such as {"id": "1", "name": "..."}', _place(path, line))
        yield line, {key: _json_value(path, line, key, value.get(key)) for key in COLUMNS}


def _json_value(path: Path, line: int, key: str, value: Any) -> Any:
    if key == "aliases":
        if isinstance(value, list) and all(isinstance(alias, str) for alias in value):
            return [alias.strip() for alias in value if alias.strip()]
        value = value or ""
        if isinstance(value, str):
            return _split(value)
    elif value is None:
        return ""
    elif isinstance(value, str):
        return value.strip()
    elif key == "id" and type(value) is int:
        return str(value)
    raise ListError(f"{key} is {value!r}; it must be text", _place(path, line))


def _split(aliases: str) -> list[str]:
    return [alias for alias in (part.strip() for part in aliases.split("|")) if alias]


def _place(path: Path, line: int) -> Place:
    return Place(str(path), line=line)
