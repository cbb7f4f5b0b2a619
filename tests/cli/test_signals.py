"""The example tells its story: clear, listed, caught by address, by code, through its supplier."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from app.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_story_of_the_example() -> None:
    arguments = ["screen", str(EXAMPLES / "signals.csv"), "--relations", str(EXAMPLES / "relations.csv")]
    result = CliRunner().invoke(main, [*arguments, "--all", "--format", "jsonl", "--as-of", "2026-11-01"])
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    makers = {record["row"]: record for record in records if record["role"] == "manufacturer"}
    assert {row: record["outcome"] for row, record in makers.items()} == {
        1: "clear",
        2: "block",
        3: "block",
        4: "review",
        5: "review",
    }
    assert not makers[1]["signals"]
    assert makers[2]["hits"][0]["strength"] == "strong"
    assert makers[3]["hits"] == []
    assert makers[3]["signals"][0]["place"]["han"] == "石河子市"
    assert [hit["explanation"]["rule"] for hit in makers[4]["hits"]] == ["identifier"]
    assert [signal["kind"] for signal in makers[5]["signals"] if signal["strength"] != "noted"] == ["supply_chain"]
    way = makers[5]["signals"][-1]["summary"]
    assert f"> {way}\n" in (EXAMPLES.parent / "docs" / "signals.md").read_text(encoding="utf-8")
    assert [step["from"] for step in makers[5]["signals"][-1]["path"]] == [
        "Lotus Bay Spinning Mill",
        "Aksu Huafu Color Spinning Co., Ltd.",
    ]
