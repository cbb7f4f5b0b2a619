"""The gazetteer: complete for Xinjiang, one row a Chinese name, homonyms told apart by code."""

import re
from collections import Counter

import pytest

from app.text.tables import read_table, spellings

LEVELS = {"region", "province", "prefecture", "county", "city", "zone", "country"}
ROWS = list(read_table("places"))
CODES = {code for row in ROWS for code in spellings(row["code"])}

# GB/T 2260 codes of the counties, cities and districts of Xinjiang in force (2025)
XINJIANG_COUNTIES = """
650102-650107 650109 650121 650202-650205 650402 650421 650422 650502 650521 650522 652301 652302 652323-652325
652327 652328 652701 652702 652722 652723 652801 652822-652829 652901 652902 652922 652924-652929 653001
653022-653024 653101 653121-653131 653201 653221-653229 654002-654004 654021-654028 654201-654203 654221
654224-654226 654301 654321-654326 659001-659012
"""


def expand(ranges: str) -> set[str]:
    codes = set()
    for part in ranges.split():
        first, _, last = part.partition("-")
        codes |= {str(code) for code in range(int(first), int(last or first) + 1)}
    return codes


def named(spelling: str) -> list[str]:
    return [row["concept"] for row in ROWS if spelling in spellings(row["han"]) + spellings(row["latin"])]


def test_every_county_of_xinjiang_is_there() -> None:
    counties = expand(XINJIANG_COUNTIES)
    marked = {code for row in ROWS if row["xinjiang"] for code in spellings(row["code"])}
    assert counties - marked == set()
    assert len(counties) == 110


def test_mainland_divisions_are_complete() -> None:
    """31 provinces, 333 prefectures and about 2,850 counties of the 2023 code table."""
    assert sum(code.endswith("0000") for code in CODES) == 31 + 3
    assert sum(code.endswith("00") and not code.endswith("0000") for code in CODES) == 333
    assert sum(not code.endswith("00") for code in CODES) > 2830


def test_cells() -> None:
    for row in ROWS:
        assert row["level"] in LEVELS, row
        assert row["ambiguity"] in {"low", "medium", "high"}, row
        assert row["xinjiang"] in {"", "yes"}, row
        assert all(re.fullmatch(r"\d{6}", code) for code in spellings(row["code"]) + spellings(row["parent"])), row
        assert set(spellings(row["parent"])) <= CODES, f"{row['concept']}: its parent is not in the table"
        assert all(re.fullmatch(r"[\u0600-\u06ff ]+", name) for name in spellings(row["uyghur"])), row
        codes = spellings(row["code"]) or spellings(row["parent"])
        inside = bool(codes) and all(code.startswith("65") for code in codes)
        assert inside == (row["xinjiang"] == "yes"), row


def test_a_chinese_or_uyghur_name_stands_in_one_row() -> None:
    for column in ("han", "uyghur"):
        count = Counter(name for row in ROWS for name in spellings(row[column]))
        assert {name: times for name, times in count.items() if times > 1} == {}


def test_latin_homonyms_are_told_apart_by_code() -> None:
    """福州 and 抚州 are both Fuzhou: two concepts, each with its code, both found by the spelling."""
    assert named("fuzhou") == ["fuzhou-350100", "fuzhou-361000"]
    assert named("yiwu") == ["yiwu-330782", "yiwu-650522"]
    assert named("xinjiang") == ["xinjiang"]
    assert (named("shanxi"), named("shaanxi")) == (["shanxi"], ["shaanxi"])


def test_short_latin_spellings_are_left_out() -> None:
    """Three letters are a syllable of anybody's name; Ili is kept because lists and cargo documents use it."""
    short = {name for row in ROWS for name in spellings(row["latin"]) if len(name) < 4}
    assert short == {"ili", "hk", "h k", "hkg"}


@pytest.mark.parametrize(
    ("concept", "known"),
    [
        ("wulumuqi", "urumqi urumchi wulumuqi tihwa 乌鲁木齐 乌鲁木齐市 迪化"),
        ("hetian", "hotan khotan hetian hotien 和田 和田地区"),
        ("kashi", "kashi kashgar kaxgar 喀什 喀什地区"),
        ("akesu", "aksu akesu aqsu 阿克苏"),
        ("kuerle", "korla kuerle 库尔勒"),
        ("hami", "hami kumul 哈密"),
        ("tulufan", "turpan turfan tulufan 吐鲁番"),
        ("yining", "ghulja gulja yining 伊宁"),
        ("yili", "ili yili 伊犁"),
        ("kelamayi", "karamay kelamayi 克拉玛依"),
        ("shihezi", "shihezi 石河子"),
        ("tumushuke", "tumxuk tumushuke 图木舒克"),
        ("huoerguosi", "horgos khorgos 霍尔果斯"),
        ("beijing", "beijing peking 北京"),
        ("guangzhou", "guangzhou canton 广州"),
        ("qingdao", "qingdao tsingtao 青岛"),
        ("chongqing", "chongqing chungking 重庆"),
        ("neimenggu", "neimenggu 内蒙古"),
        ("xizang", "xizang tibet 西藏"),
    ],
)
def test_spellings_of_one_place(concept: str, known: str) -> None:
    assert [name for name in known.split() if concept not in named(name)] == []


def test_limit_generic_districts_have_no_short_name() -> None:
    """天山 is Tianshan Aluminium's brand far more often than the district of Urumqi: only 天山区 is a place."""
    assert named("天山") == []
    assert named("天山区") == ["tianshan-qu"]
    assert [row["ambiguity"] for row in ROWS if "城关区" in spellings(row["han"])] == ["high"]


def test_corps_is_no_place() -> None:
    assert named("兵团") == named("xpcc") == named("bingtuan") == []
