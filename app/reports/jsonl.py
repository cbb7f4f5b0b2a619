"""Records as JSON lines: one object a line, UTF-8, letters as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO

from app.reports.writer import Record

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": ")).encode


class JsonLinesWriter:
    def __init__(self, stream: TextIO, _titles: Mapping[str, str]) -> None:
        self._stream = stream

    def write(self, record: Record) -> None:
        self._stream.write(_encode(record) + "\n")

    def finish(self) -> None:
        """JSON lines end with the last record."""
