"""Shipment files in: every party of every row, streamed in constant memory, with row and line numbers.

What cannot be read costs its row, never the file: such a row yields its parties, or one nameless party, with a
`problem`, and is never clear. A file that cannot be read at all raises `InputError`, one without a party column
`ColumnError`.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from app.errors import ColumnError, InputError, Place
from app.files.columns import PartyColumns, assign_columns, goods_columns, no_party_column
from app.files.delimited import Row, RowBlock, count_rows, detect_delimiter, read_blocks, read_rows
from app.files.encoding import Encoding, detect_encoding
from app.files.json_lines import JsonRow, read_json_rows
from app.files.parties import ShipmentParty, row_parties
from app.files.xlsx import MAGIC, Sheet

_SAMPLE = 1 << 16
_HEADER_OBJECTS = 1000  # JSON lines whose keys are the headers when the file is opened
_MAX_HEADERS = 1000
STRETCH = 4096  # rows that go together: enough for the native index, few enough to stop between two
_REFUSED = (
    (b"\xd0\xcf\x11\xe0", "this is an old or a protected Excel file; save it as XLSX without a password and try again"),
    (b"PAR1", "this is a Parquet file; save it as CSV (UTF-8) and try again"),
    (b"%PDF", "this is a PDF; export the table that it shows as CSV and try again"),
    (b"\x1f\x8b", "this is a compressed file; decompress it and try again"),
)


@contextmanager
def open_shipments(
    path: Path,
    *,
    columns: Iterable[tuple[str, str]] = (),
    encoding: str | None = None,
    name: str = "",
    needs_party: bool = True,
) -> Iterator[ShipmentFile]:
    """Opens a shipment file; raises `InputError`, `ColumnError` or `UsageError` where it cannot be screened.

    Messages call it by `name`, by its path if that is empty. Unless it `needs_party`, a file without a party column is
    opened too, to be looked at.
    """
    name = name or str(path)
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"the file cannot be opened ({error.strerror}); check the path", Place(name)) from None
    with file:
        yield ShipmentFile(file, name, columns=columns, encoding=encoding, needs_party=needs_party)


class ShipmentFile:
    """An open shipment file, CSV, XLSX or JSON lines; each iteration reads it from the start.

    `name` is for messages and `size` counts bytes. `headers` are all headers of the file, `columns` what was recognised
    among them, `warnings` what a user must know about how the file is read, `sheet` the title of the sheet that is
    read. `problem` says that no column holds a party, which is an error unless the file is only looked at.
    """

    def __init__(
        self,
        file: BinaryIO,
        name: str,
        *,
        columns: Iterable[tuple[str, str]] = (),
        encoding: str | None = None,
        needs_party: bool = True,
    ) -> None:
        """`file` must be seekable. `columns` are pairs (ROLE or ROLE.field, header) that override recognition."""
        self.name = name
        self._file = file
        self._chosen = tuple(columns)
        self.size = file.seek(0, os.SEEK_END)
        self._refuse_other_formats()
        self.headers: list[str] = []
        self.is_json = False
        self._sheet = self._opened_sheet()
        if self._sheet is not None:
            self.encoding, self.warnings = Encoding("utf_8"), [f"{name}: {text}" for text in self._sheet.warnings]
            self.headers = self._sheet.headers
        else:
            self._open_text(encoding)
        self._known = set(self.headers)
        self.columns = self._assigned()
        self.goods = goods_columns(self.headers, self._chosen)
        self.problem = "" if self.columns else no_party_column(self.headers)
        if self.problem and needs_party:
            said = f"{self.problem} ({self.encoding.warning})" if self.encoding.warning else self.problem
            raise ColumnError(said, Place(name))

    @property
    def sheet(self) -> str:
        return self._sheet.title if self._sheet is not None else ""

    def _open_text(self, encoding: str | None) -> None:
        file, name = self._file, self.name
        self.encoding = detect_encoding(file, encoding)
        self.warnings = [f"{name}: {self.encoding.warning}"] if self.encoding.warning else []
        with self._text() as text:
            self._sample = text.read(_SAMPLE)
        beginning = self._sample.lstrip("\ufeff\0 \t\r\n")
        if not beginning and self.size <= _SAMPLE:
            raise InputError("the file is empty; it needs a header row and at least one row below it", Place(name))
        if beginning.startswith("["):
            raise InputError("this is a JSON array; write one object a line (JSON lines) and try again", Place(name))
        self.is_json = beginning.startswith("{")
        self.headers = self._json_headers() if self.is_json else self._delimited_headers()

    def _opened_sheet(self) -> Sheet | None:
        self._file.seek(0)
        if self._file.read(len(MAGIC)) != MAGIC:
            return None
        return Sheet(self._file, self.name)

    @property
    def screened(self) -> str:
        """Which columns name the parties, for a person: "shipper from 'Shipper', consignee from 'Receiver'"."""
        return ", ".join(
            f"{party.role.replace('_', ' ')} from {' and '.join(repr(self.headers[place]) for place in party.names)}"
            for party in self.columns
        )

    @property
    def position(self) -> int:
        """How many bytes have been read so far."""
        return self._file.tell()

    def __iter__(self) -> Iterator[ShipmentParty]:
        return self.after(0)

    def after(self, rows: int) -> Iterator[ShipmentParty]:
        """The parties behind the first `rows` rows, which are read, but not taken apart."""
        for first, block in self.stretches(rows):
            for number, row in enumerate(block.rows(), first):
                yield from row_parties(row, number, self.columns, self.headers, self.goods)

    def stretches(self, after: int = 0) -> Iterator[tuple[int, RowBlock]]:
        """The rows behind the first `after`, `STRETCH` at most at once, with the number of the first of them."""
        before = 0
        for block in self.blocks():
            size = len(block.cells)
            for begin in range(max(0, after - before), size, STRETCH):
                yield before + begin + 1, block.cut(begin, begin + STRETCH)
            before += size

    def count_rows(self) -> int:
        """How many rows there are. Columns that late keys would bring stay unknown."""
        if self._sheet is None and not self.is_json:
            return self._counted_lines()
        kept = list(self.headers), set(self._known), self.columns, self.goods
        try:
            return sum(len(block.cells) for block in self.blocks())
        finally:
            self.headers, self._known, self.columns, self.goods = kept

    def _counted_lines(self) -> int:
        try:
            with self._text() as text:
                rows = count_rows(text, self._delimiter) - self._preamble - 1
        except OSError as error:
            raise self._torn(error, 0) from None
        if rows <= 0:
            raise self._no_row()
        return rows

    def first_rows(self, number: int) -> list[Row]:
        """Some rows as they stand in the file."""
        return list(islice((row for block in self.blocks() for row in block.rows()), number))

    def blocks(self) -> Iterator[RowBlock]:
        """All rows, many at once; while a block is in hand, `columns` are those of its rows."""
        number = 0
        try:
            for block in self._blocks():
                yield block
                number += len(block.cells)
        except OSError as error:
            raise self._torn(error, number) from None
        if number == 0:
            raise self._no_row()

    def _torn(self, error: OSError, row: int) -> InputError:
        return InputError(f"the file cannot be read any further ({error.strerror})", Place(self.name, row=row))

    def _no_row(self) -> InputError:
        return InputError("there is a header but no row below it, so there is nothing to screen", Place(self.name))

    def _blocks(self) -> Iterator[RowBlock]:
        if self._sheet is not None:
            return _in_blocks(self._sheet_rows(self._sheet))
        return map(RowBlock.of, self._json_blocks()) if self.is_json else self._delimited_blocks()

    def _sheet_rows(self, sheet: Sheet) -> Iterator[Row]:
        """A cell that has lost its value must not pass for an empty one where a party stands."""
        party = {position for item in self.columns for position in (*item.names, *item.addresses, *item.countries)}
        for row in sheet.rows():
            lost = [(self.headers[at], why) for at, why in sheet.lost(row.line).items() if at in party]
            problem = f"the cell under {lost[0][0]!r} holds {lost[0][1]}; write its value" if lost else ""
            yield Row(row.line, row.cells, problem)

    def _refuse_other_formats(self) -> None:
        self._file.seek(0)
        head = self._file.read(8)
        for magic, message in _REFUSED:
            if head.startswith(magic):
                raise InputError(message, Place(self.name))

    @contextmanager
    def _text(self) -> Iterator[TextIO]:
        self._file.seek(0)
        # newline="": the physical lines of a quoted cell must reach the reader as they are.
        text = io.TextIOWrapper(self._file, self.encoding.codec, self.encoding.errors, newline="")
        try:
            yield text
        finally:
            text.detach()  # which leaves the file open

    def _assigned(self) -> tuple[PartyColumns, ...]:
        try:
            return assign_columns(self.headers, self._chosen)
        except ColumnError as error:
            raise ColumnError(error.message, Place(self.name)) from None

    def _delimited_headers(self) -> list[str]:
        sample = self._sample
        first_line = sample.partition("\n")[0].strip('\ufeff\r"')
        if first_line[:-1].lower() == "sep=":  # Excel's own way to say the delimiter
            self._delimiter, self._preamble = first_line[-1], 1
        else:
            whole_lines = sample if len(sample) < _SAMPLE else sample[: sample.rfind("\n") + 1] or sample
            self._delimiter, self._preamble = detect_delimiter(whole_lines), 0
        with self._text() as text:
            row = next(islice(read_rows(text, self._delimiter), self._preamble, None), Row(1, []))
        return [cell.strip("\ufeff\0 \t\r\n") for cell in row.cells]

    def _delimited_blocks(self) -> Iterator[RowBlock]:
        above = self._preamble + 1
        with self._text() as text:
            for block in read_blocks(text, self._delimiter):
                skipped = min(above, len(block.cells))
                above -= skipped
                if len(block.cells) > skipped:
                    yield self._fitted(block, skipped)

    def _fitted(self, block: RowBlock, skipped: int) -> RowBlock:
        """The block without its first rows; rows that are wider or narrower than the header have a problem."""
        width = len(self.headers)
        lines, cells = block.lines[skipped:], block.cells[skipped:]
        problems = {place - skipped: problem for place, problem in block.problems.items() if place >= skipped}
        if set(map(len, cells)) != {width}:
            cells = [_without_empty_tail(row, width) for row in cells]
            for place, row in enumerate(cells):
                if len(row) != width and place not in problems:
                    remedy = "quote cells that hold the delimiter" if len(row) > width else "add the missing cells"
                    problems[place] = f"the row has {len(row)} cells under {width} headers; {remedy}"
        return RowBlock(lines, cells, problems)

    def _json_headers(self) -> list[str]:
        headers: dict[str, None] = {}
        with self._text() as text:
            for row in islice(read_json_rows(text), _HEADER_OBJECTS):
                headers |= dict.fromkeys(row.cells)
        return list(headers)[:_MAX_HEADERS]

    def _json_blocks(self) -> Iterator[list[Row]]:
        """Blocks of rows under the same columns: a key that comes late may bring another."""
        rows: list[Row] = []
        with self._text() as text:
            for row in read_json_rows(text):
                columns = self.columns
                placed = self._placed(row)
                if rows and (self.columns is not columns or len(rows) == STRETCH):
                    now, self.columns = self.columns, columns
                    yield rows
                    rows, self.columns = [], now
                rows.append(placed)
        if rows:
            yield rows

    def _placed(self, row: JsonRow) -> Row:
        """The cells of an object in the order of the headers, which grow by the keys that it brings."""
        problem = row.problem
        new = [key for key in row.cells if key not in self._known]
        if new:
            if len(self.headers) + len(new) > _MAX_HEADERS:
                problem = f"the keys of the file are more than {_MAX_HEADERS:,}, and this line brings {new[0]!r}"
            else:
                self.headers += new
                self._known.update(new)
                self.columns = self._assigned()
                self.goods = goods_columns(self.headers, self._chosen)
        return Row(row.line, [row.cells.get(header, "") for header in self.headers], problem)


def _in_blocks(rows: Iterator[Row]) -> Iterator[RowBlock]:
    while block := list(islice(rows, STRETCH)):
        yield RowBlock.of(block)


def _without_empty_tail(cells: Sequence[str], width: int) -> Sequence[str]:
    """Delimiters at the end of a line hold nothing."""
    return cells[:width] if len(cells) > width and not "".join(cells[width:]).strip() else cells
