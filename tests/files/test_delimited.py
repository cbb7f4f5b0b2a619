"""Rows and their lines, whatever state the quoting is in."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.files import delimited
from app.files.delimited import DELIMITERS, Row, count_rows, detect_delimiter, read_rows


def rows(text: str, delimiter: str = ",") -> list[Row]:
    return list(read_rows(io.StringIO(text, newline=""), delimiter))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])], id="plain"),
        pytest.param("a\r\nb\rc", [(1, ["a"]), (2, ["b"]), (3, ["c"])], id="all-line-ends"),
        pytest.param("\n a\n\n , \nb\n", [(2, [" a"]), (5, ["b"])], id="blank-lines-are-no-rows-but-lines"),
        pytest.param('"a\nb",c\nd,e\n', [(1, ["a\nb", "c"]), (3, ["d", "e"])], id="a-row-begins-where-its-quote-opens"),
        pytest.param('"say ""a""",b\n', [(1, ['say "a"', "b"])], id="doubled-quotes"),
        pytest.param('a 12" pipe,b\n', [(1, ['a 12" pipe', "b"])], id="a-quote-inside-a-cell"),
        pytest.param('"Foo" Ltd,b\nc,d\n', [(1, ["Foo Ltd", "b"]), (2, ["c", "d"])], id="text-behind-a-closing-quote"),
    ],
)
def test_rows_and_lines(text: str, expected: list[tuple[int, list[str]]]) -> None:
    assert [(row.line, row.cells, row.problem) for row in rows(text)] == [(*item, "") for item in expected]


@pytest.mark.parametrize(
    ("text", "bad", "after"),
    [
        pytest.param('a\n"b,1\nc,2\nd,3\n', ["b", "1"], [["c", "2"], ["d", "3"]], id="until-the-end-of-the-file"),
        pytest.param('a\n"b,1\n"c, Inc.",2\n', ["b", "1"], [["c, Inc.", "2"]], id="until-the-next-quote"),
        pytest.param('a\nx,"b,1\nc,2\n', ["x", "b", "1"], [["c", "2"]], id="in-a-later-cell"),
        pytest.param('a\n"b, Inc.",1,"z\nc,2\n', ["b, Inc.", "1", "z"], [["c", "2"]], id="behind-a-cell-in-order"),
    ],
)
def test_an_open_quote_costs_one_row(text: str, bad: list[str], after: list[list[str]]) -> None:
    _, broken, *others = rows(text)
    assert (broken.line, broken.cells) == (2, bad)
    assert "never closed" in broken.problem
    assert [(row.line, row.cells, row.problem) for row in others] == [
        (3 + i, cells, "") for i, cells in enumerate(after)
    ]


def test_a_nul_byte_is_a_problem_of_its_row() -> None:
    first, second = rows("a\0b,c\nd,e\n")
    assert "NUL" in first.problem
    assert second.problem == ""


def test_a_cell_of_a_megabyte_is_read() -> None:
    first, second = rows(f"{'x' * 1_000_000},b\nc,d\n")
    assert (len(first.cells[0]), first.problem, second.cells) == (1_000_000, "", ["c", "d"])


def test_a_line_without_end_costs_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_RECORD", 1000)
    first, second = rows(f"{'x' * 5000},b\nc,d\n")
    assert "longer than 1,000" in first.problem
    assert (second.line, second.cells) == (2, ["c", "d"])


def test_an_open_quote_does_not_swallow_a_file_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "MAX_RECORD", 1000)
    found = rows('"a,1\n' + "b,2\n" * 1000)
    assert len(found) == 1001
    assert [row.line for row in found if row.problem] == [1]


cells = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=8)
tables = st.lists(st.lists(cells, min_size=1, max_size=5), max_size=8)


@given(tables, st.sampled_from(DELIMITERS), st.sampled_from(["\n", "\r\n"]))
@settings(deadline=None)
def test_what_was_written_as_csv_is_read_back(table: list[list[str]], delimiter: str, line_end: str) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows(table)
    expected = [row for row in table if any(cell and not cell.isspace() for cell in row)]
    found = rows(text.getvalue(), delimiter)
    assert [row.cells for row in found] == expected
    assert not any(row.problem for row in found)


@given(st.text(st.sampled_from('ab,"\n\r \0'), max_size=60))
@settings(max_examples=400, deadline=None)
def test_no_line_is_lost_however_broken(text: str) -> None:
    """Every letter comes back, and lines only ever go up."""
    found = rows(text)
    assert "".join("".join(row.cells) for row in found).count("a") == text.count("a")
    lines = [row.line for row in found]
    assert lines == sorted(set(lines))
    assert all(line <= len(io.StringIO(text, newline="").readlines()) for line in lines)


@given(st.text(st.sampled_from('ab,"\n\r \0'), max_size=60), st.integers(1, 20))
@settings(max_examples=400, deadline=None)
def test_rows_do_not_depend_on_where_blocks_end(text: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", size)
        in_pieces = rows(text)
        counted = count_rows(io.StringIO(text, newline=""), ",")
    assert in_pieces == rows(text)
    assert counted == len(in_pieces)


@given(st.text(st.sampled_from("a, \u3000\t\x1f\n\r"), max_size=30), st.sampled_from(",\t"), st.integers(1, 20))
@settings(max_examples=300, deadline=None)
def test_rows_without_quotes_are_counted_by_their_lines(text: str, delimiter: str, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delimited, "_BLOCK", size)
        counted = count_rows(io.StringIO(text, newline=""), delimiter)
    assert counted == len(rows(text, delimiter))


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        pytest.param("a,b\n1,2\n", ",", id="comma"),
        pytest.param("a;b\n1,5;2,5\n", ";", id="semicolon-with-decimal-commas"),
        pytest.param("a\tb\nFoo, Ltd\t1\n", "\t", id="tab"),
        pytest.param("a|b|c\n1|2|3\n", "|", id="pipe"),
        pytest.param('name and address, in full;qty\n"x";1\ny;2\n', ";", id="a-comma-in-a-header"),
        pytest.param('"a;b",c\n"1;2",3\n', ",", id="a-semicolon-in-quotes"),
    ],
)
def test_the_delimiter_under_which_rows_fit_the_header(sample: str, delimiter: str) -> None:
    assert detect_delimiter(sample) == delimiter


def test_one_column_is_not_cut_at_the_commas_of_its_names() -> None:
    text = "name\nFoo Co., Ltd.\nBar; Ltd\n"
    assert [row.cells for row in rows(text, detect_delimiter(text))] == [["name"], ["Foo Co., Ltd."], ["Bar; Ltd"]]
