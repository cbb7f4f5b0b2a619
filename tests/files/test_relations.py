"""Relations files: every link read, or the line that could not be."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.errors import ColumnError, ImportgateError, InputError
from app.files.relations import read_relations
from app.screening.chains import Link, LinkKind


def read(folder: Path, text: str) -> list[Link]:
    path = folder / "relations.csv"
    path.write_text(text, encoding="utf-8")
    return read_relations(path)


def test_suppliers_and_owners_may_share_a_file(tmp_path: Path) -> None:
    assert read(
        tmp_path,
        '\ufeffSupplier,Buyer,Tier,Goods,Parent,Subsidiary,Share\nA,B,2,yarn,,,\n,,,,C,D,"51,5 %"\n\nE,F,,,G,H,\n',
    ) == [
        Link("A", "B", goods="yarn", tier="2"),
        Link("C", "D", LinkKind.OWNERSHIP, share=51.5),
        Link("E", "F"),
        Link("G", "H", LinkKind.OWNERSHIP),
    ]


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
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
