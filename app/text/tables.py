"""Reads the tables of `app/text/data`: tab-separated, a header line, `#` comments on top, lists split by `|`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parent / "data"


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Yields the rows of the table as header -> cell."""
    lines = iter((DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines())
    header: list[str] = []
    for line in lines:
        if not line.startswith("#"):
            header = line.split("\t")
            break
    for line in lines:
        yield dict(zip(header, line.split("\t"), strict=True))


def spellings(cell: str) -> list[str]:
    """Splits a list cell; an empty cell is an empty list."""
    return cell.split("|") if cell else []
