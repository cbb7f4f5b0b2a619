"""What is measured: each function returns a rate or a time of one round."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from app.screening.model import Party
from app.screening.screen import screen
from app.screening.screener import Screener

COMMAND = (sys.executable, "-m", "app.cli.main")


def environment(cache: Path) -> dict[str, str]:
    """Of commands: lists are compiled into `cache`, and byte code is kept, as wherever Importgate is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"IMPORTGATE_CACHE_DIR": str(cache)}


def cpu_seconds(action: Callable[[], object]) -> float:
    """Processor time of this process: it changes less than wall time when others use the machine."""
    started = time.process_time()
    action()
    return time.process_time() - started


def single_checks(screener: Screener, names: Sequence[str]) -> list[float]:
    """Wall seconds of each name on its own, sorted."""
    taken = []
    for name in names:
        started = time.perf_counter()
        screen([Party(name)], screener)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def start(cache: Path, *, cold: bool) -> float:
    """Wall seconds of `importgate check` as a process."""
    if cold:
        shutil.rmtree(cache, ignore_errors=True)
    return _run(["check", "Khotan Taida Apparel"], cache)


def screen_file(path: Path, jobs: int, cache: Path) -> float:
    """Wall seconds of `importgate screen` against the bundled lists."""
    return _run(["screen", str(path), "--format", "jsonl", "--output", str(path) + ".out", "--jobs", str(jobs)], cache)


def screening_cpu(path: Path, cache: Path) -> float:
    """Processor seconds of the same, in one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    screen_file(path, 1, cache)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _run(arguments: list[str], cache: Path) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        [*COMMAND, *arguments],
        env=environment(cache),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 3):  # 3: a name without letters, perhaps
        raise SystemExit(done.stderr)
    return time.perf_counter() - started
