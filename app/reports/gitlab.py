"""The gate's findings as GitLab's code quality report: a JSON array that merge requests show beside the lines."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from app.gate.model import Finding, GateResult, Shortfall, Status
from app.gate.verdict import Verdict
from app.reports.gate import headline, standing
from app.screening.model import Outcome


def render(result: GateResult, _verdict: Verdict) -> str:
    issues = [_finding(item, result) for item in result.findings]
    issues += [_shortfall(item, result) for item in result.shortfalls]
    issues += [
        _issue(failure.message, "failure", "blocker", failure.file or "importgate.toml", 1, failure.message)
        for failure in result.failures
    ]
    return json.dumps(issues, ensure_ascii=False, indent=1) + "\n"


def _finding(item: Finding, result: GateResult) -> dict[str, Any]:
    note = standing(item, result)
    description = headline(item, result) + (f" - {note}" if note else "")
    return _issue(description, item.subject, _severity(item, result), item.file, item.line, item.fingerprint)


def _severity(item: Finding, result: GateResult) -> str:
    if item.status is not Status.NEW:
        return "info"
    if result.fails(item):
        return "blocker" if item.outcome is Outcome.BLOCK else "critical"
    return "major" if item.outcome is Outcome.BLOCK else "minor"


def _shortfall(item: Shortfall, result: GateResult) -> dict[str, Any]:
    severity = "minor" if result.allow_incomplete else "critical"
    description = f"{item.name[:100] or 'A row'} could not be screened in full: {item.problem}"
    line = item.spot.line or 1
    return _issue(description, "incomplete", severity, item.file, line, f"{line}\x1f{item.role}\x1f{item.name}")


def _issue(description: str, check: str, severity: str, file: str, line: int, key: str) -> dict[str, Any]:
    """GitLab wants a fingerprint once a report, so that the file is a part of it."""
    return {
        "type": "issue",
        "check_name": check,
        "description": " ".join(description.split()),
        "categories": ["Security"],
        "severity": severity,
        "fingerprint": hashlib.sha256(f"{file}\x1f{check}\x1f{key}".encode()).hexdigest(),
        "location": {"path": file, "lines": {"begin": line}},
    }
