"""The worker beside the service, and backups, as people use them."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app.cli.backup import backup
from app.cli.key import key
from app.errors import UsageError

MAIN = [sys.executable, "-c", "from app.cli.main import main; main()"]


def test_a_worker_that_is_killed_beside_the_service_is_started_anew_and_ends_with_it(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    environ = {**os.environ, "IMPORTGATE_DATA_DIR": str(tmp_path)}
    with log.open("w") as file:
        service = subprocess.Popen([*MAIN, "serve", "--port", "0"], env=environ, stdout=file, stderr=file)
    try:
        first = _until(lambda: _workers(log), service, log)[0]
        os.kill(first, signal.SIGKILL)
        _until(lambda: len(_workers(log)) > 1, service, log)
        address = re.findall(r"serves on (http://\S+)", log.read_text())[0]
        secret = re.findall(r"ig_[\w-]{43}", log.read_text())[0]
        body = b"Supplier\nHetian Taida Apparel Co Ltd\n"
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "text/csv"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/v1/shipments", body, headers), timeout=60
        ) as answer:
            job_id = json.load(answer)["id"]
        request = urllib.request.Request(f"{address}/v1/jobs/{job_id}/events", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert "event: end" in answer.read().decode()
        service.send_signal(signal.SIGTERM)
        assert service.wait(timeout=60) == 0
        assert not Path(f"/proc/{_workers(log)[1]}").exists(), "it outlives the service"
    finally:
        service.kill()
        service.wait()


def test_a_backup_is_the_whole_database_while_others_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTGATE_DATA_DIR", str(tmp_path))
    CliRunner().invoke(key, ["create", "desk"], catch_exceptions=False)
    with sqlite3.connect(tmp_path / "importgate.sqlite3", isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE api_key SET name = 'not yet'")
        done = CliRunner().invoke(backup, [str(tmp_path / "copy.sqlite3")], catch_exceptions=False)
        writer.execute("ROLLBACK")
    writer.close()
    assert "The database is copied to" in done.output
    copy = sqlite3.connect(tmp_path / "copy.sqlite3")
    assert copy.execute("SELECT name FROM api_key").fetchall() == [("desk",)]
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert isinstance(CliRunner().invoke(backup, [str(tmp_path / "copy.sqlite3")]).exception, UsageError)


def test_a_backup_that_cannot_be_made_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTGATE_DATA_DIR", str(tmp_path))
    lost = CliRunner().invoke(backup, [str(tmp_path / "nowhere" / "copy.sqlite3")]).exception
    assert "cannot be written" in str(lost)
    monkeypatch.setenv("IMPORTGATE_DATABASE_URL", "postgresql+psycopg://me@127.0.0.1/x")
    assert "pg_dump" in str(CliRunner().invoke(backup, [str(tmp_path / "copy")]).exception)


def _workers(log: Path) -> list[int]:
    """The process ids of the workers that have started, oldest first."""
    started = [json.loads(line) for line in log.read_text().splitlines() if '"the worker has started"' in line]
    return [int(line["worker"].rpartition(":")[2]) for line in started]


def _until(holds: Callable[[], Any], service: subprocess.Popen[bytes], log: Path) -> Any:
    deadline = time.monotonic() + 120
    while not (found := holds()):
        assert service.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return found
