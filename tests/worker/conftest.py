"""Real workers in processes of their own, which tests start quickly and kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlmodel import update

from app.settings import Settings, read_settings
from app.store.database import Store, database_time
from app.store.jobs import Order, find_job, has_ended, new_job_id, submit_job
from app.store.keys import Scope, create_key
from app.store.tables import Job
from app.store.uploads import Uploads

# Has everything imported and forks a worker a line: starting Python anew would take longer than the tests.
_NURSERY = """
import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them: the kernel clears them away
from app.settings import read_settings
from app.logs import write_logs
from app.worker.process import run_worker
import app.store.evidence, app.files.telling, app.files.xlsx, scipy.sparse, sparse_dot_topn
write_logs("error")
for line in sys.stdin:
    kind, processes = line.split()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if kind == "poisoned":
            import app.files.desk, app.files.verdicts, app.worker.screening
            from app.screening.screen import screen
            def deadly(parties, *more):
                if any("Poison" in party.name for party in parties):
                    os.kill(os.getpid(), signal.SIGKILL)
                return screen(parties, *more)
            app.files.desk.screen = app.files.verdicts.screen = app.worker.screening.screen = deadly
        run_worker(read_settings(), int(processes))
        os._exit(0)
    print(child, flush=True)
"""


@dataclass(frozen=True)
class Works:
    """A store, an uploads folder, and workers for them."""

    store: Store
    settings: Settings
    environ: Mapping[str, str]
    nursery: subprocess.Popen[str]

    def submit(self, text: str | bytes, name: str = "upload.csv", **order: object) -> str:
        key, _ = create_key(self.store, "k", [Scope.SCREEN])
        assert key.id is not None
        job_id = new_job_id()
        with Uploads(self.settings.uploads_dir).receive(job_id, 1 << 30) as file:
            file.write(text.encode() if isinstance(text, str) else text)
            upload = file.finish()
        options = {"lists": ["us-uflpa"], **order}
        return submit_job(self.store, job_id, Order(key.id, name, **options), upload).job.id  # type: ignore[arg-type]

    def start(self, kind: str = "plain", processes: int = 1) -> int:
        """Start a worker; its process id. A `poisoned` one dies of any party called Poison."""
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write(f"{kind} {processes}\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def kill(self, pid: int) -> None:
        """End a worker without a warning, and let its lease run out."""
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: not lives(pid))
        self.let_leases_run_out()

    def let_leases_run_out(self) -> None:
        with self.store.write() as session:
            session.exec(update(Job).values(lease_until=database_time(session)))

    def job(self, job_id: str) -> Job:
        job = find_job(self.store, job_id)
        assert job is not None
        return job

    def ended(self, *job_ids: str, seconds: float = 300) -> list[Job]:
        """The jobs once all of them have ended."""
        self.until(lambda: all(has_ended(self.job(job_id)) for job_id in job_ids), seconds)
        return [self.job(job_id) for job_id in job_ids]

    @staticmethod
    def until(holds: Callable[[], bool], seconds: float = 180) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "it takes too long"
            time.sleep(0.01)


@pytest.fixture
def works(any_store: Store, any_store_url: str, tmp_path: Path) -> Iterator[Works]:
    environ = {
        "IMPORTGATE_CACHE_DIR": os.environ["IMPORTGATE_CACHE_DIR"],
        "IMPORTGATE_DATA_DIR": str(tmp_path),
        "IMPORTGATE_DATABASE_URL": any_store_url,
    }
    command = [sys.executable, "-c", _NURSERY]
    nursery = subprocess.Popen(
        command,
        env=os.environ | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )
    try:
        yield Works(any_store, read_settings(environ), environ, nursery)
    finally:
        os.killpg(nursery.pid, signal.SIGKILL)
        nursery.wait()
        for pipe in (nursery.stdin, nursery.stdout):
            assert pipe is not None
            pipe.close()


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
