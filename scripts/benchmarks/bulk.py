"""Files of millions of rows: made without end, screened by the command, and watched with all its processes."""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scripts.benchmarks.measures import COMMAND, environment
from scripts.benchmarks.names import made_names

_SOON, _LATER = 0.01, 0.5  # seconds between two looks at the memory: the first ones, then twice as long each time


class Watched(NamedTuple):
    """Wall seconds, processor seconds and the most memory that all processes had at once, in bytes (0 where the
    system does not tell)."""

    wall: float
    cpu: float
    memory: int


def write_rows(path: Path, rows: int, different: int) -> None:
    """`rows` of a bill, a shipper, one of `different` made-up ones, and goods; the same in every run."""
    names = made_names(different, seed=3)
    draw = random.Random(rows).random
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("bill", "shipper", "goods"))
        writer.writerows((f"BL{number}", names[int(draw() * different)], "parts") for number in range(rows))


def screened(path: Path, cache: Path, *options: str) -> Watched:
    """`importgate screen` of a file, watched from outside."""
    command = (*COMMAND, "screen", str(path), "--format", "jsonl", "--output", os.devnull, *options)
    return watched(command, environment(cache))


def watched(command: Sequence[str], environment: dict[str, str]) -> Watched:
    """Runs a command to its end; exits where it fails."""
    before, began, most, pause = os.times(), time.perf_counter(), 0, _SOON
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            most = max(most, sum(map(_memory, _family(process.pid))))
            try:
                process.wait(pause)
            except subprocess.TimeoutExpired:
                pause = min(2 * pause, _LATER)
        said = process.stderr.read().decode() if process.stderr else ""
    if process.returncode not in (0, 3):  # 3: a name without letters, perhaps
        sys.exit(said)
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Watched(time.perf_counter() - began, used, most)


def _family(pid: int) -> list[int]:
    """A process and its descendants; Linux tells them."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _memory(pid: int) -> int:
    """What a process has for itself and its part of what it shares."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
