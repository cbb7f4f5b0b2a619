"""Check digits and shapes against published examples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.identifiers import business_licence, customs, lei, uscc

# Published: the worked example of GB 32100-2015, OFAC's NS-CMIC list, stock-exchange filings of the companies.
VALID_USCC = (
    "91110000600037341L",
    "916501002999341738",
    "914401153314442716",
    "91120000783342508F",
    "91110000721497432T",
    "914200007146661114",
)
# Published by GLEIF and the issuers: Apple, Deutsche Bank, BNP Paribas, GLEIF itself; GE Financing, Jaguar Land Rover
# and the BBC.
VALID_LEI = (
    *("HWUPKR0MPOU8FGXBT394", "7LTWFZYICNSX8D621K86", "R0MUWSFPU8MPRO8K5P83", "506700GE1G29325QX363"),
    *("54930084UKLVMY22DS16", "213800WSGIIZCXF1P572", "5493000IBP32UQZ0KL24"),
)
# The example of GS 15-2006, and numbers that firms have published.
VALID_LICENCES = ("110108000000016", "310117003171688", "330282602082220", "320483000067847", "440301103072002")


@pytest.mark.parametrize("number", VALID_USCC)
def test_published_credit_codes_are_valid(number: str) -> None:
    assert uscc.validate(f" {number[:8]}-{number[8:].lower()} ") == number
    assert uscc.check_character(number) == number[-1]


def test_the_standards_own_example_has_a_wrong_check_character() -> None:
    """GB 32100-2015 works out that 91350100M000100Y4 asks for 3."""
    assert uscc.check_character("91350100M000100Y4") == "3"
    assert uscc.is_valid("91350100M000100Y43")
    assert not uscc.is_valid("91350100M000100Y4Z")
    with pytest.raises(ValueError, match="must be 3, not 2"):
        uscc.validate("91350100M000100Y42")


@pytest.mark.parametrize("number", VALID_LICENCES)
def test_published_licence_numbers_are_valid(number: str) -> None:
    assert business_licence.validate(number) == number
    last = int(number[-1])
    assert not any(business_licence.is_valid(f"{number[:-1]}{digit}") for digit in range(10) if digit != last)


@pytest.mark.parametrize("number", VALID_LEI)
def test_published_entity_identifiers_are_valid(number: str) -> None:
    assert lei.validate(number.lower()) == number


@pytest.mark.parametrize(
    ("rule", "number"), [(uscc, item) for item in VALID_USCC] + [(lei, item) for item in VALID_LEI]
)
def test_any_mistyped_character_is_noticed(rule: object, number: str) -> None:
    from types import ModuleType

    assert isinstance(rule, ModuleType)
    for at, char in enumerate(number):
        # Mod 97-10 promises that for a digit in place of a digit and a letter in place of a letter.
        other = ("7" if char != "7" else "4") if char.isdigit() else ("H" if char != "H" else "K")
        assert not rule.is_valid(number[:at] + other + number[at + 1 :]), at


@pytest.mark.parametrize(
    ("rule", "text", "told"),
    [
        pytest.param(uscc, "9165", "has 4", id="too short"),
        pytest.param(uscc, "9165010O2999341738", "without I, O", id="an O for a zero"),
        pytest.param(lei, "HWUPKR0MPOU8FGXBT395", "check digits", id="wrong check digits"),
        pytest.param(lei, "HWUP", "20 characters", id="too short"),
        pytest.param(business_licence, "650000000000000", "last digit", id="wrong check digit"),
        pytest.param(business_licence, "6500", "15 digits", id="too short"),
        pytest.param(customs, "9901940001", "no province", id="no province"),
        pytest.param(customs, "65", "five digits", id="too short"),
    ],
)
def test_what_is_wrong_is_said(rule: object, text: str, told: str) -> None:
    from types import ModuleType

    assert isinstance(rule, ModuleType)
    with pytest.raises(ValueError, match=told):
        rule.validate(text)
    assert told in rule.explain(text)
    assert not rule.is_valid(text)


@pytest.mark.parametrize(
    ("number", "place"),
    [
        pytest.param("916501002999341738", "乌鲁木齐市", id="a prefecture"),
        pytest.param("91652201010000000X", "no longer in force", id="Hami city before 2016"),
        pytest.param("916590010000000000", "石河子市", id="an XPCC city"),
        pytest.param("916599990000000000", "新疆", id="an unknown county falls back to the region"),
    ],
)
def test_the_division_is_named_those_of_the_past_too(number: str, place: str) -> None:
    from app.text.divisions import division_name

    assert place in division_name(uscc.division(number))


def test_a_licence_number_is_checked() -> None:
    from stdnum.iso7064 import mod_11_10

    number = "65010000000001"
    number += mod_11_10.calc_check_digit(number)
    assert business_licence.is_valid(number)
    assert business_licence.division(number) == "650100"
    assert "乌鲁木齐" in business_licence.explain(number)


@given(st.text(max_size=30))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    for rule in (uscc, lei, business_licence, customs):
        assert isinstance(rule.is_valid(text), bool)
        assert rule.explain(text)
