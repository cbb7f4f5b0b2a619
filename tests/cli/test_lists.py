"""`importgate lists`: show and check."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.lists import lists
from app.lists import layout


def run(*arguments: str) -> Result:
    return CliRunner().invoke(lists, arguments, catch_exceptions=True)


@pytest.fixture
def own_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of one list and the programmes, to break."""
    real = layout.bundled_root()
    root = tmp_path / "entity_lists"
    shutil.copytree(real / "us-ofac-sdn", root / "us-ofac-sdn")
    shutil.copy(real / "programmes.yml", root)
    monkeypatch.setattr(layout, "bundled_root", lambda: root)
    return root


def test_show_json_tells_every_list_with_its_edition_and_size_in_force() -> None:
    shown: list[dict[str, Any]] = json.loads(run("show", "--format", "json").output)
    (uflpa,) = (one for one in shown if one["id"] == "us-uflpa")
    assert uflpa["in_force"] == len(uflpa["listings"]) == 187
    assert uflpa["edition"].startswith(uflpa["as_of"] + "+")
    (wro,) = (one for one in shown if one["id"] == "us-cbp-wro")
    ended = [listing["id"] for listing in wro["listings"] if not listing["in_force"]]
    assert ended == ["us-cbp-wro/tangshan-sunfar-silicon"]


def test_show_prints_a_table_of_all_lists() -> None:
    output = run("show").output
    assert "us-uflpa" in output
    assert "187" in output


def test_show_one_list_prints_names_aliases_and_native_names() -> None:
    output = run("show", "us-uflpa").output
    assert "hetian-taida-apparel" in output
    assert "Hetian TEDA Garment" in output
    assert "和田泰达服饰有限公司" in output


def test_show_reads_a_custom_list(tmp_path: Path) -> None:
    path = tmp_path / "watch.csv"
    path.write_text("id,name\n1,Alpha [bold]\n")
    assert "Alpha [bold]" in run("show", str(path)).output
    assert json.loads(run("show", str(path), "--format", "json").output)["as_of"] is None


def test_show_an_unknown_list_names_the_nearest() -> None:
    result = run("show", "us-ulfpa")
    assert getattr(result.exception, "exit_code", None) == 2
    assert "did you mean 'us-uflpa'?" in str(result.exception)


def test_check_is_clean() -> None:
    result = run("check")
    assert (result.exit_code, result.output) == (0, "10 lists, 407 listings: every rule is kept.\n")


def test_check_prints_every_problem_and_ends_with_2(own_lists: Path) -> None:
    path = own_lists / "us-ofac-sdn" / "listings.yml"
    text = path.read_text("utf-8").replace("Chen Quanguo", "CHEN, Quanguo")
    path.write_text(text.replace("- id: us-ofac-sdn/gao-qi", "- id: us-ofac-sdn/Gao-Qi"), "utf-8")
    result = run("check")
    assert result.exit_code == 2
    assert "[person: persons match as a set of words]" in result.output
    assert "[id-form: " in result.output
    assert "us-ofac-sdn/listings.yml, line " in result.output


@pytest.mark.parametrize("broken", ["us-ofac-sdn/listings.yml", "programmes.yml"])
def test_check_reports_a_file_that_cannot_be_read_as_a_list(own_lists: Path, broken: str) -> None:
    (own_lists / broken).write_text("- id: [\n")
    result = run("check")
    assert result.exit_code == 2
    assert f"{broken}, line " in result.output
    assert "[format]" in result.output
