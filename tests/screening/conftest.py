"""One small list whose listings have identifiers, under a programme that bans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from app.index.compiled import CompiledLists, compile_lists
from app.lists.model import EntityList, Listing, Programme
from app.screening.screener import Screener

TODAY = date(2026, 11, 1)


def listing(slug: str, name: str, **fields: object) -> Listing:
    return Listing(id=f"own/{slug}", list_id="own", name=name, **fields)  # type: ignore[arg-type]


def compiled(*listings: Listing, bans: bool = True) -> CompiledLists:
    entity_list = EntityList(
        id="own",
        title="Own list",
        authority="",
        programme="ban",
        legal_effect="",
        source="",
        licence="",
        as_of=None,
        expected=len(listings),
        listings=listings,
        sha256="0" * 64,
    )
    return compile_lists([entity_list], [Programme("ban", "The ban", bans, ())])


@pytest.fixture(scope="session")
def screener() -> Screener:
    return Screener(
        compiled(
            listing("azurite", "Azurite Valley Polymer Co., Ltd.", identifiers={"uscc": ("91650100 2999341738",)}),
            listing("beryl", "Beryl Ridge Textile Co., Ltd.", identifiers={"lei": ("HWUPKR0MPOU8FGXBT394",)}),
            listing("citrine", "Citrine Harbour Foods Co., Ltd.", places=("Lop County, Hotan, Xinjiang",)),
            listing(
                "former",
                "Former Dolomite Co., Ltd.",
                identifiers={"uscc": ("914200007146661114",)},
                delisted_on=date(2025, 1, 1),
            ),
        ),
        TODAY,
    )


@pytest.fixture(scope="session")
def empty_screener() -> Screener:
    return Screener(compiled(listing("citrine", "Citrine Harbour Foods Co., Ltd.")), TODAY)


Build = Callable[..., CompiledLists]
