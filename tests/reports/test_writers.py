"""Reports: one record shape, three formats."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.flat import COLUMNS, neutral
from app.reports.table import printable
from app.reports.writer import FORMATS, report_writer

TITLES = {"us-uflpa": "UFLPA Entity List", "us-bis": "BIS Entity List"}


def effect(jurisdiction: str, text: str, since: str | None = None) -> dict[str, Any]:
    return {"jurisdiction": jurisdiction, "effect": text, "citation": "19 U.S.C. 1307", "applies_from": since}


def hit(list_id: str = "us-uflpa", *effects: dict[str, Any], listed: str = "Hetian Foo Co Ltd") -> dict[str, Any]:
    def token(query: str | None, listed: str | None, kind: str, relation: str, **more: str) -> dict[str, Any]:
        return {"query": query, "listed": listed, "kind": kind, "relation": relation, "weight": 1.0, **more}

    return {
        "list_id": list_id,
        "listing_id": f"{list_id}/hetian-foo",
        "name": "Hetian Foo Co., Ltd.",
        "matched_name": listed,
        "score": 0.97,
        "strength": "strong",
        "programme": "UFLPA",
        "listed_on": "2022-06-21",
        "explanation": {
            "summary": "the names agree",
            "query": "和田富",
            "listed": listed,
            "tokens": [
                token("和田", "Hetian", "place", "variant", gloss="和田 (Hétián, Hotan), a place"),
                token("富", "Foo", "brand", "same"),
                token("北", None, "industry", "extra"),
                token(None, "Co Ltd", "legal_form", "ignored"),
            ],
            "effect": list(effects) or [effect("US", "may not be imported", "2022-06-21")],
        },
    }


def record(name: str = "和田富", *hits: dict[str, Any], outcome: str = "block", **more: Any) -> dict[str, Any]:
    party = {"name": name, "address": more.pop("address", ""), "country": "CN", "identifiers": {}}
    common = {"row": 17, "line": 18, "role": "notify_party", "signals": [], "waiver": None, "problem": ""}
    return common | {"party": party, "outcome": outcome, "hits": list(hits), "editions": {}, "policy": "1"} | more


def written(form: str, *records: dict[str, Any]) -> str:
    stream = io.StringIO(newline="")
    writer = report_writer(form, stream, TITLES)
    for item in records:
        writer.write(item)
    writer.finish()
    return stream.getvalue()


def test_json_lines_are_the_records_with_their_letters() -> None:
    records = [record("和田\n\x1b富", hit()), record("Foo", outcome="clear")]
    text = written("jsonl", *records)
    assert [json.loads(line) for line in text.splitlines()] == records
    assert "和田" in text


def flat(*records: dict[str, Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written("csv", *records), newline="")))


def test_csv_has_a_line_for_each_hit_and_one_for_a_record_without() -> None:
    lines = flat(record("和田富", hit(), hit("us-bis")), record("Bar", outcome="incomplete", problem="torn"))
    assert [(line["name"], line["outcome"], line["list_id"], line["problem"]) for line in lines] == [
        ("和田富", "block", "us-uflpa", ""),
        ("和田富", "block", "us-bis", ""),
        ("Bar", "incomplete", "", "torn"),
    ]
    assert lines[0]["list"] == "UFLPA Entity List"
    assert lines[0]["effects"] == "US: may not be imported"
    assert lines[0]["row"] == "17"


def test_csv_without_records_has_its_header() -> None:
    assert written("csv") == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "\u3000@x", "-Foo Ltd"], ids=repr
)
def test_no_cell_is_run_as_a_formula(text: str) -> None:
    assert flat(record(text))[0]["name"] == f"'{text}"


@given(st.text())
def test_neutral_text_is_kept_but_for_the_apostrophe(text: str) -> None:
    shown = str(neutral(text))
    assert shown in (text, f"'{text}")
    assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers() -> None:
    assert (neutral(0.97), neutral(None), neutral(-1)) == (0.97, "", -1)


def test_the_table_explains_a_hit_part_by_part() -> None:
    text = written("table", record("和田富", hit(), address="5 X Road"))
    lines = [line.split("  ") for line in text.splitlines()]
    words = [[word.strip() for word in line if word.strip()] for line in lines]
    assert ["BLOCK", "和田富"] in words
    assert "row 17, line 18 · notify party · 5 X Road · CN" in text
    assert "UFLPA Entity List · us-uflpa/hetian-foo, listed 2022-06-21" in text
    assert ["和田", "Hetian", "variant", "和田 (Hétián, Hotan), a place"] in words
    assert ["富", "Foo", "matches", "brand"] in words
    assert ["北", "–", "only declared", "trade word"] in words
    assert ["–", "Co Ltd", "not counted", "legal form"] in words
    assert ["United States", "may not be imported [19 U.S.C. 1307, since 2022-06-21]"] in words


def test_the_table_says_the_same_thing_once() -> None:
    """The same entry on two lists: one explanation, one row for an effect that both have, and whose the others are."""
    both = effect("EU", "a risk indicator")
    first = hit("us-uflpa", effect("US", "may not be imported"), both)
    second = hit("us-bis", effect("US", "needs a licence"), both)
    text = " ".join(written("table", record("和田富", first, second)).split())
    assert text.count("the names agree") == 1
    assert text.count("a risk indicator") == 1
    assert "BIS Entity List: needs a licence [19 U.S.C. 1307]" in text
    assert "European Union a risk indicator [19 U.S.C. 1307]" in text


def test_the_table_says_why_a_party_is_incomplete() -> None:
    text = written("table", record("", outcome="incomplete", problem="torn; mend it", row=None, role="party"))
    assert "(no name)" in text
    assert "could not be screened in full: torn; mend it" in text
    assert "row" not in text


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\u202e", "\u200b", "\x9b", "\r"], ids=repr)
def test_a_name_cannot_steer_the_terminal(char: str) -> None:
    assert printable(f"a{char}b") == "a\ufffdb"
    assert char not in written("table", record(f"a{char}[31mb", hit(listed=f"x{char}y")))


def test_brackets_in_a_name_are_no_markup() -> None:
    assert "[red]Foo[/red]" in written("table", record("[red]Foo[/red]"))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_after_each_record(form: str) -> None:
    """So that a run that is broken off leaves what it found."""
    stream = io.StringIO(newline="")
    writer = report_writer(form, stream, TITLES)
    writer.write(record("Foo Trading"))
    assert "Foo Trading" in stream.getvalue()
    assert stream.getvalue().endswith("\n")


def supplied(name: str) -> dict[str, Any]:
    way = {"from": name, "to": "Shop", "kind": "supply", "goods": "", "tier": "", "share": "", "outcome": "", "why": ""}
    said = {"strength": "strong", "seen": name, "field": "relations", "summary": f"Shop ← {name}", "source": "UFLPA"}
    return {"kind": "supply_chain", "code": "supplier", "place": None, "path": [way]} | said


def test_html_is_one_page_that_runs_nothing() -> None:
    from tests.gate.test_reports import Tags

    nasty = '<script>alert(1)</script>"\x1b[31m'
    text = written("html", record(nasty, hit(), signals=[supplied(nasty)], address=nasty), record(problem=nasty))
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert not tags.seen & {"script", "img", "link", "iframe"}
    assert "default-src 'none'" in text
    for part in (
        "&lt;script&gt;alert(1)",
        "supply chain, strong",
        "<svg",
        "和田 (Hétián, Hotan), a place",
        "since 2022",
    ):
        assert part in text
    assert "In this report: 2 block." in text


def test_html_can_be_read_where_it_breaks_off() -> None:
    stream = io.StringIO()
    report_writer("html", stream, TITLES).write(record("Foo", hit()))
    assert "<h3>BLOCK · Foo" in stream.getvalue()
