"""JSON lines: objects flattened, broken lines told."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files import json_lines
from app.files.json_lines import JsonRow, read_json_rows


def rows(text: str) -> list[JsonRow]:
    return list(read_json_rows(io.StringIO(text, newline="")))


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        pytest.param('{"supplier": "Foo"}', {"supplier": "Foo"}, id="flat"),
        pytest.param(
            '{"shipper": {"name": "Foo", "address": {"city": "Hotan"}}}',
            {"shipper name": "Foo", "shipper address city": "Hotan"},
            id="nested",
        ),
        pytest.param('{"suppliers": ["A", "B"]}', {"suppliers 1": "A", "suppliers 2": "B"}, id="several"),
        pytest.param('{"suppliers": [{"name": "A"}]}', {"suppliers name": "A"}, id="a-list-of-one"),
        pytest.param('{"a": null, "b": 3, "c": true}', {"a": "", "b": "3", "c": "true"}, id="other-values"),
    ],
)
def test_objects_become_cells(line: str, cells: dict[str, str]) -> None:
    assert rows(line + "\n") == [JsonRow(1, cells)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        pytest.param("{bad", "not JSON", id="broken"),
        pytest.param("[1]", "no JSON object", id="an-array"),
        pytest.param('{"a": 1, "a": 2}', "'a' is there twice", id="a-key-twice"),
        pytest.param('{"a b": 1, "a": {"b": 2}}', "'a b' is there twice", id="a-key-twice-after-flattening"),
        pytest.param('{"a":' * 100_000, "too deeply", id="a-tower"),
        pytest.param('{"a": ' + "9" * 5000 + "}", "number", id="a-number-without-end"),
    ],
)
def test_a_broken_line_costs_one_row(line: str, told: str) -> None:
    first, second = rows(f'{line}\n\n{{"supplier": "Foo"}}\n')
    assert told in first.problem
    assert second == JsonRow(3, {"supplier": "Foo"})


def test_a_line_without_end_costs_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE", 100)
    first, second = rows('{"a": "' + "x" * 1000 + '"}\n{"a": "b"}')
    assert "longer than 100" in first.problem
    assert second == JsonRow(2, {"a": "b"})


@given(st.text(max_size=60))
def test_any_text_is_read(text: str) -> None:
    for row in rows(text):
        assert row.problem or row.cells is not None
