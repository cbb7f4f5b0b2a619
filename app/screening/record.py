"""A screening as plain data: one JSON object per party, shared by the command line, the API and the store."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

from app.lists.plain import decoder, encode_record, to_json
from app.screening.model import Hit, Party, Role, Screening, Signal
from app.screening.screener import Screener


def record(screening: Screening, screener: Screener, *, row: int | None, line: int | None, role: str) -> dict[str, Any]:
    """The record of one party. `row` counts data rows from 1, `line` is the physical line. Fields are only added."""
    party = screening.party
    return {
        "row": row,
        "line": line,
        "role": role,
        "party": {
            "name": party.name,
            "address": party.address,
            "country": party.country,
            "identifiers": dict(party.identifiers),
            "postal_code": party.postal_code,
            "goods": asdict(party.goods) if party.goods else None,
        },
        "outcome": screening.outcome.value,
        **findings(screening),
        "editions": screener.editions,
        "policy": screener.policy_version,
    }


def findings(screening: Screening) -> dict[str, Any]:
    """What was found, as a record has it."""
    return {
        "hits": [_shallow(hit) for hit in screening.hits],
        "signals": [_shallow(signal) for signal in screening.signals],
        "waiver": dict(screening.waiver) if screening.waiver else None,
        "problem": screening.problem,
    }


def _shallow(found: Hit | Signal) -> dict[str, Any]:
    """Not `asdict`: that copies every part of an explanation, which takes longer than the screening."""
    return {field.name: getattr(found, field.name) for field in fields(found)}


def said_besides(party: Party, name: str, role: Role) -> str:
    """What was declared of a party whose name, country and role stand beside this text; JSON, "" for nothing more."""
    plain = encode_record(party)
    plain.pop("country", None)
    if party.name == name:
        del plain["name"]
    if party.role is role:
        plain.pop("role", None)
    else:
        plain["role"] = party.role.value
    return to_json(plain) if plain else ""


def declared_party(name: str, country: str, role: str, besides: str) -> Party:
    """The party that `said_besides` was said of."""
    plain = {"name": name, "country": country, "role": role} | (json.loads(besides) if besides else {})
    party: Party = decoder(Party)(plain, ())
    return party
