"""The gate's findings as JSON lines: one a line, a record with this one hit and what the gate adds.

It holds every finding and every shortfall that was kept, and is what `--baseline` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from app.gate.model import Finding, GateResult, Shortfall, Spot
from app.gate.verdict import Verdict
from app.screening.model import Outcome, Party, Signal
from app.screening.waivers import Waiver

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(", ", ": ")).encode


def render(result: GateResult, _verdict: Verdict) -> str:
    records = [_finding(item, result) for item in result.findings]
    records += [_shortfall(item, result) for item in result.shortfalls]
    return "".join(_encode(record) + "\n" for record in records)


def _finding(item: Finding, result: GateResult) -> dict[str, Any]:
    hits = [asdict(item.hit)] if item.hit else []
    own = {
        "file": item.file,
        "fingerprint": item.fingerprint,
        "subject": item.subject,
        "status": item.status.value,
        "fails": result.fails(item),
        "note": item.note,
        "count": item.count,
        "spots": [asdict(spot) for spot in item.spots],
    }
    first = item.spots[0] if item.spots else Spot(None, None)
    return _record(result, first, item.role, item.party, item.outcome, hits, item.waiver, "", item.signals) | own


def _shortfall(item: Shortfall, result: GateResult) -> dict[str, Any]:
    party = Party(item.name)
    record = _record(result, item.spot, item.role, party, Outcome.INCOMPLETE, (), None, item.problem)
    return record | {"file": item.file, "fails": not result.allow_incomplete}


def _record(
    result: GateResult,
    spot: Spot,
    role: str,
    party: Party,
    outcome: Outcome,
    hits: Sequence[Mapping[str, Any]],
    waiver: Waiver | None,
    problem: str,
    signals: Sequence[Signal] = (),
) -> dict[str, Any]:
    """The keys of `app.screening.record`, in its order."""
    return {
        "row": spot.row,
        "line": spot.line,
        "role": str(role),
        "party": {
            "name": party.name,
            "address": party.address,
            "country": party.country,
            "identifiers": dict(party.identifiers),
            "postal_code": party.postal_code,
            "goods": asdict(party.goods) if party.goods else None,
        },
        "outcome": outcome.value,
        "hits": list(hits),
        "signals": [asdict(signal) for signal in signals],
        "waiver": asdict(waiver) | {"expires_on": waiver.expires_on.isoformat()} if waiver else None,
        "problem": problem,
        "editions": {list_id: item.edition for list_id, item in result.lists.items()},
        "policy": result.policy,
    }
