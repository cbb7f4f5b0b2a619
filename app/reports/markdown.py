"""The gate's findings as Markdown, for a job summary or a comment."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.gate.model import Finding, GateResult, Status
from app.gate.verdict import Verdict, counted
from app.reports.gate import (
    effects_of,
    left_out,
    list_title,
    name_of,
    place,
    remedy,
    role_of,
    standing,
    summary_line,
    verdict_line,
)

MAX_ROWS = 200
"""A job summary takes 1 MiB, and nobody reads more."""
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~])")


def render(result: GateResult, verdict: Verdict) -> str:
    sign = {0: "✅", 1: "❌"}.get(verdict.exit_code, "⚠️")
    out = [f"## {sign} Importgate {verdict_line(verdict)}", "", f"{summary_line(result)}."]
    if result.compared_with:
        out[-1] += f" Compared with {_code(result.compared_with)}."
    out += _failures(result)
    new = [item for item in result.findings if item.status is Status.NEW]
    out += _findings(new, result, "Findings")
    out += _meaning(new, result)
    out += _shortfalls(result)
    out += _folded(_findings([item for item in result.findings if item.status is Status.WAIVED], result, "Waived"))
    out += _folded(_findings([item for item in result.findings if item.status is Status.KNOWN], result, "Known"))
    out += _waivers(result)
    notes = [*result.notices, *left_out(result), *(warning for file in result.files for warning in file.warnings)]
    out += ["", "### Notes", "", *(f"- {_plain(note)}" for note in notes)] if notes else []
    editions = ", ".join(f"{list_id} {_code(item.edition)}" for list_id, item in result.lists.items())
    return "\n".join(
        [*out, "", f"<sub>As of {result.as_of}; lists: {editions}; policy {_code(result.policy)}.</sub>", ""]
    )


def _findings(findings: Sequence[Finding], result: GateResult, title: str) -> list[str]:
    if not findings:
        return []
    out = ["", f"### {title}", "", "| outcome | party | matches | where | why |", "|---|---|---|---|---|"]
    for item in findings[:MAX_ROWS]:
        party = f"**{_plain(name_of(item))}**<br>{role_of(item)}"
        listed = _plain(item.hit.name) if item.hit else ""
        matched = f"{listed}<br>{_plain(list_title(item, result))}<br>{_code(item.subject)}"
        said = "<br>".join(_plain(text) for text in (item.why, standing(item, result)) if text)
        where = _code(place(item.file, item.spots, item.count))
        out.append(f"| {item.outcome} | {party} | {matched} | {where} | {said} |")
    if len(findings) > MAX_ROWS:
        out += ["", f"{len(findings) - MAX_ROWS:,} more are not shown here; the other reports have them."]
    return out


def _meaning(findings: Sequence[Finding], result: GateResult) -> list[str]:
    effects = dict.fromkeys(effect for item in findings for effect in effects_of(item, result))
    remedies = dict.fromkeys(remedy(item) for item in findings)
    if not findings:
        return []
    return ["", "**What it means**", "", *(f"- {_plain(text)}" for text in effects), "", "**What to do**", ""] + [
        f"- {_plain(text)}" for text in remedies
    ]


def _failures(result: GateResult) -> list[str]:
    if not result.failures:
        return []
    return ["", "### Could not complete", "", *(f"- {_plain(failure.message)}" for failure in result.failures)]


def _shortfalls(result: GateResult) -> list[str]:
    if not result.shortfall_count:
        return []
    out = ["", "### Not screened in full", "", "| where | party | problem |", "|---|---|---|"]
    for item in result.shortfalls[:MAX_ROWS]:
        where = _code(f"{item.file}:{item.spot.line or 1}")
        out.append(f"| {where} | {_plain(item.name[:200])} | {_plain(item.problem)} |")
    more = result.shortfall_count - min(len(result.shortfalls), MAX_ROWS)
    return [*out, "", f"{more:,} more are not shown here."] if more else out


def _waivers(result: GateResult) -> list[str]:
    if not result.waivers:
        return []
    out = [
        "",
        "### Waivers",
        "",
        "| state | party | listing | until | approved by | note |",
        "|---|---|---|---|---|---|",
    ]
    for item in result.waivers:
        waiver = item.waiver
        uses = f" ({counted(item.findings, 'finding')})" if item.findings else ""
        cells = [f"{item.state}{uses}", _plain(waiver.party), _code(waiver.listing_id), str(waiver.expires_on)]
        out.append(f"| {' | '.join([*cells, _plain(waiver.approved_by), _plain(item.note)])} |")
    return out


def _folded(lines: list[str]) -> list[str]:
    if not lines:
        return []
    title = lines[1].removeprefix("### ")
    return ["", f"<details><summary>{title}</summary>", "", *lines[3:], "", "</details>"]


def _plain(text: str) -> str:
    """Text that is no markup, on one line."""
    joined = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _MARKUP.sub(r"\\\1", joined).replace("@", "@\u200b")  # a party's name must not notify anybody


def _code(text: str) -> str:
    return f"`{' '.join(text.split()).replace('`', 'ˋ').replace('|', '¦')}`"
