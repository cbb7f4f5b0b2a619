"""Reports: where records go, one after the other, and how they are asked for by name.

A record is the plain data of `app.screening.record`. Every writer streams: after each `write` what stands in the stream
is valid, so that a run that is broken off leaves a report that can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, Protocol, TextIO

Record = Mapping[str, Any]


class ReportWriter(Protocol):
    def write(self, record: Record) -> None: ...

    def finish(self) -> None:
        """What stands below the last record."""


# A writer is imported only when its format is asked for: rich alone takes a tenth of a second.
_WRITERS = {
    "table": ("app.reports.table", "TableWriter"),
    "jsonl": ("app.reports.jsonl", "JsonLinesWriter"),
    "csv": ("app.reports.flat", "CsvWriter"),
    "html": ("app.reports.records_html", "HtmlWriter"),
}
FORMATS = tuple(_WRITERS)


def report_writer(form: str, stream: TextIO, titles: Mapping[str, str]) -> ReportWriter:
    """A writer for one of `FORMATS`. `titles` maps a list's id to its title."""
    module, name = _WRITERS[form]
    writer: ReportWriter = getattr(import_module(module), name)(stream, titles)
    return writer
