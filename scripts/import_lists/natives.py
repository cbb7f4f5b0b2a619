"""Chinese names of listed parties, with a source that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.lists.model import NativeKind, NativeName, Tie

_WEAK_KINDS = (NativeKind.SHORT, NativeKind.BRAND)
_CARRIERS = ("input ", "shared/", "airtable", "python-", "opensanctions", "the-uncensored-wiki", "http://202.")
_MOST_SOURCES = 2


class NativeNames:
    """Native names by list and entity; names of low confidence are left out."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = {(row["list"], row["entity"]): row["names_zh"] for row in rows}

    def of(self, list_id: str, entity: str) -> tuple[NativeName, ...]:
        return tuple(_native(row) for row in self._allowed(list_id, entity))

    def uscc(self, list_id: str, entity: str) -> dict[str, bool]:
        """Codes whose tie is stated or whose confidence is high, each with whether a source states the tie."""
        return {
            row["uscc"]: row["tie"] == "stated"
            for row in self._allowed(list_id, entity)
            if row.get("uscc") and (row["tie"] == "stated" or row["confidence"] == "high")
        }

    def _allowed(self, list_id: str, entity: str) -> list[Mapping[str, Any]]:
        return [row for row in self._rows.get((list_id, entity), []) if row["confidence"] != "low"]

    def seen(self, list_id: str, entity: str) -> set[str]:
        """Every name that was weighed for the entity, those left out included."""
        return {row["name"] for row in self._rows.get((list_id, entity), [])}


def stated(name: str, source: str, confidence: str = "medium", kind: NativeKind | None = None) -> NativeName:
    """A name that its source puts next to the listing; without a legal form it is a short one."""
    if kind is None:
        kind = NativeKind.REGISTERED if re.search(r"公司|兵团|局|厅|院|[\u0600-\u06ff]", name) else NativeKind.SHORT
    return NativeName(name, kind, Tie.STATED, confidence, source, weak=kind in _WEAK_KINDS)


def _native(row: Mapping[str, Any]) -> NativeName:
    kind = NativeKind(row["kind"])
    return NativeName(
        name=row["name"],
        kind=kind,
        tie=Tie(row["tie"]),
        confidence=row["confidence"],
        source=source(row["sources"]),
        weak=kind in _WEAK_KINDS,
    )


def source(sources: Iterable[str]) -> str:
    """Where the name can be looked up: a public address, or the register's own description."""
    cleaned = dict.fromkeys(text for text in map(_citable, sources) if text)
    return "; ".join(list(cleaned)[:_MOST_SOURCES])


def _citable(text: str) -> str:
    if text.startswith("github:kinginsun"):
        return "National enterprise register of China, open copy to 2019-04"
    if match := re.match(r"A-share table (\d{6}\.[A-Z]{2})", text):
        return f"Exchange profile of {match[1]}"
    if text.startswith("A-share table"):
        return ""
    if "OFAC" in text:
        return (
            "OFAC, Non-SDN Chinese Military-Industrial Complex Companies List" if "CMIC" in text else "OFAC, SDN List"
        )
    if text.startswith("etnet 2025-01-15"):
        return "etnet.com.hk, news of 2025-01-15"
    if text.startswith(_CARRIERS):
        return ""
    if text.startswith("http"):
        return text.split(" ")[0]
    return re.sub(r"\s+\(.*", "", text).replace(" ", ", ", 1)
