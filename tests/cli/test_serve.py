"""`importgate serve` as people start it: a process of its own, on a real port."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.key import SCOPES, key
from app.errors import UsageError
from app.store.keys import Scope

SERVE = [sys.executable, "-c", "from app.cli.main import main; main()", "serve"]


def test_the_first_start_prints_a_key_that_screens_and_the_second_prints_none(tmp_path: Path) -> None:
    with _serving(tmp_path, "--port", "0") as (address, output):
        printed = re.search(r"^ +(ig_[\w-]{43})$", output, re.MULTILINE)
        assert printed is not None, output
        assert _get(f"{address}/healthz")["status"] == "alive"
        body = json.dumps({"parties": [{"name": "Hetian Taida Apparel Co., Ltd."}]}).encode()
        headers = {"Authorization": f"Bearer {printed[1]}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{address}/v1/screenings", body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert json.load(answer)["records"][0]["outcome"] == "block"
    with _serving(tmp_path, "--port", "0") as (_, output):
        assert "ig_" not in output


def test_a_port_in_use_is_said_before_a_key_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        run = subprocess.run(
            [*SERVE, "--port", port],
            env=_environment(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert run.returncode == 2
    assert f"cannot listen on 127.0.0.1 port {port}: address already in use; choose another" in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
    assert not (tmp_path / "importgate.sqlite3").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"], ids=["an unknown name", "an address not ours"])
def test_a_host_that_is_not_ours(tmp_path: Path, host: str) -> None:
    run = subprocess.run(
        [*SERVE, "--host", host], env=_environment(tmp_path), capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stdout) == (2, "")
    assert host in run.stderr
    assert "Traceback" not in run.stderr


def test_keys_are_made_shown_and_revoked(tmp_path: Path) -> None:
    def run(*arguments: str) -> Result:
        return CliRunner(env={"IMPORTGATE_DATA_DIR": str(tmp_path)}).invoke(key, arguments)

    assert "There are no keys yet" in run("list").stdout
    made = run("create", "customs [desk]", "--scope", "screen", "--scope", "review", "--expires", "2999-01-01")
    assert re.fullmatch(r"ig_[\w-]{43}\n", made.stdout), "stdout holds the secret alone, for `KEY=$(...)`"
    assert "Key 1 (customs [desk]: review screen)" in made.stderr
    shown = json.loads(run("list", "--format", "json").stdout)
    assert [(row["id"], row["name"], row["scopes"], row["state"], row["expires"]) for row in shown] == [
        (1, "customs [desk]", "review screen", "active", "2999-01-01T00:00:00+00:00")
    ]
    assert made.stdout.strip() not in json.dumps(shown)
    assert "customs [desk]" in run("list").stdout
    assert run("revoke", "1").stdout == "Key 1 (customs [desk]) is revoked.\n"
    assert json.loads(run("list", "--format", "json").stdout)[0]["state"] == "revoked"
    assert "there is no key 7" in str(run("revoke", "7").exception)
    assert isinstance(run("create", "old", "--expires", "2020-01-01").exception, UsageError)
    assert len(json.loads(run("list", "--format", "json").stdout)) == 1


def test_the_scopes_on_offer_are_those_there_are() -> None:
    assert tuple(Scope) == SCOPES


@contextmanager
def _serving(data_dir: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """A running service: its address and what it had printed when it answered; stopped in order at the end."""
    log = data_dir / "serve.log"
    with log.open("w") as file:
        process = subprocess.Popen([*SERVE, *arguments], env=_environment(data_dir), stdout=file, stderr=file)
    try:
        deadline = time.monotonic() + 60
        while not (found := re.search(r"serves on (http://\S+)", log.read_text())) or not _answers(
            f"{found[1]}/readyz"
        ):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield found[1], log.read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert "Importgate has stopped." in log.read_text()
    finally:
        process.kill()
        process.wait()


def _environment(data_dir: Path) -> dict[str, str]:
    return {**os.environ, "IMPORTGATE_DATA_DIR": str(data_dir)}


def _answers(url: str) -> bool:
    try:
        _get(url)
    except OSError:
        return False
    return True


def _get(url: str) -> dict[str, str]:
    with urllib.request.urlopen(url, timeout=5) as answer:
        found: dict[str, str] = json.load(answer)
        return found
