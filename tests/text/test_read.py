"""Reading a name: every part gets its kind, and no letter is lost."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.text.clean import clean
from app.text.han import simplify
from app.text.name import Token, TokenKind
from app.text.read import read_name
from app.text.scripts import Script

B, P, I, N, O, L = (  # noqa: E741 - one letter a kind keeps a case to one line
    TokenKind.BRAND,
    TokenKind.PLACE,
    TokenKind.INDUSTRY,
    TokenKind.ORDINAL,
    TokenKind.ORG,
    TokenKind.LEGAL_FORM,
)

# name, [(kind, concept or, where it has none, letters)], reason
CASES = [
    ("Khotan Taida Apparel Co., Ltd.", [(P, "hetian"), (B, "taida"), (I, "apparel"), (L, "limited")], "place spelling"),
    ("和田泰达服饰有限公司", [(P, "hetian"), (B, "taida"), (I, "apparel"), (L, "limited")], "the same in Chinese"),
    ("和田泰達服飾有限公司", [(P, "hetian"), (B, "taida"), (I, "apparel"), (L, "limited")], "traditional characters"),
    ("新疆中泰化学股份有限公司", [(P, "xinjiang"), (B, "zhongtai"), (I, "chemical"), (L, "joint_stock")], "unspaced"),
    ("XINJIANG ZHONG TAI CHEMICAL", [(P, "xinjiang"), (B, "zhongtai"), (I, "chemical")], "split syllables"),
    ("XINJIANGZHONGTAI CHEMICAL", [(P, "xinjiang"), (B, "zhongtai"), (I, "chemical")], "a place glued to its brand"),
    (
        "合盛硅业(鄯善)有限公司",
        [(B, "hoshine"), (I, "silicon"), (P, "shanshan"), (L, "limited")],
        "a place in brackets",
    ),
    ("CETC55th Research Institute", [(B, "cetc"), (N, "55"), (O, "institute")], "a number glued to initials"),
    ("T.B.E.A. Co., Ltd.", [(B, "tbea"), (L, "limited")], "initials with points"),
    ("Kuitun Jinfu Fangzhi Youxian Gongsi", [(P, "kuitun"), (B, "jinfu"), (I, "textile"), (L, "limited")], "in pinyin"),
    ("Ürümqi Tianyao", [(P, "wulumuqi"), (B, "tianyao")], "diacritics"),
    ("شىنجاڭ پاختا", [(P, "xinjiang"), (B, "paxta")], "Uyghur"),
    (
        "Hebei Suguo Int'l Trade Co",
        [(P, "hebei"), (B, "suguo"), (I, "trade"), (L, "limited")],
        "short forms",
    ),
    (
        "新疆天展新材料科技有限公司",
        [(P, "xinjiang"), (B, "tianzhan"), (I, "new_material"), (I, "technology"), (L, "limited")],
        "two trade words",
    ),
    ("平安", [(B, "pingan")], "a lone word is a brand"),
    ("", [], "nothing"),
    ("...", [], "no letter"),
]


@pytest.mark.parametrize(("name", "expected"), [case[:2] for case in CASES], ids=[f"{c[2]}: {c[0]}" for c in CASES])
def test_the_kind_of_every_part(name: str, expected: list[tuple[TokenKind, str]]) -> None:
    tokens = [token for token in read_name(name).tokens if token.kind is not TokenKind.STOP]
    assert [(token.kind, _concept(token)) for token in tokens] == expected


def _concept(token: Token) -> str:
    """A brand that is a dictionary word has its meaning as its concept; its letters still say which word it is."""
    return token.letters if token.concept.startswith("meaning:") else token.concept or token.letters


NUMBERED = [
    "XPCC 8th Division",
    "XPCC Eighth Division",
    "8th Div. of XPCC",
    "XPCC No. 8 Division",
    "XPCC Division 8",
    "新疆生产建设兵团第八师",
    "新疆生产建设兵团8师",
    "新疆兵团八师",
]


@pytest.mark.parametrize("name", NUMBERED)
def test_one_number_and_one_body_in_many_spellings(name: str) -> None:
    read = read_name(name)
    assert read.concepts(TokenKind.ORDINAL) == {"8"}
    assert "xpcc" in read.concepts(TokenKind.BRAND)


def test_the_unit_behind_a_chinese_number_is_no_part_of_the_brand() -> None:
    """师 (division) belongs to 第八; glued to 天山 it would make a brand that nobody has."""
    assert read_name("第八师天山铝业").brand == "tianshan"


SAME = [
    ("和田泰达服饰有限公司", "和田泰達服飾股份有限公司", "traditional characters and another legal form"),
    ("Hetian Taida Apparel Co., Ltd.", "HETIAN TAIDA APPAREL COMPANY LIMITED", "case and legal form"),
    ("Xinjiang Zhong Tai Chemical", "Xinjiang Zhongtai Chemical", "split syllables"),
    ("Hotan Taida Apparel", "Khotan Taida Apparel", "spellings of a place"),
    ("Imp & Exp Co", "Imp and Exp Co", "the ampersand"),
    ("XPCC Eighth Division", "XPCC 8th Division", "numbers in words and digits"),
]
DIFFERENT = [
    ("中泰化学", "众太化学", "characters that only sound alike"),
    ("XPCC 8th Division", "XPCC 7th Division", "another number"),
    ("和田泰达服饰", "喀什泰达服饰", "another place"),
    ("Kuitun Jinfu Textile", "Kuitun Jinhua Textile", "another brand"),
    ("新疆中泰化学", "新绛中泰化学", "another place of the same sound"),
]


@pytest.mark.parametrize(("left", "right"), [case[:2] for case in SAME], ids=[case[2] for case in SAME])
def test_one_name_in_two_spellings(left: str, right: str) -> None:
    assert read_name(left).identity == read_name(right).identity


@pytest.mark.parametrize(("left", "right"), [case[:2] for case in DIFFERENT], ids=[case[2] for case in DIFFERENT])
def test_two_names(left: str, right: str) -> None:
    assert read_name(left).identity != read_name(right).identity


def test_one_core_across_scripts() -> None:
    """The brand and the place sound alike; a trade word is a concept, not a sound."""
    chinese, latin = read_name("新疆中泰化学股份有限公司"), read_name("Xinjiang Zhongtai Chemical Co., Ltd.")
    assert (chinese.script, latin.script) == (Script.HAN, Script.LATIN)
    assert chinese.brand == latin.brand == "zhongtai"
    for kind in (TokenKind.PLACE, TokenKind.INDUSTRY):
        assert chinese.concepts(kind) == latin.concepts(kind)


def test_a_name_of_place_and_trade_is_not_distinctive() -> None:
    assert not read_name("Xinjiang Cotton Co., Ltd.").is_distinctive
    assert read_name("Xinjiang Zefu Cotton Co., Ltd.").is_distinctive


WORDS = """
    Xinjiang Khotan Hetian Zhong Tai Zhongtai Taida Chemical Textile Imp & Exp Co., Ltd. Limited Group of and the The
    XPCC 8th Eighth Division Int'l Tech. Youxian Gongsi Fangzhi T.B.E.A. CETC55th (Shanshan) No.4 XinjiangZhongtai
    Ürümqi 新疆 和田 中泰 化学 股份有限公司 第八师 (鄯善) 三六零 شىنجاڭ Ташкент A-B 360 O'Neill
"""
words = st.sampled_from(WORDS.split())
names = st.lists(words, max_size=9).map(" ".join)
glued_names = st.lists(words, max_size=6).map("".join)
anything = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
letters = st.text(alphabet="abcABC 新疆中泰化学第八师有限公司天山铝业0189.,()&", max_size=40)


def plain(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


@given(st.one_of(names, glued_names, letters))
@example("XinjiangDaqoNewEnergyCo.,Ltd.")
@example("新疆中泰化學(集團)股份有限公司ABC123")
def test_no_letter_is_lost(text: str) -> None:
    """What stands in the name stands in its tokens, in the same order."""
    surfaces = "".join(token.surface for token in read_name(text).tokens)
    assert plain(surfaces) == plain(simplify(clean(text)))


@given(st.one_of(names, glued_names, letters, anything))
def test_any_text_can_be_read(text: str) -> None:
    name = read_name(text)
    assert name.text == clean(text)
    assert all(token.letters and token.kind in TokenKind for token in name.tokens)
    assert read_name(name.text).tokens == name.tokens


@given(names)
def test_letters_are_folded(text: str) -> None:
    for token in read_name(text).tokens:
        assert token.letters.isascii()
        assert token.letters == token.letters.lower()
        assert token.letters.isalnum()


@given(names)
def test_case_does_not_change_what_a_latin_name_is(text: str) -> None:
    if text.isascii() and "CETC55th" not in text and "XinjiangZhongtai" not in text:
        assert read_name(text.upper()).core == read_name(text.lower()).core


def test_a_word_that_was_read_before_is_read_the_same_again() -> None:
    first, second = (read_name(f"شىنجاڭ {brand}").tokens[0] for brand in ("پاختا", "تارىم"))
    assert first == second
