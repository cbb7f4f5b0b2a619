"""Relations files: every link read, or the line that could not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ColumnError, ImportgateError, InputError
from app.files.relations import Relations, read_relations
from app.screening.chains import Link, LinkKind
from app.screening.model import Party


def read(folder: Path, text: str) -> Relations:
    path = folder / "relations.csv"
    path.write_text(text, encoding="utf-8")
    return read_relations(path)


def test_suppliers_and_owners_may_share_a_file(tmp_path: Path) -> None:
    text = '\ufeffSupplier,Buyer,Tier,Goods,Parent,Subsidiary,Share\nA,B,2,yarn,,,\n,,,,C,D,"51,5 %"\n\nE,F,,,G,H,\n'
    relations = read(tmp_path, text)
    assert (relations.parties, relations.warnings) == ((), ())
    assert relations.links == [
        Link("A", "B", goods="yarn", tier="2"),
        Link("C", "D", LinkKind.OWNERSHIP, share=51.5),
        Link("E", "F"),
        Link("G", "H", LinkKind.OWNERSHIP),
    ]


def test_more_may_be_said_of_each_party(tmp_path: Path) -> None:
    relations = read(
        tmp_path,
        "Supplier Name,supplier_address,Supplier City,supplier postcode,Supplier country,Buyer,buyer_USCC,供应商地址,"
        "Ref\n"
        "Mill,5 Kiln Rd,Shihezi,832000,CN,Shop,91650100,,7\n"
        "Mill,5 Kiln Rd,Shihezi,832000,CN,Bar,,,8\nMill,,,,Atlantis,Baz,,,9\n",
    )
    assert [link.target for link in relations.links] == ["Shop", "Bar", "Baz"]
    assert relations.parties == (
        Party("Mill", "5 Kiln Rd, Shihezi, 832000", "CN", postal_code="832000"),
        Party("Shop", identifiers={"uscc": "91650100"}),
        Party("Mill", "Atlantis"),
    )
    assert relations.warnings == (f"{tmp_path}/relations.csv: nothing is read from 'Ref'",)


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        pytest.param("supplier,supplier contry,buyer\nA,x,B\n", ColumnError, "mean 'supplier country'", id="misspelt"),
        pytest.param("suplier,buyer\nA,B\n", ColumnError, "did you mean 'supplier'", id="a misspelt side"),
        pytest.param("supplier,vendor,buyer\nA,B,C\n", ColumnError, "'supplier' and 'vendor' say the same", id="twice"),
        pytest.param("supplier,buyer\nA,B,C\n", InputError, "line 2: the row has 3 cells under 2", id="too many cells"),
        pytest.param('supplier,buyer\n"A\nB",C\nD,\n', InputError, "line 4: the buyer", id="lines, not rows"),
        pytest.param("", ColumnError, "supplier and buyer", id="empty"),
        pytest.param("name\nA\n", ColumnError, "'name'", id="no columns"),
        pytest.param("supplier,buyer\n", InputError, "no row below", id="no rows"),
        pytest.param("supplier,buyer\nA,\n", InputError, "line 2: the buyer", id="half a link"),
        pytest.param("supplier,buyer,x\n,,y\n", InputError, "no two parties", id="no parties"),
        pytest.param("parent,subsidiary,share\nA,B,much\n", InputError, "'much'", id="a share that is none"),
        pytest.param("parent,subsidiary,share\nA,B,101\n", InputError, "0 to 100", id="more than all"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, text: str, error: type[ImportgateError], told: str) -> None:
    with pytest.raises(error, match=told):
        read(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be opened"):
        read_relations(tmp_path / "none.csv")
