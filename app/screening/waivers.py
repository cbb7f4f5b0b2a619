"""Waivers: our own decisions, signed and for a limited time, that a finding is not to stop anything.

A waiver never hides a finding, and it ends by itself: on the day after `expires_on`, and where it is bound to what the
listing said (`listing_digest`), when the listing says something else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from pathlib import Path

from app.errors import UsageError
from app.lists.document import Document
from app.screening.fingerprint import party_identity

_REQUIRED = ("party", "listing_id", "reason", "approved_by", "expires_on")
_HEADER = """\
# Findings that we have decided about. Every entry needs party, listing_id, reason, approved_by and expires_on.
# listing_digest binds an entry to what the listing said that day: when the listing changes, the finding re-opens.
"""


@dataclass(frozen=True, slots=True)
class Waiver:
    """`line` is where it stands in its file. `expires_on` is the last day on which it holds."""

    party: str
    listing_id: str
    reason: str
    approved_by: str
    expires_on: date
    listing_digest: str = ""
    line: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return party_identity(self.party), self.listing_id


class WaiverState(StrEnum):
    APPLIED = "applied"
    EXPIRED = "expired"
    CHANGED = "changed"
    UNUSED = "unused"
    UNKNOWN = "unknown"


def state_of(waiver: Waiver, digest: str, as_of: date) -> WaiverState:
    """What a waiver is worth for a finding on that day. `digest` is the listing's."""
    if as_of > waiver.expires_on:
        return WaiverState.EXPIRED
    if waiver.listing_digest and waiver.listing_digest != digest:
        return WaiverState.CHANGED
    return WaiverState.APPLIED


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a file, in its order; a file of comments holds none. Raises `UsageError` with the line."""
    document = Document(path, UsageError, may_be_empty=True)
    waivers = []
    for i, plain in enumerate(document.items()):
        document.require(plain, (i,), _REQUIRED)
        if "line" in plain:
            raise document.error("unknown key 'line': remove it", (i, "line"))
        for key in plain:
            if not str(plain[key]).strip():
                raise document.error("this is empty; a waiver must say it", (i, key))
        plain["line"] = document.line((i,))
        waivers.append(document.decode(Waiver, plain, (i,)))
    _refuse_repeated(document, waivers)
    return tuple(waivers)


def by_key(waivers: Iterable[Waiver]) -> Mapping[tuple[str, str], Waiver]:
    return {waiver.key: waiver for waiver in waivers}


def write_waiver(path: Path, waiver: Waiver) -> int:
    """Adds a waiver at the end of its file, or puts it in the place of the one for the same party and listing; the rest
    of the file, comments included, stays as it is. Returns the line. Raises `UsageError`.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else _HEADER
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start, end = len(lines), len(lines)
    for i, known in enumerate(load_waivers(path) if path.exists() else ()):
        if known.key == waiver.key:
            start = known.line - 1
            end = Document(path, UsageError).last_line((i,))
    lines[start:end] = _entry(waiver)
    scratch = path.with_name(path.name + ".partial")
    scratch.write_text("".join(lines), encoding="utf-8")
    try:
        load_waivers(scratch)
    except UsageError:
        scratch.unlink()
        raise UsageError(
            f"{path} cannot be added to; it must be a list of entries that begin with '- party:'"
        ) from None
    scratch.replace(path)
    return start + 1


def _entry(waiver: Waiver) -> list[str]:
    said = [(f.name, str(getattr(waiver, f.name))) for f in fields(waiver) if f.name != "line"]
    written = [f"{key}: {_quoted(value)}\n" for key, value in said if value]
    return [f"{'- ' if i == 0 else '  '}{line}" for i, line in enumerate(written)]


def _quoted(text: str) -> str:
    """A JSON text is a YAML text but for the signs that nobody sees, which YAML wants escaped."""
    shown = (char if char.isprintable() else f"\\U{ord(char):08x}" for char in json.dumps(text, ensure_ascii=False))
    return "".join(shown)


def _refuse_repeated(document: Document, waivers: Iterable[Waiver]) -> None:
    first: dict[tuple[str, str], int] = {}
    for i, waiver in enumerate(waivers):
        line = first.setdefault(waiver.key, waiver.line)
        if line != waiver.line:
            raise document.error(f"the same party and listing are waived on line {line} already; keep one", (i,))
