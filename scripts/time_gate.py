#!/usr/bin/env python3
"""How long the gate takes on the example beside another command, in turns: scripts/time_gate.py pip-audit --help"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROUNDS = 9


def seconds(command: list[str], folder: Path) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - started


def main() -> None:
    gate = str(ROOT / ".venv" / "bin" / "importgate")
    commands = [[gate, "gate"], [gate, "gate", "--help"], *([sys.argv[1:]] if sys.argv[1:] else [])]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "example"
        shutil.copytree(ROOT / "examples" / "ci", folder)
        for command in commands:
            seconds(command, folder)  # what is compiled and cached once
        times = [[seconds(command, folder) for command in commands] for _ in range(ROUNDS)]
    for command, taken in zip(commands, zip(*times, strict=True), strict=True):
        name = " ".join([Path(command[0]).name, *command[1:]])
        print(f"{name}: median {statistics.median(taken):.2f} s, {min(taken):.2f} to {max(taken):.2f} s, {ROUNDS} runs")


if __name__ == "__main__":
    main()
