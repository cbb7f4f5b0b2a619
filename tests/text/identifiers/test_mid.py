"""The Manufacturer ID against the examples of 19 CFR Part 102, Appendix."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.text.identifiers import mid


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Amalgamated Plastics Corp.", "AMAPLA"),
        ("Bergstrom", "BER"),
        ("A.B.C. Company", "ABCCOM"),
        ("A B C Company", "ABCCOM"),
        ("ABC Company", "ABCCOM"),
        ("O.A.S.I.S. Corp.", "OASCOR"),
        ("Dr. S.A. Smith", "DRSA"),
        ("Shavings B L Inc.", "SHABL"),
        ("The Embassy of Spain", "EMBSPA"),
        ("The Garment and Textiles Company Co. Ltd", "GARTEX"),
        ("Rawles-Aden Corp.", "RAWCOR"),
        ("Rawles—Aden Corp.", "RAWCOR"),
        ("20th Century Fox", "20TCEN"),
        ("Concept 2000", "CON200"),
        ("Thomas S. Delvaux Company", "THODEL"),
    ],
)
def test_the_name_part(name: str, part: str) -> None:
    assert mid.name_part(name) == part


@pytest.mark.parametrize(
    ("street", "part"),
    [
        pytest.param("11455 Main Street, Suite 9999", "1145", id="the first four digits of the largest"),
        pytest.param("232 Main Street, Suite 1234", "1234", id="that of a suite, where it is the largest"),
        pytest.param("One Thousand Century Plaza, Suite 345", "345", id="words beside a number"),
        pytest.param("12,34,56 Akasaka Road", "1234", id="commas are ignored"),
        pytest.param("12-34-56 Akasaka Road", "1234", id="hyphens are ignored"),
        pytest.param("Apt. 509 2727 Cleveland St.", "2727", id="a space parts two numbers"),
        pytest.param("One World Trade Center", "", id="words are no numbers"),
        pytest.param("Avimobil 0105332642", "0105", id="digits as they are written"),
    ],
)
def test_the_number_part(street: str, part: str) -> None:
    assert mid.number_part(street) == part


@pytest.mark.parametrize(
    ("city", "part"), [("Tokyo", "TOK"), ("St. Michel", "STM"), ("18-Mile High", "MIL"), ("The Hague", "HAG")]
)
def test_the_city_part(city: str, part: str) -> None:
    assert mid.city_part(city) == part


@pytest.mark.parametrize(
    ("country", "name", "street", "city", "code"),
    [
        ("FR", "LA VIE DE FRANCE", "243 Rue de la Payees", "62591 Bremond", "FRLAVIE243BRE"),
        ("VE", "20TH CENTURY TECHNOLOGIES", "5 Ricardo Munoz, Suite 5880", "Caracas", "VE20TCEN5880CAR"),
        ("GB", "THE E.K. RODGERS COMPANIES", "One World Trade Center", "London SW1Y 5HQ", "GBEKRODLON"),
        ("US", "THE GREENHOUSE", "45 Royal Crescent", "Birmingham", "USGRE45BIR"),
        ("AU", "CARDUCCIO AND JONES", "88 Canburra Avenue", "Sidney", "AUCARJON88SID"),
        ("IT", "BOCCHACCIO S.P.A.", "Visa Mendotti, 61", "8320 Verona", "ITBOCSPA61VER"),
        ("GR", "MURLA-PRAXITELES INC.", "", "Athens", "GRMURINCATH"),
        ("JP", "N. MINAMI & CO., LTD.", "2-6, 8-Chome Isogami-Dori, Fukiai-Ku", "Kobe", "JPMINCO26KOB"),
        ("MO", "Fabrica de Artigos de Vestuario JUMP HIGH Ltd", "", "Macau", "MOJUMHIGMAC"),
        ("ID", "PT Morich Indo Fashion", "", "Jakarta", "IDMORINDJAK"),
        ("RU", "OAO Morich Indo Fashion", "", "Moscow", "RUMORINDMOS"),
        ("RU", "J.S.C. Morich Indo Fashion", "", "Moscow", "RUMORINDMOS"),
    ],
)
def test_whole_codes_of_cbp(country: str, name: str, street: str, city: str, code: str) -> None:
    """Examples of the Form 7501 Instructions, Appendix 2; the prefixes are those that the rule names."""
    assert mid.construct(country, name, street, city) == code
    assert mid.compact(code) == mid.validate(code)


def test_a_whole_code_is_constructed_and_read_back() -> None:
    code = mid.construct("cn", "Xinjiang Daqo New Energy Co., Ltd.", "No. 16 Weiliu Road", "Shihezi")
    assert code == "CNXINDAQ16SHI"
    assert mid.parse(code) == mid.Mid("CN", "XINDAQ", "16", "SHI")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("CAFOOBAR12OTT", "province", id="Canada goes by province"),
        pytest.param("CN", "no manufacturer ID", id="too short"),
        pytest.param("CNABCDEFGHIJKLMNOP", "up to 15", id="too long"),
    ],
)
def test_what_is_no_code_is_said(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        mid.validate(text)
    assert not mid.is_valid(text)


NAMES = st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}", fullmatch=True)


@given(NAMES, st.integers(0, 99999), st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True))
def test_what_is_constructed_can_be_read(name: str, number: int, city: str) -> None:
    code = mid.construct("CN", name, f"{number} Renmin Road", city)
    parts = mid.parse(code)
    assert parts.city == mid.city_part(city)
    assert len(code) <= 15


@given(st.text(max_size=40))
def test_any_text_is_judged_without_an_error(text: str) -> None:
    assert isinstance(mid.is_valid(text), bool)
    mid.construct("CN", text, text, text)
