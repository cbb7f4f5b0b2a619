"""Companies that published research names for ties to forced labour in Xinjiang. No text of a report is copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import names
from natives import NativeNames, stated

from app.lists.model import AliasKind, Listing

LIST_ID = "research"
# What a report finds about a company stays in the report.
_CLAIM = re.compile(r" directly hires surplus labor \(per report\);| \(report[^)]*\)")
_YEAR = re.compile(r" \(20\d\d\)")


def listings(rows: Iterable[Mapping[str, Any]], natives: NativeNames) -> Iterator[Listing]:
    taken: set[str] = set()
    for row in rows:
        title = row["report"].split(":")[0].split(" (")[0].split(",")[0]
        listing_id = f"{LIST_ID}/{names.slug(row['name'])}"
        if listing_id in taken:  # two reports name the same company
            listing_id += f"-{names.slug(title)}"
        taken.add(listing_id)
        web = tuple(source for source in row["sources"] if source.startswith("http"))
        yield Listing(
            id=listing_id,
            list_id=LIST_ID,
            name=row["name"],
            aliases=names.aliases(row["name"], [(alias, AliasKind.AKA) for alias in row["aliases"]]),
            native_names=tuple(stated(name, natives.source_of(name) or web[0]) for name in row["names_zh"]),
            basis=(f"Named in {title}",),
            citation=f"{row['publisher']}: {_YEAR.sub('', row['report'])}, {row['report_date']}",
            country="CN",
            sources=web,
            notes=_notes(row),
        )


def _notes(row: Mapping[str, Any]) -> str:
    notes = f"In the report: {_CLAIM.sub('', row['role'])}."
    if "Horizon" in row["publisher"]:
        notes += " The report says that being mentioned does not imply a violation of law."
    return notes
