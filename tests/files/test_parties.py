"""From cells to parties."""

from __future__ import annotations

import pytest

from app.files.columns import assign_columns
from app.files.delimited import Row
from app.files.parties import MAX_CELL, ShipmentParty, declared_parties, row_parties
from app.screening.model import Party, Role


def parties(headers: str, *cells: str, problem: str = "") -> list[ShipmentParty]:
    names = headers.split("|")
    return list(row_parties(Row(8, cells, problem), 7, assign_columns(names), names))


def test_every_role_is_a_party_with_the_same_row_and_line() -> None:
    found = parties("shipper|consignee|notify", "Foo Ltd", "Bar", "SAME AS CONSIGNEE")
    assert found == [
        ShipmentParty(7, 8, Role.SHIPPER, Party("Foo Ltd", role=Role.SHIPPER)),
        ShipmentParty(7, 8, Role.CONSIGNEE, Party("Bar", role=Role.CONSIGNEE)),
    ]


def test_a_party_has_its_address_country_and_identifiers() -> None:
    (item,) = parties(
        "supplier|supplier street|supplier city|supplier country|supplier uscc", "Foo", "5 X Rd", "Hotan", "China", "91"
    )
    assert item.party == Party("Foo", "5 X Rd, Hotan", "CN", {"uscc": "91"}, role=Role.SUPPLIER)


def test_a_country_that_is_none_stays_a_part_of_the_address() -> None:
    (item,) = parties("supplier|supplier country", "Foo", "East Turkestan")
    assert (item.party.country, item.party.address) == ("", "East Turkestan")


def test_of_two_parties_in_a_cell_the_first_has_the_address_and_both_the_role() -> None:
    first, second = parties("shipper|shipper address|shipper country", "A LTD O/B B LTD", "5 X Road", "CN")
    assert first.party == Party("A LTD", "5 X Road", "CN", role=Role.SHIPPER)
    assert second.party == Party("B LTD", role=Role.SHIPPER)
    assert second.role is Role.SHIPPER


def test_the_address_in_the_name_cell_is_kept_beside_that_of_the_column() -> None:
    (item,) = parties("shipper|shipper address", "FOO CO., LTD. ROOM 5, URUMQI", "Shanghai")
    assert item.party.address == "ROOM 5, URUMQI, Shanghai"


def test_two_spellings_of_a_party_are_both_screened_and_a_repeated_one_once() -> None:
    found = parties("supplier name|supplier name (Chinese)|supplier", "Foo", "某某有限公司", "Foo")
    assert [item.party.name for item in found] == ["Foo", "某某有限公司"]


def test_a_number_beside_a_name_is_no_party() -> None:
    assert [item.party.name for item in parties("vendor|vendor name", "100234", "Foo")] == ["Foo"]
    assert [item.party.name for item in parties("vendor|vendor name", "100234", "")] == ["100234"]


def test_a_row_without_a_party_is_one_nameless_party_with_a_problem() -> None:
    (item,) = parties("shipper|consignee", "N/A", " ")
    assert (item.row, item.line, item.role, item.party.name) == (7, 8, Role.PARTY, "")
    assert "fill in 'shipper' or 'consignee'" in item.party.problem


def test_the_problem_of_a_row_is_that_of_all_its_parties() -> None:
    found = parties("shipper|consignee", "Foo", "Bar", problem="the row is torn")
    assert [item.party.problem for item in found] == ["the row is torn"] * 2


@pytest.mark.parametrize(
    ("name", "address", "told"),
    [
        pytest.param("x" * (MAX_CELL + 1), "", "10,001 characters", id="name-too-long"),
        pytest.param("Foo", "x" * (MAX_CELL + 1), "the address has 10,001", id="address-too-long"),
        pytest.param("Foo \ufffd Ltd", "", "could not be read", id="lost-bytes"),
        pytest.param("Foo", "\ufffd Road", "the address holds", id="lost-bytes-in-the-address"),
        pytest.param("Foo \ud800", "", "could not be read", id="half-a-character"),
    ],
)
def test_what_cannot_be_read_in_full_is_said_and_screened_all_the_same(name: str, address: str, told: str) -> None:
    (party,) = declared_parties(name, address)
    assert told in party.problem
    assert party.name[:3] == name[:3]
    assert len(party.name) <= MAX_CELL
    (party.name + party.address).encode()  # nothing is left that no report could hold
