"""`importgate check`, and what all commands share."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import COMMANDS, main


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def check(*args: str) -> list[dict[str, Any]]:
    result = run("check", *args, "--format", "jsonl")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "listing"),
    [
        ("和田泰达服饰有限公司", "us-uflpa/hetian-taida-apparel"),
        ("Khotan Taida Apparel", "us-uflpa/hetian-taida-apparel"),
        ("XPCC 8th Division Tianshan Aluminium", "research/the-eighth-division-of-the-xpcc-tianshan-aluminum"),
        ("新疆中泰化學股份有限公司", "us-uflpa/xinjiang-zhongtai-chemical"),
    ],
)
def test_names_under_other_spellings_find_their_listing(name: str, listing: str) -> None:
    (record,) = check(name)
    assert listing in {hit["listing_id"] for hit in record["hits"]}
    assert (record["row"], record["line"], record["role"]) == (None, None, "party")


def test_a_person_who_reads_no_chinese_sees_why() -> None:
    result = run("check", "和田泰达服饰有限公司")
    assert result.exit_code == 0
    text = " ".join(result.stdout.split())
    assert "BLOCK 和田泰达服饰有限公司" in text
    assert "和田 (Hetian): a place" in text
    assert "apparel" in text
    assert "UFLPA Entity List · us-uflpa/hetian-taida-apparel, listed 2022-06-21" in text
    assert "United States" in text
    assert "19 U.S.C. 1307" in text


def test_several_names_and_a_box_that_holds_two() -> None:
    found = check("Lotus Bay", "FOO CO., LTD. O/B Hetian Taida Apparel Co., Ltd.")
    assert [(record["party"]["name"], record["outcome"]) for record in found] == [
        ("Lotus Bay", "clear"),
        ("FOO CO., LTD.", "clear"),
        ("Hetian Taida Apparel Co., Ltd.", "block"),
    ]


def test_address_and_country_are_part_of_the_party() -> None:
    (record,) = check("Lotus Bay", "--address", "5 X Road", "--country", "China")
    assert record["party"] == {
        "name": "Lotus Bay",
        "address": "5 X Road",
        "country": "CN",
        "identifiers": {},
        "postal_code": "",
        "goods": None,
    }


@pytest.mark.parametrize("name", ["", "N/A", "????"])
def test_what_names_nobody_is_incomplete_and_fails(name: str) -> None:
    result = run("check", name, "--format", "jsonl")
    assert result.exit_code == 3
    record = json.loads(result.stdout)
    assert record["outcome"] == "incomplete"
    assert record["problem"]


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["Foo", "--country", "Narnia"], "'Narnia' is no country; give a code such as CN"),
        (["Foo", "--as-of", "today"], "'today' is no date; write it as YYYY-MM-DD"),
        (["Foo", "--list", "nope"], "there is no list and no file 'nope'; known lists: ca-sema"),
        (["Foo", "--format", "pdf"], "'pdf' is not one of"),
        ([], "Missing argument 'NAME...'"),
    ],
)
def test_a_wrong_call_says_what_to_do(args: list[str], told: str) -> None:
    result = run("check", *args)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_a_misspelt_setting_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORTGATE_CACHE_DIRR", "/tmp")
    result = run("check", "Foo")
    assert result.exit_code == 2
    assert result.stderr.startswith("importgate: ")


def test_the_commands_of_the_help_are_there_and_described_as_they_describe_themselves() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for name, (_, summary) in COMMANDS.items():
        assert f"  {name}" in result.stdout
        own = run(name, "--help")
        assert own.exit_code == 0
        assert summary in " ".join(own.stdout.split())


def test_an_unknown_command_is_2() -> None:
    assert run("nonsense").exit_code == 2


def test_the_version() -> None:
    assert run("--version").stdout.startswith("importgate 0.")


def test_checking_a_name_loads_no_service_and_no_sql() -> None:
    """These cost seconds at the start of every command."""
    script = (
        "import sys; from app.cli.main import main\n"
        "try: main(['check', 'Foo', '--list', 'us-uflpa', '--format', 'jsonl'])\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'fastapi', 'pydantic', 'sqlmodel', 'sqlalchemy', 'rich', 'yaml'} & set(sys.modules)\n"
        "print(sorted(heavy), file=sys.stderr)"
    )
    run("check", "Foo", "--list", "us-uflpa")  # compiles the list
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
