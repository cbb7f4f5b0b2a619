"""Goods against the priority sectors, and the postal codes that ACE asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.screening.model import Goods, Party, Role
from app.screening.signals import ace, goods


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        pytest.param("6109.10.0012", "6109100012", id="dots"),
        pytest.param("610910.0", "610910", id="a float"),
        pytest.param("3042900", "03042900", id="its leading zero is lost"),
        pytest.param("30429", "030429", id="six digits that lost a zero"),
        pytest.param("5201", "5201", id="a heading"),
        pytest.param("8708.70", "870870", id="a subheading"),
        pytest.param("HS 6109 10", "610910", id="its label and spaces"),
        pytest.param("HTS Code: 6109.10.00", "61091000", id="another label"),
        pytest.param("税号：61091000", "61091000", id="a Chinese label"),
        pytest.param("6.1091E+05", "610910", id="a spreadsheet's large number"),
        pytest.param("9.99E+99", "", id="no code"),
        pytest.param("N/A", "", id="none"),
        pytest.param("container 40", "", id="another number"),
        pytest.param("123456789012", "", id="too long"),
    ],
)
def test_codes_however_they_are_written(written: str, digits: str) -> None:
    assert goods.hs_code(written) == digits


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        pytest.param(Goods(("520100",)), {"cotton_core"}, id="raw cotton"),
        pytest.param(Goods(("610910",)), {"apparel_core", "cotton_downstream"}, id="T-shirts"),
        pytest.param(Goods(("280461",)), {"silica_core"}, id="polysilicon"),
        pytest.param(Goods(("200290",)), {"tomatoes_core"}, id="tomato paste"),
        pytest.param(Goods(("8471.30; 5201.00",)), {"cotton_core"}, id="two codes in a cell"),
        pytest.param(Goods((), "棉花、番茄酱"), {"cotton_word", "tomatoes_word"}, id="two Chinese words"),
        pytest.param(Goods((), "Tomato paste in drums"), {"tomatoes_word"}, id="a word"),
        pytest.param(Goods((), "新疆红枣 500g"), {"jujubes_word"}, id="a Chinese word"),
        pytest.param(Goods((), "Stainless steel wigs"), {"steel_word", "hair-products_word"}, id="two words"),
        pytest.param(Goods(("691110",), "Porcelain plates"), set(), id="porcelain"),
        pytest.param(Goods((), "toys, paid COD"), set(), id="cash on delivery is no fish"),
        pytest.param(Goods((), "棉质T恤"), {"cotton_word", "apparel_word"}, id="two sectors in a Chinese word"),
        pytest.param(Goods((), "cottontail toys"), set(), id="a word inside another"),
    ],
)
def test_sectors(item: Goods, codes: set[str]) -> None:
    found = goods.signals_of(Party("Foo", country="CN", role=Role.SHIPPER, goods=item))
    assert {signal.code for signal in found} == codes
    assert all(signal.strength == "noted" and "our mapping" in signal.summary and signal.source for signal in found)


@pytest.mark.parametrize(
    ("role", "country", "origin", "count"),
    [
        (Role.SHIPPER, "CN", "", 1),
        (Role.SHIPPER, "HK", "CN", 1),
        (Role.SHIPPER, "CN", "TR", 0),
        (Role.CONSIGNEE, "BE", "CN", 0),
        (Role.SHIPPER, "", "", 0),
    ],
)
def test_goods_of_chinese_origin_only_and_on_the_side_that_sells(
    role: Role, country: str, origin: str, count: int
) -> None:
    party = Party("Foo", country=country, role=role, goods=Goods(("520100",), "", origin))
    assert len(goods.signals_of(party)) == count


@given(st.text(max_size=30), st.text(max_size=100))
def test_any_text_is_read(code: str, description: str) -> None:
    goods.sectors_of(Goods((code,), description))


@pytest.mark.parametrize(
    ("party", "code"),
    [
        pytest.param(Party("Foo", "5 Kiln Road", "CN"), "postal_code_missing", id="missing"),
        pytest.param(Party("Foo", "5 Kiln Road", "CN", postal_code="2000"), "postal_code_not_chinese", id="too short"),
        pytest.param(Party("Foo", "", "CN", postal_code="990000"), "postal_code_not_chinese", id="not in use"),
        pytest.param(Party("Foo", "", "CN", postal_code="830000"), "postal_code_in_xinjiang", id="Xinjiang"),
        pytest.param(Party("Foo", "5 Road, Shihezi 832000", "CN"), "postal_code_in_xinjiang", id="in the address"),
        pytest.param(Party("Foo", "5 Road, Shanghai 200031", "CN"), "", id="Shanghai"),
        pytest.param(Party("Foo", "5 Road", "TR"), "", id="not in China"),
    ],
)
def test_what_ace_would_say(party: Party, code: str) -> None:
    from dataclasses import replace

    maker = replace(party, role=Role.MANUFACTURER)
    assert "".join(signal.code for signal in ace.signals_of(maker)) == code
    assert ace.signals_of(party) == [], "only makers are asked"
