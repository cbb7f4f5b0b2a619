"""Who stands in a cell: what is cut, and what never is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.lists.sources import bundled_sources
from app.text.cells import CellParty, is_placeholder, split_cell


def case(id_: str, cell: str, *parties: tuple[str, ...]) -> object:
    return pytest.param(cell, [CellParty(*party) for party in parties], id=id_)


ONE_NAME = [
    ("branch-behind-legal-form", "Tianjin Tianwei Food Co., Ltd. No. 2 Branch"),
    ("branch-behind-comma", "Henan Logistics Park Co., Ltd., Xinye Branch"),
    ("numbered-institute", "China Electronics Technology Corporation No. 28 Institute"),
    ("numbered-body", "CETC 55th Research Institute"),
    ("number-first", "841 Cotton Transfer Warehouse"),
    ("numbered-mill", "Xinjiang No.1 Cotton Mill"),
    ("number-inside", "Karakax County No. 4 Vocational Skills Education Training Center"),
    ("street-word-first", "Road & Bridge Group Co., Ltd."),
    ("slash-abbreviation", "XYZ (H/K) LIMITED"),
    ("slash-legal-form", "Vestas Wind Systems A/S"),
    ("slash-inside-one-word", "AVIC/COMAC"),
    ("via-is-a-name", "VIA Technologies, Inc."),
    ("via-inside", "Shanghai Via Trading Co., Ltd."),
    ("air-conditioning", "GREE A/C PARTS CO., LTD."),
    ("dba-inside", "SHENZHEN DBA TECHNOLOGY CO., LTD."),
    ("semicolon-for-comma", "BLUEWAY ELECTRONIC CO;LTD"),
    ("semicolon-and-place", "Kaile Science Co;Ltd.Hubei"),
    ("commas-between-trades", "Textiles, Garments and Shoes Imp. & Exp. Corp., Ltd."),
    ("partners", "Smith, Jones & Co., Ltd."),
    ("legal-form-of-two", "Muster Maschinen GmbH & Co. KG"),
    ("group-behind-legal-form", "Tsann Kuen China (Shanghai)Enterprise Co., Ltd. IT Group"),
    ("place-behind-legal-form", "Siemens Numerical Control Ltd., Nanjing"),
    ("country-in-brackets", "Flyaudio Corporation (China)"),
    ("abbreviation-in-brackets", "Guoyi Liangzi (Hefei) Technology Co., Ltd(CIQTEK)"),
    ("room-in-name", "Room 5 Interiors Ltd"),
    ("block-in-name", "Block B Clothing"),
    ("han-branch", "新疆天业股份有限公司乌鲁木齐分公司"),
    ("han-comma-between-places", "上海、北京贸易有限公司"),
    ("han-body-and-its-part", "新疆生产建设兵团第八师"),
    ("question-marks-were-a-name", "???? ??"),
]


@pytest.mark.parametrize("name", [pytest.param(name, id=id_) for id_, name in ONE_NAME])
def test_a_name_is_never_cut_in_the_middle(name: str) -> None:
    assert split_cell(name) == [CellParty(name)]


def test_no_listed_name_is_cut_or_changed() -> None:
    """Whatever authorities list is a name as it stands: 1,200 names in four scripts."""
    changed = []
    for source in bundled_sources():
        for listing in source.load().listings:
            for named in (listing, *listing.aliases, *listing.native_names):
                if split_cell(named.name) != [CellParty(named.name)]:
                    changed.append((listing.id, named.name))
    assert changed == []


@pytest.mark.parametrize(
    ("cell", "parties"),
    [
        case(
            "glued",
            "FOO CO., LTD.NO.502 LINGYUN BUILDING, SHENZHEN",
            ("FOO CO., LTD.", "NO.502 LINGYUN BUILDING, SHENZHEN"),
        ),
        case(
            "floor",
            "FOO CO., LTD.8F., NO. 219, SEC. 2, NEW TAIPEI",
            ("FOO CO., LTD.", "8F., NO. 219, SEC. 2, NEW TAIPEI"),
        ),
        case(
            "house-number",
            "Foo GmbH & Co. KG, Hauptstraße 5, 10115 Berlin",
            ("Foo GmbH & Co. KG", "Hauptstraße 5, 10115 Berlin"),
        ),
        case(
            "building-name-first",
            "FOO CO., LTD. TP-LINK BUILDING (ROOM 402)",
            ("FOO CO., LTD.", "TP-LINK BUILDING (ROOM 402)"),
        ),
        case(
            "only-places",
            "Foo Apparel Co., Ltd., Hotan, Xinjiang, China",
            ("Foo Apparel Co., Ltd.", "Hotan, Xinjiang, China"),
        ),
        case(
            "no-legal-form",
            "CARBON YUAN TECHNOLOGY, NO.2 SICUN XILU, BEIJING 102613",
            ("CARBON YUAN TECHNOLOGY", "NO.2 SICUN XILU, BEIJING 102613"),
        ),
        case(
            "no-legal-form-floor",
            "AKSU DYED YARN, 6F., NO.210-20, SEC. 3",
            ("AKSU DYED YARN", "6F., NO.210-20, SEC. 3"),
        ),
        case(
            "branch-then-room",
            "Zhongtai Group Shanghai Branch, Room 5, Nanjing Road",
            ("Zhongtai Group Shanghai Branch", "Room 5, Nanjing Road"),
        ),
        case(
            "number-is-the-body", "No. 4 Training Center, Room 5, Karakax", ("No. 4 Training Center", "Room 5, Karakax")
        ),
        case("labelled", "Foo Trading ADD: 5 Long Lane", ("Foo Trading", "5 Long Lane")),
        case("contact", "FOO CO., LTD. ATTN: MR WANG", ("FOO CO., LTD.", "ATTN: MR WANG")),
        case("italian-via-is-a-street", "ROSSI S.P.A. VIA ROMA 12, MILANO", ("ROSSI S.P.A.", "VIA ROMA 12, MILANO")),
        case(
            "han-label",
            "新疆某某股份有限公司(地址:新疆乌鲁木齐市中山路88号)",
            ("新疆某某股份有限公司", "新疆乌鲁木齐市中山路88号"),
        ),
        case(
            "han-space",
            "新疆某某股份有限公司 新疆乌鲁木齐市西山路78号",
            ("新疆某某股份有限公司", "新疆乌鲁木齐市西山路78号"),
        ),
        case(
            "han-glued",
            "和田某某有限公司新疆和田地区洛浦县北京工业园区",
            ("和田某某有限公司", "新疆和田地区洛浦县北京工业园区"),
        ),
        case(
            "han-body-without-legal-form",
            "新疆生产建设兵团第八师 石河子市北三路17号",
            ("新疆生产建设兵团第八师", "石河子市北三路17号"),
        ),
        case("entity", "Foo S&amp;T Co., Ltd.", ("Foo S&T Co., Ltd.",)),
        case("white-space", "  Foo\t Trading  ", ("Foo Trading",)),
    ],
)
def test_an_address_is_told_from_the_name(cell: str, parties: list[CellParty]) -> None:
    assert split_cell(cell) == parties


@pytest.mark.parametrize(
    ("cell", "parties"),
    [
        case("o/b", "FOO INC. O/B BAR TRADING", ("FOO INC.",), ("BAR TRADING", "", "o/b")),
        case("on-behalf", "Foo Ltd for and on behalf of Bar", ("Foo Ltd",), ("Bar", "", "o/b")),
        case("o/b-in-brackets", "FOO CO., LTD. (O/B BAR LTD.)", ("FOO CO., LTD.",), ("BAR LTD.", "", "o/b")),
        case("order", "TO THE ORDER OF KBC BANK NV", ("KBC BANK NV", "", "order")),
        case("via-a-firm", "FOO CO., LTD. VIA HONGKONG XYZ LTD", ("FOO CO., LTD.",), ("HONGKONG XYZ LTD", "", "via")),
        case("account", "FOO CO., LTD. A/C BAR CO., LTD.", ("FOO CO., LTD.",), ("BAR CO., LTD.", "", "account")),
        case("dba", "FOO LTD DBA BAR TRADING", ("FOO LTD",), ("BAR TRADING", "", "dba")),
        case("former-name", "FOO LTD, formerly known as BAR LTD", ("FOO LTD",), ("BAR LTD", "", "fka")),
        case("slash", "Foo Ltd / Bar", ("Foo Ltd",), ("Bar",)),
        case("tight-slash-behind-legal-form", "A有限公司/B有限公司", ("A有限公司",), ("B有限公司",)),
        case("semicolon", "FOO CO., LTD.; BAR CO., LTD.", ("FOO CO., LTD.",), ("BAR CO., LTD.",)),
        case("comma-between-complete-names", "Foo Co., Ltd., Bar Inc.", ("Foo Co., Ltd.",), ("Bar Inc.",)),
        case("and-between-complete-names", "Foo Ltd and Bar Ltd", ("Foo Ltd",), ("Bar Ltd",)),
        case("han-list", "甲某有限公司、乙某有限公司", ("甲某有限公司",), ("乙某有限公司",)),
        case(
            "han-then-latin",
            "某某服饰有限公司 Foo Apparel Co., Ltd.",
            ("某某服饰有限公司",),
            ("Foo Apparel Co., Ltd.",),
        ),
        case(
            "latin-then-han",
            "Foo Apparel Co., Ltd. (某某服饰有限公司)",
            ("Foo Apparel Co., Ltd.",),
            ("某某服饰有限公司",),
        ),
        case(
            "name-over-address", "FOO LTD\nNO. 5 X ROAD\nHOTAN, XINJIANG", ("FOO LTD", "NO. 5 X ROAD, HOTAN, XINJIANG")
        ),
        case("wrapped-legal-form", "FOO APPAREL\r\nCO., LTD.\r\nURUMQI", ("FOO APPAREL CO., LTD.", "URUMQI")),
        case(
            "wrapped-long-name",
            "XINJIANG PRODUCTION AND CONSTRUCTION\nCORPS",
            ("XINJIANG PRODUCTION AND CONSTRUCTION CORPS",),
        ),
        case("two-firms-in-two-lines", "FOO LTD\nBAR LTD", ("FOO LTD",), ("BAR LTD",)),
        case(
            "a-whole-box",
            "FOO LTD\nNO. 5 X ROAD\nC/O BAR LOGISTICS LTD\nROOM 5",
            ("FOO LTD", "NO. 5 X ROAD"),
            ("BAR LOGISTICS LTD", "ROOM 5", "c/o"),
        ),
    ],
)
def test_several_parties_in_one_cell(cell: str, parties: list[CellParty]) -> None:
    assert split_cell(cell) == parties


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "  ",
        "-",
        "***",
        "N/A",
        "n.a.",
        "None",
        "TO ORDER",
        "To the order of the shipper",
        "SAME AS CONSIGNEE",
        "无",
        "同上",
    ],
)
def test_a_cell_that_names_nobody_has_no_party(cell: str) -> None:
    assert is_placeholder(cell)
    assert split_cell(cell) == []


def test_limit_a_trading_name_behind_a_person_is_not_told_apart() -> None:
    """Without a legal form before it "dba" may be a part of the name, so the cell stays one party."""
    assert len(split_cell("John Smith dba Smith Trading")) == 1


_WORDS = st.sampled_from(
    [
        "Foo",
        "Hetian Taida",
        "Apparel",
        "Co., Ltd.",
        "CO.,LTD.",
        "Inc",
        "GmbH",
        "Branch",
        "No. 5",
        "No.28 Institute",
        "Room 204",
        "8F",
        "Long Road",
        "Shenzhen",
        "518000",
        "(Xinjiang)",
        "新疆中泰",
        "股份有限公司",
        "乌鲁木齐市西山路78号",
        "地址:",
        "O/B",
        "C/O",
        "VIA",
        "A/C",
        "TO THE ORDER OF",
        "DBA",
        "/",
        ";",
        ",",
        "、",
        "&amp;",
        "\n",
        "&",
        "and",
        "ATTN",
        "ADD:",
        "-",
        ".",
    ]
)
_MARKER_LETTERS = re.compile(
    r"(?:ob|co|via|ac|totheorderof|orderof|dba|add|address|公司地址|地址|onbehalfof|and|und|et|y|order)*", re.IGNORECASE
)


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@given(st.lists(_WORDS, max_size=12).map(" ".join))
@settings(max_examples=400, deadline=None)
def test_no_letter_is_lost_but_those_of_markers(cell: str) -> None:
    """The pieces stand in the cell one after the other; between them there are markers and punctuation only."""
    rest = letters(cell.replace("&amp;", "&"))
    for party in split_cell(cell):
        for piece in (party.name, party.address):
            begins = rest.find(letters(piece))
            assert begins >= 0, (piece, rest)
            assert _MARKER_LETTERS.fullmatch(rest[:begins]), (rest[:begins], party)
            rest = rest[begins + len(letters(piece)) :]
    assert _MARKER_LETTERS.fullmatch(rest), rest


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text_yields_named_parties_or_none(cell: str) -> None:
    parties = split_cell(cell)
    assert all(party.name for party in parties)
    assert parties or is_placeholder(cell)
