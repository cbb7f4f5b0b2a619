"""Records as a workbook (XLSX): the lines of the CSV report, however many sheets they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from app.reports.flat import COLUMNS, flat_lines
from app.reports.writer import Record

MAX_LINES = 1_048_575  # that a sheet holds below its header
MAX_TEXT = 32_767  # characters that a cell holds


def write_workbook(file: BinaryIO, records: Iterable[Record], titles: Mapping[str, str], folder: Path) -> None:
    """Writes all records in memory that does not grow with them; `folder` holds the sheets until they are packed."""
    import xlsxwriter

    options = {"constant_memory": True, "tmpdir": str(folder)}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = _new_sheet(book)
        below = 0
        for line in (line for record in records for line in flat_lines(record, titles)):
            if below == MAX_LINES:
                sheet, below = _new_sheet(book), 0
            below += 1
            for column, value in enumerate(line):
                if isinstance(value, str):
                    sheet.write_string(below, column, value[:MAX_TEXT])  # never as a formula, nor as a link
                else:
                    sheet.write_number(below, column, value)


def _new_sheet(book: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(COLUMNS):
        sheet.write_string(0, column, title)
    return sheet
