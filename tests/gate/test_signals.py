"""Findings that no listed name accounts for: an address in Xinjiang, a listed company's code under another name."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.reports.gate import GATE_REPORTS

SCHEMAS = Path(__file__).parents[1] / "schemas"
EXAMPLE = Path(__file__).parents[2] / "examples" / "signals.csv"
Gate = Callable[..., Any]


@pytest.fixture
def printed(gate: Gate, folder: Path) -> list[list[str]]:
    """The `waive` commands that the gate prints below its findings on the example."""
    (folder / "signals.csv").write_bytes(EXAMPLE.read_bytes())
    result = gate("signals.csv", "--fail-on", "review")
    assert result.returncode == 1
    return [shlex.split(line) for line in re.findall(r"importgate waive .*", result.stdout)]


def test_an_address_and_a_code_are_findings(printed: list[list[str]]) -> None:
    subjects = {subject for command in printed for subject in command[3 : command.index("--reason")]}
    assert {"signal", "us-ofac-ns-cmic/cloudwalk-technology"} <= subjects


def test_every_printed_command_waives_its_finding(gate: Gate, printed: list[list[str]]) -> None:
    for command in printed:
        until = command[2 : command.index("--reason")]
        signed = ["--reason", "looked at", "--approved-by", "A. Officer", "--expires-on", "2027-01-31"]
        waived = gate(*until, *signed, command="waive")
        assert waived.returncode == 0, waived.stderr
    result = gate("signals.csv", "--fail-on", "review")
    assert (result.returncode, "waived" in result.stdout) == (0, True)


@pytest.mark.usefixtures("printed")
def test_a_signal_is_waived_for_its_own_party_alone(gate: Gate) -> None:
    signed = ["--reason", "looked at", "--approved-by", "A. Officer", "--expires-on", "2027-01-31"]
    assert gate("Another Foods Co., Ltd.", "signal", *signed, command="waive").returncode == 0
    result = gate("signals.csv", "--fail-on", "review")
    assert result.returncode == 1
    assert "unused" in result.stdout.lower()


def test_a_listing_without_codes_is_waived_only_for_a_party_that_matches_it(gate: Gate) -> None:
    signed = ["--reason", "looked at", "--approved-by", "A. Officer", "--expires-on", "2027-01-31"]
    refused = gate("Nobody GmbH", "us-uflpa/hetian-haolin-hair-accessories", *signed, command="waive")
    assert (refused.returncode, "nothing to waive" in refused.stderr) == (2, True)


LINKS = """\
supplier,buyer,tier,goods
"Hetian Taida Apparel Co., Ltd.",Brno Textil a.s.,2,yarn
Acme Steel GmbH,Brno Textil a.s.,1,needles
"""
EXPOSED = "supply-chain/hetiantaidaapparel"


@pytest.fixture
def supplied(folder: Path) -> Path:
    """The links beside the files of the fixture `gate`, with a supplier whom nothing but them exposes."""
    links = folder / "links.csv"
    links.write_text(LINKS, encoding="utf-8")
    (folder / "suppliers.csv").write_text("Supplier\nAcme Steel GmbH\nBrno Textil\n", encoding="utf-8")
    return links


@pytest.mark.usefixtures("supplied")
def test_exposure_is_a_finding_with_its_way_in_every_report(gate: Gate, folder: Path) -> None:
    reports = [word for name in GATE_REPORTS for word in (f"--{name}", f"out.{name}")]
    result = gate("suppliers.csv", "--relations", "links.csv", "--fail-on", "review", "--annotations", *reports)
    assert result.returncode == 1
    way = "Brno Textil a.s. ← yarn from Hetian Taida Apparel Co., Ltd. (tier 2), which is blocked"
    shown = {name: (folder / f"out.{name}").read_text(encoding="utf-8") for name in GATE_REPORTS}
    shown["terminal"], shown["annotations"] = result.stdout.split("::error", 1)
    for name, text in shown.items():
        plain = re.sub(r"\s+", " ", html.unescape(text)).replace("\\(", "(").replace("\\)", ")")
        assert way in plain, name
    assert "<svg" in shown["html"]
    (record,) = [json.loads(line) for line in shown["jsonl"].splitlines()]
    assert (record["subject"], record["outcome"], record["line"]) == (EXPOSED, "review", 3)
    assert [step["from"] for step in record["signals"][0]["path"]] == ["Hetian Taida Apparel Co., Ltd."]
    log = json.loads(shown["sarif"])
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(log)]
    (run,) = log["runs"]
    assert [item["ruleId"] for item in run["results"]] == ["supply-chain"]
    assert "links.csv: 3 parties, 1 blocked, 0 under review, 1 exposed to them" in result.stdout


@pytest.mark.usefixtures("supplied")
def test_an_exposure_is_waived_for_its_source_alone(gate: Gate, supplied: Path) -> None:
    call = ("suppliers.csv", "--relations", "links.csv", "--fail-on", "review", "--strict")
    signed = ["--reason", "other goods", "--approved-by", "A. Officer", "--expires-on", "2027-01-31"]
    printed = re.search(r"importgate waive (.*?) --reason", gate(*call).stdout)
    assert printed is not None
    assert gate(*shlex.split(printed[1]), *signed, command="waive").returncode == 0
    assert gate(*call).returncode == 0
    supplied.write_text(LINKS + '"Changji Esquel Textile Co., Ltd.",BRNO TEXTIL,1,shirts\n', encoding="utf-8")
    result = gate(*call)
    assert result.returncode == 1
    assert "supply-chain/changjiesqueltextile" in result.stdout


@pytest.mark.usefixtures("supplied")
def test_the_configuration_names_the_relations_from_its_own_folder(gate: Gate, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "links.csv").write_text(LINKS, encoding="utf-8")
    (folder / "sub" / "importgate.toml").write_text('relations = "links.csv"\nfail_on = "review"\n', encoding="utf-8")
    assert gate("suppliers.csv", "--config", "sub/importgate.toml").returncode == 1


@pytest.mark.parametrize(
    ("links", "code", "told"),
    [
        pytest.param(None, 3, "links.csv: the file cannot be opened", id="not there"),
        pytest.param("a,b\n1,2\n", 2, "links.csv: the columns of a link are missing", id="no columns"),
        pytest.param(
            "supplier,buyer\nA,\n", 3, "links.csv, line 2: the buyer of the link is missing", id="half a link"
        ),
        pytest.param(
            "supplier,buyer\n???,Acme\n",
            3,
            "links.csv:2: “???”: the name holds no letter",
            id="no letters",
        ),
    ],
)
def test_relations_that_cannot_be_used_fail_the_gate_and_the_reports_say_so(
    gate: Gate, supplied: Path, folder: Path, links: str | None, code: int, told: str
) -> None:
    supplied.unlink()
    if links is not None:
        supplied.write_text(links, encoding="utf-8")
    reports = [word for name in GATE_REPORTS for word in (f"--{name}", f"out.{name}")]
    result = gate("suppliers.csv", "--relations", "links.csv", *reports)
    assert (result.returncode, told in result.stdout) == (code, True), result.stdout
    problem = told.rpartition(": ")[2]
    for name in set(GATE_REPORTS) - {"jsonl"}:  # which holds no failures
        assert problem in (folder / f"out.{name}").read_text(encoding="utf-8"), name


def test_a_sure_sign_stands_beside_a_match_a_doubtful_one_does_not(gate: Gate, folder: Path) -> None:
    (folder / "suppliers.csv").write_text(
        "Supplier,Supplier Address\nHetian Taida Apparel,Shihezi 832000 Xinjiang China\nXinjiang Daqo New Energy,\n",
        encoding="utf-8",
    )
    result = gate("suppliers.csv", "--fail-on", "review", "--jsonl", "out.jsonl")
    assert result.returncode == 1
    records = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [record["row"] for record in records if record["subject"] == "signal"] == [1]
    assert {record["row"] for record in records} == {1, 2}
