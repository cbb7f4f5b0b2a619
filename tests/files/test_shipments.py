"""Shipment files as a whole: what is read, what is refused, and that nothing else can happen."""

from __future__ import annotations

import contextlib
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import ColumnError, ImportgateError, InputError
from app.files.parties import ShipmentParty
from app.files.shipments import ShipmentFile, open_shipments
from app.screening.model import Role


def shipments(content: str | bytes, *columns: tuple[str, str], encoding: str | None = None) -> ShipmentFile:
    data = content.encode() if isinstance(content, str) else content
    return ShipmentFile(io.BytesIO(data), "f.csv", columns=columns, encoding=encoding)


def read(content: str | bytes, *columns: tuple[str, str]) -> list[tuple[int | None, int | None, str, str]]:
    return [(item.row, item.line, item.role, item.party.name) for item in shipments(content, *columns)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("supplier,n\nFoo,1\n\nBar,2\n", [(1, 2, "supplier", "Foo"), (2, 4, "supplier", "Bar")], id="csv"),
        pytest.param("\n\nsupplier\nFoo\n", [(1, 4, "supplier", "Foo")], id="blank-lines-on-top"),
        pytest.param("\ufeffsupplier;n\nFoo;1\n", [(1, 2, "supplier", "Foo")], id="byte-order-mark"),
        pytest.param('sep=;\nsupplier;n\n"Foo; Ltd";1\n', [(1, 3, "supplier", "Foo; Ltd")], id="excel-says-sep"),
        pytest.param(
            'n,supplier\n1,"Foo\nLtd"\n2,Bar\n',
            [(1, 2, "supplier", "Foo Ltd"), (2, 4, "supplier", "Bar")],
            id="quoted-newline",
        ),
        pytest.param("supplier,n\nFoo,1,,\n", [(1, 2, "supplier", "Foo")], id="empty-cells-too-many"),
        pytest.param(
            '{"supplier": "Foo"}\n\n{"supplier": "Bar"}\n',
            [(1, 1, "supplier", "Foo"), (2, 3, "supplier", "Bar")],
            id="json-lines",
        ),
        pytest.param(
            '{"a": 1, "supplier": "Foo"}\n{"consignee": {"name": "Bar"}}\n',
            [(1, 1, "supplier", "Foo"), (2, 2, "consignee", "Bar")],
            id="json-keys-come-later",
        ),
        pytest.param("name,name\nFoo,Bar\n", [(1, 2, "party", "Foo"), (1, 2, "party", "Bar")], id="one-header-twice"),
        pytest.param("supplier\tn\nFoo\t1\n".encode("utf-16"), [(1, 2, "supplier", "Foo")], id="utf-16"),
        pytest.param(
            "供应商,数量\n和田某某有限公司,1\n".encode("gb18030"),
            [(1, 2, "supplier", "和田某某有限公司")],
            id="gb18030",
        ),
    ],
)
def test_parties_with_their_rows_and_lines(content: str | bytes, expected: list[object]) -> None:
    assert read(content) == expected


def test_a_json_key_that_comes_late_is_still_read() -> None:
    content = '{"supplier": "Foo"}\n' * 1500 + '{"maker": "Bar"}\n'
    assert read(content)[-1] == (1501, 1501, "manufacturer", "Bar")


def test_json_lines_with_keys_without_end_are_incomplete_from_there_on() -> None:
    content = "".join(f'{{"supplier": "Foo", "k{n}": 1}}\n' for n in range(1200))
    problems = [item.party.problem for item in shipments(content)]
    assert problems[:999] == [""] * 999
    assert all("more than 1,000" in problem for problem in problems[999:])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        pytest.param("Foo", "1 cells under 2 headers; add", id="narrow"),
        pytest.param("Foo, Ltd,1", "3 cells under 2 headers; quote", id="wide"),
        pytest.param('"Foo,1', "never closed", id="open-quote"),
        pytest.param("F\0oo,1", "NUL", id="nul"),
        pytest.param("x" * 1_000_000 + ",1", "1,000,000 characters", id="a-megabyte"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_read(row: str, told: str) -> None:
    bad, good = shipments(f"supplier,n\n{row}\nHetian Taida,2\n")
    assert told in bad.party.problem
    assert bad.party.name[:1] == row.strip('"')[:1]
    assert (bad.row, bad.line, good.row, good.line) == (1, 2, 2, 3)
    assert (good.party.name, good.party.problem) == ("Hetian Taida", "")


def test_bytes_that_cannot_be_read_are_told_and_cost_the_rows_they_hit() -> None:
    file = shipments("supplier,note\nMüller,a\n".encode() + b"F\xffoo,b\nBar,\xff\n" + "Söhne,é\n".encode() * 3)
    assert "line 3" in file.warnings[0]
    assert [bool(item.party.problem) for item in file] == [False, True, False, False, False, False]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n\n", "empty", id="blank"),
        pytest.param(b"supplier,n\n", "no row below", id="header-only"),
        pytest.param(b'[{"supplier": "Foo"}]', "one object a line", id="json-array"),
        pytest.param(b"PK\x03\x04rest", "the workbook is damaged", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0rest", "save it as XLSX", id="xls"),
        pytest.param(b"PAR1rest", "Parquet", id="parquet"),
        pytest.param(b"%PDF-1.7", "PDF", id="pdf"),
        pytest.param(b"\x1f\x8brest", "decompress", id="gzip"),
    ],
)
def test_a_file_that_is_no_shipment_file_is_refused_with_a_remedy(content: bytes, told: str) -> None:
    with pytest.raises(InputError) as caught:
        list(shipments(content))
    assert str(caught.value).startswith("f.csv: ")
    assert told in str(caught.value)


def test_no_party_column_names_the_file_the_headers_and_the_option() -> None:
    with pytest.raises(ColumnError, match=r"f\.csv: .*'bill', 'qty'.*--column"):
        shipments("bill,qty\n1,2\n")


def test_garbled_headers_name_the_encoding_as_the_cause() -> None:
    with pytest.raises(ColumnError, match="bytes that are not in"):
        shipments("供应商,数量\nFoo,1\n".encode("gb18030"), encoding="utf-8")


def test_a_chosen_header_that_is_not_there_names_the_file() -> None:
    with pytest.raises(ColumnError, match=r"f\.csv: .*there is no column 'x'"):
        shipments("supplier\nFoo\n", ("supplier", "x"))


def test_what_is_screened_is_said() -> None:
    file = shipments("Shipper,Notify party,x\nFoo,Bar,1\n")
    assert file.screened == "shipper from 'Shipper', notify party from 'Notify party'"


def test_a_file_is_read_again_from_the_start_and_counts_its_bytes() -> None:
    file = shipments("supplier\nFoo\n")
    assert list(file) == list(file)
    assert file.position == file.size == 13


def test_a_path_that_cannot_be_opened_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.csv: the file cannot be opened"), open_shipments(tmp_path / "no.csv"):
        pass


def test_a_disk_that_fails_midway_says_how_far_it_came() -> None:
    class Failing(io.BytesIO):
        fails = False

        def read1(self, size: int | None = -1) -> bytes:
            if self.fails and self.tell() > 8000:
                raise OSError(5, "Input/output error")
            return super().read1(size)

    file = Failing(b"supplier,n\n" + b"Foo Trading,1\n" * 5000)
    opened = ShipmentFile(file, "f.csv")
    file.fails = True
    with pytest.raises(InputError, match=r"f\.csv, row \d+: .*Input/output error"):
        list(opened)


def test_memory_does_not_grow_with_the_file() -> None:
    file = shipments("supplier,note\n" + f"Foo Trading,{'x' * 1000}\n" * 20_000)
    tracemalloc.start()
    rows = sum(1 for _ in file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert rows == 20_000
    assert peak < 3_000_000  # a sixth of the file


def checked(items: Iterator[ShipmentParty]) -> None:
    """Rows are numbered without a gap, lines go up, and what has no name has a problem."""
    row = line = 0
    for item in items:
        assert item.row in (row, row + 1)
        assert item.line is not None
        assert item.line > line or item.row == row
        row, line = item.row or 0, item.line
        assert item.party.name or item.party.problem
        assert isinstance(item.role, Role)


@given(
    st.sampled_from([b"", b"supplier,n\n", b'{"supplier": "a"}\n', b"\xef\xbb\xbfname;x\n"]), st.binary(max_size=120)
)
@settings(max_examples=400, deadline=None)
def test_any_bytes_are_read_or_refused_in_one_sentence(beginning: bytes, rest: bytes) -> None:
    refusal = ""
    try:
        checked(iter(shipments(beginning + rest)))
    except ImportgateError as error:
        refusal = str(error)
    assert not refusal or refusal.startswith("f.csv: ")
    assert "\n" not in refusal


@given(st.lists(st.text(st.sampled_from('aB,"\n\r;\0 新公司'), max_size=12), max_size=8))
@settings(max_examples=300, deadline=None)
def test_any_rows_below_a_header_are_numbered_without_a_gap(lines: list[str]) -> None:
    content = "supplier,n\n" + "\n".join(lines)
    if content[11:].strip(' ,\n\r;\0"'):
        checked(iter(shipments(content)))
    else:
        with contextlib.suppress(InputError):  # "there is a header but no row below it"
            checked(iter(shipments(content)))
