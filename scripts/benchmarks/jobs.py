"""An upload screened as a job, watched like the command: a worker of its own over a store of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from app.settings import read_settings
from app.store.database import open_store
from app.store.jobs import JobState, Order, find_job, has_ended, new_job_id, submit_job
from app.store.keys import Scope, create_key
from app.store.uploads import Uploads
from scripts.benchmarks.bulk import Watched
from scripts.benchmarks.measures import COMMAND, environment

POSTGRESQL = Path(__file__).parents[1] / "postgresql"
_QUIET: Mapping[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
_NOT_INSTALLED = 2  # what the script ends with then
_LOOK = 0.2  # seconds between two looks at the job


class Spent(NamedTuple):
    """Wall seconds, and processor seconds of all processes but a server's."""

    wall: float
    cpu: float


def of_the_whole(command: Watched) -> Spent:
    return Spent(command.wall, command.cpu)


def screened_as_job(path: Path, cache: Path, data: Path, url: str = "") -> Spent:
    """From the worker's first look at the file to the job's end; `url` is the database, an SQLite file in `data` if
    empty. Exits where the job fails."""
    environ = environment(cache) | {"IMPORTGATE_DATA_DIR": str(data)}
    if url:
        environ["IMPORTGATE_DATABASE_URL"] = url
    settings = read_settings(environ)
    store = open_store(settings.database_url)
    try:
        store.migrate()
        job_id = new_job_id()
        with Uploads(settings.uploads_dir).receive(job_id, path.stat().st_size) as file, path.open("rb") as source:
            while piece := source.read(1 << 20):
                file.write(piece)
            upload = file.finish()
        key, _ = create_key(store, job_id, [Scope.SCREEN])
        assert key.id is not None
        submit_job(store, job_id, Order(key.id, path.name), upload)
        before = os.times()
        with subprocess.Popen(
            [*COMMAND, "worker"], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as worker:
            while (found := find_job(store, job_id)) is None or not has_ended(found):
                time.sleep(_LOOK)
            worker.send_signal(signal.SIGTERM)
        after = os.times()
    finally:
        store.close()
    if found.state != JobState.COMPLETED or found.started_at is None or found.finished_at is None:
        sys.exit(f"the job ended as {found.state}: {found.problem}")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Spent((found.finished_at - found.started_at).total_seconds(), used)


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The address of a server of its own; "" where PostgreSQL is not installed."""
    folder.parent.chmod(0o711)  # the server runs as another user where we are root
    started = subprocess.run([POSTGRESQL, "start", folder], capture_output=True, text=True, check=False)
    if started.returncode == _NOT_INSTALLED:
        yield ""
        return
    if started.returncode:
        sys.exit(started.stderr)
    try:
        yield started.stdout.strip()
    finally:
        subprocess.run([POSTGRESQL, "stop", folder], check=True, **_QUIET)
