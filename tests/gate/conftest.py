"""A folder with supplier files, and the gate run in it: in this process for speed, or as one of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.main import main

SUPPLIERS = """\
Supplier,Country,Product
Acme Steel GmbH,DE,steel
"Hetian Taida Apparel Co., Ltd.",CN,shirts
Brno Textil a.s.,CZ,yarn
"""
TODAY = "2026-11-23"


@dataclass(frozen=True)
class Run:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "suppliers.csv").write_text(SUPPLIERS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def gate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """`gate("suppliers.csv", "--strict")`, in the folder, on a fixed day; `command="waive"` runs that instead."""
    monkeypatch.chdir(folder)

    def run(*arguments: str, command: str = "gate", as_of: str = TODAY) -> Run:
        result = CliRunner().invoke(main, [command, *arguments, "--as-of", as_of])
        return Run(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def gate_process(folder: Path) -> Callable[..., Run]:
    """The same as a process, whose exit code is what the shell sees."""

    def run(*arguments: str) -> Run:
        command = [sys.executable, "-m", "app.cli.main", "gate", *arguments, "--as-of", TODAY]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        return Run(done.returncode, done.stdout, done.stderr)

    return run
