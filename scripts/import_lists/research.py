"""Companies that published research names for ties to forced labour in Xinjiang. Names are facts; texts are not copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import names
from natives import stated

from app.lists.model import AliasKind, Listing

LIST_ID = "research"
_REGISTER = "National enterprise register of China, open copy to 2019-04"
_NATIVE_SOURCES = {
    "新疆有色金属工业(集团)有限责任公司": _REGISTER,
    "新疆中泰集团有限责任公司": "https://hk01.com, article 945487 of 2023-09",
}


def listings(rows: Iterable[Mapping[str, Any]]) -> Iterator[Listing]:
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
            native_names=tuple(stated(name, _NATIVE_SOURCES.get(name, web[0])) for name in row["names_zh"]),
            basis=(f"Named in {title}",),
            citation=f"{row['publisher']}: {row['report'].replace(' (2022)', '').replace(' (2021)', '')}, {row['report_date']}",
            country="CN",
            sector=row["role"],
            sources=web,
            notes="The report was read through the page given; mention does not imply a violation of law."
            if "Horizon" in row["publisher"]
            else "",
        )
