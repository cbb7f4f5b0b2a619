"""What is known already: the findings of a former result, or those of the same files at a git revision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.errors import Place, UsageError
from app.gate.model import Finding, Status
from app.screening.model import Outcome

Baseline = Mapping[str, Outcome]
"""The gravest outcome that a finding had, by its fingerprint."""
_GRAVITY = {outcome: number for number, outcome in enumerate((Outcome.CLEAR, Outcome.REVIEW, Outcome.BLOCK))}


def load_baseline(path: Path) -> Baseline:
    """Reads what `importgate gate --jsonl` wrote; raises `UsageError`."""
    known: dict[str, Outcome] = {}
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    _add(known, _read(line, Place(str(path), line=number)))
    except OSError as error:
        raise UsageError(f"the baseline cannot be read ({error.strerror})", Place(str(path))) from None
    except UnicodeDecodeError:
        raise UsageError("the baseline is not UTF-8; write it anew with --jsonl", Place(str(path))) from None
    return known


def baseline_of(findings: Iterable[Finding]) -> Baseline:
    known: dict[str, Outcome] = {}
    for finding in findings:
        _add(known, [(finding.fingerprint, finding.outcome)])
    return known


def is_known(finding: Finding, baseline: Baseline) -> bool:
    """A finding that has become graver since is new."""
    known = baseline.get(finding.fingerprint)
    return known is not None and _GRAVITY[finding.outcome] <= _GRAVITY[known]


def _add(known: dict[str, Outcome], found: Iterable[tuple[str, Outcome]]) -> None:
    for key, outcome in found:
        if _GRAVITY[outcome] >= _GRAVITY[known.get(key, Outcome.CLEAR)]:
            known[key] = outcome


def _read(line: str, place: Place) -> list[tuple[str, Outcome]]:
    try:
        record: dict[str, Any] = json.loads(line)
        outcome = Outcome(record["outcome"])
        if outcome is Outcome.INCOMPLETE or record["status"] == Status.WAIVED:
            return []  # a waived finding is known to its waiver alone, and only as long as that holds
        return [(str(record["fingerprint"]), outcome)]
    except (ValueError, KeyError, TypeError):
        message = "this is no finding of a former result; give what 'importgate gate --jsonl' wrote"
        raise UsageError(message, place) from None
