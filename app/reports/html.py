"""The gate's findings as one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

from dataclasses import asdict

from app.gate.model import Finding, GateResult, Status
from app.gate.verdict import Verdict
from app.reports import page
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
    waive_command,
)
from app.reports.page import alignment, items, table, text


def render(result: GateResult, verdict: Verdict) -> str:
    title = f"Importgate {verdict_line(verdict)}"
    compared = f" Compared with <code>{text(result.compared_with)}</code>." if result.compared_with else ""
    sections = [
        f"<h1>{text(title)}</h1><p>{text(summary_line(result))}.{compared}</p>",
        items("Could not complete", [failure.message for failure in result.failures]),
        *(_findings(status, title_, result) for status, title_ in _SECTIONS),
        _shortfalls(result),
        _waivers(result),
        items(
            "Notes",
            [*result.notices, *left_out(result), *(warning for file in result.files for warning in file.warnings)],
        ),
        _lists(result),
    ]
    return f"{page.head(title)}{''.join(sections)}</body></html>\n"


_SECTIONS = ((Status.NEW, "Findings"), (Status.WAIVED, "Waived"), (Status.KNOWN, "Known"))


def _findings(status: Status, title: str, result: GateResult) -> str:
    chosen = [item for item in result.findings if item.status is status]
    return f"<h2>{title} ({len(chosen):,})</h2>{''.join(_finding(item, result) for item in chosen)}" if chosen else ""


def _finding(item: Finding, result: GateResult) -> str:
    listed = f"{text(item.hit.name)} – {item.hit.strength} match, score {item.hit.score:.2f}<br>" if item.hit else ""
    effects = "<br>".join(text(effect) for effect in effects_of(item, result))
    tokens = alignment(item.hit.explanation.get("tokens", ())) if item.hit else ""
    why = "<br>".join(page.signal(asdict(signal)) for signal in item.signals) or f"{text(item.why)}{tokens}"
    rows = [
        ("where", f"<code>{text(place(item.file, item.spots, item.count))}</code>"),
        ("matches", f"{listed}{text(list_title(item, result))} · <code>{text(item.subject)}</code>"),
        ("why", why),
        ("means", effects),
        ("status", text(standing(item, result))),
        ("to do", f"{text(remedy(item))}<br><code>{text(waive_command(item))}</code>"),
    ]
    head = f"{item.outcome.upper()} · {text(name_of(item))} <small>{text(role_of(item))}</small>"
    address = " · ".join(text(part) for part in (item.party.address, item.party.country) if part)
    return f'<article class="{item.outcome}"><h3>{head}</h3><p class="quiet">{address}</p>{table(rows)}</article>'


def _shortfalls(result: GateResult) -> str:
    if not result.shortfall_count:
        return ""
    rows = [
        (
            f"{item.file}:{item.spot.line or 1}",
            text(f"{item.name[:200]} – {item.problem}" if item.name else item.problem),
        )
        for item in result.shortfalls
    ]
    more = result.shortfall_count - len(rows)
    told = f"<p>{more:,} more are not shown here.</p>" if more else ""
    return f"<h2>Not screened in full ({result.shortfall_count:,})</h2>{table(rows)}{told}"


def _waivers(result: GateResult) -> str:
    if not result.waivers:
        return ""
    rows = [
        (
            item.state.value,
            f"{text(item.waiver.party)} · <code>{text(item.waiver.listing_id)}</code><br>{text(item.waiver.reason)} "
            f"({text(item.waiver.approved_by)}, until {item.waiver.expires_on})<br>{text(item.note)}",
        )
        for item in result.waivers
    ]
    return f"<h2>Waivers ({len(rows):,})</h2>{table(rows)}"


def _lists(result: GateResult) -> str:
    rows = [
        (list_id, f"{text(item.title)}, edition <code>{text(item.edition)}</code>")
        for list_id, item in result.lists.items()
    ]
    return f"<h2>Lists</h2>{table(rows)}<p>As of {result.as_of}; policy <code>{text(result.policy)}</code>.</p>"
