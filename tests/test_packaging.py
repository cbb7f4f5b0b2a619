"""What is shipped: the wheel, the lock, the layers' promise that the gate starts fast."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(ROOT)], check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_the_code_and_all_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())
    kept = {path for path in _tracked() if path.startswith(("app/", "entity_lists/"))}
    expected = {re.sub(r"^entity_lists/", "app/lists/bundled/", path) for path in kept}
    assert {"app/py.typed", "app/store/migrations/script.py.mako", "app/lists/bundled/programmes.yml"} <= expected
    assert expected | {"app/web/examples/shipments.csv"} <= shipped
    assert not [path for path in shipped if path.startswith("tests") or path.endswith((".pyc", ".sqlite3"))]


def test_the_installed_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    script = "import app.cli.main as m; print(m.__file__); m.main()"
    run = subprocess.run(
        [sys.executable, "-c", script, "lists", "check"],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(tmp_path / "site"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.startswith(str(tmp_path / "site")), "the checkout's own code ran"


def test_the_lock_pins_every_dependency_within_its_bounds() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {
        canonicalize_name(name): version for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE)
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for text in [*project["dependencies"], *project["optional-dependencies"]["dev"]]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), f"run ./scripts/lock: {text}"


def test_the_lock_names_no_address_and_a_hash_for_each_pin() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:/|--(extra-)?index-url|--find-links|--trusted-host|@ ", lock)
    for pin in re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in pin, pin


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return listed.stdout.splitlines()
