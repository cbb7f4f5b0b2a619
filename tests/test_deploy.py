"""What docs/deploy.md and examples/deploy say is true of this program; what can be run is run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from click.testing import CliRunner
from sqlalchemy.engine import make_url

from app.cli.main import main
from app.settings import PREFIX, SETTINGS, read_settings
from app.store.database import Store, open_store
from app.store.keys import Scope, create_key, list_keys
from tests.documented_tables import commands

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "examples" / "deploy"
GUIDE = ROOT / "docs" / "deploy.md"
UNITS = sorted(DEPLOY.glob("*.service"))
INSTALLED = "/opt/importgate/bin/importgate"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return loaded


@pytest.mark.parametrize("path", [GUIDE, ROOT / "Dockerfile", *sorted(DEPLOY.iterdir())], ids=lambda path: path.name)
def test_every_setting_that_is_named_exists(path: Path) -> None:
    named = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", path.read_text(encoding="utf-8")))
    assert named <= {setting.variable for setting in SETTINGS}


def test_the_values_in_the_compose_file_are_ones_that_the_settings_take(compose: dict[str, Any]) -> None:
    for service in ("service", "worker"):
        environ = {
            name: re.sub(r"\$\{POSTGRES_PASSWORD:\?[^}]*\}", "secret", value)
            for name, value in compose["services"][service]["environment"].items()
        }
        settings = read_settings(environ)
        url = make_url(settings.database_url)
        assert (url.drivername, url.host, url.database) == ("postgresql+psycopg", "database", "importgate")
        owner = compose["services"]["database"]["environment"]
        assert (url.username, url.database) == (owner["POSTGRES_USER"], owner["POSTGRES_DB"])
        volume, mounted = compose["services"][service]["volumes"][0].split(":")
        assert volume in compose["volumes"]
        for place in (settings.uploads_dir, settings.cache_dir):
            assert place.is_relative_to(mounted), "the root file system is read-only"


def test_the_containers_may_do_next_to_nothing(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {"service", "worker", "database"}
    assert services["worker"]["deploy"]["replicas"] == 2
    for name, service in services.items():
        assert service["read_only"] is True
        assert "no-new-privileges:true" in service["security_opt"]
        if name != "database":
            assert (service["cap_drop"], service["user"]) == (["ALL"], "10001")
            assert service["depends_on"]["database"]["condition"] == "service_healthy"
            grace = int(service["stop_grace_period"].removesuffix("s"))
            assert grace > read_settings({}).request_seconds
    assert services["service"]["ports"] == ["127.0.0.1:8000:8000"], "nobody but a reverse proxy reaches it"
    _check_command(services["worker"]["command"])


def test_the_image_runs_without_root_and_asks_for_its_own_health() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    last = text[text.rindex("\nFROM ") :]
    assert re.search(r"^USER importgate$", last, re.MULTILINE)
    assert "--uid 10001" in last
    assert "curl" not in text
    health = re.search(r'HEALTHCHECK .*\\\n +CMD \["python", "-c", "(.+)"\]', last)
    assert health is not None
    assert compile(health[1], "Dockerfile", "exec")
    assert "http://127.0.0.1:8000/readyz" in health[1]
    command = re.search(r"^CMD \[(.+)\]$", last, re.MULTILINE)
    assert command is not None
    _check_command([word.strip(' "') for word in command[1].split(",")])
    assert re.search(r"pip wheel .*--require-hashes", text)


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_the_units_run_commands_that_exist_with_few_rights(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    command = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert command is not None
    assert command[1].startswith(f"{INSTALLED} ")
    _check_command(["importgate", *command[1].split()[1:]])
    state = re.search(r"DATA_DIR=(\S+) IMPORTGATE_CACHE_DIR=(\S+)", text)
    assert state is not None
    assert (state[1], state[2]) == ("/var/lib/importgate", "/var/cache/importgate"), "what StateDirectory makes"
    timeout = re.search(r"^TimeoutStopSec=(\d+)$", text, re.MULTILINE)
    assert timeout is not None
    assert int(timeout[1]) > read_settings({}).request_seconds
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze here")
    here = tmp_path / path.name.replace("@", "@1")
    here.write_text(text.replace(INSTALLED, sys.executable).replace("User=importgate", "User=root"), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", here],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stdout, verified.stderr) == (0, "", "")
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", here],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"SYSTEMD_PAGER": ""},
    )
    assert rated.returncode == 0, rated.stdout[-300:] + rated.stderr


def test_the_proxy_lets_through_what_the_service_takes() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    defaults = read_settings({})
    size = re.search(r"client_max_body_size (\d+)m;", text)
    assert size is not None
    assert int(size[1]) << 20 > defaults.max_upload_bytes
    for limit in re.findall(r"proxy_(?:read|send)_timeout (\d+)s;", text):
        assert int(limit) >= defaults.upload_seconds
    for said in ("proxy_buffering off;", "proxy_request_buffering off;", "X-Forwarded-For $remote_addr;"):
        assert said in text
    assert "proxy_pass http://127.0.0.1:8000;" in text
    assert "127.0.0.1" in defaults.trusted_proxies.split(",")


def test_every_file_that_the_guide_installs_exists() -> None:
    for name in re.findall(r"examples/deploy/([\w@.-]+)", GUIDE.read_text(encoding="utf-8")):
        assert (DEPLOY / name).is_file(), name


def test_figures_to_alert_on_exist() -> None:
    from prometheus_client import generate_latest

    from app.api.metrics import Metrics

    there = set(re.findall(r"^# TYPE (\S+)", generate_latest(Metrics().registry).decode(), re.MULTILINE))
    named = set(re.findall(r"`(importgate_\w+)`", GUIDE.read_text(encoding="utf-8")))
    assert named
    assert named <= there


def test_backup_and_restore_of_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTGATE_DATA_DIR", str(tmp_path / "data"))
    database = tmp_path / "data" / "importgate.sqlite3"
    with closing(open_store(f"sqlite:///{database}")) as store:
        _fill(store)
        copy = tmp_path / "copy.sqlite3"
        result = CliRunner().invoke(main, ["backup", str(copy)], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        create_key(store, "after the backup", [Scope.SCREEN])
    for left in tmp_path.glob("data/importgate.sqlite3*"):
        left.unlink()
    shutil.copy(copy, database)
    with closing(open_store(f"sqlite:///{database}")) as store:
        _check_restored(store)
    verified = CliRunner().invoke(main, ["audit", "verify"], catch_exceptions=False)
    assert verified.exit_code == 0, verified.output


@pytest.fixture
def empty_postgresql() -> Iterator[tuple[str, str]]:
    from tests.conftest import NO_POSTGRES, POSTGRES, _postgresql

    if not POSTGRES:
        pytest.skip(NO_POSTGRES)
    with _postgresql() as first, _postgresql() as second:
        yield first, second


def test_backup_and_restore_of_postgresql(empty_postgresql: tuple[str, str], tmp_path: Path) -> None:
    source, target = empty_postgresql
    with closing(open_store(source)) as store:
        _fill(store)
    guide = GUIDE.read_text(encoding="utf-8")
    for command in re.findall(r"^pg_(?:dump|restore) .*$", guide, re.MULTILINE):
        environ = os.environ | {"DATABASE": _plain(source), "EMPTY_DATABASE": _plain(target)}
        done = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
    with closing(open_store(target)) as store:
        _check_restored(store)


def _plain(url: str) -> str:
    """The address without SQLAlchemy's driver, as PostgreSQL's own tools read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _fill(store: Store) -> None:
    store.migrate()
    create_key(store, "customs-desk", [Scope.SCREEN])


def _check_restored(store: Store) -> None:
    assert store.problem() == ""
    assert store.differences() == []
    assert [key.name for key in list_keys(store)] == ["customs-desk"]


def _check_command(words: list[str]) -> None:
    """The command and its options exist, and the values are ones that they take."""
    known = dict(commands())
    assert words[0] == "importgate"
    command: click.Command = known[words[1]]
    command.make_context(words[1], words[2:])
