"""Whole results as a file to download, made while it is sent: CSV, XLSX or JSON lines."""

from __future__ import annotations

import codecs
import io
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.reports.workbook import write_workbook
from app.reports.writer import Record, report_writer

_SENT = 1 << 18  # bytes at once


@dataclass(frozen=True, slots=True)
class Export:
    suffix: str
    media_type: str


EXPORTS: Mapping[str, Export] = {
    "csv": Export("csv", "text/csv; charset=utf-8"),
    "xlsx": Export("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jsonl": Export("jsonl", "application/x-ndjson"),
}


def exported(
    export: Export, pages: Iterable[Sequence[Record]], titles: Mapping[str, str], folder: Path
) -> Iterator[bytes]:
    """The bytes of the file. Memory does not grow with it: a workbook is written to a temporary file in `folder`."""
    if export.suffix == "xlsx":
        yield from _workbook(pages, titles, folder)
        return
    stream = io.StringIO(newline="")
    writer = report_writer(export.suffix, stream, titles)
    if export.suffix == "csv":
        yield codecs.BOM_UTF8  # without it, Excel takes UTF-8 for something else
    for page in pages:
        for record in page:
            writer.write(record)
        yield _taken(stream)
    writer.finish()
    yield _taken(stream)


def _taken(stream: io.StringIO) -> bytes:
    text = stream.getvalue()
    stream.seek(0)
    stream.truncate()
    return text.encode("utf-8", "replace")


def _workbook(pages: Iterable[Sequence[Record]], titles: Mapping[str, str], folder: Path) -> Iterator[bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        write_workbook(file, (record for page in pages for record in page), titles, folder)
        file.seek(0)
        while data := file.read(_SENT):
            yield data
