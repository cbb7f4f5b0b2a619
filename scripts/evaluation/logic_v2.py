"""nomenklatura's logic-v2 as a peer, in an environment of its own: it is a benchmark, never a dependency."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.utils import default_process

ENVIRONMENT = Path(tempfile.gettempdir()) / "importgate-peers"
_PACKAGE = "nomenklatura==4.17.4"
_WORKER = Path(__file__).with_name("logic_v2_worker.py")
_CHUNK = 500


class NotInstalledError(Exception):
    """nomenklatura could not be installed here; the message says why."""


def environment(folder: Path) -> Path:
    """The Python of an environment with nomenklatura, made in `folder` if it is not there yet."""
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True, clear=True)
    if _run([str(python), "-c", "import nomenklatura.matching"]).returncode:
        installed = _run([str(python), "-m", "pip", "install", "--quiet", _PACKAGE])
        if installed.returncode:
            said = [line for line in installed.stderr.splitlines() if line.startswith("ERROR")]
            raise NotInstalledError(said[0] if said else f"pip ended with {installed.returncode}")
    return python


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def nearest(parties: Sequence[str], listed: Sequence[str], most: int) -> list[list[int]]:
    """For each party the numbers of the `most` listed names that WRatio holds for the nearest."""
    names = [default_process(name) for name in listed]
    out = []
    for start in range(0, len(parties), _CHUNK):
        asked = [default_process(name) for name in parties[start : start + _CHUNK]]
        scores = process.cdist(asked, names, scorer=fuzz.WRatio, dtype=np.uint8, workers=-1)
        out += np.argsort(-scores.astype(np.int16), axis=1, kind="stable")[:, :most].tolist()
    return out


def compare(
    python: Path, parties: Sequence[str], listed: Sequence[str], candidates: Sequence[Sequence[int]], least: float
) -> tuple[list[list[tuple[int, float]]], float]:
    """(for each party the listed numbers with their scores from `least` on, processor seconds that comparing took)."""
    asked = {"listed": listed, "parties": list(zip(parties, candidates, strict=True)), "least": least}
    done = subprocess.run(
        [str(python), str(_WORKER)], input=json.dumps(asked), stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"logic-v2 failed: {_WORKER.name} ended with {done.returncode}")
    answer = json.loads(done.stdout)
    return [[(number, score) for number, score in hits] for hits in answer["hits"]], answer["seconds"]
