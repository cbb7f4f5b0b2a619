"""Goods that draw attention: the FLETF's high-priority sectors and what CBP's orders on Xinjiang name.

No authority publishes HS codes for these sectors. The mapping is ours and is shown as such: a code of `core` is the
goods themselves, one of `downstream` goods that are often made of them, a word a word of the description. It raises
attention, never an alert.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from app.screening.model import Goods, Party, Role, Signal, SignalStrength

_BUYERS = frozenset(
    {Role.BUYER, Role.CONSIGNEE, Role.SHIP_TO, Role.IMPORTER_OF_RECORD, Role.NOTIFY_PARTY, Role.FORWARDER, Role.CARRIER}
)
_CODE = re.compile(
    r"(?:(?:hs|hts|htsus|taric|cn|no|nr|code|税号|编码)[\s.:：#]*)*(\d[\d.\s]*(?:e\+?\d{1,2}(?!\d))?)", re.IGNORECASE
)
_BETWEEN_CODES = re.compile(r"[,;/|，；、\n]")


@dataclass(frozen=True, slots=True)
class Sector:
    id: str
    title: str
    kind: str
    region_order: bool
    since: str
    source: str


@dataclass(frozen=True, slots=True)
class Match:
    """A sector and what of the goods belongs to it. `basis` is core, downstream or word."""

    sector: Sector
    seen: str
    basis: str
    field: str


@dataclass(frozen=True, slots=True)
class _Table:
    codes: dict[str, tuple[tuple[Sector, str], ...]]
    latin: re.Pattern[str]
    latin_sector: dict[str, Sector]
    han: re.Pattern[str]
    han_sector: dict[str, Sector]


def signals_of(party: Party) -> list[Signal]:
    """The sectors of goods of Chinese origin, for the parties on the side that makes and sells them."""
    goods = party.goods
    if goods is None or party.role in _BUYERS:
        return []
    if (goods.origin or party.country).upper() != "CN":
        return []
    return [_signal(match) for match in sectors_of(goods)]


@lru_cache(maxsize=4096)
def sectors_of(goods: Goods) -> tuple[Match, ...]:
    """Each sector once, by its best basis: core code, then downstream code, then word."""
    table = _table()
    found: dict[str, Match] = {}
    codes = [(hs_code(part), part.strip()) for text in goods.hs_codes for part in _BETWEEN_CODES.split(text)]
    for basis in ("core", "downstream"):
        for code, written in codes:
            for size in range(len(code), 1, -1):
                for sector, kind in table.codes.get(code[:size], ()):
                    if kind == basis:
                        found.setdefault(sector.id, Match(sector, written, basis, "hs_code"))
    if goods.description:
        for pattern, sectors in ((table.latin, table.latin_sector), (table.han, table.han_sector)):
            for word in pattern.findall(goods.description):
                sector = sectors[word.lower()]
                found.setdefault(sector.id, Match(sector, word, "word", "description"))
    return tuple(found.values())


def hs_code(text: str) -> str:
    """The digits of an HS code of 4 to 10 digits, however it is written: "6109.10", "HS 6109 10", "610910.0" and
    "6.1091E+05" of a spreadsheet, "3042900" (which lost its leading zero). Empty for what is none."""
    match = _CODE.match(text.strip())
    if match is None:
        return ""
    digits = re.sub(r"\s", "", match[1])
    if "e" in digits.lower():
        digits = f"{float(digits):.0f}"
    elif re.fullmatch(r"\d{5,10}\.0", digits):
        digits = digits[:-2]
    digits = digits.replace(".", "")
    if len(digits) in (3, 5, 7, 9):
        digits = f"0{digits}"
    return digits if 2 <= len(digits) <= 10 else ""


def _signal(match: Match) -> Signal:
    what = {
        "core": f"the HS code {match.seen} is of the sector",
        "downstream": f"goods of the HS code {match.seen} are often made of goods of the sector",
        "word": f"the description names “{match.seen}”",
    }[match.basis]
    sector = match.sector
    rank = "a high-priority sector of the UFLPA strategy" if sector.kind == "priority" else "goods under CBP's orders"
    order = "; such goods of Xinjiang are barred by CBP's order of 13 January 2021" if sector.region_order else ""
    return Signal(
        kind="goods",
        code=f"{sector.id}_{match.basis}",
        strength=SignalStrength.NOTED,
        seen=match.seen,
        field=match.field,
        summary=f"{sector.title}, {rank}{order}: {what} (our mapping, not the authority's).",
        source=sector.source,
    )


@cache
def _table() -> _Table:
    codes: dict[str, list[tuple[Sector, str]]] = {}
    latin: dict[str, Sector] = {}
    han: dict[str, Sector] = {}
    lines = (Path(__file__).parents[1] / "data" / "sectors.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    for row in rows[1:]:
        cells = dict(zip(rows[0], row, strict=True))
        sector = Sector(
            cells["sector"], cells["title"], cells["kind"], bool(cells["region_order"]), cells["since"], cells["source"]
        )
        for basis in ("core", "downstream"):
            for code in filter(None, cells[basis].split("|")):
                codes.setdefault(code, []).append((sector, basis))
        latin |= dict.fromkeys(cells["latin"].split("|"), sector)
        han |= {word.lower(): sector for word in cells["han"].split("|")}
    return _Table(
        {code: tuple(found) for code, found in codes.items()},
        re.compile(rf"\b(?:{_either(latin)})\b", re.IGNORECASE),
        latin,
        re.compile(_either(han), re.IGNORECASE),
        han,
    )


def _either(words: dict[str, Sector]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
