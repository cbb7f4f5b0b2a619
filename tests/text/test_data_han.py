"""The character tables agree with the libraries they come from, and cover every character of the other tables."""

import pytest
from opencc import OpenCC
from pypinyin.constants import PINYIN_DICT
from pypinyin.contrib.tone_convert import to_normal

from app.text.tables import DATA, read_table, spellings

CHARACTERS = {row["char"]: row for row in read_table("han")}
PHRASES = {row["han"]: row["pinyin"].split(" ") for row in read_table("han_phrases")}
# 乾 keeps its form because names of companies mean qián, 著 because it means zhù;
# OpenCC needs two steps for 薴 and does not know 囯
OWN_FORMS = {"乾": "", "著": "", "薴": "苎", "囯": "国"}
# readings that only a place keeps and dictionaries of characters leave out
LOCAL = {"乐亭", "乐陵", "宕昌"}


def dictionary(character: str) -> set[str]:
    readings = PINYIN_DICT.get(ord(character), "").split(",")
    return {to_normal(reading, v_to_u=False).replace("ü", "v") for reading in readings if reading}


def test_simplified_forms_agree_with_opencc() -> None:
    """Forms of Taiwan and Hong Kong fold further than t2s; where t2s has a form within the table, it is the form."""
    convert = OpenCC("t2s").convert
    wrong = {}
    for character, row in CHARACTERS.items():
        if character in OWN_FORMS:
            assert row["simplified"] == OWN_FORMS[character]
            continue
        expected = convert(character)
        if expected != character and expected in CHARACTERS and row["simplified"] != expected:
            wrong[character] = (row["simplified"], expected)
    assert wrong == {}


def test_simplifying_twice_changes_nothing() -> None:
    forms = {row["simplified"] for row in CHARACTERS.values() if row["simplified"]}
    assert {form for form in forms if CHARACTERS[form]["simplified"]} == set()


def test_readings_are_known_to_the_dictionary() -> None:
    wrong = {}
    for character, row in CHARACTERS.items():
        known = dictionary(character) | dictionary(row["simplified"] or character)
        if not set(spellings(row["readings"])) <= known:
            wrong[character] = row["readings"]
    assert wrong == {}


def test_readings_have_their_shape() -> None:
    for character, row in CHARACTERS.items():
        assert len(character) == 1
        assert 1 <= len(spellings(row["readings"])) <= 3, character
        assert row["readings"].replace("|", "").isascii(), character
        assert row["readings"].replace("|", "").islower(), character


def test_every_character_of_the_other_tables_is_covered() -> None:
    tables = [path.stem for path in DATA.glob("*.tsv") if path.stem != "han"]
    used = {c for table in tables for row in read_table(table) for c in row.get("han", "") if c != "|"}
    assert used - set(CHARACTERS) == set()


def test_most_of_the_unified_ideographs_have_a_reading() -> None:
    assert sum("\u4e00" <= character <= "\u9fa5" for character in CHARACTERS) > 20_800


@pytest.mark.parametrize(
    ("character", "simplified", "readings"),
    [
        ("長", "长", "chang|zhang"),
        ("重", "", "zhong|chong"),
        ("樂", "乐", "le|yue"),
        ("行", "", "hang|xing"),
        ("廈", "厦", "xia|sha"),
        ("朝", "", "chao|zhao"),
        ("臺", "台", "tai"),
        ("裡", "里", "li"),
        ("峯", "峰", "feng"),
        ("呂", "吕", "lv"),
        ("乾", "", "qian|gan"),
    ],
)
def test_known_characters(character: str, simplified: str, readings: str) -> None:
    row = CHARACTERS[character]
    assert (row["simplified"], row["readings"]) == (simplified, readings)


def test_phrases_have_a_syllable_a_character_and_are_needed() -> None:
    for han, syllables in PHRASES.items():
        assert len(syllables) == len(han), han
        default = [spellings(CHARACTERS[character]["readings"]) for character in han]
        assert any(len(readings) > 1 for readings in default) or [r[0] for r in default] != syllables, han
        assert all(CHARACTERS[character]["simplified"] == "" for character in han), f"{han} is not simplified"


def test_phrase_readings_are_readings_of_their_characters() -> None:
    wrong = {
        han: syllables
        for han, syllables in PHRASES.items()
        if han not in LOCAL
        and not all(syllable in dictionary(character) for character, syllable in zip(han, syllables, strict=True))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("han", "pinyin"),
    [
        ("重庆", "chong qing"),
        ("银行", "yin hang"),
        ("音乐", "yin yue"),
        ("会计", "kuai ji"),
        ("成长", "cheng zhang"),
        ("朝阳", "chao yang"),
        ("和布克赛尔", "he bu ke sai er"),
        ("番禺", "pan yu"),
    ],
)
def test_known_phrases(han: str, pinyin: str) -> None:
    assert " ".join(PHRASES[han]) == pinyin
