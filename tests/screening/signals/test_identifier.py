"""What identifiers say of a place, in their own field and inside text."""

from __future__ import annotations

import pytest

from app.screening.model import Party
from app.screening.signals import identifier


def found(party: Party) -> list[tuple[str, str]]:
    return [(signal.code, signal.strength.value) for signal in identifier.signals_of(party)]


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        pytest.param(
            Party("Foo", identifiers={"uscc": "916501002999341738"}), [("uscc_in_xinjiang", "strong")], id="valid"
        ),
        pytest.param(
            Party("Foo", identifiers={"uscc": "916501002999341730"}),
            [("uscc_wrong", "noted"), ("uscc_in_xinjiang", "possible")],
            id="a wrong check digit is told, never dropped",
        ),
        pytest.param(Party("Foo", identifiers={"uscc": "91110000600037341L"}), [], id="registered in Beijing"),
        pytest.param(Party("Foo", identifiers={"uscc": "91"}), [("uscc_wrong", "noted")], id="cut off"),
        pytest.param(
            Party("Foo", "Code: 916501002999341738."), [("uscc_in_xinjiang", "strong")], id="inside the address"
        ),
        pytest.param(
            Party("Foo", identifiers={"customs": "6501930001"}), [("customs_in_xinjiang", "possible")], id="customs"
        ),
        pytest.param(Party("Foo", identifiers={"customs": "3122230001"}), [], id="customs of Shanghai"),
        pytest.param(
            Party("Foo", identifiers={"lei": "HWUPKR0MPOU8FGXBT395"}), [("lei_wrong", "noted")], id="wrong LEI"
        ),
        pytest.param(Party("Foo", "ABCDEFGHIJ0123456789"), [], id="twenty characters are no LEI"),
        pytest.param(Party("Foo", "650100000000001"), [], id="fifteen digits with a wrong check digit"),
        pytest.param(
            Party("Daqo New Energy", identifiers={"mid": "CNDAQNEW16URU"}),
            [("mid_city_in_xinjiang", "possible")],
            id="MID of Urumqi",
        ),
        pytest.param(Party("Daqo New Energy", identifiers={"mid": "CNDAQNEW16SHI"}), [], id="SHI is also Shijiazhuang"),
        pytest.param(Party("Daqo New Energy", identifiers={"mid": "USDAQNEW16URU"}), [], id="not of China"),
        pytest.param(
            Party("Lotus Bay Ltd", identifiers={"mid": "CNDAQNEW16SHA"}),
            [("mid_of_another_name", "noted")],
            id="MID of another name",
        ),
        pytest.param(
            Party("PT Morich Indo", country="ID", identifiers={"mid": "IDMORIND111JAK"}),
            [],
            id="PT is no word of a name",
        ),
        pytest.param(
            Party("Concept 2000", "13 Elliot 111 Court, Burwood", "AU", {"mid": "AUCON200111BUR"}),
            [],
            id="a name that ends with digits",
        ),
        pytest.param(
            Party("Daqo Ltd", "No. 16 Weiliu Road, Shihezi, 832000", identifiers={"mid": "CNDAQLTD16SHI"}),
            [],
            id="MID of this address, not of its postal code",
        ),
        pytest.param(
            Party("Daqo Ltd", "No. 16 Weiliu Road, Wu Han 430000", identifiers={"mid": "CNDAQLTD16WUH"}),
            [],
            id="a city written apart",
        ),
        pytest.param(
            Party("Daqo Ltd", "No. 16 Weiliu Road, Wuhan", identifiers={"mid": "CNDAQLTD99SHE"}),
            [("mid_of_another_address", "noted")],
            id="MID of another address",
        ),
        pytest.param(
            Party("Daqo Ltd", "Wuhan", identifiers={"mid": "CNDAQLTD99WUH"}),
            [],
            id="an address without a number is silent",
        ),
        pytest.param(
            Party("Daqo Ltd", "武汉市16号", identifiers={"mid": "CNDAQLTD99SHE"}),
            [],
            id="a Chinese address gives no letters",
        ),
        pytest.param(Party("Foo", identifiers={"mid": "??"}), [("mid_wrong", "noted")], id="no MID"),
    ],
)
def test_what_identifiers_say(party: Party, expected: list[tuple[str, str]]) -> None:
    assert found(party) == expected


@pytest.mark.parametrize(
    ("party", "field"),
    [
        pytest.param(Party("Foo", identifiers={"uscc": "916501002999341738"}), "uscc", id="its own field"),
        pytest.param(Party("Foo", "Code 916501002999341738"), "address", id="the address"),
        pytest.param(Party("Foo 916501002999341738"), "name", id="the name"),
    ],
)
def test_the_field_is_the_one_that_holds_the_code(party: Party, field: str) -> None:
    assert [signal.field for signal in identifier.signals_of(party)] == [field]


def test_a_code_of_the_past_is_named() -> None:
    from app.text.identifiers import uscc

    body = "91652201" + "MA0000001"
    code = body + uscc.check_character(body)
    (signal,) = identifier.signals_of(Party("Foo", identifiers={"uscc": code}))
    assert "no longer in force" in signal.summary
