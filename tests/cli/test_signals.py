"""The example tells its story: clear, listed, caught by address, by code, through its supplier, each for that alone."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"
SHIPMENTS, RELATIONS = EXAMPLES / "signals.csv", EXAMPLES / "relations.csv"
STORY = {1: "clear", 2: "block", 3: "block", 4: "review", 5: "review"}


def makers(shipments: Path, relations: Path | None) -> dict[int, dict[str, Any]]:
    """The records of the makers, by row."""
    arguments = ["screen", str(shipments), "--all", "--format", "jsonl", "--as-of", "2026-11-01"]
    result = CliRunner().invoke(main, [*arguments, *(["--relations", str(relations)] if relations else [])])
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    return {record["row"]: record for record in records if record["role"] == "manufacturer"}


def test_the_story_of_the_example() -> None:
    found = makers(SHIPMENTS, RELATIONS)
    assert {row: record["outcome"] for row, record in found.items()} == STORY
    alerting = {
        row: [signal["kind"] for signal in record["signals"] if signal["strength"] != "noted"]
        for row, record in found.items()
    }
    assert alerting == {1: [], 2: [], 3: ["region", "ace"], 4: [], 5: ["supply_chain"]}
    assert {row: {hit["explanation"]["rule"] for hit in record["hits"]} for row, record in found.items()} == {
        1: set(),
        2: {"identical"},
        3: set(),
        4: {"identifier"},
        5: set(),
    }
    assert found[3]["signals"][0]["place"]["han"] == "石河子市"
    way = found[5]["signals"][-1]
    assert f"> {way['summary']}\n" in (EXAMPLES.parent / "docs" / "signals.md").read_text(encoding="utf-8")
    assert [step["from"] for step in way["path"]] == ["Lotus Bay Spinning Mill", "Aksu Huafu Color Spinning Co., Ltd."]


@pytest.mark.parametrize(
    ("row", "without"),
    [
        pytest.param(2, {"Manufacturer": "Silverbrook Apparel Co., Ltd."}, id="listed"),
        pytest.param(
            3,
            {"Manufacturer Address": "No. 16 Weiliu Road, Suzhou", "Manufacturer Postal Code": "215000"},
            id="in Xinjiang",
        ),
        pytest.param(4, {"Manufacturer USCC": ""}, id="its code"),
        pytest.param(5, None, id="its supplier's supplier"),
    ],
)
def test_each_row_is_there_for_one_reason(row: int, without: dict[str, str] | None, tmp_path: Path) -> None:
    """Without that reason it is clear, and the others stay as they are."""
    with SHIPMENTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    rows[row - 1] |= without or {}
    changed = tmp_path / "changed.csv"
    with changed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = makers(changed, RELATIONS if without else None)
    assert {number: record["outcome"] for number, record in found.items()} == STORY | {row: "clear"}


def test_suppliers_are_screened_by_all_that_the_relations_say_of_them(tmp_path: Path) -> None:
    relations = tmp_path / "relations.csv"
    relations.write_text(
        "supplier,supplier address,supplier uscc,buyer\n"
        'Plain Mill,"No. 16 Weiliu Road, Shihezi 832000",,"Silverbrook Ceramics Co., Ltd."\n'
        "Bright Harbour,,914401153314442716,Plain Shop\n",
        encoding="utf-8",
    )
    found = makers(SHIPMENTS, relations)
    assert found[1]["outcome"] == "review"
    assert "Plain Mill, which is under review (The address names “Shihezi”" in found[1]["signals"][-1]["summary"]


def test_a_party_of_the_relations_that_cannot_be_screened_ends_with_3(tmp_path: Path) -> None:
    relations = tmp_path / "relations.csv"
    relations.write_text("supplier,buyer,ref\n???,Acme,1\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["screen", str(SHIPMENTS), "--relations", str(relations)])
    assert result.exit_code == 3
    assert f"{relations}, line 2: '???': the name holds no letter to screen" in result.stderr
    assert f"{relations}: nothing is read from 'ref'" in result.stderr
