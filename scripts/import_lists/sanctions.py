"""The Xinjiang-related rows of the BIS Entity List, the OFAC lists and the sanctions of the EU, the UK and Canada."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import names
from natives import NativeNames, source, stated
from uflpa import note_on_code

from app.lists.model import AliasKind, Change, Kind, Listing, NativeKind, NativeName, Scope

LISTS = (
    "us-bis-entity-list", "us-ofac-sdn", "us-ofac-ns-cmic", "eu-global-human-rights", "uk-global-human-rights",
    "ca-sema-china",
)  # fmt: skip
_SOURCES = {
    "us-bis-entity-list": "https://www.ecfr.gov/current/title-15/part-744/appendix-Supplement%20No.%204%20to%20Part%20744",
    "us-ofac-sdn": "https://sanctionssearch.ofac.treas.gov/",
    "us-ofac-ns-cmic": "https://ofac.treasury.gov/consolidated-sanctions-list/ns-cmic-list",
    "eu-global-human-rights": "https://eur-lex.europa.eu/eli/reg/2020/1998/oj",
    "uk-global-human-rights": "https://www.legislation.gov.uk/uksi/2020/680/contents",
    "ca-sema-china": "https://laws-lois.justice.gc.ca/eng/regulations/SOR-2021-49/",
}
_KINDS = {"government": Kind.GOVERNMENT, "person": Kind.PERSON, "organization": Kind.COMPANY}
# OFAC prints "SURNAME, Given"; these persons' own order is given name first.
_GIVEN_FIRST = ("ZAKIR", "TUNIYAZ", "TUNIYAZI", "TUNIAZ", "ZHAKER", "SHOHRAT")
_DELISTED = {
    "Hefei Bitland Information Technology Co. Ltd.": Change(
        date(2026, 7, 9), "No longer in Supplement No. 4 as it stood on this day; the day of removal is not known"
    ),
    "Nanchang O-Film Tech": Change(
        date(2026, 7, 9), "No longer in Supplement No. 4 as it stood on this day; the day of removal is not known"
    ),
    "Ministry of Public Security's Institute of Forensic Science of China": Change(
        date(2023, 11, 16), "Removed from the Entity List", "88 FR 80131"
    ),
}
_NOTES = {
    "china-ethnic-minority-repression (not Xinjiang-specific)": "Listed for the repression of ethnic minorities in "
    "China; not specific to Xinjiang.",
    "xinjiang-located": "Located in Xinjiang; the stated reason of the listing is not verified.",
    "china-human-rights (OFAC ties DJI to XPSB drones)": "Listed for human rights abuses in China; OFAC ties the "
    "company to drones of the Xinjiang Public Security Bureau.",
    "tibet (same SOR)": "Listed for Tibet by the same regulations.",
    "xinjiang/tibet (United Front)": "Listed for Xinjiang and Tibet (United Front Work Department).",
    "uyghur-surveillance (securities ban, not an import ban)": "Named for surveillance technology "
    "used against Uyghurs.",
}


def listings(rows: Iterable[Mapping[str, Any]], natives: NativeNames) -> Iterator[Listing]:
    for row in rows:
        if row["list"] in LISTS:
            yield _listing(row, natives)


def _listing(row: Mapping[str, Any], natives: NativeNames) -> Listing:
    list_id = row["list"]
    is_corps = row["name"].casefold().startswith("xinjiang production and construction corps")
    kind = Kind.GOVERNMENT if is_corps else _KINDS[row["entity_type"]]
    read = _reader(list_id, kind)
    name, acronym = _split_acronym(read(row["name"]))
    removal = _DELISTED.get(row["name"]) if list_id == "us-bis-entity-list" else None
    codes = natives.uscc(list_id, row["name"]) | ({row["uscc"]: True} if row.get("uscc") else {})
    identifiers = {"uscc": tuple(codes)} if codes else {}
    if row.get("ofac_uid"):
        identifiers["ofac_uid"] = (str(row["ofac_uid"]),)
    return Listing(
        id=f"{list_id}/{names.slug(row['name'] if kind is not Kind.PERSON else name)}",
        list_id=list_id,
        name=name,
        kind=kind,
        aliases=names.aliases(name, [(read(alias), AliasKind.AKA) for alias in row["aliases"]] + acronym),
        native_names=_natives(row, natives),
        scope=Scope.PARTY,
        listed_on=date.fromisoformat(row["effective_date"]),
        delisted_on=removal.on if removal else None,
        basis=_basis(row),
        citation=_citation(row),
        country=row["country"],
        places=tuple(row["addresses"]),
        identifiers=identifiers,
        sources=(_SOURCES[list_id],),
        history=(removal,) if removal else (),
        notes=_notes(row, codes),
    )


def _reader(list_id: str, kind: Kind) -> Callable[[str], str]:
    """How the list's spelling of a name is to be written."""
    if kind is Kind.PERSON:
        return _person
    return names.ordinary_case if list_id.startswith("us-ofac") else str


def _person(name: str) -> str:
    surname, comma, given = name.partition(",")
    return names.person(f"{given} {surname}" if comma and surname in _GIVEN_FIRST else name)


def _split_acronym(name: str) -> tuple[str, list[tuple[str, AliasKind]]]:
    """ "Xinjiang Production and Construction Corps (XPCC)" without its acronym, which is an alias of its own."""
    match = re.fullmatch(r"(.+) \(([A-Z]{3,})\)(.*)", name)
    if not match:
        return name, []
    return match[1] + match[3], [(match[2], AliasKind.SHORT)] if not match[3] else []


def _natives(row: Mapping[str, Any], natives: NativeNames) -> tuple[NativeName, ...]:
    """The collected native names; other names of the row only where they are not the same ones."""
    own = natives.of(row["list"], row["name"])
    known = natives.seen(row["list"], row["name"])  # those of low confidence too: they stay out
    rest = [name for name in row["names_zh"] if name not in known]
    kind = NativeKind.REGISTERED if row["entity_type"] == "person" else None
    return own + tuple(stated(name, _native_source(row, name), _confidence(row), kind) for name in rest)


def _confidence(row: Mapping[str, Any]) -> str:
    return "medium" if row["list"] == "us-bis-entity-list" else "high"


def _native_source(row: Mapping[str, Any], name: str) -> str:
    if name == "长虹美菱股份有限公司":
        return "Exchange profile of 000521.SZ"
    if found := source((row.get("names_zh_sources") or {}).get(name, [])):
        return found
    return {
        "us-ofac-sdn": "OFAC, SDN List and Treasury release of the designation",
        "us-ofac-ns-cmic": "OFAC, Non-SDN Chinese Military-Industrial Complex Companies List",
        "eu-global-human-rights": "Regulation (EU) 2020/1998, Annex I",
        "uk-global-human-rights": "Regulation (EU) 2020/1998, Annex I (the same person or body)",
        "ca-sema-china": "Regulation (EU) 2020/1998, Annex I (the same person or body)",
    }[row["list"]]


def _basis(row: Mapping[str, Any]) -> tuple[str, ...]:
    return {
        "us-bis-entity-list": ("15 CFR Part 744, Supplement No. 4",),
        "us-ofac-sdn": ("E.O. 13818",),
        "us-ofac-ns-cmic": ("E.O. 13959 as amended by E.O. 14032",),
    }.get(row["list"]) or (_act(row),)


def _citation(row: Mapping[str, Any]) -> str:
    if row["list"] == "us-bis-entity-list":
        return "; ".join(_fr(part) for part in row["fr_citation"].split(". "))
    if row["list"] == "us-ofac-sdn":
        return f"OFAC, SDN List, designation of {row['effective_date']} under E.O. 13818"
    if row["list"] == "us-ofac-ns-cmic":
        return f"OFAC, NS-CMIC List, identification of {row['effective_date']} under E.O. 13959"
    return _act(row)


def _act(row: Mapping[str, Any]) -> str:
    if row["list"] == "ca-sema-china":
        return "SOR/2021-49" if "2021-49" in row["legal_act"] else f"SOR/2021-49, amended by {row['legal_act']}"
    return str(row["legal_act"]).replace("Reg. (EU)", "Regulation (EU)")


def _fr(citation: str) -> str:
    """ "84 FR 54004, 10/9/19" with its day as other citations write it."""
    match = re.fullmatch(r"(\d+ FR \d+), (\d+)/(\d+)/(\d\d)", citation)
    return f"{match[1]} (20{match[4]}-{int(match[2]):02}-{int(match[3]):02})" if match else citation


def _notes(row: Mapping[str, Any], codes: Mapping[str, bool]) -> str:
    notes = [_NOTES[row["nexus"]]] if row["nexus"] in _NOTES else []
    if row.get("dob"):
        notes.append(f"Born {row['dob']}.")
    if row.get("linked_to"):
        notes.append(f"Linked to {names.person(row['linked_to']) if ',' in row['linked_to'] else row['linked_to']}.")
    if row["confidence"] == "medium" and row["list"] == "ca-sema-china":
        notes.append("The name comes from one press source; the schedule itself was not seen.")
    if row["name"] == "Urumqi Tianyao Weiye Information Technology Service Co., Ltd.":
        notes.append("Tied to the Xinjiang additions of the same rule by its Urumqi address.")
    if row["list"] == "us-bis-entity-list" and "Xinjiang Nonferrous" in row["aliases"]:
        notes.append("The alias Xinjiang Nonferrous is also the short name of an unrelated group.")
    if row["name"] == "XINJIANG PRODUCTION AND CONSTRUCTION CORPS":
        notes.append("OFAC's 50 percent rule extends the block to entities that it owns.")
    notes += [note_on_code(code) for code, is_stated in codes.items() if not is_stated]
    return " ".join(notes)
