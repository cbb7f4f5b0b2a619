"""CBP Withhold Release Orders and Findings against goods of China."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import names
from natives import NativeNames

from app.lists.model import AliasKind, Change, Extent, Kind, Listing, Scope

LIST_ID = "us-cbp-wro"
AS_OF = date(2026, 6, 23)
_FILE = "https://www.cbp.gov/document/stats/withhold-release-orders-findings"
_AKA, _MEMBER, _SUBSIDIARY = AliasKind.AKA, AliasKind.MEMBER, AliasKind.SUBSIDIARY
_FACILITY = re.compile(r"Training Center|Industrial Park$|Camp$|Mine$|Tea Farm$")

# Orders whose published heading is more than one name: the name, and what else the heading names.
_HEADINGS: dict[str, tuple[str, list[tuple[str, AliasKind]]]] = {
    "Hoshine Silicon Industry Co. Ltd. and Subsidiaries": ("Hoshine Silicon Industry Co. Ltd.", []),
    "Xinjiang Uyghur Autonomous Region (XUAR)": (
        "Xinjiang Uyghur Autonomous Region",
        [("XUAR", AliasKind.SHORT)],
    ),
    "Xinjiang Production and Construction Corporation (XPCC) and its subordinates": (
        "Xinjiang Production and Construction Corporation",
        [],
    ),
    "Yili Zhuowan Garment Manufacturing Co., Ltd. and Baoding LYSZD Trade and Business Co., Ltd.": (
        "Yili Zhuowan Garment Manufacturing Co., Ltd.",
        [("Baoding LYSZD Trade and Business Co., Ltd.", _MEMBER)],
    ),
    "No. 4 Vocational Skills Education Training Center (VSETC)": (
        "No. 4 Vocational Skills Education Training Center",
        [("VSETC", AliasKind.SHORT)],
    ),
    "Fishing Vessel: Zhen Fa 7": ("Zhen Fa 7", []),
    "Fishing Vessels owned by Dalian Ocean Fishing Co. Ltd.": ("Dalian Ocean Fishing Co. Ltd.", []),
    "Shanghai Select Safety Products Company, Limited and its two subsidiaries from China, Select (Nantong) Safety "
    "Products Co. Limited and Select Protective Technology (HK) Limited.": (
        "Shanghai Select Safety Products Company, Limited",
        [],
    ),
    "Tangshan Sanyou Group and its Subsidiaries": ("Tangshan Sanyou Group", []),
    "Nanhu Tree Farm, Zhejiang Sanmei Tea Co., Ltd.; Imaizumi Tea Manufacturing & Trading Co., Ltd. (of Nagoya, "
    "Japan)": (
        "Zhejiang Sanmei Tea Co., Ltd.",
        [("Nanhu Tree Farm", _MEMBER), ("Imaizumi Tea Manufacturing & Trading Co., Ltd.", _MEMBER)],
    ),
    "Shenyang Xinsheng (New Life) Chemical Works": (
        "Shenyang Xinsheng Chemical Works",
        [("Shenyang New Life Chemical Works", _AKA)],
    ),
    "Wulin (or Wuling) Machinery Works": ("Wulin Machinery Works", [("Wuling Machinery Works", _AKA)]),
    "Sichuan (Szechuan) Xinsheng (New Life) Labor Factory": (
        "Sichuan Xinsheng Labor Factory",
        [("Szechuan Xinsheng Labor Factory", _AKA), ("Sichuan New Life Labor Factory", _AKA)],
    ),
}
# Where dropping the legal form would leave half a name.
_SLUGS = {"Xinjiang Production and Construction Corporation": "xinjiang-production-and-construction-corporation"}
_ALIASES: dict[str, list[str]] = {
    "Shenyang Xingsheng (or Xinsheng) (New Life) Rubber Plant": [
        "Shenyang Xingsheng Rubber Plant",
        "Shenyang Xinsheng Rubber Plant",
    ],
    "Sichuan (Szechuan) Pin Chiang Enterprise Company": [
        "Sichuan Pin Chiang Enterprise Company",
        "Szechuan Pin Chiang Enterprise Company",
    ],
    "Sichuan (Szechuan) Zigong Labor Reform Detachment": [
        "Sichuan Zigong Labor Reform Detachment",
        "Szechuan Zigong Labor Reform Detachment",
    ],
    "Sichuan (Szechuan) Bin-Jiang Enterprises Company": [
        "Sichuan Bin-Jiang Enterprises Company",
        "Szechuan Bin-Jiang Enterprises Company",
    ],
    "Xinsheng (New Life) Labor Factory": ["Xinsheng Labor Factory", "New Life Labor Factory"],
    "Golden Horse (JinMa) Diesel Factory": ["Golden Horse Diesel Factory", "JinMa Diesel Factory"],
    'Golden Horse ("Jinma") Diesel Engine Factory': [
        "Golden Horse Diesel Engine Factory",
        "Jinma Diesel Engine Factory",
    ],
}
_MEMBERS_AS_SUBSIDIARIES = ("Hoshine", "Shanghai Select")
_MEMBERS_IN_HEADING = ("Yili Zhuowan", "Nanhu Tree Farm")


def listings(rows: Iterable[Mapping[str, Any]], natives: NativeNames) -> Iterator[Listing]:
    taken: set[str] = set()
    for row in sorted(rows, key=lambda row: (row["order_type"] == "Finding", row["date_issued"])):
        name, extra = _HEADINGS.get(row["entity"], (row["entity"], []))
        listing_id = f"{LIST_ID}/{_SLUGS.get(name) or names.slug(name)}"
        if listing_id in taken:  # a Finding repeats the name of the order it grew from
            listing_id += f"-{row['order_type'].lower()}"
        taken.add(listing_id)
        joint = any(kind is _MEMBER for _, kind in extra)
        codes = {} if joint else natives.uscc(LIST_ID, row["entity"])
        issued = date.fromisoformat(row["date_issued"])
        inactive = row["status"] == "inactive-presumed"
        yield Listing(
            id=listing_id,
            list_id=LIST_ID,
            name=name,
            kind=_kind(name),
            aliases=names.aliases(name, [*extra, *_aliases(row)]),
            native_names=natives.of(LIST_ID, row["entity"]),
            scope=_scope(row["entity"], name),
            extends_to=_extent(row["entity"]),
            listed_on=issued,
            delisted_on=AS_OF if inactive else None,
            basis=("Finding" if row["order_type"] == "Finding" else "Withhold Release Order",),
            citation=_citation(row, issued),
            country=row["country"],
            places=(row["location"],) if row.get("location") else (),
            identifiers={"uscc": tuple(codes)} if codes else {},
            sector=row["products"],
            sources=(_FILE,),
            history=tuple(_history(row, inactive)),
            notes=_notes(row),
        )


def _aliases(row: Mapping[str, Any]) -> Iterator[tuple[str, AliasKind]]:
    for alias in row["aliases"]:
        for name in _ALIASES.get(alias, [alias]):
            yield name, _AKA
    if not row["entity"].startswith(_MEMBERS_IN_HEADING):
        kind = _SUBSIDIARY if row["entity"].startswith(_MEMBERS_AS_SUBSIDIARIES) else _MEMBER
        for member in row["members"]:
            yield re.sub(r" \((wholly owned.*|Japan)\)$", "", member), kind


def _kind(name: str) -> Kind:
    if name == "Xinjiang Uyghur Autonomous Region":
        return Kind.REGION
    if name == "Zhen Fa 7":
        return Kind.VESSEL
    return Kind.GOVERNMENT if name.startswith("Xinjiang Production and Construction") else Kind.COMPANY


def _scope(heading: str, name: str) -> Scope:
    if heading.startswith("Fishing Vessel"):
        return Scope.VESSEL
    if name == "Xinjiang Uyghur Autonomous Region":
        return Scope.GOODS
    return Scope.FACILITY if _FACILITY.search(name) else Scope.PARTY


def _extent(heading: str) -> Extent:
    if heading.endswith(("and Subsidiaries", "and its Subsidiaries")):
        return Extent.SUBSIDIARIES
    return Extent.SUBORDINATES_AND_AFFILIATES if heading.endswith("and its subordinates") else Extent.NONE


def _citation(row: Mapping[str, Any], issued: date) -> str:
    own = [row[key] for key in ("fr_citation", "treasury_decision") if row.get(key)]
    if row["status"] == "inactive-presumed":
        return f"CBP, Withhold Release Order of {issued}"
    what = "Finding" if row["order_type"] == "Finding" else "Withhold Release Order"
    return "; ".join([*own, f"CBP, Withhold Release Orders and Findings, file of {AS_OF}: {what} of {issued}"])


def _history(row: Mapping[str, Any], inactive: bool) -> Iterator[Change]:
    if inactive:
        yield Change(
            AS_OF,
            "Absent from the CBP file of this day, so presumed revoked or inactive; the day of the end is not known",
            f"CBP, Withhold Release Orders and Findings, file of {AS_OF}",
        )
    if "Viscose/Rayon" in (row.get("remarks") or ""):
        yield Change(
            date(2016, 10, 12), "Viscose and rayon fibre removed from the order", "CBP Commissioner memorandum"
        )


def _notes(row: Mapping[str, Any]) -> str:
    if row["superseded_by_uflpa"]:
        return "Linked to Xinjiang. CBP enforces the order through the UFLPA presumption."
    return (
        "" if row["xinjiang_linked"] else "Not linked to Xinjiang: another forced-labour order against goods of China."
    )
