"""Every exit code from a real run, and the reports that are there whatever it is."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gate = Callable[..., Any]
REPORTS = ("sarif", "junit", "summary", "gitlab", "jsonl", "html")
CLEAR = "supplier\nAcme Steel GmbH\n"
FINDING = "supplier\nHetian Taida Apparel\n"
REVIEW = "supplier\n新疆生产建设兵团第八师供销公司\n"
INCOMPLETE = 'supplier,n\nAcme,1\n"Foo\n'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(CLEAR, 0, id="clear"),
        pytest.param(FINDING, 1, id="finding"),
        pytest.param("a,b\n1,2\n", 2, id="usage"),
        pytest.param(INCOMPLETE, 3, id="incomplete"),
    ],
)
def test_the_shell_sees_each_exit_code(gate_process: Gate, folder: Path, content: str, code: int) -> None:
    (folder / "f.csv").write_text(content, encoding="utf-8")
    run = gate_process("f.csv", "--sarif", "o.sarif")
    assert run.returncode == code, run.stdout + run.stderr
    assert run.stdout.splitlines()[-1].endswith(f"(exit code {code})") or f"(exit code {code}): " in run.stdout
    assert (folder / "o.sarif").is_file()


@pytest.mark.parametrize(
    ("content", "options", "code", "said"),
    [
        pytest.param(CLEAR, (), 0, "passed (exit code 0)", id="clear"),
        pytest.param(FINDING, (), 1, "failed (exit code 1): 2 findings to block", id="finding"),
        pytest.param(FINDING, ("--fail-on", "never"), 0, "passed (exit code 0)", id="finding-that-never-fails"),
        pytest.param(REVIEW, (), 0, "passed", id="review-does-not-fail-by-default"),
        pytest.param(REVIEW, ("--fail-on", "review"), 1, "to review or block", id="review"),
        pytest.param(INCOMPLETE, (), 3, "1 party could not be screened in full", id="incomplete"),
        pytest.param(INCOMPLETE, ("--allow-incomplete",), 0, "passed", id="incomplete-allowed"),
        pytest.param(INCOMPLETE + "Hetian Taida Apparel,2\n", (), 3, "; 2 findings", id="a-failure-outranks-a-finding"),
        pytest.param(INCOMPLETE + "Hetian Taida Apparel,2\n", ("--allow-incomplete",), 1, "failed", id="then-it-is-1"),
        pytest.param("", (), 3, "the file is empty", id="unreadable"),
        pytest.param("a,b\n1,2\n", (), 2, "no column says which party", id="no-party-column"),
        pytest.param(CLEAR, ("--max-list-age", "1"), 3, "are allowed; install a newer", id="lists-too-old"),
        pytest.param(CLEAR, ("--max-list-age", "9999"), 0, "passed", id="lists-young-enough"),
        pytest.param(CLEAR, ("--list", "no-such-list"), 2, "there is no list", id="unknown-list"),
        pytest.param(CLEAR, ("--strict", "--allow-incomplete"), 2, "contradict", id="contradiction"),
        pytest.param(CLEAR, ("--baseline", "none.jsonl"), 2, "the baseline cannot be read", id="no-baseline"),
        pytest.param(CLEAR, ("--waivers", "none.yaml"), 2, "there is no such file", id="no-waivers"),
        pytest.param(CLEAR, ("--config", "none.toml"), 2, "the configuration cannot be read", id="no-configuration"),
        pytest.param(CLEAR, ("--against", "HEAD"), 2, "needs a git repository", id="no-repository"),
        pytest.param(CLEAR, ("--no-such-option",), 2, "No such option", id="unknown-option"),
        pytest.param(CLEAR, ("missing.csv",), 3, "missing.csv: the file cannot be opened", id="missing-file"),
        pytest.param(CLEAR, ("none/*.csv",), 2, "no file matches 'none/*.csv'", id="pattern-without-files"),
        pytest.param(CLEAR, (".",), 2, "is a folder", id="folder"),
        pytest.param(CLEAR, ("--sarif", "-"), 2, "a report needs a path", id="report-to-stdout"),
        pytest.param(CLEAR, ("--sarif", "/dev/null/x.sarif"), 3, "cannot be written", id="report-cannot-be-written"),
        pytest.param("Größe\n".encode("latin-1"), (), 2, "no column says", id="not-utf-8"),
    ],
)
def test_exit_codes(
    gate: Gate, folder: Path, content: str | bytes, options: tuple[str, ...], code: int, said: str
) -> None:
    (folder / "f.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    run = gate("f.csv", *options)
    assert run.returncode == code, run.stdout + run.stderr
    assert said in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("content", "code"), [(CLEAR, 0), (FINDING, 1), ("a,b\n1,2\n", 2), (INCOMPLETE, 3), ("", 3)], ids=str
)
def test_every_report_is_there_whatever_the_code(gate: Gate, folder: Path, content: str, code: int) -> None:
    (folder / "f.csv").write_text(content, encoding="utf-8")
    options = [part for name in REPORTS for part in (f"--{name}", f"out/{name}")]
    assert gate("f.csv", *options).returncode == code
    for name in REPORTS:
        text = (folder / "out" / name).read_text(encoding="utf-8")
        assert name == "jsonl" or text, f"{name} is empty"
    assert sorted(path.name for path in (folder / "out").iterdir()) == sorted(REPORTS)
    sarif = json.loads((folder / "out" / "sarif").read_text(encoding="utf-8"))
    (invocation,) = sarif["runs"][0]["invocations"]
    assert invocation["exitCode"] == code
    assert invocation["executionSuccessful"] is (code in (0, 1))


def test_one_unreadable_file_does_not_keep_the_others_from_being_screened(gate: Gate, folder: Path) -> None:
    (folder / "empty.csv").write_text("")
    run = gate("empty.csv", "suppliers.csv", "gone.csv", "--jsonl", "out.jsonl")
    assert run.returncode == 3
    assert "2 things could not be read or used; 2 findings to block" in run.stdout
    found = [json.loads(line) for line in (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {item["file"] for item in found if item["fails"]} == {"suppliers.csv"}


def test_a_mistake_of_our_own_never_ends_with_the_code_of_a_finding(folder: Path) -> None:
    script = (
        "import app.gate.run as run, app.cli.main as m, sys\n"
        "def broken(*_): raise RuntimeError('boom')\n"
        "run.run_gate = broken\n"
        "m.main(['gate', 'suppliers.csv'])"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 3
    assert "RuntimeError: boom" in run.stderr


def test_globs_xlsx_and_json_lines_in_one_run(gate: Gate, folder: Path, write_workbook: Callable[..., Path]) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "x.jsonl").write_text('{"supplier": "Hetian Taida Apparel"}\n', encoding="utf-8")
    write_workbook(folder / "a" / "b" / "y.xlsx", {"S": {1: ["Supplier"], 3: ["Xinjiang Zhongtai Chemical"]}})
    run = gate("a/**/*.*", "suppliers.csv", "--annotations")
    assert run.returncode == 1
    assert "3 files, 5 rows, 5 parties" in run.stdout
    for place in ("a/x.jsonl:1", "a/b/y.xlsx:3", "suppliers.csv:3"):
        assert f"  {place}\n" in run.stdout
    assert "::error file=a/b/y.xlsx,line=3,title=BLOCK us-uflpa/xinjiang-zhongtai-chemical::" in run.stdout


def test_quiet_prints_the_verdict_alone(gate: Gate) -> None:
    assert gate("suppliers.csv", "--quiet").stdout == "Importgate failed (exit code 1): 2 findings to block\n"


def test_the_job_summary_is_added_to(gate: Gate, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = folder / "summary.md"
    summary.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    gate("suppliers.csv", "--summary", str(summary))
    assert summary.read_text(encoding="utf-8").startswith("# Before\n## ❌ Importgate failed")


def test_strict_fails_for_warnings_and_for_waivers_of_nothing(gate: Gate, folder: Path) -> None:
    (folder / "f.csv").write_bytes("supplier\n和田\n".encode("gb18030"))
    assert gate("f.csv").returncode == 0
    run = gate("f.csv", "--strict")
    assert (run.returncode, "1 warning about how files were read" in run.stdout) == (3, True)
    (folder / "importgate-waivers.yaml").write_text(
        "- party: Nobody\n  listing_id: us-uflpa/hetian-taida-apparel\n  reason: x\n  approved_by: y\n"
        "  expires_on: 2027-01-01\n"
    )
    (folder / "g.csv").write_text(CLEAR)
    assert gate("g.csv").returncode == 0
    assert gate("g.csv", "--strict").returncode == 2


def test_the_gate_loads_no_service_no_sql_and_no_terminal_library(folder: Path) -> None:
    script = (
        "import sys, app.cli.main as m\n"
        "try: m.main(['gate', 'suppliers.csv', '--quiet', '--sarif', 'o'])\n"
        "except SystemExit: pass\n"
        "heavy = {'fastapi', 'sqlmodel', 'sqlalchemy', 'pydantic', 'rich', 'pandas', 'jinja2', 'python_calamine'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
