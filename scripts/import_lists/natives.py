"""Chinese names of listed parties, with a source that can be looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from app.lists.model import NativeKind, NativeName, Tie

_WEAK_KINDS = (NativeKind.SHORT, NativeKind.BRAND)
_NOT_CITABLE = ("input ", "search", "airtable", "http://202.")
# Pages that the facts name by site and day only.
_PAGES = {
    "c.m.163.com/news/a/FI2EOELK0511DT6P": "https://c.m.163.com/news/a/FI2EOELK0511DT6P.html",
    "ettoday.net 2021-06-24": "https://www.ettoday.net/news/20210624/2014653.htm",
    "hk.on.cc 2021-06-24": "https://hk.on.cc/hk/bkn/cnt/finance/20210624/bkn-20210624060047290-0624_00842_001.html",
    "m.guancha.cn 2021-06-24": "https://m.guancha.cn/internation/2021_06_24_595669.shtml",
    "news.cpw.com.cn 2020-07-21": "http://news.cpw.com.cn/kxw/20200721/07216668.html",
    "nownews.com 5030650": "nownews.com, article 5030650",
    "soecc.org.cn 2020-07-21": "https://soecc.org.cn/p/web.show/bid-4kzce5uaimwo80.html",
}
_MOST_SOURCES = 2


class NativeNames:
    """Native names by list and entity; names of low confidence are left out."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = {(row["list"], row["entity"]): row["names_zh"] for row in rows}

    def of(self, list_id: str, entity: str) -> tuple[NativeName, ...]:
        return tuple(native for native in map(_native, self._allowed(list_id, entity)) if native.source)

    def uscc(self, list_id: str, entity: str) -> dict[str, bool]:
        """Codes whose tie is stated or whose confidence is high, each with whether a source states the tie."""
        return {
            row["uscc"]: row["tie"] == "stated"
            for row in self._allowed(list_id, entity)
            if row.get("uscc") and (row["tie"] == "stated" or row["confidence"] == "high")
        }

    def _allowed(self, list_id: str, entity: str) -> list[Mapping[str, Any]]:
        return [row for row in self._rows.get((list_id, entity), []) if row["confidence"] != "low"]

    def source_of(self, name: str) -> str:
        """Where a name can be looked up, whichever entity it was collected for."""
        rows = (row for entity in self._rows.values() for row in entity if row["name"] == name)
        return next((found for found in (source(row["sources"]) for row in rows) if found), "")

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
    if "company-registration data" in text:
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
    if text.startswith(_NOT_CITABLE) or ".jsonl" in text or "/data " in text:
        return ""
    if text.startswith("http"):
        return text.split(" ")[0]
    if "2020/1998" in text:
        return "Regulation (EU) 2020/1998, Annex I"
    text = re.sub(r" \((\d{4}-\d\d-\d\d)\)$", r" \1", text)
    text = re.sub(r"\s+\(.*", "", text)
    return _PAGES.get(text) or text.replace(" ", ", ", 1)
