"""Every error that Importgate raises on purpose, in one tree.

    ImportgateError
    ├── UsageError              the call is wrong: option, argument, configuration        exit 2, HTTP 422
    │   ├── UnknownListError    no list or listing goes by that id                        exit 2, HTTP 404
    │   ├── ColumnError         no column of the file says which party it holds           exit 2, HTTP 422
    │   ├── UnknownKeyError     no API key goes by that number                            exit 2, HTTP 404
    │   ├── LastAdminKeyError   the key is the last that can make others                  exit 2, HTTP 409
    │   └── ConflictError       somebody else was first, or a rule of the house forbids   exit 2, HTTP 409
    ├── ListError               an entity list is broken: file, line, what to mend        exit 2, HTTP 422
    ├── InputError              a shipment file cannot be read: file, row, line, column   exit 3, HTTP 422
    └── StoreError              the database does not answer, or cannot be written        exit 3, HTTP 503

A message is one sentence that says what is wrong, where, and what to do. Each edge maps the tree once: the command
line to exit codes (`exit_code`), the API to RFC 9457 problems (`status`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file: `line` is the physical line, `row` the data row; both count from 1; `column` is a header."""

    file: str = ""
    row: int | None = None
    line: int | None = None
    column: str = ""

    def __str__(self) -> str:
        parts = [
            self.file,
            f"line {self.line}" if self.line is not None else "",
            f"row {self.row}" if self.row is not None else "",
            f"column {self.column!r}" if self.column else "",
        ]
        return ", ".join(part for part in parts if part)


class ImportgateError(Exception):
    """Raised for anything a user can mend; `str()` is the whole sentence, place first."""

    exit_code = 3
    status = 500

    def __init__(self, message: str, place: Place | None = None) -> None:
        self.message = message
        self.place = place or Place()
        where = str(self.place)
        super().__init__(f"{where}: {message}" if where else message)


class UsageError(ImportgateError):
    exit_code = 2
    status = 422


class UnknownListError(UsageError):
    status = 404


class ColumnError(UsageError):
    pass


class UnknownKeyError(UsageError):
    status = 404


class LastAdminKeyError(UsageError):
    status = 409


class ConflictError(UsageError):
    status = 409


class ListError(ImportgateError):
    exit_code = 2
    status = 422


class InputError(ImportgateError):
    exit_code = 3
    status = 422


class StoreError(ImportgateError):
    exit_code = 3
    status = 503
