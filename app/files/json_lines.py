"""Rows of JSON lines: one object a line. A nested object is flattened to headers: {"shipper": {"name": "X"}} has the
header "shipper name", {"suppliers": ["X", "Y"]} the headers "suppliers 1" and "suppliers 2"."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO, TypeVar

MAX_LINE = 4_000_000  # characters


@dataclass(frozen=True, slots=True)
class JsonRow:
    """`cells` maps headers to text; `problem` says why they may be wrong or missing."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    problem: str = ""


_Value = TypeVar("_Value")


class _DuplicateKeyError(ValueError):
    pass


def read_json_rows(file: TextIO) -> Iterator[JsonRow]:
    """The lines that are not blank."""
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) >= MAX_LINE and not line.endswith("\n"):
            while (rest := file.readline(MAX_LINE)) and not rest.endswith("\n"):
                pass
            yield JsonRow(number, problem=f"the line is longer than {MAX_LINE:,} characters; is a line break missing?")
        elif not line.isspace():
            yield _parsed(number, line)


def _parsed(number: int, line: str) -> JsonRow:
    try:
        value = json.loads(line, object_pairs_hook=_without_duplicates)
        if not isinstance(value, dict):
            return JsonRow(number, problem='the line is no JSON object; write one such as {"shipper": "..."}')
        return JsonRow(number, _without_duplicates(list(_flattened(value, ""))))
    except json.JSONDecodeError as error:
        return JsonRow(number, problem=f"the line is not JSON: {error.msg} at column {error.colno}; mend the line")
    except _DuplicateKeyError as error:
        return JsonRow(number, problem=str(error))
    except ValueError:  # a number of more digits than Python reads
        return JsonRow(number, problem="the line holds a number that is too long; write it as text")
    except RecursionError:
        return JsonRow(number, problem="the line is nested too deeply; write a flat object")


def _without_duplicates(pairs: list[tuple[str, _Value]]) -> dict[str, _Value]:
    record = dict(pairs)
    if len(record) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _DuplicateKeyError(f"the key {twice!r} is there twice; keep one")
    return record


def _flattened(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flattened(item, f"{path} {key}".strip())
    elif isinstance(value, list):
        for index, item in enumerate(value, 1):
            yield from _flattened(item, f"{path} {index}" if len(value) > 1 else path)
    elif value is None:
        yield path, ""
    elif isinstance(value, str):
        yield path, value
    else:
        yield path, json.dumps(value)
