"""Reports of the gate: which there are, and what all of them say in the same words.

A report is a function `render(result, verdict) -> str`. It shows every finding, waived and known ones too; where it has
to leave some out for the sake of whoever reads it, it says so and how many.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from importlib import import_module

from app.gate.model import CHAIN, Finding, GateResult, Shortfall, Spot, Status
from app.gate.verdict import Verdict
from app.reports.printable import printable
from app.screening.model import Outcome

Render = Callable[[GateResult, Verdict], str]

_RENDERERS = {
    "sarif": "app.reports.sarif",
    "junit": "app.reports.junit",
    "summary": "app.reports.markdown",
    "gitlab": "app.reports.gitlab",
    "jsonl": "app.reports.findings_jsonl",
    "html": "app.reports.html",
}
GATE_REPORTS = tuple(_RENDERERS)


def renderer(name: str) -> Render:
    """The renderer of one of `GATE_REPORTS`."""
    render: Render = import_module(_RENDERERS[name]).render
    return render


def role_of(item: Finding | Shortfall) -> str:
    return item.role.replace("_", " ")


def name_of(item: Finding) -> str:
    return printable(item.party.name) or "(no name)"


def list_title(finding: Finding, result: GateResult) -> str:
    if finding.hit is None:
        return "No list: " + ("the supply chain" if is_exposure(finding) else "a signal of origin")
    return result.lists[finding.hit.list_id].title


def is_exposure(finding: Finding) -> bool:
    return finding.subject.startswith(CHAIN)


def headline(finding: Finding, result: GateResult) -> str:
    """One sentence: who matches what."""
    who = f"{name_of(finding)} ({role_of(finding)})"
    if finding.hit is None:
        return f"{who} is to be looked at: {printable(finding.why)}"
    hit = finding.hit
    listed = printable(hit.name)
    return f"{who} matches {listed} on the list “{list_title(finding, result)}” ({hit.strength} match, {hit.score:.2f})"


def effects_of(finding: Finding, result: GateResult) -> tuple[str, ...]:
    """What it means, by jurisdiction."""
    return result.lists[finding.hit.list_id].effects if finding.hit else ()


def remedy(finding: Finding) -> str:
    """What to do now."""
    if finding.status is Status.WAIVED:
        return "Nothing before the waiver ends."
    if finding.outcome is Outcome.BLOCK:
        return "Do not buy or ship from this party. If it is another one, or the matter is settled, waive the finding."
    if is_exposure(finding):
        return "Ask where the goods of this shipment come from. If not from there, or the matter is settled, waive it."
    if finding.hit is None:
        return "Have a person look where the goods are made. If elsewhere, or the matter is settled, waive the finding."
    return "Have a person compare the two. If this is another party, or the matter is settled, waive the finding."


def waive_command(*findings: Finding) -> str:
    """A command to copy for findings of one party; what a person must decide is left to fill in."""
    words = shlex.join([printable(findings[0].party.name), *(finding.subject for finding in findings)])
    return f"importgate waive {words} --reason '...' --approved-by '...' --expires-on YYYY-MM-DD"


def place(file: str, spots: tuple[Spot, ...], count: int) -> str:
    """ "suppliers.csv:12, 17 and 3 more"."""
    lines = [str(spot.line) for spot in spots[:5] if spot.line]
    more = count - len(lines)
    shown = f"{printable(file)}:{', '.join(lines)}" if lines else printable(file)
    return f"{shown} and {more:,} more" if lines and more else shown


def standing(finding: Finding, result: GateResult) -> str:
    """What its status means for the gate; empty for a finding that fails it and has nothing more to say."""
    if finding.status is Status.WAIVED:
        return finding.note
    if finding.status is Status.KNOWN:
        return f"known: {result.compared_with} has it already"
    quiet = "" if result.fails(finding) else f"does not fail the gate (--fail-on {result.fail_on})"
    return "; ".join(part for part in (finding.note, quiet) if part)


def summary_line(result: GateResult) -> str:
    """ "2 files, 31 rows, 62 parties: 1 block, 2 review, 0 incomplete, 59 clear"."""
    counts = {outcome: sum(file.outcomes.get(outcome, 0) for file in result.files) for outcome in Outcome}
    rows, parties = sum(file.rows for file in result.files), sum(file.parties for file in result.files)
    shown = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
    return f"{_n(len(result.files), 'file')}, {_n(rows, 'row')}, {_n(parties, 'party', 'parties')}: {shown}"


def verdict_line(verdict: Verdict) -> str:
    """ "failed (exit code 1): 2 findings to block"."""
    reasons = f": {'; '.join(verdict.reasons)}" if verdict.reasons else ""
    return f"{verdict.word} (exit code {verdict.exit_code}){reasons}"


def left_out(result: GateResult) -> list[str]:
    """What was not looked at because the configuration says so."""
    roles, below = sum(file.left_out for file in result.files), sum(file.below for file in result.files)
    out = [f"{_n(roles, 'party', 'parties')} in roles that the configuration leaves out"] if roles else []
    return out + ([f"{_n(below, 'match', 'matches')} below thresholds.review"] if below else [])


def _n(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
