"""What all tests share: an environment of their own, one cache of compiled lists, and no silent skips."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import hypothesis
import pytest

from app.settings import PREFIX, TEST_PREFIX

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
