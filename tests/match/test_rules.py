"""The rules beside the points, each on names made up for it."""

from __future__ import annotations

import pytest

from app.index.compiled import NameFlag
from app.match import policy
from app.match.gate import profile
from app.match.match import Context, match_names
from app.text.name import TokenKind
from app.text.read import read_name

COSINE = 0.5
NAMES = policy.FITTED_NAMES

FOUND = [
    # A coined brand that no other company has.
    ("Foshan Kestrelon Lighting Co., Ltd.", "Zibo Kestrelon Ceramics Co., Ltd.", "own_brand"),
    ("Kestrelon International", "Zibo Kestrelon Ceramics Co., Ltd.", "own_brand"),
    # Bodies of a university.
    ("Lanzhou University, Korla Cotton Research Institute", "Lanzhou University", "body_of"),
    ("天津大学棉花机械研究院", "天津大学", "body_of"),
    # Words that companies add and drop.
    ("Kestrelon Trading", "Urumqi Kestrelon Investment Co., Ltd.", "same_own_words"),
    # A cell cut at its 35th character.
    ("Baowu Group Xinjiang Bayi Iron and", "Baowu Group Xinjiang Bayi Iron and Steel Co., Ltd.", "cut"),
    # Two letters swapped in a brand of five.
    ("KRLOZ Advanced Materials Co., Ltd.", "Krolz Advanced Materials Co., Ltd.", "slip"),
]
TWO = [
    ("Foshan Hengrunda Lighting Co., Ltd.", "Zibo Hengrunda Ceramics Co., Ltd.", "a brand in pinyin, another trade"),
    ("Tianjin University of Commerce, Research Institute", "Tianjin University", "a university of its own"),
    ("中交地产股份有限公司", "中国交通建设股份有限公司", "one group, another trade"),
    ("SMIC Tianjin", "Semiconductor Manufacturing International Corporation", "a company of the group elsewhere"),
    ("广东凤凰水泥股份有限公司", "广东凤凰出版股份有限公司", "one brand and place, two trades in characters"),
    ("广东省建筑科学研究院集团有限公司", "广东省建筑工程集团有限公司", "an institute and a company without brands"),
    ("深圳市方直科技股份有限公司", "Shenzhen Fangzhicheng Technology Co., Ltd.", "a Latin word that goes on"),
    ("Shenzhen Shengyuan Tech Ltd.", "Shenzhen Shenwang Technology Co., Ltd.", "every syllable differs"),
    ("Cameo Group Co., Ltd.", "Camel Group Co., Ltd.", "a letter beside the right one in a short brand"),
]


def judge(party: str, listed: str, context: Context = Context.UNKNOWN) -> tuple[str, bool] | None:
    found = match_names(profile(read_name(party)), profile(read_name(listed)), COSINE, NameFlag(0), context, NAMES)
    return (found.rule, found.strong) if found else None


@pytest.mark.parametrize(("party", "listed", "rule"), FOUND, ids=[case[0] for case in FOUND])
def test_a_rule_finds_what_points_do_not_and_leaves_it_to_a_person(party: str, listed: str, rule: str) -> None:
    assert judge(party, listed) == (rule, False)


@pytest.mark.parametrize(("party", "listed", "why"), TWO, ids=[case[2] for case in TWO])
def test_names_that_a_rule_tells_apart(party: str, listed: str, why: str) -> None:
    assert judge(party, listed) is None, why


@pytest.mark.parametrize(("party", "listed"), [case[:2] for case in FOUND[:3]])
def test_a_party_that_is_declared_elsewhere_bears_the_brand_by_chance(party: str, listed: str) -> None:
    assert judge(party, listed, Context.ELSEWHERE) is None


def test_two_words_for_one_trade_leave_it_open() -> None:
    assert judge("新疆凤凰化工股份有限公司", "新疆凤凰化学股份有限公司") is not None


def test_a_trade_that_is_merely_near_makes_no_match_strong() -> None:
    near = judge("Urumqi Ruikang Healthcare Co., Ltd.", "乌鲁木齐瑞康医疗股份有限公司")
    same = judge("Urumqi Ruikang Medical Co., Ltd.", "乌鲁木齐瑞康医疗股份有限公司")
    assert near == ("model", False)
    assert same is not None
    assert same[1]


def test_the_pinyin_of_a_documented_brand_is_that_brand() -> None:
    chinese = read_name("Hesheng Silicon Industry")
    assert chinese.concepts(TokenKind.BRAND) == read_name("Hoshine Silicon Industry").concepts(TokenKind.BRAND)


@pytest.mark.parametrize(
    ("name", "silent"),
    [
        ("Beijing University of Aeronautics and Astronautics (BUAA)", "BUAA"),
        ("Nanling County Annan Canned Food Co., Ltd.", "County"),
    ],
)
def test_what_only_repeats_the_name_takes_no_part(name: str, silent: str) -> None:
    assert [token.surface for token in read_name(name).tokens if token.kind is TokenKind.STOP][-1] == silent


def test_brackets_that_say_something_else_are_read() -> None:
    assert "ESQ" in [
        token.surface for token in read_name("Changji Textile (ESQ)").tokens if token.kind is TokenKind.BRAND
    ]


def test_the_lists_of_words_of_the_policy_are_known_concepts() -> None:
    for word in (*policy.FILLERS, *policy.FILLING_BODIES, *policy.LEARNED, *policy.BODIES):
        spelt = word.replace("_", " ")
        assert {token.concept for token in read_name(f"Urumqi Kestrelon {spelt}").tokens} & {word}
