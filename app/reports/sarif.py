"""The gate's findings as SARIF 2.1.0, for code scanning.

One rule a list, with help. A finding is one result with its first line and a fingerprint that does not move with the
rows; waived ones carry a suppression. What could not be screened is a result of its own rule and fails the invocation.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from app import __version__
from app.gate.model import CHAIN, SIGNAL, Finding, GateResult, ScreenedFile, ScreenedList, Shortfall, Status
from app.gate.verdict import CLEAR, FOUND, Verdict
from app.reports.gate import headline, place, remedy, summary_line, verdict_line
from app.screening.model import Outcome

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 5000
"""What GitHub shows of one run; beyond 25,000 it refuses the file. The gravest findings come first."""
MAX_PLACES = 10
_INCOMPLETE = "incomplete"
_SIGNAL = SIGNAL
_CHAIN = CHAIN.rstrip("/")


def render(result: GateResult, verdict: Verdict) -> str:
    rules = _rules(result)
    number = {rule["id"]: i for i, rule in enumerate(rules)}
    files = [file.name for file in result.files]
    results = [_finding(item, result, number, files) for item in result.findings[:MAX_RESULTS]]
    room = MAX_RESULTS - len(results)
    results += [_shortfall(item, result, number, files) for item in result.shortfalls[:room]]
    run = {
        "tool": {
            "driver": {
                "name": "Importgate",
                "version": __version__,
                "semanticVersion": __version__,
                "shortDescription": {"text": "Forced-labour screening of supply chains."},
                "rules": rules,
            }
        },
        "automationDetails": {"id": "importgate/"},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The folder that the gate was run in."}}},
        "artifacts": [_artifact(file) for file in result.files],
        "invocations": [_invocation(result, verdict, len(results))],
        "results": results,
        "properties": {
            "summary": summary_line(result),
            "asOf": result.as_of.isoformat(),
            "editions": {list_id: item.edition for list_id, item in result.lists.items()},
            "policy": result.policy,
        },
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rules(result: GateResult) -> list[dict[str, Any]]:
    rules = [_list_rule(list_id, item) for list_id, item in result.lists.items()]
    rules.append(
        _rule(
            _SIGNAL,
            "SignalOfOrigin",
            "A sign other than a listed name ties the party to a region under an import ban.",
            "Look at what the message names, then decide about the party.",
            5.0,
        )
    )
    rules.append(
        _rule(
            _CHAIN,
            "ExposedThroughTheSupplyChain",
            "The party is supplied or owned, directly or further up, by one under an import ban.",
            "Ask where the goods of this shipment come from: the message names the way. That a party is exposed does "
            "not prove that these goods came that way.",
            6.0,
        )
    )
    rules.append(
        _rule(
            _INCOMPLETE,
            "NotScreened",
            "A party or a row could not be screened in full.",
            "Mend the row as the message says and run the gate again: what was not screened is not clear.",
            7.0,
        )
    )
    return rules


def _list_rule(list_id: str, item: ScreenedList) -> dict[str, Any]:
    help_ = f"{item.legal_effect} Do not buy or ship from a listed party; where the match is another party, waive it."
    rule = _rule(list_id, _pascal(item.title), f"A party matches an entry of the list “{item.title}”.", help_, 9.0)
    if not item.bans:
        rule["properties"]["security-severity"] = "6.0"
        rule["defaultConfiguration"]["level"] = "warning"
    effects = "".join(f"- {effect}\n" for effect in item.effects)
    source = f"\nSource: <{item.source}>, edition {item.edition}.\n" if item.source else ""
    rule["help"]["markdown"] = f"{help_}\n\n{effects}{source}"
    if item.source:
        rule["helpUri"] = item.source
    return rule


def _rule(rule_id: str, name: str, description: str, help_: str, severity: float) -> dict[str, Any]:
    return {
        "id": rule_id,
        "name": name,
        "shortDescription": {"text": description},
        "fullDescription": {"text": description},
        "help": {"text": help_, "markdown": help_},
        "defaultConfiguration": {"level": "error"},
        "properties": {
            "tags": ["forced-labour", "supply-chain"],
            "precision": "high",
            "security-severity": f"{severity}",
        },
    }


def _pascal(text: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in text).split()
    return "".join(word[0].upper() + word[1:] for word in words) or "List"


def _artifact(file: ScreenedFile) -> dict[str, Any]:
    return {
        "location": _location(file.name),
        "roles": ["analysisTarget"],
        "properties": {"rows": file.rows, "parties": file.parties},
    }


def _finding(item: Finding, result: GateResult, number: Mapping[str, int], files: list[str]) -> dict[str, Any]:
    rule = item.hit.list_id if item.hit else _CHAIN if item.subject.startswith(CHAIN) else _SIGNAL
    where = place(item.file, item.spots, item.count)
    why = f" {item.why}" if item.hit else ""
    text = f"{headline(item, result)}.{why} Found at {where}. {remedy(item)}"
    out: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": number[rule],
        "level": "error" if item.outcome is Outcome.BLOCK else "warning",
        "message": {"text": text},
        "locations": [_physical(item.file, item.line, files)],
        "partialFingerprints": {
            "primaryLocationLineHash": item.fingerprint,
            "importgateFinding/v1": item.fingerprint,
        },
        "occurrenceCount": max(item.count, 1),
        "properties": {"status": item.status.value, "outcome": item.outcome.value, "listing": item.subject},
    }
    if item.signals:
        out["properties"]["signals"] = [asdict(signal) for signal in item.signals]
    others = item.spots[1:MAX_PLACES]
    if others:
        out["relatedLocations"] = [
            _physical(item.file, spot.line or 1, files) | {"id": i, "message": {"text": "The same party, here too."}}
            for i, spot in enumerate(others, 1)
        ]
    if item.note and item.status is not Status.WAIVED:
        out["message"]["text"] += f" Note: {item.note}."
    if result.compared_with:
        out["baselineState"] = "unchanged" if item.status is Status.KNOWN else "new"
    if item.status is Status.WAIVED and item.waiver is not None:
        waiver = item.waiver
        out["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{waiver.reason} (approved by {waiver.approved_by}, until {waiver.expires_on})",
                "properties": {"approvedBy": waiver.approved_by, "expiresOn": waiver.expires_on.isoformat()},
            }
        ]
    return out


def _shortfall(item: Shortfall, result: GateResult, number: Mapping[str, int], files: list[str]) -> dict[str, Any]:
    who = f"“{item.name[:100]}” ({item.role.replace('_', ' ')})" if item.name else f"Row {item.spot.row}"
    return {
        "ruleId": _INCOMPLETE,
        "ruleIndex": number[_INCOMPLETE],
        "level": "warning" if result.allow_incomplete else "error",
        "message": {"text": f"{who} could not be screened in full: {item.problem}."},
        "locations": [_physical(item.file, item.spot.line or 1, files)],
        "properties": {"outcome": "incomplete"},
    }


def _physical(file: str, line: int, files: list[str]) -> dict[str, Any]:
    location: dict[str, Any] = _location(file)
    if file in files:
        location["index"] = files.index(file)
    return {"physicalLocation": {"artifactLocation": location, "region": {"startLine": line}}}


def _location(file: str) -> dict[str, str]:
    path = PurePath(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": "%SRCROOT%"}


def _invocation(result: GateResult, verdict: Verdict, shown: int) -> dict[str, Any]:
    told = [("error", failure.message) for failure in result.failures]
    told += [("warning", warning) for file in result.files for warning in file.warnings]
    told += [
        ("warning", f"{result.waivers_file}, line {item.waiver.line}: waiver {item.state}: {item.note}")
        for item in result.waivers
        if item.state != "applied"
    ]
    told += [("note", notice) for notice in result.notices]
    missing = len(result.findings) + result.shortfall_count - shown
    if missing:
        told.append(
            ("warning", f"{missing:,} more results are not in this file, which holds {shown:,}; --jsonl has all")
        )
    return {
        "executionSuccessful": verdict.exit_code in (CLEAR, FOUND),
        "exitCode": verdict.exit_code,
        "exitCodeDescription": verdict_line(verdict),
        "toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in told],
    }
