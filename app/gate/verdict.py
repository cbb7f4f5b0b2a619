"""The exit code of a run and the reasons for it: one table, read from the top; the first row that holds decides.

A failure outranks a finding: whoever tolerates code 1 has decided about findings, not about what was never screened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.gate.model import GateResult
from app.screening.waivers import WaiverState

CLEAR, FOUND, USAGE, INCOMPLETE = 0, 1, 2, 3


@dataclass(frozen=True, slots=True)
class Rule:
    """`reason` gives one sentence where the rule holds, an empty text where it does not."""

    exit_code: int
    reason: Callable[[GateResult], str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` are those of every rule that holds, the deciding one first."""

    exit_code: int
    reasons: tuple[str, ...]

    @property
    def word(self) -> str:
        return {CLEAR: "passed", FOUND: "failed"}.get(self.exit_code, "could not complete")


def judge(result: GateResult) -> Verdict:
    """What follows from a run."""
    holding = [(rule.exit_code, reason) for rule in RULES if (reason := rule.reason(result))]
    if not holding:
        return Verdict(CLEAR, ())
    return Verdict(holding[0][0], tuple(reason for _, reason in holding))


def counted(number: int, one: str, many: str = "") -> str:
    """ "1 finding", "1,200 findings"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _misconfigured(result: GateResult) -> str:
    wrong = [failure for failure in result.failures if failure.exit_code == USAGE]
    return f"{counted(len(wrong), 'mistake')} in the call or the configuration" if wrong else ""


def _stale_waivers(result: GateResult) -> str:
    stale = [item for item in result.waivers if item.state in (WaiverState.UNUSED, WaiverState.UNKNOWN)]
    return f"{counted(len(stale), 'waiver')} for nothing that was found (--strict)" if stale and result.strict else ""


def _failed(result: GateResult) -> str:
    failed = [failure for failure in result.failures if failure.exit_code != USAGE]
    return f"{counted(len(failed), 'thing')} could not be read or used" if failed else ""


def _incomplete(result: GateResult) -> str:
    if not result.shortfall_count or result.allow_incomplete:
        return ""
    return f"{counted(result.shortfall_count, 'party', 'parties')} could not be screened in full"


def _warned(result: GateResult) -> str:
    warnings = sum(len(file.warnings) for file in result.files)
    return f"{counted(warnings, 'warning')} about how files were read (--strict)" if warnings and result.strict else ""


def _found(result: GateResult) -> str:
    if not result.failing:
        return ""
    new = "new " if result.compared_with else ""
    return f"{counted(len(result.failing), new + 'finding')} to {result.fail_on}" + (
        " or block" if result.fail_on == "review" else ""
    )


RULES = (
    Rule(USAGE, _misconfigured),
    Rule(USAGE, _stale_waivers),
    Rule(INCOMPLETE, _failed),
    Rule(INCOMPLETE, _incomplete),
    Rule(INCOMPLETE, _warned),
    Rule(FOUND, _found),
)
