"""Rows of a delimited file, with row and line numbers, whatever state its quoting is in.

A record that cannot be read as CSV (a quote that is never closed, text after a closing quote, a cell without end) costs
one row, not the rest of the file: its first line is read on its own, marked with the problem, and reading goes on with
the line below.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TextIO

DELIMITERS = (",", ";", "\t", "|")
MAX_RECORD = 4_000_000  # characters of one record, quoted line breaks included
_NO_DELIMITER = "\x1f"  # for files of one column: nobody writes it
_SAMPLE_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the physical line where the row begins, from 1; `problem` says why its cells may be wrong."""

    line: int
    cells: Sequence[str]
    problem: str = ""


class _RecordTooLongError(Exception):
    pass


class _Lines:
    """Physical lines that can be taken back, counted, and kept as long as their record is being read."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._returned: deque[str] = deque()
        self._size = 0
        self.record: list[str] = []
        self.begins = 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else self._file.readline(MAX_RECORD)
        if not line:
            raise StopIteration
        self.record.append(line)
        self._size += len(line)
        if self._size >= MAX_RECORD:
            raise _RecordTooLongError
        return line

    def next_record(self) -> None:
        self.begins += len(self.record)
        self.record = []
        self._size = 0

    def keep_only_first(self) -> str:
        """Takes back all lines of the record but the first, which is returned."""
        first, *rest = self.record
        self._returned.extendleft(reversed(rest))
        self.record = [first]
        return first

    def skip_rest_of_line(self) -> None:
        """After a line that was cut for its length."""
        while (line := self._file.readline(MAX_RECORD)) and not line.endswith(("\n", "\r")):
            pass


def read_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank. `file` must have been opened with `newline=""`."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD + 1))
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        problem = ""
        try:
            cells = next(reader, None)
        except (csv.Error, _RecordTooLongError):
            cells, problem = _mended(lines, delimiter)
        if cells is None:
            return
        if any(cell and not cell.isspace() for cell in cells):
            if not problem and any("\0" in cell for cell in cells):
                problem = "the row holds NUL bytes; save the file as text again"
            yield Row(lines.begins, cells, problem)
        lines.next_record()


def _mended(lines: _Lines, delimiter: str) -> tuple[list[str], str]:
    """The first line of a broken record on its own."""
    line = lines.keep_only_first()
    if len(line) >= MAX_RECORD and not line.endswith(("\n", "\r")):
        lines.skip_rest_of_line()
        return [line], f"the line is longer than {MAX_RECORD:,} characters; is a line break missing?"
    cells = next(csv.reader([line], delimiter=delimiter), [])
    if line.count('"') % 2 == 0:
        return cells, ""  # text after a closing quote: there is one way to read it
    swallowed = cells.pop().rstrip("\r\n")  # from the open quote to the end of the line
    cells += next(csv.reader([swallowed], delimiter=delimiter, quoting=csv.QUOTE_NONE), [])
    return cells, "a quote is opened and never closed; close it, or write it twice inside a cell"


def detect_delimiter(sample: str) -> str:
    """The delimiter under which most rows are as wide as the header; a header of one cell means one column.

    `sample` is the beginning of the text without half a line at its end.
    """
    best = (0, 0, _NO_DELIMITER)
    for delimiter in DELIMITERS:
        widths = _widths(sample, delimiter)
        if widths and widths[0] > 1:
            fitting = widths.count(widths[0])
            if (fitting, widths[0]) > best[:2]:
                best = (fitting, widths[0], delimiter)
    return best[2]


def _widths(sample: str, delimiter: str) -> list[int]:
    widths: list[int] = []
    for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
        if any(cells):
            widths.append(len(cells))
        if len(widths) == _SAMPLE_LINES:
            break
    return widths
