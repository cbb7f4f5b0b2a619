"""Reads the tables of `app/text/data`: tab-separated, a header line, `#` comments on top, lists split by `|`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from operator import itemgetter
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Yields the rows of the table as header -> cell."""
    header, rows = _rows(name)
    for row in rows:
        yield dict(zip(header, row, strict=True))


def read_columns(name: str, *columns: str) -> Iterator[tuple[str, ...]]:
    """Yields the cells of two or more columns of each row; the quick way through a large table."""
    header, rows = _rows(name)
    return map(itemgetter(*map(header.index, columns)), rows)


def _rows(name: str) -> tuple[list[str], Iterator[list[str]]]:
    lines = (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    return lines[start].split("\t"), (line.split("\t") for line in islice(lines, start + 1, None))


def spellings(cell: str) -> list[str]:
    """Splits a list cell; an empty cell is an empty list."""
    return cell.split("|") if cell else []
