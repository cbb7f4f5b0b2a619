"""Headers of real files and the parties they make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import ColumnError, UsageError
from app.files.columns import (
    Field,
    GoodsColumns,
    PartyColumns,
    assign_columns,
    goods_columns,
    no_party_column,
    recognise,
)
from app.screening.model import Role


@pytest.mark.parametrize(
    ("role", "headers"),
    [
        (
            "manufacturer",
            [
                "Manufacturer's name",
                "MANUFACTURER_NAME",
                "Mfr",
                "Maker",
                "Producer/Manufacturer",
                "factory",
                "生产商名称",
                "制造商",
                "工厂",
                "Hersteller",
                "Fabricant",
            ],
        ),
        (
            "supplier",
            [
                "supplier",
                "Supplier Name",
                "supplierName",
                "VENDOR",
                "Vendor-Name",
                "供应商",
                "供應商名稱",
                "Lieferant",
                "Name des Lieferanten",
                "Nom du fournisseur",
                "Proveedor",
                "Leverancier",
            ],
        ),
        ("seller", ["Seller's name and address", "卖方", "Verkäufer", "Vendeur", "Vendedor"]),
        ("buyer", ["Buyer", "Sold-to party", "Bill to", "买方", "Käufer", "Acheteur"]),
        (
            "shipper",
            [
                "Shipper",
                "SHIPPER_NAME",
                "shipper.name",
                "Shipper Name & Address",
                "Shipper/Exporter",
                "Consignor",
                "发货人",
                "托运人",
                "Absender",
                "Expéditeur",
            ],
        ),
        ("exporter", ["Exporter", "出口商", "Exporteur", "Exportador"]),
        (
            "consignee",
            ["Consignee (complete name and address)", "Ultimate Consignee", "收货人", "Empfänger", "Destinataire"],
        ),
        ("ship_to", ["Ship-to party", "Deliver to"]),
        ("importer_of_record", ["Importer", "Importer of record", "IOR name", "进口商", "Importateur"]),
        ("notify_party", ["Notify", "NOTIFY PARTY", "Also notify", "通知人"]),
        ("forwarder", ["Freight Forwarder", "货代", "Spediteur"]),
        ("carrier", ["Carrier name", "Shipping line", "承运人"]),
        ("party", ["Party", "company", "企业名称"]),
    ],
)
def test_headers_that_say_a_role(role: str, headers: list[str]) -> None:
    for header in headers:
        meaning = recognise(header)
        assert meaning is not None, header
        assert (meaning.role, meaning.field) == (Role(role), Field.NAME), header


@pytest.mark.parametrize(
    "header",
    [
        "shipper reference",
        "Supplier ID",
        "Vendor no",
        "carrier code",
        "product name",
        "vessel name",
        "port of loading",
        "bill_of_lading",
        "quantity",
        "id",
        "expected_id",
        "nameplate",
        "customer PO",
        "supplier_email",
        "shipper score",
        "订单号",
        "",
        "  ",
        "1",
        "---",
    ],
)
def test_headers_that_hold_no_party(header: str) -> None:
    assert recognise(header) is None


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("shipper_address", Field.ADDRESS),
        ("发货人地址", Field.ADDRESS),
        ("Supplier city", Field.ADDRESS),
        ("Manufacturer country code", Field.COUNTRY),
        ("供应商统一社会信用代码", Field.USCC),
        ("shipper LEI", Field.LEI),
        ("Manufacturer ID (MID)", Field.MID),
        ("Manufacturer ID", Field.MID),
        ("country of origin", Field.ORIGIN),
        ("原产国", Field.ORIGIN),
    ],
)
def test_what_a_column_holds_of_a_party(header: str, kind: Field | None) -> None:
    meaning = recognise(header)
    assert (meaning.field if meaning else None) == kind


def assigned(headers: str, *chosen: tuple[str, str]) -> tuple[PartyColumns, ...]:
    return assign_columns(headers.split("|"), chosen)


def test_one_role_gathers_its_columns() -> None:
    (shipper,) = assigned("no|shipper_name|shipper_address|shipper city|shipper country|shipper uscc")
    assert shipper == PartyColumns(Role.SHIPPER, [1], [2, 3], [4], [(Field.USCC, 5)])


def test_numbers_tell_several_parties_of_one_role_apart() -> None:
    first, second = assigned("supplier_name_1|supplier_address_1|supplier_name_2|supplier_address_2")
    assert (first.names, first.addresses, second.names, second.addresses) == ([0], [1], [2], [3])


def test_numbered_lines_of_one_address_stay_with_the_one_party() -> None:
    (supplier,) = assigned("supplier|supplier address 1|supplier address 2")
    assert supplier.addresses == [1, 2]


@pytest.mark.parametrize(
    ("headers", "addresses"),
    [
        pytest.param("address|supplier|qty|country", [[0]], id="the-only-party-has-them-wherever-they-stand"),
        pytest.param("shipper|address|consignee|address", [[1], [3]], id="the-party-before"),
        pytest.param("shipper|consignee|qty|address", [[], []], id="nobody-where-it-would-be-a-guess"),
    ],
)
def test_an_address_without_a_role(headers: str, addresses: list[list[int]]) -> None:
    assert [party.addresses for party in assigned(headers)] == addresses


@pytest.mark.parametrize(
    ("headers", "countries"),
    [
        pytest.param("manufacturer|country of origin", [[1]], id="of-the-manufacturer"),
        pytest.param("supplier|country of origin", [[]], id="not-of-a-trader"),
        pytest.param("manufacturer|manufacturer country|origin", [[1]], id="unless-it-has-its-own"),
        pytest.param("shipper|factory|country of origin", [[], [2]], id="among-several"),
    ],
)
def test_the_country_of_origin_is_the_manufacturers(headers: str, countries: list[list[int]]) -> None:
    assert [party.countries for party in assigned(headers)] == countries


def test_a_lone_name_is_a_party_of_unknown_role() -> None:
    (party,) = assigned("id|name|country")
    assert (party.role, party.names, party.countries) == (Role.PARTY, [1], [2])


def test_a_name_beside_a_role_is_something_elses_name() -> None:
    assert [party.role for party in assigned("name|supplier")] == [Role.SUPPLIER]


def test_a_chosen_column_silences_all_other_names_but_keeps_its_own_address() -> None:
    (shipper,) = assigned("shipper_name|shipper_address|consignee", ("shipper", "shipper_name"))
    assert (shipper.role, shipper.names, shipper.addresses) == (Role.SHIPPER, [0], [1])


def test_chosen_fields() -> None:
    (supplier,) = assigned("a|b|c|d", ("supplier", "A "), ("supplier.address", "b"), ("supplier.country", "c"))
    assert supplier == PartyColumns(Role.SUPPLIER, [0], [1], [2])


@pytest.mark.parametrize("kind", ["uscc", "lei", "mid", "business_licence", "customs"])
def test_chosen_identifiers_stand_in_for_recognised_ones(kind: str) -> None:
    (maker,) = assigned(f"maker|code|maker {kind.replace('_', ' ')}", (f"manufacturer.{kind}", "code"))
    assert maker.identifiers == [(Field(kind), 1)]


def test_a_chosen_postal_code_is_a_line_of_the_address_as_well() -> None:
    (maker,) = assigned("maker|pc|maker zip|maker address", ("manufacturer.postal_code", "pc"))
    assert (maker.postal_codes, maker.addresses) == ([1], [1, 3])


def test_the_goods_are_recognised_and_chosen_without_a_role() -> None:
    headers = ["maker", "HS code", "what", "description", "made", "origin"]
    assert goods_columns(headers) == GoodsColumns((1,), (3,), (5,))
    chosen = [("goods", "what"), ("origin", "made"), ("hs_code", "HS code")]
    assert goods_columns(headers, chosen) == GoodsColumns((1,), (2,), (4,))
    (maker,) = assign_columns(headers, chosen)
    assert (maker.names, maker.countries) == ([0], [4]), "where the goods were made is where their maker is"


def test_a_chosen_column_of_a_party_that_no_column_names_is_refused() -> None:
    with pytest.raises(UsageError, match="no column names the seller; add --column seller=HEADER"):
        assigned("maker|code", ("seller.uscc", "code"))


def test_one_role_chosen_twice_is_two_parties() -> None:
    assert [party.names for party in assigned("a|b", ("supplier", "a"), ("supplier", "b"))] == [[0], [1]]


def test_a_chosen_address_leaves_the_recognised_name() -> None:
    (supplier,) = assigned("supplier|where", ("supplier.address", "where"))
    assert (supplier.names, supplier.addresses) == ([0], [1])


@pytest.mark.parametrize(
    ("target", "header", "error", "told"),
    [
        pytest.param("vendor", "a", UsageError, "did you mean 'supplier'?", id="a-word-for-a-role"),
        pytest.param("suplier", "a", UsageError, "did you mean 'supplier'?", id="a-slip"),
        pytest.param("xyz", "a", UsageError, "the roles are manufacturer, supplier", id="no-role"),
        pytest.param("supplier.hs_code", "a", UsageError, "write --column hs_code=HEADER", id="goods-have-no-role"),
        pytest.param("hs", "a", UsageError, "hs_code, goods, origin", id="a-word-for-goods"),
        pytest.param("supplier.email", "a", UsageError, "name, address, country, uscc", id="no-field"),
        pytest.param("supplier", "adress", ColumnError, "did you mean 'address'?", id="no-header-but-a-near-one"),
        pytest.param("supplier", "zzz", ColumnError, "the headers are 'a', 'address', 'x', 'x'", id="no-header"),
        pytest.param("supplier", "x", ColumnError, "there 2 times", id="a-header-twice"),
    ],
)
def test_a_wrong_choice_says_what_there_is(target: str, header: str, error: type[UsageError], told: str) -> None:
    with pytest.raises(error) as caught:
        assigned("a|address|x|x", (target, header))
    assert told in str(caught.value)


def test_no_party_column_names_the_headers_and_the_option() -> None:
    assert assigned("a|address") == ()
    sentence = no_party_column(["a", "", "b" * 100])
    assert "'a', 'bbb" in sentence
    assert "--column supplier=HEADER" in sentence
    assert len(sentence) < 400


@given(st.lists(st.sampled_from(["shipper", "de", "d", "e", "name", "of", "s", "x", "地", "址", "1"]), max_size=40))
def test_any_header_is_read_in_no_time(words: list[str]) -> None:
    recognise("".join(words))
