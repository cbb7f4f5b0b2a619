"""The UFLPA Entity List."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import names
from natives import NativeNames

from app.lists.model import AliasKind, Change, Extent, Kind, Listing, Scope

LIST_ID = "us-uflpa"
_PAGE = "https://www.dhs.gov/uflpa-entity-list"
_KINDS = {"formerly known as": AliasKind.FKA}
_FORMER_SPELLING = {"Aksu Huafu Textiles Co."}
_FACILITY = re.compile(r"Training Center|Industrial Park$|Reserve Library")
_UNKNOWN_DOCUMENT = " (document number not found in stored sources)"
_EXTENTS = {
    "and subsidiaries": Extent.SUBSIDIARIES,
    "and its subordinate and affiliated entities": Extent.SUBORDINATES_AND_AFFILIATES,
}


def listings(rows: Iterable[Mapping[str, Any]], natives: NativeNames) -> Iterator[Listing]:
    for row in rows:
        inferred = "by elimination" in (row["notes"] or "")
        codes = natives.uscc(LIST_ID, row["name"])
        name, acronym = _split_acronym(row["name"])
        yield Listing(
            id=f"{LIST_ID}/{names.slug(row['name'])}",
            list_id=LIST_ID,
            name=name,
            kind=Kind.GOVERNMENT if name == "Xinjiang Production and Construction Corps" else Kind.COMPANY,
            aliases=names.aliases(name, [*_aliases(row), *acronym]),
            native_names=natives.of(LIST_ID, row["name"]),
            scope=Scope.FACILITY if _FACILITY.search(name) else Scope.PARTY,
            extends_to=_EXTENTS.get(row["subsidiaries_clause_text"], Extent.NONE),
            listed_on=date.fromisoformat(row["effective_date"]),
            basis=tuple(f"Pub. L. 117-78, section 2(d)(2)(B)({section})" for section in row["sublists"]),
            citation=_citation(row["fr_citation"]),
            country=row["country"],
            places=tuple(row["locations"]),
            identifiers={"uscc": tuple(codes)} if codes else {},
            sector=_sector(row["sector"] or ""),
            parent=row["parent"] or "",
            parent_inferred=inferred,
            sources=tuple(_sources(row)),
            history=tuple(_history(row)),
            notes=_notes(row, codes),
        )


def _aliases(row: Mapping[str, Any]) -> Iterator[tuple[str, AliasKind]]:
    renamed = any("renamed" in change["change"] for change in row["history"])
    for alias in row["alias_details"]:
        known_otherwise = AliasKind.FKA if renamed and alias["type"] == "unspecified" else AliasKind.AKA
        yield alias["name"], _KINDS.get(alias["type"], known_otherwise)
    for variant in row["name_variants"]:
        if "(" not in variant or "(Group)" in variant:  # the others repeat the clause or the acronym
            yield variant, AliasKind.FKA if variant in _FORMER_SPELLING else AliasKind.AKA


def _split_acronym(published: str) -> tuple[str, list[tuple[str, AliasKind]]]:
    match = re.fullmatch(r"(.+) \(([A-Z]{3,})\)", published)
    return (match[1], [(match[2], AliasKind.SHORT)]) if match else (published, [])


def _citation(text: str) -> str:
    return text.replace(_UNKNOWN_DOCUMENT, "")


def _sector(text: str) -> str:
    """DHS describes some groups of additions as a whole."""
    if text.startswith("agricultural / food"):
        return "agricultural and food products (as DHS describes the group added that day)"
    return re.sub(r" \((Huafu group|per the DHS group description)\)$", "", text.replace(" / ", "; "))


def _sources(row: Mapping[str, Any]) -> Iterator[str]:
    yield _PAGE
    if document := re.search(r"\d{4}-\d{5}", row["fr_citation"]):
        yield f"https://www.federalregister.gov/d/{document[0]}"


def _history(row: Mapping[str, Any]) -> Iterator[Change]:
    for change in row["history"]:
        text = change["change"]
        text = text.replace("Page entry renamed/re-dated 2026-08-03; was", "Renamed; was")
        text = text.replace("added to section(s) v", "Added to section 2(d)(2)(B)(v)")
        text = re.sub(r"^(Technical correction|Moved) \d{4}-\d\d-\d\d", r"\1", text)
        yield Change(date.fromisoformat(change["date"]), text, _citation(change["fr_citation"]))


def _notes(row: Mapping[str, Any], codes: Mapping[str, bool]) -> str:
    notes = []
    if "by elimination" in (row["notes"] or ""):
        notes.append(
            "Parent inferred by elimination: DHS added Huafu Fashion with 25 subsidiaries on 2025-01-15 without naming "
            "which they are; these 25 remain after the other additions of that day."
        )
    if match := re.search(r"and (eight named|one) subsidiar\w+", row["subsidiaries_clause_text"] or ""):
        notes.append(f"DHS lists it {match[0]}; each has its own entry.")
    notes += [note_on_code(code) for code, is_stated in codes.items() if not is_stated]
    return " ".join(notes)


def note_on_code(code: str) -> str:
    return f"USCC {code} is that of a register entry that fits name, place and trade; no source states the link."
