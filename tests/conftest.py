"""What all tests share: an environment of their own, one cache of compiled lists, and no silent skips."""

from __future__ import annotations

import io
import os
import secrets
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import hypothesis
import pytest

from app.logs import write_logs
from app.settings import PREFIX, TEST_PREFIX

if TYPE_CHECKING:
    from app.store.database import Store

NO_SKIP = bool(os.environ.get("IMPORTGATE_TEST_NO_SKIP"))

# How long an example takes says more about the machine than about the code. In CI a change is judged by the same
# examples each time; new ones are looked for where somebody can mend what they find.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "untimed")


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One directory for the whole run, all workers included: lists are compiled once, not once a test."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    path = shared / "importgate-cache"
    path.mkdir(exist_ok=True)
    return path


@pytest.fixture(scope="session", autouse=True)
def _own_environment(cache_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Neither the developer's settings nor their files reach a test, not even one that starts a process."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(PREFIX) and not name.startswith(TEST_PREFIX):
                patch.delenv(name)
        patch.setenv("IMPORTGATE_CACHE_DIR", str(cache_dir))
        patch.setenv("IMPORTGATE_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        patch.setenv("COLUMNS", "120")
        patch.delenv("FORCE_COLOR", raising=False)
        patch.setenv("NO_COLOR", "1")
        yield


@pytest.fixture(scope="session", autouse=True)
def log() -> io.StringIO:
    """What the service would have logged on stderr, of the whole run."""
    stream = io.StringIO()
    write_logs("info", stream)
    return stream


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With IMPORTGATE_TEST_NO_SKIP a skipped test fails: what was not run has not passed."""
    report = yield
    if NO_SKIP and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, and this run allows no skips: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if NO_SKIP and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped, and this run allows no skips: {report.longrepr}"
    return report


POSTGRES = os.environ.get(f"{TEST_PREFIX}POSTGRES_URL")
NO_POSTGRES = "IMPORTGATE_TEST_POSTGRES_URL names no PostgreSQL server"


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/store.sqlite3"
        return
    with _postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def any_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A migrated store on each kind of database."""
    from app.store.database import open_store

    with ExitStack() as stack:
        if request.param == "sqlite":
            opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
            opened.migrate()
        else:
            template = request.getfixturevalue("_postgresql_template")
            opened = open_store(stack.enter_context(_postgresql(template)))
        yield opened
        opened.close()


@pytest.fixture
def any_store_url(any_store: Store) -> str:
    return any_store.engine.url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def _postgresql_template() -> Iterator[str]:
    """The name of a migrated database, which tests copy: faster than migrating one each."""
    from sqlalchemy.engine import make_url

    from app.store.database import open_store

    with _postgresql() as url:
        opened = open_store(url)
        opened.migrate()
        opened.close()
        yield make_url(url).database or ""


@contextmanager
def _postgresql(template: str = "template1") -> Iterator[str]:
    """The address of a new database, a copy of `template`, which is dropped in the end."""
    if not POSTGRES:
        pytest.skip(NO_POSTGRES)
    from sqlalchemy import create_engine, text
    from sqlalchemy.engine import make_url

    name = f"importgate_{secrets.token_hex(6)}"
    admin = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def _cell(place: str, value: Any) -> str:
    """A string that begins with "<" is the cell's XML."""
    if isinstance(value, str) and value.startswith("<"):
        return value.replace("<c", f'<c r="{place}"', 1)
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def _sheet(rows: Mapping[int, Sequence[Any]]) -> str:
    lines = []
    for number, values in rows.items():
        cells = [_cell(f"{chr(65 + i)}{number}", value) for i, value in enumerate(values) if value is not None]
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


@pytest.fixture(scope="session")
def write_workbook() -> Callable[..., Path]:
    """`write_workbook(path, {"Sheet": {1: ["Supplier"], 2: ["Foo"]}}, hidden=("Sheet",))`: rows by their number."""

    def write(path: Path, sheets: Mapping[str, Mapping[int, Sequence[Any]]], hidden: Sequence[str] = ()) -> Path:
        titles = list(sheets)
        state = dict.fromkeys(hidden, ' state="hidden"')
        entries = "".join(
            f'<sheet name="{escape(title)}" sheetId="{i}" r:id="rId{i}"{state.get(title, "")}/>'
            for i, title in enumerate(titles, 1)
        )
        relations = "".join(
            f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(titles) + 1)
        )
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "_rels/.rels",
                f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
                f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            )
            archive.writestr(
                "xl/workbook.xml",
                f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>',
            )
            archive.writestr(
                "xl/_rels/workbook.xml.rels",
                f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
            )
            for i, title in enumerate(titles, 1):
                archive.writestr(f"xl/worksheets/sheet{i}.xml", _sheet(sheets[title]))
        return path

    return write
