"""The structure of the XPCC: the corps, its divisions, and listed companies whose stated controller it is."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import names
from natives import stated

from app.lists.model import AliasKind, Extent, Kind, Listing, NativeKind, NativeName

LIST_ID = "xpcc-structure"
CORPS = "Xinjiang Production and Construction Corps"
_TABLE = "https://mzj.xjbt.gov.cn/c/2021-01-12/7403691"
_ENCYCLOPEDIA = "Wikipedia, Xinjiang Production and Construction Corps"
_NATIVE_SOURCES = {
    "中国新建集团": _ENCYCLOPEDIA,
    "中国新建集团公司": _ENCYCLOPEDIA,
    "中新建": "epaper.stcn.com, 2014-08-25",
}
_ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
             "Eleventh", "Twelfth", "Thirteenth", "Fourteenth")  # fmt: skip
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二", "十三", "十四")
_TRADITIONAL = re.compile("[產國]")
_SHORT_ALIASES = ("XPCC", "Bingtuan", "The Corps", "Xinjiang Corps", "Zhongxinjian")
_PINYIN_ALIASES = re.compile(r" Shi$|Shengchan|^Zhongguo|^Xinjiang Bingtuan$")


def listings(rows: Iterable[Mapping[str, Any]], companies: Path) -> Iterator[Listing]:
    for row in rows:
        if row["list"] == LIST_ID:
            yield _body(row)
    with companies.open(encoding="utf-8", newline="") as file:
        yield from map(_company, csv.DictReader(file))


def _body(row: Mapping[str, Any]) -> Listing:
    name = row["name"]
    return Listing(
        id=f"{LIST_ID}/{names.slug(name)}",
        list_id=LIST_ID,
        name=name,
        kind=Kind.GOVERNMENT,
        aliases=names.aliases(name, [(alias, _alias_kind(alias)) for alias in row["aliases"]]),
        native_names=tuple(_natives(row)),
        extends_to=Extent.SUBORDINATES_AND_AFFILIATES,
        basis=("XPCC and its subordinate and affiliated entities (UFLPA Entity List)",),
        citation="XPCC Civil Affairs Bureau, table of divisions and cities, 2021-01-12",
        country=row["country"],
        places=(row["location"],) if row.get("location") else ("Urumqi",),
        parent="" if name == CORPS else CORPS,
        sources=(_TABLE, "https://www.dhs.gov/uflpa-entity-list"),
        notes="" if name == CORPS else "The English spellings with ordinals are regular forms of the same name.",
    )


def _alias_kind(alias: str) -> AliasKind:
    if alias in _SHORT_ALIASES:
        return AliasKind.SHORT
    return AliasKind.TRANSLITERATION if _PINYIN_ALIASES.search(alias) else AliasKind.AKA


def _natives(row: Mapping[str, Any]) -> Iterator[NativeName]:
    official = row["names_zh"][0]
    for name in row["names_zh"]:
        if _TRADITIONAL.search(name):
            continue  # the same name in other characters: matching reads both as one
        if "农业建设" in name or "建筑工程师" in name:
            kind = NativeKind.FORMER
        elif name == official or name.startswith("中国新建集团"):
            kind = NativeKind.REGISTERED
        else:
            kind = NativeKind.SHORT
        yield stated(name, _NATIVE_SOURCES.get(name, _TABLE), "high" if name == official else "medium", kind)
    for name in row.get("names_ug", []):
        yield stated(name, _ENCYCLOPEDIA, "medium", NativeKind.REGISTERED)


def _company(row: Mapping[str, str]) -> Listing:
    name = _spaced(row["en_name"])
    ticker, exchange = row["ticker"].split(".")
    profile = f"Exchange profile of {row['ticker']}"
    natives = [stated(row["zh_name"], profile, "high", NativeKind.REGISTERED)]
    if "ST" not in row["zh_short"]:  # *ST marks a stock under special treatment, it is no part of the name
        natives.append(stated(row["zh_short"], profile, "high", NativeKind.SHORT))
    return Listing(
        id=f"{LIST_ID}/{names.slug(name)}",
        list_id=LIST_ID,
        name=name,
        aliases=names.aliases(name, [(_spaced(row["en_name_financedatabase"]), AliasKind.AKA)]),
        native_names=tuple(natives),
        basis=("Actual controller: a body of the XPCC",),
        citation=f"{_EXCHANGES[exchange][0]}, company profile {ticker} (2025/26)",
        country="CN",
        places=("Xinjiang",),
        parent=_controller(row["actual_controller"]),
        sector=row["industry"],
        sources=(_EXCHANGES[exchange][1].format(ticker),),
        notes=f"Actual controller as the company states it: {row['actual_controller']}.",
    )


_EXCHANGES = {
    "SH": (
        "Shanghai Stock Exchange",
        "https://www.sse.com.cn/assortment/stock/list/info/company/index.shtml?COMPANY_CODE={}",
    ),
    "SZ": ("Shenzhen Stock Exchange", "https://www.szse.cn/certificate/individual/index.html?code={}"),
}


def _spaced(name: str) -> str:
    return re.sub(
        r"Co\.?,?\s*Ltd\.?$", "Co., Ltd.", re.sub(r"Co\.?,\s*L[Tt][Dd]\.?$", "Co., Ltd.", name, flags=re.I), flags=re.I
    )


def _controller(stated_controller: str) -> str:
    match = re.search(r"[第农](?:业建设第)?([一二三四五六七八九十]+)师", stated_controller)
    if not match:
        return CORPS
    return f"{CORPS} {_ORDINALS[_NUMERALS.index(match[1])]} Division"
