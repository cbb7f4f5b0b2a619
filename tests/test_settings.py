"""The settings: defaults, bad values, misspelt names."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from app.errors import UsageError
from app.settings import SETTINGS, Settings, read_settings, shown


def test_the_table_and_the_dataclass_name_the_same_settings() -> None:
    assert [setting.field for setting in SETTINGS] == [field.name for field in fields(Settings)]


def test_defaults_lie_in_the_users_own_directories() -> None:
    settings = read_settings({})
    assert settings.cache_dir.is_absolute()
    assert settings.cache_dir.name == "importgate"
    assert settings.database_url == f"sqlite:///{settings.data_dir}/importgate.sqlite3"


@pytest.mark.parametrize("field", [row.field for row in SETTINGS if row.default[0].isdigit()])
def test_the_default_that_the_table_shows_is_the_default(field: str) -> None:
    row = next(setting for setting in SETTINGS if setting.field == field)
    assert getattr(read_settings({}), field) == row.parse(row.default)


def test_values_are_read_and_empty_ones_count_as_unset(tmp_path: Path) -> None:
    environ = {
        "IMPORTGATE_DATA_DIR": str(tmp_path),
        "IMPORTGATE_MAX_BODY_BYTES": "2048",
        "IMPORTGATE_REQUEST_SECONDS": "",
        "IMPORTGATE_TEST_ANYTHING": "is the test suite's",
    }
    settings = read_settings(environ)
    assert settings.database_url == f"sqlite:///{tmp_path}/importgate.sqlite3"
    assert (settings.max_body_bytes, settings.request_seconds) == (2048, 30.0)


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        pytest.param(
            {"IMPORTGATE_CACHEDIR": "/tmp"},
            "the environment variable IMPORTGATE_CACHEDIR is no setting of Importgate; did you mean "
            "IMPORTGATE_CACHE_DIR?",
            id="a misspelt name gets the nearest one",
        ),
        pytest.param(
            {"IMPORTGATE_XYZZY": ""},
            "the settings are IMPORTGATE_CACHE_DIR, IMPORTGATE_DATA_DIR, IMPORTGATE_DATABASE_URL, ",
            id="a name like no other gets all of them",
        ),
        pytest.param(
            {"IMPORTGATE_MAX_BODY_BYTES": "4 MB"},
            "IMPORTGATE_MAX_BODY_BYTES='4 MB' must be a whole number of bytes, 1024 or more",
            id="a size with a unit",
        ),
        pytest.param(
            {"IMPORTGATE_MAX_BODY_BYTES": "²"}, "must be a whole number of bytes", id="a digit that int refuses"
        ),
        pytest.param(
            {"IMPORTGATE_REQUEST_SECONDS": "nan"}, "must be a number of seconds", id="not a number of seconds"
        ),
        pytest.param({"IMPORTGATE_REQUEST_SECONDS": "0"}, "more than 0", id="no time at all"),
        pytest.param(
            {"IMPORTGATE_DATABASE_URL": "mysql://me:hunter2@h/d"},
            "IMPORTGATE_DATABASE_URL must be a database address",
            id="an unknown database, its password not repeated",
        ),
        pytest.param(
            {"IMPORTGATE_DATA_DIR": __file__}, "must be a directory; this is a file", id="a file, no directory"
        ),
    ],
)
def test_what_is_wrong_is_named(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_settings(environ)
    assert sentence in str(caught.value)


def test_reading_settings_imports_no_framework() -> None:
    code = (
        "import sys, app.settings as s; s.read_settings({})\n"
        "print(sorted({'fastapi', 'pydantic', 'sqlmodel', 'sqlalchemy', 'numpy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_the_audit_log_is_told_every_setting_and_no_secret() -> None:
    settings = read_settings({"IMPORTGATE_DATABASE_URL": "postgresql://me:hunter2@h/d", "IMPORTGATE_FOUR_EYES": "yes"})
    told = shown(settings)
    assert set(told) == {row.field for row in SETTINGS}
    assert (told["database_url"], told["four_eyes"]) == ("***", "True")
    assert "hunter2" not in str(told)
