"""The gate's findings as workflow commands, which GitHub shows beside the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from app.gate.model import Finding, GateResult, Shortfall
from app.gate.verdict import Verdict, counted
from app.reports.gate import headline, place, remedy, standing, verdict_line

MAX_EACH = 10
"""What GitHub shows of each kind in one step."""


def render(result: GateResult, verdict: Verdict) -> str:
    errors = [*_failures(result), *(_finding("error", item, result) for item in result.failing)]
    warnings = [_finding("warning", item, result) for item in result.findings if not result.fails(item)]
    kind = warnings if result.allow_incomplete else errors
    kind += [_shortfall("warning" if result.allow_incomplete else "error", item) for item in result.shortfalls]
    warnings += [
        _command("warning", result.waivers_file, item.waiver.line, f"Waiver {item.state}", item.note)
        for item in result.waivers
        if item.state != "applied"
    ]
    shown = [*errors[:MAX_EACH], *warnings[:MAX_EACH]]
    missing = len(errors) + len(warnings) - len(shown)
    more = f" ({counted(missing, 'annotation')} more: see the reports)" if missing else ""
    return "".join(
        f"{line}\n" for line in [*shown, f"::notice title=Importgate::{_data(verdict_line(verdict) + more)}"]
    )


def _failures(result: GateResult) -> Iterator[str]:
    for failure in result.failures:
        yield _command("error", failure.file, 1, "Could not complete", failure.message)


def _finding(level: str, item: Finding, result: GateResult) -> str:
    said = standing(item, result)
    where = place(item.file, item.spots, item.count)
    message = "\n".join(
        part
        for part in (f"{headline(item, result)} - {where}", item.why if item.hit else "", said, remedy(item))
        if part
    )
    return _command(level, item.file, item.line, f"{item.outcome.upper()} {item.subject}", message)


def _shortfall(level: str, item: Shortfall) -> str:
    return _command(level, item.file, item.spot.line or 1, "Not screened in full", item.problem)


def _command(level: str, file: str, line: int, title: str, message: str) -> str:
    at = f"file={_property(file)},line={line}," if file else ""
    return f"::{level} {at}title={_property(title)}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
