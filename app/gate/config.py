"""`importgate.toml`: what the gate is told. An unknown key, a wrong type or a value out of range stops it, line named.

`importgate.schema.json` beside this module says the same to editors; a test holds the two together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Any

from app.errors import Place, UsageError
from app.gate.model import FailOn
from app.gate.patterns import matches
from app.lists.plain import PlainError, decoder
from app.screening.model import Role

CONFIG_FILE = "importgate.toml"
WAIVERS_FILE = "importgate-waivers.yaml"


class ListPolicy(StrEnum):
    """What a strong match on a list comes to; a possible match is always `review`."""

    BLOCK = "block"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores from 0 to 1. A match below `review` is left out (and counted), one below `block` only asks for a review.
    Only raising them changes anything: below its own threshold the matcher reports nothing."""

    review: float = 0.0
    block: float = 0.0


@dataclass(frozen=True, slots=True)
class FileRule:
    """How files are read whose path, seen from the configuration, matches `pattern`. The first rule that matches holds.

    `columns` maps ROLE or ROLE.field to a header, `roles` are those to screen (all if empty).
    """

    pattern: str
    columns: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """Paths to write to, relative to the configuration; empty for none."""

    sarif: str = ""
    junit: str = ""
    summary: str = ""
    gitlab: str = ""
    jsonl: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class GateConfig:
    lists: tuple[str, ...] = ()
    fail_on: FailOn = FailOn.BLOCK
    strict: bool = False
    allow_incomplete: bool = False
    max_list_age_days: int | None = None
    waivers: str = ""
    baseline: str = ""
    relations: str = ""
    thresholds: Thresholds = field(default_factory=Thresholds)
    policy: Mapping[str, ListPolicy] = field(default_factory=dict)
    files: tuple[FileRule, ...] = ()
    reports: Reports = field(default_factory=Reports)

    def rule_for(self, path: PurePath) -> FileRule | None:
        """`path` is relative to the configuration's folder."""
        return next((rule for rule in self.files if matches(path, rule.pattern)), None)


def load_config(path: Path) -> GateConfig:
    """The configuration in a file; raises `UsageError` with the line."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"the configuration cannot be read ({error.strerror})", Place(str(path))) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError("this is not UTF-8; save the file as UTF-8", Place(str(path), line=line)) from None
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", str(error))
        place = Place(str(path), line=int(at[1]) if at and at[1] else None)
        raise UsageError(f"this is not TOML: {str(error)[: at.start()] if at else error}", place) from None
    try:
        config: GateConfig = decoder(GateConfig)(plain, ())
        _check_ranges(config)
    except PlainError as error:
        inside = ".".join(
            str(step) for step in error.path if isinstance(step, str) and "unknown key" not in error.message
        )
        message = f"{inside}: {error.message}" if inside else error.message
        raise UsageError(message, Place(str(path), line=_line_of(text, error.path))) from None
    return config


def _check_ranges(config: GateConfig) -> None:
    if config.max_list_age_days is not None and config.max_list_age_days < 1:
        raise PlainError("this must be a number of days, 1 or more", ("max_list_age_days",))
    for name in ("review", "block"):
        if not 0 <= getattr(config.thresholds, name) <= 1:
            raise PlainError("this must be a score from 0 to 1", ("thresholds", name))
    if config.strict and config.allow_incomplete:
        raise PlainError("this contradicts 'strict = true'; keep one of the two", ("allow_incomplete",))
    for i, rule in enumerate(config.files):
        if not rule.pattern.strip() or PurePath(rule.pattern).is_absolute():
            raise PlainError("this must be a pattern such as 'suppliers/*.csv'", ("files", i, "pattern"))


_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""
_TABLE = re.compile(rf"\s*(\[\[?)\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*\]")
_ASSIGNMENT = re.compile(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=")


def _line_of(text: str, path: tuple[Any, ...]) -> int | None:
    """The line where the value at `path` is written, or the nearest thing around it; tomllib does not tell."""
    table: tuple[str | int, ...] = ()
    entries: dict[tuple[str | int, ...], int] = {}
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), 1):
        if header := _TABLE.match(line):
            table = _keys(header[2])
            if header[1] == "[[":
                entries[table] = entries.get(table, -1) + 1
                table = (*table, entries[table])
            at = table
        elif assignment := _ASSIGNMENT.match(line):
            at = (*table, *_keys(assignment[1]))
        else:
            continue
        if len(at) > best[0] and path[: len(at)] == at:
            best = (len(at), number)
    return best[1]


def _keys(dotted: str) -> tuple[str | int, ...]:
    return tuple(key.strip("\"'") for key in re.findall(_KEY, dotted))


def default_config_path() -> Path | None:
    """`importgate.toml` in the working directory, None if there is none."""
    path = Path(CONFIG_FILE)
    return path if path.is_file() else None
