"""Workbooks as shipment files: rows as a spreadsheet numbers them, nothing lost unsaid, nothing that bursts."""

from __future__ import annotations

import contextlib
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.errors import ColumnError, ImportgateError, InputError
from app.files import workbook_scan
from app.files.shipments import open_shipments

Write = Callable[..., Path]


def read(path: Path, **options: object) -> tuple[list[tuple[int | None, int | None, str, str]], list[str]]:
    with open_shipments(path, **options) as file:  # type: ignore[arg-type]
        return [(i.row, i.line, i.party.name, i.party.problem) for i in file], file.warnings


def test_rows_keep_their_numbers_and_values_their_looks(write_workbook: Write, tmp_path: Path) -> None:
    rows = {
        3: [None, "Supplier", "Country", "Qty"],
        4: [None, "Foo & Söhne", "CN", 12],
        7: [None, " 和田泰达 ", None, 1.5],
        8: [None, 4711, None, None],
    }
    found, warnings = read(write_workbook(tmp_path / "a.xlsx", {"A": rows}))
    assert found == [(1, 4, "Foo & Söhne", ""), (2, 7, "和田泰达", ""), (3, 8, "4711", "")]
    assert warnings == []


def test_the_first_filled_visible_sheet_is_read_and_the_others_are_named(write_workbook: Write, tmp_path: Path) -> None:
    sheets = {"Hidden": {1: ["Supplier"], 2: ["No"]}, "Empty": {}, "B": {1: ["Supplier"], 2: ["Yes"]}, "C": {1: ["x"]}}
    found, warnings = read(write_workbook(tmp_path / "a.xlsx", sheets, hidden=("Hidden",)))
    assert [name for _, _, name, _ in found] == ["Yes"]
    assert warnings == [f"{tmp_path}/a.xlsx: only the sheet 'B' is read, not 'C', 'Hidden'"]


def test_columns_can_be_chosen(write_workbook: Write, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"A": {1: ["Wer", "Was"], 2: ["Foo", "Bar"]}})
    with pytest.raises(ColumnError, match="the headers found are 'Wer', 'Was'"):
        read(path)
    assert read(path, columns=[("supplier", "Wer")])[0] == [(1, 2, "Foo", "")]


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        pytest.param('<c t="e"><v>#REF!</v></c>', "an error", id="an-error-reads-as-empty"),
        pytest.param("<c><f>A1&amp;B1</f></c>", "a formula without its result", id="a-formula-never-calculated"),
        pytest.param('<c t="str"><f t="shared" si="0"/></c>', "a formula without its result", id="a-shared-formula"),
    ],
)
def test_a_cell_that_lost_its_value_makes_its_row_incomplete(
    write_workbook: Write, tmp_path: Path, cell: str, why: str
) -> None:
    rows = {2: ["Shipper", "Consignee", "Note"], 3: ["Foo", cell, ""], 4: ["Foo", "Bar", cell], 5: [cell, "Bar", ""]}
    found, _ = read(write_workbook(tmp_path / "a.xlsx", {"A": rows}))
    problem = f"the cell under 'Consignee' holds {why}; write its value"
    assert [item for item in found if item[0] == 1] == [(1, 3, "Foo", problem)]
    assert [item[3] for item in found if item[0] == 2] == ["", ""], "no party stands in the note"
    assert [item[3] for item in found if item[0] == 3] == [problem.replace("Consignee", "Shipper")]


def test_a_formula_with_its_result_and_text_like_an_error_are_values(write_workbook: Write, tmp_path: Path) -> None:
    rows = {1: ["Supplier"], 2: ['<c t="str"><f>A1</f><v>Foo</v></c>'], 3: ["#REF!x"], 4: ['<c t="b"><v>1</v></c>']}
    found, _ = read(write_workbook(tmp_path / "a.xlsx", {"A": rows}))
    assert [(name, problem) for _, _, name, problem in found] == [("Foo", ""), ("#REF!x", ""), ("TRUE", "")]


def test_a_bomb_is_refused_by_what_its_directory_says(
    write_workbook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_scan, "MAX_UNPACKED", 4 << 20)
    path = write_workbook(tmp_path / "bomb.xlsx", {"A": {1: ["Supplier"], 2: ["A" * (5 << 20)]}})
    assert path.stat().st_size < 1 << 15
    with pytest.raises(InputError, match="unpacks to more than 4 MiB; save the sheet as CSV"):
        read(path)


def test_a_bomb_whose_directory_lies_is_refused_as_well(
    write_workbook: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_scan, "MAX_UNPACKED", 4 << 20)
    path = write_workbook(tmp_path / "bomb.xlsx", {"A": {1: ["Supplier"], 2: ["A" * (5 << 20)]}})
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", size), struct.pack("<L", 100)))
    with pytest.raises(InputError, match="unpacks to more than 4 MiB"):
        read(path)


@pytest.mark.parametrize("far", ["XFD1048576", "xfd1048576", "AAA999999"])
def test_one_cell_far_out_does_not_ask_for_all_memory(write_workbook: Write, tmp_path: Path, far: str) -> None:
    path = write_workbook(tmp_path / "far.xlsx", {"A": {1: ["Supplier"], 2: ["Foo", f'<d/><c r="{far}"><v>1</v></c>']}})
    with pytest.raises(InputError, match=r"reaches to row [\d,]+ and column [\d,]+, too far to open"):
        read(path)


def test_a_zip_file_that_is_no_workbook_says_so(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(InputError, match="ZIP file but no XLSX workbook"):
        read(tmp_path / "a.xlsx")


def test_entities_are_not_expanded(write_workbook: Write, tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"A": {1: ["Supplier"]}})
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>')
    with pytest.raises(InputError, match="the workbook is damaged"):
        read(path)


@pytest.mark.parametrize(
    ("sheets", "reason"),
    [
        pytest.param({"A": {}}, "the workbook is empty", id="empty"),
        pytest.param({"A": {1: ["Supplier"]}}, "there is a header but no row below it", id="header-only"),
    ],
)
def test_nothing_to_screen(write_workbook: Write, tmp_path: Path, sheets: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read(write_workbook(tmp_path / "a.xlsx", sheets))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(at=st.integers(0, 2000), junk=st.binary(min_size=1, max_size=40), cut=st.booleans())
def test_a_corrupt_workbook_is_an_error_of_ours_or_read(
    write_workbook: Write, tmp_path: Path, at: int, junk: bytes, cut: bool
) -> None:
    path = write_workbook(tmp_path / "a.xlsx", {"A": {1: ["Supplier", "x"], 2: ["Foo", 1], 3: ["Bar", 2]}})
    content = path.read_bytes()
    at %= len(content)
    path.write_bytes(content[:at] + junk + (b"" if cut else content[at + len(junk) :]))
    with contextlib.suppress(ImportgateError):  # anything else fails
        read(path)
