"""Rows of a delimited file, with row and line numbers, whatever state its quoting is in.

A record that cannot be read as CSV (a quote that is never closed, text after a closing quote, a cell without end) costs
one row, not the rest of the file: its first line is read on its own, marked with the problem, and reading goes on with
the line below.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

DELIMITERS = (",", ";", "\t", "|")
MAX_RECORD = 4_000_000  # characters of one record, quoted line breaks included
_NO_DELIMITER = "\x1f"  # for files of one column: nobody writes it
_BLOCK = 1 << 18  # characters that are read at once
_SAMPLE_LINES = 200


@dataclass(frozen=True, slots=True)
class Row:
    """`line` is the physical line where the row begins, from 1; `problem` says why its cells may be wrong."""

    line: int
    cells: Sequence[str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Consecutive rows: `lines` and `cells` of each, and `problems` by place in the block."""

    lines: Sequence[int]
    cells: Sequence[Sequence[str]]
    problems: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[Row]) -> RowBlock:
        problems = {place: row.problem for place, row in enumerate(rows) if row.problem}
        return cls([row.line for row in rows], [row.cells for row in rows], problems)

    def cut(self, begin: int, end: int) -> RowBlock:
        """The rows from place `begin` to before `end`."""
        if begin == 0 and end >= len(self.cells):
            return self
        problems = {place - begin: problem for place, problem in self.problems.items() if begin <= place < end}
        return RowBlock(self.lines[begin:end], self.cells[begin:end], problems)

    def rows(self) -> Iterator[Row]:
        for place, (line, cells) in enumerate(zip(self.lines, self.cells, strict=True)):
            yield Row(line, cells, self.problems.get(place, ""))


class _RecordTooLongError(Exception):
    pass


class _Lines:
    """Physical lines that can be taken back, counted, and kept as long as their record is being read."""

    def __init__(self, file: TextIO, taken: Iterable[str], begins: int) -> None:
        """`taken` are lines that were read from the file already; the first of them is number `begins`."""
        self._file = file
        self.returned = deque(taken)
        self._size = 0
        self.record: list[str] = []
        self.begins = begins

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else self._file.readline(MAX_RECORD)
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
        self.returned.extendleft(reversed(rest))
        self.record = [first]
        return first

    def skip_rest_of_line(self) -> None:
        """After a line that was cut for its length."""
        while (line := self._file.readline(MAX_RECORD)) and not line.endswith(("\n", "\r")):
            pass


def read_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    """The rows that are not blank. `file` must have been opened with `newline=""`."""
    for block in read_blocks(file, delimiter):
        yield from block.rows()


def read_blocks(file: TextIO, delimiter: str) -> Iterator[RowBlock]:
    """The rows that are not blank, many at once. `file` must have been opened with `newline=""`.

    What the native reader takes without complaint is taken as it is; from the first record on that it refuses, or that
    goes on behind the block, lines are read one by one until all of the block are.
    """
    line = 1
    while text := _next_text(file):
        blocks, line = _blocks_of(file, text, line, delimiter)
        yield from (block for block in blocks if block.cells)


def count_rows(file: TextIO, delimiter: str) -> int:
    """How many rows `read_rows` gives. Where no cell is quoted, their lines tell."""
    rows = 0
    while text := _next_text(file):
        if '"' in text or "\0" in text or len(text) >= MAX_RECORD:
            blocks, _ = _blocks_of(file, text, 1, delimiter)
            rows += sum(len(block.cells) for block in blocks)
        else:
            lines = list(io.StringIO(text, newline=""))
            doubtful = [line for line in lines if line[0] == delimiter or line[0].isspace()]
            rows += len(lines) - sum(_is_blank(line.split(delimiter)) for line in doubtful)
    return rows


def _next_text(file: TextIO) -> str:
    """Some whole lines; "" at the end."""
    text = file.read(_BLOCK)
    return text + file.readline(MAX_RECORD) if text else ""


def _blocks_of(file: TextIO, text: str, first: int, delimiter: str) -> tuple[list[RowBlock], int]:
    """The rows of a text that begins with line number `first`, and the number of the line behind them."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_RECORD + 1))
    blocks = []
    lines = list(io.StringIO(text, newline=""))
    taken = 0
    if len(text) < MAX_RECORD and "\0" not in text:
        block, taken = _plain_rows(lines, first, delimiter, quoted='"' in text)
        blocks.append(block)
    if taken == len(lines):
        return blocks, first + taken
    rest = _Lines(file, lines[taken:], first + taken)
    blocks.append(RowBlock.of(list(_careful_rows(rest, delimiter))))
    return blocks, rest.begins


def _plain_rows(lines: Sequence[str], first: int, delimiter: str, quoted: bool) -> tuple[RowBlock, int]:
    """The rows up to the first one that cannot be read, and how many lines they take."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    cells: list[list[str]] = []
    begins: Sequence[int] = range(first, first + len(lines))
    taken = len(lines)
    if quoted:
        ends = [0]
        try:
            for row in reader:
                cells.append(row)
                ends.append(reader.line_num)
        except csv.Error:
            pass  # the careful reader says what is wrong, if anything is
        begins, taken = [first + end for end in ends[:-1]], ends[-1]
    else:
        cells = list(reader)
    blank = [place for place, row in enumerate(cells) if (not row or not row[0].strip()) and _is_blank(row)]
    if blank:
        kept = sorted(set(range(len(cells))).difference(blank))
        begins, cells = [begins[place] for place in kept], [cells[place] for place in kept]
    return RowBlock(begins, cells), taken


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(cell and not cell.isspace() for cell in cells)


def _careful_rows(lines: _Lines, delimiter: str) -> Iterator[Row]:
    """The rows of the lines in hand and of those that the last record needs besides."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while lines.returned:
        problem = ""
        try:
            cells = next(reader, None)
        except (csv.Error, _RecordTooLongError):
            cells, problem = _mended(lines, delimiter)
        if cells is None:
            return
        if not _is_blank(cells):
            if not problem and any("\0" in cell for cell in cells):
                problem = "the row holds NUL bytes; save the file as text again"
            yield Row(lines.begins, cells, problem)
        lines.next_record()


def _mended(lines: _Lines, delimiter: str) -> tuple[list[str], str]:
    """The first line of a broken record on its own."""
    line = lines.keep_only_first()
    if len(line) >= MAX_RECORD:
        if not line.endswith(("\n", "\r")):
            lines.skip_rest_of_line()
        return [line[:MAX_RECORD]], f"the line is longer than {MAX_RECORD:,} characters; is a line break missing?"
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
