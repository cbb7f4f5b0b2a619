"""Records as CSV: one line per hit, or one for a record without hits; UTF-8 with CRLF line ends as in RFC 4180."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from typing import Any, TextIO

from app.reports.writer import Record

COLUMNS = (
    *("row", "line", "role", "name", "address", "country", "outcome", "problem"),
    *("list_id", "list", "listing_id", "listed_name", "matched_name", "score", "strength", "programme", "listed_on"),
    *("summary", "effects", "signals"),
)
# A cell that begins so is run as a formula by spreadsheets; full-width forms too, which some of them normalise.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class CsvWriter:
    def __init__(self, stream: TextIO, titles: Mapping[str, str]) -> None:
        self._writer = csv.writer(stream)
        self._titles = titles
        self._writer.writerow(COLUMNS)

    def write(self, record: Record) -> None:
        self._writer.writerows(flat_lines(record, self._titles))

    def finish(self) -> None:
        """CSV ends with the last record."""


def flat_lines(record: Record, titles: Mapping[str, str]) -> Iterator[list[str | int | float]]:
    """One line for each hit, one for a record without hits; each with the cells of `COLUMNS`, safe for spreadsheets."""
    party = record["party"]
    common = {key: record[key] for key in ("row", "line", "role", "outcome", "problem")}
    common |= {key: party[key] for key in ("name", "address", "country")}
    common["signals"] = "; ".join(str(signal.get("summary", signal)) for signal in record["signals"])
    for hit in record["hits"] or [{}]:
        line = common | _of_hit(hit, titles) if hit else common
        yield [neutral(line.get(column)) for column in COLUMNS]


def _of_hit(hit: Mapping[str, Any], titles: Mapping[str, str]) -> dict[str, Any]:
    explanation = hit["explanation"]
    columns = {key: hit[key] for key in ("list_id", "listing_id", "matched_name", "score", "strength", "programme")}
    return columns | {
        "list": titles.get(hit["list_id"], ""),
        "listed_name": hit["name"],
        "listed_on": hit["listed_on"],
        "summary": explanation.get("summary", ""),
        "effects": " | ".join(f"{e['jurisdiction']}: {e['effect']}" for e in explanation.get("effect", ())),
    }


def neutral(value: Any) -> str | int | float:
    """A value that no spreadsheet takes for a formula: a text that looks like one gets an apostrophe in front."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text.lstrip(" \u3000\u00a0").startswith(_FORMULA) else text
