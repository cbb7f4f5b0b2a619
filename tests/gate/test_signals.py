"""Findings that no listed name accounts for: an address in Xinjiang, a listed company's code under another name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
