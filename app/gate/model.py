"""What the gate finds and what follows from it. Values only; `run` makes them, the reports render them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from app.screening.model import Hit, Outcome, Party, Role, Signal
from app.screening.waivers import Waiver, WaiverState

MAX_SPOTS = 50
SIGNAL = "signal"
CHAIN = "supply-chain/"
"""What the subject of an exposure begins with; the source's identity follows, so that a waiver is for that source."""


class FailOn(StrEnum):
    """The lightest outcome that fails the gate."""

    BLOCK = "block"
    REVIEW = "review"
    NEVER = "never"


class Status(StrEnum):
    """NEW: nobody has decided about it. KNOWN: the baseline has it. WAIVED: a waiver holds for it."""

    NEW = "new"
    KNOWN = "known"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Spot:
    """`row` counts data rows from 1, `line` is the physical line, in a workbook the row of the sheet."""

    row: int | None
    line: int | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One party in one role that matches one listing, wherever in the file it stands.

    `subject` is the listing's id with its list's in front; for what no listing decides it is `signal`, or `CHAIN` with
    the party that exposes this one, `hit` is None and `signals` are what decides. `count` is how often it is there,
    `spots` the first places. `note` says what a reader must know about its status: that its waiver has expired, for
    example.
    """

    fingerprint: str
    file: str
    role: Role
    party: Party
    subject: str
    outcome: Outcome
    why: str
    hit: Hit | None
    spots: tuple[Spot, ...]
    count: int
    status: Status = Status.NEW
    waiver: Waiver | None = None
    note: str = ""
    signals: tuple[Signal, ...] = ()

    @property
    def line(self) -> int:
        """The first physical line, 1 where there is none."""
        return next((spot.line for spot in self.spots if spot.line), 1)


def is_listing(subject: str) -> bool:
    """Whether a finding's subject is a listing's id."""
    return subject != SIGNAL and not subject.startswith(CHAIN)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A party, or a row, that could not be screened in full."""

    file: str
    spot: Spot
    role: Role
    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class Failure:
    """What kept the gate from doing its work; `exit_code` is that of the error. `file` is empty where it is no file."""

    file: str
    message: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class ScreenedFile:
    """`left_out` counts the parties in roles that the configuration skips, `below` the hits under its threshold."""

    name: str
    rows: int
    outcomes: Mapping[Outcome, int]
    warnings: tuple[str, ...] = ()
    left_out: int = 0
    below: int = 0

    @property
    def parties(self) -> int:
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class WaiverReport:
    """What came of a waiver; `finding` counts the findings it was held against."""

    waiver: Waiver
    state: WaiverState
    findings: int
    note: str


@dataclass(frozen=True, slots=True)
class ScreenedList:
    """A list that was screened against, by its id. `bans`: a strong match blocks. `effects` says what being
    on it means, by jurisdiction."""

    title: str
    edition: str
    as_of: date | None
    bans: bool
    legal_effect: str
    source: str
    effects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GateResult:
    """All that a run has come to. `shortfalls` holds the first, `shortfall_count` says how many there are."""

    as_of: date
    fail_on: FailOn
    findings: tuple[Finding, ...]
    shortfalls: tuple[Shortfall, ...]
    shortfall_count: int
    failures: tuple[Failure, ...]
    files: tuple[ScreenedFile, ...]
    waivers: tuple[WaiverReport, ...]
    notices: tuple[str, ...]
    compared_with: str
    strict: bool
    allow_incomplete: bool
    lists: Mapping[str, ScreenedList]
    policy: str
    waivers_file: str = ""
    failing: tuple[Finding, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "failing", tuple(item for item in self.findings if self.fails(item)))

    def fails(self, finding: Finding) -> bool:
        """Whether this finding alone fails the gate."""
        if finding.status is not Status.NEW or self.fail_on is FailOn.NEVER:
            return False
        return finding.outcome is Outcome.BLOCK or self.fail_on is FailOn.REVIEW
