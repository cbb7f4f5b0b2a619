"""The life of a finding in a git repository, day by day: found on a branch, waived, expired, re-opened."""

from __future__ import annotations

import csv
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gate = Callable[..., Any]
LIST = "id,name,aliases,notes\n1,Bad Cotton Trading,Bad Cotton Group,\n2,Other Listed Firm,,\n"
BASE = ["Acme Steel GmbH", "Other Listed Firm", "Brno Textil a.s."]
OPTIONS = ("suppliers.csv", "--list", "watch.csv", "--fail-on", "review")


class Repository:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "--quiet", "--initial-branch=main")
        (folder / "watch.csv").write_text(LIST, encoding="utf-8")
        self.suppliers(BASE)
        self.commit("the suppliers that we have always had")

    def git(self, *arguments: str) -> str:
        identity = ["-c", "user.name=A Buyer", "-c", "user.email=buyer@example.org", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def suppliers(self, names: list[str], name: str = "suppliers.csv", **dialect: Any) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, **dialect)
            writer.writerows([["Supplier", "Note"], *([name, "x"] for name in names)])


@pytest.fixture
def repository(folder: Path) -> Repository:
    return Repository(folder)


def test_the_life_of_a_finding(repository: Repository, gate: Gate, folder: Path) -> None:
    # What has always been there fails without a comparison, and not against main.
    assert gate(*OPTIONS).returncode == 1
    run = gate(*OPTIONS, "--against", "main")
    assert run.returncode == 0, run.stdout
    assert "KNOWN REVIEW Other Listed Firm" in run.stdout
    assert "known: main has it already" in run.stdout

    # A listed supplier comes in on a branch, and fails there alone.
    repository.git("checkout", "--quiet", "-b", "new-supplier")
    repository.suppliers([*BASE, "BAD COTTON TRADING LTD."])
    repository.commit("a new supplier")
    run = gate(*OPTIONS, "--against", "main")
    assert run.returncode == 1
    assert "1 new finding to review or block" in run.stdout
    assert " REVIEW  BAD COTTON TRADING LTD.  supplier\n  suppliers.csv:5\n" in run.stdout
    repository.git("checkout", "--quiet", "main")
    assert gate(*OPTIONS, "--against", "main").returncode == 0
    repository.git("checkout", "--quiet", "new-supplier")

    # Rows in another order, exported anew by another program, raise nothing.
    exported = ["Bad Cotton Trading, Limited", "brno textil A.S.", "OTHER  LISTED FIRM", "Acme Steel GmbH"]
    repository.suppliers(exported, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    assert gate(*OPTIONS, "--against", "HEAD").returncode == 0
    repository.commit("exported anew")
    repository.git("mv", "suppliers.csv", "vendors.csv")
    run = gate("vendors.csv", *OPTIONS[1:], "--against", "HEAD")
    assert run.returncode == 0, "a renamed file is compared with itself"
    repository.git("mv", "vendors.csv", "suppliers.csv")

    # A waiver silences it, and it stays in sight.
    said = ("--reason", "another firm, see the register", "--approved-by", "J. Doe", "--expires-on", "2027-01-31")
    waive = ("Bad Cotton Trading", "watch/1", *said, "--list", "watch.csv")
    assert gate(*waive, command="waive").returncode == 0
    run = gate(*OPTIONS, "--against", "main")
    assert run.returncode == 0, run.stdout
    assert "WAIVED REVIEW Bad Cotton Trading, Limited  supplier  suppliers.csv:2  watch/1" in run.stdout
    assert "waived until 2027-01-31 by J. Doe: another firm, see the register" in run.stdout
    repository.commit("waive it")

    # On its last day it holds; a day later it fails, also against a revision that had the finding.
    assert gate(*OPTIONS, "--against", "main", as_of="2027-01-31").returncode == 0
    for against in ("main", "HEAD"):
        run = gate(*OPTIONS, "--against", against, as_of="2027-02-01")
        assert run.returncode == 1
        assert "its waiver (line 3) expired on 2027-01-31" in run.stdout
        assert "WAIVER expired importgate-waivers.yaml:3: Bad Cotton Trading" in run.stdout

    # The editors' remark on the listing changes nothing; renaming the listed party re-opens the finding.
    (folder / "watch.csv").write_text(LIST.replace("Group,\n", "Group,seen again\n"), encoding="utf-8")
    assert gate(*OPTIONS, "--against", "main").returncode == 0
    renamed = LIST.replace("1,Bad Cotton Trading,", "1,Bad Cotton Trading (HK),Bad Cotton Trading|")
    (folder / "watch.csv").write_text(renamed, encoding="utf-8")
    run = gate(*OPTIONS, "--against", "main")
    assert run.returncode == 1
    assert "its waiver (line 3) no longer holds: the listing says something else" in " ".join(run.stdout.split())

    # Whoever looks again can waive it again: the entry is replaced.
    assert gate(*waive, command="waive").returncode == 0
    assert gate(*OPTIONS, "--against", "main").returncode == 0
    assert (folder / "importgate-waivers.yaml").read_text("utf-8").count("- party") == 1


def test_what_is_not_at_the_revision_is_new_and_said_to_be(repository: Repository, gate: Gate) -> None:
    repository.suppliers(["Other Listed Firm GmbH"], "other.csv")
    run = gate("other.csv", *OPTIONS[1:], "--against", "HEAD")
    assert run.returncode == 1
    assert "note: other.csv is not at HEAD: every finding in it is new" in run.stdout
    run = gate("suppliers.csv", "other.csv", *OPTIONS[1:], "--against", "HEAD")
    assert run.returncode == 0, "the party is known in its role, whichever file it stands in"


def test_what_cannot_be_read_at_the_revision_counts_as_new(repository: Repository, gate: Gate, folder: Path) -> None:
    (folder / "suppliers.csv").write_text("")
    repository.commit("broken")
    repository.suppliers(BASE)
    run = gate(*OPTIONS, "--against", "HEAD")
    assert run.returncode == 1
    assert "note: at HEAD, suppliers.csv: the file is empty" in run.stdout


@pytest.mark.parametrize("revision", ["no-such-branch", "--output=x", "HEAD~99"])
def test_an_unknown_revision_is_2(repository: Repository, gate: Gate, revision: str) -> None:
    run = gate(*OPTIONS, f"--against={revision}")
    assert run.returncode == 2
    assert "git knows no such commit here" in run.stderr
    assert not (repository.folder / "x").exists()


def test_a_former_result_is_a_baseline(repository: Repository, gate: Gate, folder: Path) -> None:
    assert gate(*OPTIONS, "--jsonl", "old.jsonl").returncode == 1
    run = gate(*OPTIONS, "--baseline", "old.jsonl")
    assert run.returncode == 0
    assert "known: old.jsonl has it already" in run.stdout
    repository.suppliers([*BASE, "Bad Cotton Group"])
    run = gate(*OPTIONS, "--baseline", "old.jsonl")
    assert run.returncode == 1
    assert "1 new finding" in run.stdout
    (folder / "importgate.toml").write_text('[policy]\nwatch = "block"\n', "utf-8")
    assert "2 new findings" in gate(*OPTIONS, "--baseline", "old.jsonl").stdout, "graver than it was"
    (folder / "old.jsonl").write_text('{"outcome": "review"}\n', "utf-8")
    run = gate(*OPTIONS, "--baseline", "old.jsonl")
    assert (run.returncode, "old.jsonl, line 1: this is no finding of a former result" in run.stderr) == (2, True)


@pytest.mark.usefixtures("repository")
def test_a_waived_finding_is_no_baseline(gate: Gate, folder: Path) -> None:
    said = ("--reason", "r", "--approved-by", "a", "--expires-on", "2026-12-01", "--list", "watch.csv")
    gate("Other Listed Firm", "watch/2", *said, command="waive")
    assert gate(*OPTIONS, "--jsonl", "old.jsonl").returncode == 0
    (folder / "importgate-waivers.yaml").unlink()
    assert gate(*OPTIONS, "--baseline", "old.jsonl").returncode == 1
