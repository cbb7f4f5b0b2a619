"""Looks into a workbook before it is opened: whether it is one, whether it would burst the memory, which cells lie.

The reader unpacks a sheet whole and lays it out as a rectangle, so that a small file can ask for all the memory there
is: by what it unpacks to, or by one cell in the last row and column.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree

from app.errors import InputError, Place

MAX_UNPACKED = 1 << 29  # bytes; a million rows of twenty columns unpack to about half of it
MAX_CELLS = 50_000_000  # of the rectangle around a sheet's cells
_MAX_MEMBERS = 10_000
_CHUNK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    ValueError,
    KeyError,
    OSError,
    RuntimeError,
    EOFError,
)
_SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Cells that may lie far out: all others are within 26 columns and 99,999 rows.
_FAR = re.compile(rb"""\br\s*=\s*["'](?:([A-Za-z]{2,3})(\d{1,7})|[A-Za-z](\d{6,7}))["']""")
_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*)>(<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)(?=</(?:\w+:)?c>))?""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})(\d{1,7})["']""")
_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")


@dataclass
class SheetScan:
    """`lost` holds (row, column), both from 0, of cells whose value the reader would silently take for empty."""

    rows: int = 99_999
    columns: int = 26
    lost: dict[int, dict[int, str]] = field(default_factory=dict)


def scan_workbook(file: BinaryIO, name: str) -> dict[str, SheetScan]:
    """What is to be known of each sheet, by its title; rewinds the file. Raises `InputError`."""
    try:
        with zipfile.ZipFile(file) as archive:
            titles = _titles(archive, name)
            scans = dict(_scanned(archive, name))
    except InputError:
        raise
    except _DAMAGED:
        raise InputError(
            "the workbook is damaged; open it in a spreadsheet program and save it again", Place(name)
        ) from None
    finally:
        file.seek(0)
    for member, scan in scans.items():
        if scan.rows * scan.columns > MAX_CELLS:
            message = (
                f"a sheet of the workbook reaches to row {scan.rows:,} and column {scan.columns:,}, too far to open; "
            )
            raise InputError(
                f"{message}delete the cells far out, or save the sheet as CSV (UTF-8) ({member})", Place(name)
            )
    return {title: scans[member] for title, member in titles.items() if member in scans}


def _titles(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The member that holds each sheet. Checks first what the directory says."""
    members = archive.infolist()
    names = {member.filename for member in members}
    if "xl/workbook.xml" not in names:
        reason = "this is a ZIP file but no XLSX workbook; unpack it, or save the sheet as XLSX or CSV (UTF-8)"
        raise InputError(reason, Place(name))
    if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise _too_large(name)
    relations = ElementTree.fromstring(_text(archive, "xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id", ""): item.get("Target", "") for item in relations}
    sheets = ElementTree.fromstring(_text(archive, "xl/workbook.xml")).iter(_SHEETS)
    return {sheet.get("name", ""): _member(targets.get(sheet.get(_RELATION, ""), "")) for sheet in sheets}


def _text(archive: zipfile.ZipFile, member: str) -> bytes:
    text = archive.read(member)
    if b"<!DOCTYPE" in text:  # nobody writes one, and entities can burst the memory as well
        raise ValueError(member)
    return text


def _member(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else str(PurePosixPath("xl") / target)


def _scanned(archive: zipfile.ZipFile, name: str) -> Iterator[tuple[str, SheetScan]]:
    """Unpacks every member, whatever size the directory claims for it."""
    left = MAX_UNPACKED
    for member in archive.infolist():
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError(member.filename)
        member.file_size = left + 2 * _CHUNK  # reading goes on to the real end, whatever the directory claims
        scan = SheetScan()
        kept = b""
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _too_large(name)
                if member.filename.endswith(".xml"):
                    kept = _scan(kept + chunk, scan)
        if member.filename.endswith(".xml"):
            _scan(kept + b"<c", scan)
            yield member.filename, scan


def _scan(text: bytes, scan: SheetScan) -> bytes:
    """Scans whole cells; returns what belongs to the next chunk."""
    cut = text.rfind(b"<c")
    whole, rest = (text, b"") if cut < 0 else (text[:cut], text[cut:])
    for far in _FAR.finditer(whole):
        scan.rows = max(scan.rows, int(far[2] or far[3]))
        scan.columns = max(scan.columns, _column(far[1]) + 1 if far[1] else 0)
    if b'"e"' in whole or b"'e'" in whole or b"f></" in whole or b"/></" in whole:
        for cell in _CELL.finditer(whole):
            why = "an error" if _ERROR.search(cell[1]) else "a formula without its result" if cell[2] else ""
            at = _REFERENCE.search(cell[1]) if why else None
            if at:
                scan.lost.setdefault(int(at[2]) - 1, {})[_column(at[1])] = why
    return rest if len(rest) < 2 * _CHUNK else b""


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def _too_large(name: str) -> InputError:
    size = f"{MAX_UNPACKED >> 20:,} MiB"
    return InputError(
        f"the workbook unpacks to more than {size}; save the sheet as CSV (UTF-8) and try again", Place(name)
    )
