"""Rows of a workbook (XLSX), with the row numbers that a spreadsheet shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO

from app.errors import InputError, Place
from app.files.delimited import Row
from app.files.workbook_scan import SheetScan, scan_workbook

MAGIC = b"PK\x03\x04"
_EXACT = 10**15  # up to here a float holds whole numbers exactly


class Sheet:
    """The first sheet of a workbook that shows and holds anything. `headers` are the cells of its first row that is not
    blank, `title` is the sheet's; `warnings` name the other sheets, which are not read. Raises `InputError`.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

        scans = scan_workbook(file, name)
        try:
            book = CalamineWorkbook.from_filelike(file)
            visible = [item.name for item in book.sheets_metadata if item.visible is SheetVisibleEnum.Visible]
            hidden = [item.name for item in book.sheets_metadata if item.name not in visible]
            filled = [title for title in [*visible, *hidden] if title in scans and book.get_sheet_by_name(title).height]
            if not filled:
                raise InputError("the workbook is empty; it needs a header row and a row below it", Place(name))
            self.title = filled[0]
            self._sheet = book.get_sheet_by_name(self.title)
        except CalamineError as error:
            reason = f"the workbook cannot be read ({error}); save it again as XLSX, or as CSV (UTF-8)"
            raise InputError(reason, Place(name)) from None
        self._scan: SheetScan = scans[filled[0]]
        self._first_column = (self._sheet.start or (0, 0))[1]
        self.headers: list[str] = next((list(row.cells) for row in self._all_rows()), [])
        others = ", ".join(repr(title) for title in filled[1:])
        self.warnings = [f"only the sheet {filled[0]!r} is read, not {others}"] if others else []

    def rows(self) -> Iterator[Row]:
        """The rows below the header that are not blank; a row has a problem where a cell lost its value."""
        rows = self._all_rows()
        next(rows, None)
        yield from rows

    def lost(self, line: int) -> dict[int, str]:
        """What the cells of a row hold that have no value to read, by their position among the headers."""
        lost = self._scan.lost.get(line - 1, {})
        return {column - self._first_column: why for column, why in lost.items()}

    def _all_rows(self) -> Iterator[Row]:
        for line, values in enumerate(self._sheet.iter_rows(), 1):
            cells = [_text(value) for value in values]
            if any(cells) or line - 1 in self._scan.lost:
                yield Row(line, cells)


def _text(value: Any) -> str:
    """A cell as a person reads it; whole numbers come as floats."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    return str(value) if isinstance(value, int | timedelta) else ""
