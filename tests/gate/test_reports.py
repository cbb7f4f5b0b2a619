"""Every report of one eventful run, read back by what will read it."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft202012Validator

from app.cli.options import open_screener
from app.gate.collect import Job
from app.gate.config import GateConfig
from app.gate.model import FailOn, GateResult, Spot
from app.gate.run import Order, run_gate
from app.gate.verdict import judge
from app.reports import annotations, gitlab, sarif, terminal
from app.reports.gate import GATE_REPORTS, renderer
from app.screening.model import Party, Role
from app.screening.record import record
from app.screening.screen import screen
from app.screening.waivers import load_waivers

Gate = Callable[..., Any]
ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "tests" / "schemas"
NASTY = 'Hetian Taida Apparel <script>alert(1)</script> | `x` @team "q" %0A::error::'
FILE = "supp liers,ä.csv"
ROWS = """\
Supplier;Consignee;Note
Hetian Taida Apparel Co., Ltd.;Acme Steel GmbH;a
Acme Steel GmbH;Hetian Taida Apparel <b>;b
HETIAN TAIDA APPAREL;Acme Steel GmbH;c
Xinjiang Zhongtai Chemical;;d
;;no party
Acme\x07 Steel;Acme Steel GmbH;too;many
"""
WAIVERS = """\
- {party: Xinjiang Zhongtai Chemical, listing_id: us-uflpa/xinjiang-zhongtai-chemical, reason: "a < b & c",
   approved_by: J. Doe, expires_on: 2027-01-31}
- {party: Hetian Taida Apparel, listing_id: us-uflpa/hetian-taida-apparel, reason: r, approved_by: a,
   expires_on: 2026-01-31}
- {party: Nobody, listing_id: us-uflpa/hetian-taida-apparel, reason: r, approved_by: a, expires_on: 2027-01-31}
- {party: Nobody, listing_id: us-uflpa/hetian-taida-aparel, reason: r, approved_by: a, expires_on: 2027-01-31}
"""


@pytest.fixture
def result(folder: Path, monkeypatch: pytest.MonkeyPatch) -> GateResult:
    from datetime import date

    monkeypatch.chdir(folder)
    (folder / FILE).write_text(ROWS, encoding="utf-8")
    (folder / "w.yaml").write_text(WAIVERS, encoding="utf-8")
    jobs = [Job(FILE, Path(FILE)), Job("gone.csv", Path("gone.csv")), Job("/tmp/of/x.csv", Path("suppliers.csv"))]
    order = Order(jobs, GateConfig(), load_waivers(Path("w.yaml")), "w.yaml")
    return run_gate(order, open_screener(("us-uflpa", "us-bis-entity-list"), date(2026, 11, 23)))


def render(name: str, result: GateResult) -> str:
    return renderer(name)(result, judge(result))


def with_a_nasty_name(result: GateResult) -> GateResult:
    """One more finding, whose names hold the mark-up of every report."""
    one = result.findings[0]
    nasty = replace(one, party=Party(NASTY, NASTY), why=NASTY, note=NASTY, fingerprint="f" * 32)
    return replace(result, findings=(*result.findings, nasty))


def test_the_run_is_as_eventful_as_the_tests_need(result: GateResult) -> None:
    statuses = {(item.status.value, item.outcome.value) for item in result.findings}
    assert statuses == {("new", "block"), ("new", "review"), ("waived", "block")}
    assert {item.state.value for item in result.waivers} == {"applied", "expired", "unused", "unknown"}
    assert result.shortfall_count == len(result.shortfalls) == 3
    assert [failure.file for failure in result.failures] == ["gone.csv"]


def test_sarif_keeps_the_schema_and_what_github_asks_for(result: GateResult) -> None:
    log = json.loads(render("sarif", result))
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(log)]
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for rule in rules:
        assert rule["help"]["text"]
        assert rule["help"]["markdown"]
        assert 0 < float(rule["properties"]["security-severity"]) <= 10
        assert len(rule["shortDescription"]["text"]) <= 1024
    for item in run["results"]:
        assert rules[item["ruleIndex"]]["id"] == item["ruleId"]
        (location,) = item["locations"]
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        index = location["physicalLocation"]["artifactLocation"]["index"]
        assert run["artifacts"][index]["location"]["uri"] == location["physicalLocation"]["artifactLocation"]["uri"]
    uris = [item["location"]["uri"] for item in run["artifacts"]]
    assert uris == ["supp%20liers%2C%C3%A4.csv", "gone.csv", "file:///tmp/of/x.csv"]


def test_sarif_says_where_what_and_what_was_waived(result: GateResult) -> None:
    (run,) = json.loads(render("sarif", result))["runs"]
    found = [item for item in run["results"] if item["properties"].get("listing") == "us-uflpa/hetian-taida-apparel"]
    first = found[0]
    assert first["level"] == "error"
    assert first["occurrenceCount"] == 2
    assert first["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}
    assert first["relatedLocations"][0]["physicalLocation"]["region"] == {"startLine": 4}
    assert "expired on 2026-01-31" in first["message"]["text"]
    prints = [
        item["partialFingerprints"]["primaryLocationLineHash"]
        for item in run["results"]
        if "listing" in item["properties"]
    ]
    assert prints == [item.fingerprint for item in result.findings]
    (waived,) = [item for item in run["results"] if "suppressions" in item]
    (suppression,) = waived["suppressions"]
    assert suppression["justification"] == "a < b & c (approved by J. Doe, until 2027-01-31)"
    incomplete = [item for item in run["results"] if item["ruleId"] == "incomplete"]
    assert [item["locations"][0]["physicalLocation"]["region"]["startLine"] for item in incomplete] == [6, 7, 7]
    (invocation,) = run["invocations"]
    told = " ".join(item["message"]["text"] for item in invocation["toolExecutionNotifications"])
    for part in (
        "gone.csv: the file cannot be opened",
        "waiver expired",
        "waiver unused",
        "did you mean 'us-uflpa/hetian-taida-apparel'?",
    ):
        assert part in told


def test_sarif_is_capped_with_a_notice_and_the_gravest_first(
    result: GateResult, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sarif, "MAX_RESULTS", 2)
    (run,) = json.loads(render("sarif", result))["runs"]
    assert [item["level"] for item in run["results"]] == ["error", "error"]
    missing = len(result.findings) + 3 - 2
    notices = [item["message"]["text"] for item in run["invocations"][0]["toolExecutionNotifications"]]
    assert f"{missing} more results are not in this file, which holds 2; --jsonl has all" in notices


def test_sarif_says_what_is_new_where_it_was_compared(result: GateResult) -> None:
    (run,) = json.loads(render("sarif", replace(result, compared_with="main")))["runs"]
    assert {item.get("baselineState") for item in run["results"] if "listing" in item["properties"]} == {"new"}


def test_microsofts_multitool_has_no_complaint(result: GateResult, folder: Path) -> None:
    run = subprocess.run([ROOT / "scripts" / "check-sarif", "--installed"], capture_output=True, text=True, check=False)
    if run.returncode:
        pytest.skip("the SARIF multitool is not installed: ./scripts/check-sarif --install")
    (folder / "o.sarif").write_text(render("sarif", result), encoding="utf-8")
    run = subprocess.run([ROOT / "scripts" / "check-sarif", "o.sarif"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_junit_is_read_back(result: GateResult) -> None:
    root = ElementTree.fromstring(render("junit", result))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [FILE, "gone.csv", "/tmp/of/x.csv"]
    cases = [case for suite in root for case in suite]
    assert int(root.get("tests", "")) == len(cases)
    assert (
        int(root.get("failures", "")) == len(result.failing) == sum(case.find("failure") is not None for case in cases)
    )
    assert int(root.get("errors", "")) == 4, "three shortfalls and a file"
    assert int(root.get("skipped", "")) == 1, "what is waived"
    skipped = [case for case in cases if case.find("skipped") is not None]
    assert "J. Doe: a < b & c" in (skipped[0].find("skipped").get("message") or "")  # type: ignore[union-attr]
    failure = suites[FILE].find("testcase/failure")
    assert failure is not None
    assert f"{FILE}:2, 4" in (failure.text or "")
    assert suites["/tmp/of/x.csv"].find("testcase").get("name") == "3 rows, 3 parties: screened"  # type: ignore[union-attr]


def test_gitlab_keeps_its_schema_with_one_fingerprint_an_issue(result: GateResult) -> None:
    issues = json.loads(render("gitlab", result))
    schema = json.loads((SCHEMAS / "gitlab-code-quality.json").read_text(encoding="utf-8"))
    assert not [error.message for error in Draft202012Validator(schema).iter_errors(issues)]
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == len(result.findings) + 4
    assert [issue["severity"] for issue in issues if issue["check_name"] == "us-uflpa/xinjiang-zhongtai-chemical"] == [
        "info"
    ]
    assert issues[0]["severity"] == "blocker"
    with_strict = json.loads(gitlab.render(replace(result, fail_on=FailOn.REVIEW), judge(result)))
    assert {i["severity"] for i in with_strict} == {"blocker", "critical", "info"}


def test_json_lines_are_records_with_more(result: GateResult) -> None:
    from datetime import date

    lines = [json.loads(line) for line in render("jsonl", result).splitlines()]
    screener = open_screener(("us-uflpa",), date(2026, 11, 23))
    (screening,) = screen([Party("x")], screener)
    keys = list(record(screening, screener, row=1, line=2, role=Role.PARTY))
    for line in lines:
        assert list(line)[: len(keys)] == keys
    first = lines[0]
    assert (first["row"], first["line"], first["count"], first["fails"]) == (1, 2, 2, True)
    assert [spot["line"] for spot in first["spots"]] == [2, 4]
    assert [line["waiver"]["approved_by"] for line in lines if line.get("status") == "waived"] == ["J. Doe"]
    assert [line["line"] for line in lines if line["outcome"] == "incomplete"] == [6, 7, 7]


def test_markdown_shows_all_and_escapes_what_names_bring(result: GateResult) -> None:
    text = render("summary", with_a_nasty_name(result))
    assert text.startswith("## ⚠️ Importgate could not complete (exit code 3)")
    for heading in (
        "### Findings",
        "### Could not complete",
        "### Not screened in full",
        "<summary>Waived</summary>",
        "### Waivers",
    ):
        assert heading in text
    assert "<script>" not in text
    assert "@team" not in text
    for line in text.splitlines():
        if line.startswith("|"):
            cells = len(re.findall(r"(?<!\\)\|", line)) - 1
            assert cells in (3, 5, 6), line
    assert "| applied (1 finding) | Xinjiang Zhongtai Chemical |" in text


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self.seen.add(tag)
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_well_formed_and_runs_nothing(result: GateResult) -> None:
    text = render("html", with_a_nasty_name(result))
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert not tags.seen & {"script", "img", "link", "iframe"}
    assert "&lt;script&gt;alert(1)" in text
    assert "default-src 'none'" in text
    assert "importgate waive &#x27;Hetian Taida Apparel Co., Ltd.&#x27; us-uflpa/hetian-taida-apparel" in text


def test_annotations_cannot_be_broken_out_of(result: GateResult) -> None:
    result = with_a_nasty_name(result)
    lines = annotations.render(result, judge(result)).splitlines()
    assert all(re.match(r"::(error|warning|notice) ([\w]+=[^:]*)?::", line) for line in lines)
    assert any(line.startswith("::error file=supp liers%2Cä.csv,line=2,title=BLOCK us-uflpa/") for line in lines)
    assert any(line.startswith("::warning file=w.yaml,line=3,title=Waiver expired::") for line in lines)
    assert sum("%250A" in line for line in lines) == 1, "a percent sign in a name stays one"
    assert lines[-1].startswith("::notice title=Importgate::could not complete (exit code 3)")


def test_annotations_are_capped_with_a_notice(result: GateResult, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotations, "MAX_EACH", 1)
    lines = annotations.render(result, judge(result)).splitlines()
    assert [line.partition(" ")[0] for line in lines] == ["::error", "::warning", "::notice"]
    assert re.search(r"\(\d+ annotations more: see the reports\)", lines[-1])


def test_the_terminal_groups_by_party_and_says_what_to_do(result: GateResult) -> None:
    text = re.sub("\x1b\\[[0-9;]*m", "", terminal.render(result, judge(result)))
    assert text.isprintable() or all(char.isprintable() or char == "\n" for char in text)
    assert text.count(" BLOCK  Hetian Taida Apparel Co., Ltd.  supplier\n") == 2, "once a file"
    assert f"  {FILE}:2, 4\n" in text
    assert "note   its waiver (line 3) expired on 2026-01-31" in text
    assert "WAIVED BLOCK Xinjiang Zhongtai Chemical" in text
    assert "INCOMPLETE supp liers,ä.csv:6: the row names no party" in text
    assert "ERROR gone.csv: the file cannot be opened" in text
    assert "importgate waive 'Hetian Taida Apparel Co., Ltd.' us-uflpa/hetian-taida-apparel" in text


@pytest.mark.parametrize("name", GATE_REPORTS)
def test_a_run_without_anything_is_a_report_too(result: GateResult, name: str) -> None:
    nothing = replace(result, findings=(), shortfalls=(), shortfall_count=0, failures=(), waivers=(), files=())
    text = render(name, nothing)
    if name == "junit":
        assert ElementTree.fromstring(text).get("tests") == "0"
    elif name in ("sarif", "gitlab"):
        json.loads(text)


def test_six_thousand_findings_are_counted_not_listed(result: GateResult) -> None:
    one = result.findings[0]
    spots = tuple(Spot(i, i + 1) for i in range(50))
    many = tuple(replace(one, fingerprint=f"{i:032x}", spots=spots, count=9000) for i in range(6_000))
    flood = replace(result, findings=many)
    assert len(json.loads(render("sarif", flood))["runs"][0]["results"]) == sarif.MAX_RESULTS
    assert len(render("summary", flood).encode()) < 1 << 20, "what a job summary takes"
    assert len(terminal.render(flood, judge(flood)).splitlines()) < 200
    assert len(annotations.render(flood, judge(flood)).splitlines()) <= 21
