"""The gate's findings as JUnit XML: a suite a file, in it a case for the file and one for every finding."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from app.gate.model import Failure, Finding, GateResult, ScreenedFile, Shortfall, Status
from app.gate.verdict import Verdict, counted
from app.reports.gate import effects_of, headline, place, remedy, standing

# What XML 1.0 cannot hold, not even as a reference.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(result: GateResult, _verdict: Verdict) -> str:
    root = Element("testsuites", name="importgate")
    for file in result.files:
        _suite(root, file, result)
    files = {file.name for file in result.files}
    failures = [failure for failure in result.failures if failure.file not in files]
    shortfalls = [shortfall for shortfall in result.shortfalls if shortfall.file not in files]  # of the relations
    if failures or shortfalls:
        suite = SubElement(root, "testsuite", name="importgate")
        for failure in failures:
            _failure(suite, failure)
        for shortfall in shortfalls:
            _shortfall(suite, shortfall, result)
    for suite in root:
        _count(suite, list(suite))
    _count(root, [case for suite in root for case in suite])
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, file: ScreenedFile, result: GateResult) -> None:
    suite = SubElement(root, "testsuite", name=_text(file.name))
    failures = [failure for failure in result.failures if failure.file == file.name]
    for failure in failures:
        _failure(suite, failure)
    if not failures:
        _case(suite, f"{counted(file.rows, 'row')}, {counted(file.parties, 'party', 'parties')}: screened", file.name)
    for finding in result.findings:
        if finding.file == file.name:
            _finding(suite, finding, result)
    for shortfall in result.shortfalls:
        if shortfall.file == file.name:
            _shortfall(suite, shortfall, result)


def _finding(suite: Element, finding: Finding, result: GateResult) -> None:
    case = _case(suite, f"{finding.party.name} ({finding.role}): {finding.subject}", finding.file, finding.line)
    text = [
        place(finding.file, finding.spots, finding.count),
        finding.why,
        *effects_of(finding, result),
        remedy(finding),
    ]
    if result.fails(finding):
        failure = SubElement(case, "failure", type=finding.outcome.value, message=_text(headline(finding, result)))
        failure.text = _text("\n".join([*text, standing(finding, result)]).rstrip())
    elif finding.status is Status.NEW:
        SubElement(case, "system-out").text = _text(
            "\n".join([headline(finding, result), *text, standing(finding, result)])
        )
    else:
        SubElement(case, "skipped", message=_text(standing(finding, result)))


def _shortfall(suite: Element, item: Shortfall, result: GateResult) -> None:
    case = _case(suite, f"{item.name[:200] or 'row'} ({item.role}): not screened", item.file, item.spot.line or 1)
    if result.allow_incomplete:
        SubElement(case, "skipped", message=_text(item.problem))
    else:
        SubElement(case, "error", type="incomplete", message=_text(item.problem))


def _failure(suite: Element, failure: Failure) -> None:
    case = _case(
        suite, "the file is screened" if failure.file else "the lists are usable", failure.file or "importgate"
    )
    SubElement(case, "error", type="failure", message=_text(failure.message))


def _case(suite: Element, name: str, file: str, line: int | None = None) -> Element:
    attributes = {"name": _text(name), "classname": _text(file), "file": _text(file)}
    if line is not None:
        attributes["line"] = str(line)
    return SubElement(suite, "testcase", attributes)


def _count(element: Element, cases: list[Element]) -> None:
    element.set("tests", str(len(cases)))
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
