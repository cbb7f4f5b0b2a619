"""The gate's findings as one HTML page that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from app.gate.model import Finding, GateResult, Status
from app.gate.verdict import Verdict
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
from app.reports.printable import printable

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --block: #b3261e; --review: #8a5a00; --quiet: #666; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
article { border: 1px solid var(--line); border-left: .4rem solid var(--quiet); padding: .75rem 1rem; margin: 1rem 0; }
article.block { border-left-color: var(--block); } article.review { border-left-color: var(--review); }
h3 { margin: 0; font-size: 1.05rem; } h3 small { font-weight: normal; }
table { border-collapse: collapse; margin: .5rem 0; }
th, td { text-align: left; padding: .15rem .75rem .15rem 0; vertical-align: top; }
th { font-weight: 600; } code { font-size: .9em; overflow-wrap: anywhere; } .quiet { color: var(--quiet); }
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render(result: GateResult, verdict: Verdict) -> str:
    title = f"Importgate {verdict_line(verdict)}"
    compared = f" Compared with <code>{_text(result.compared_with)}</code>." if result.compared_with else ""
    sections = [
        f"<h1>{_text(title)}</h1><p>{_text(summary_line(result))}.{compared}</p>",
        _items("Could not complete", [failure.message for failure in result.failures]),
        *(_findings(status, title_, result) for status, title_ in _SECTIONS),
        _shortfalls(result),
        _waivers(result),
        _items(
            "Notes",
            [*result.notices, *left_out(result), *(warning for file in result.files for warning in file.warnings)],
        ),
        _lists(result),
    ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}"><style>{_STYLE}</style></head>\n'
        f"<body>{''.join(sections)}</body></html>\n"
    )


_SECTIONS = ((Status.NEW, "Findings"), (Status.WAIVED, "Waived"), (Status.KNOWN, "Known"))


def _findings(status: Status, title: str, result: GateResult) -> str:
    chosen = [item for item in result.findings if item.status is status]
    return f"<h2>{title} ({len(chosen):,})</h2>{''.join(_finding(item, result) for item in chosen)}" if chosen else ""


def _finding(item: Finding, result: GateResult) -> str:
    listed = f"{_text(item.hit.name)} – {item.hit.strength} match, score {item.hit.score:.2f}" if item.hit else ""
    effects = "<br>".join(_text(effect) for effect in effects_of(item, result))
    rows = [
        ("where", f"<code>{_text(place(item.file, item.spots, item.count))}</code>"),
        ("matches", f"{listed}<br>{_text(list_title(item, result))} · <code>{_text(item.subject)}</code>"),
        ("why", f"{_text(item.why)}{_alignment(item.hit.explanation.get('tokens', ()) if item.hit else ())}"),
        ("means", effects),
        ("status", _text(standing(item, result))),
        ("to do", f"{_text(remedy(item))}<br><code>{_text(waive_command(item))}</code>"),
    ]
    head = f"{item.outcome.upper()} · {_text(name_of(item))} <small>{_text(role_of(item))}</small>"
    address = " · ".join(_text(part) for part in (item.party.address, item.party.country) if part)
    return f'<article class="{item.outcome}"><h3>{head}</h3><p class="quiet">{address}</p>{_table(rows)}</article>'


def _alignment(tokens: Sequence[Any]) -> str:
    """The two names, part by part."""
    if not tokens:
        return ""
    cells = "".join(
        f"<tr><td>{_text(token['query'] or '–')}</td><td>{_text(token['listed'] or '–')}</td>"
        f"<td>{_text(token['relation'])}</td><td>{_text(token.get('gloss') or token['kind'])}</td></tr>"
        for token in tokens
    )
    return f"<table><tr><th>declared</th><th>listed</th><th></th><th>what it is</th></tr>{cells}</table>"


def _shortfalls(result: GateResult) -> str:
    if not result.shortfall_count:
        return ""
    rows = [
        (
            f"{item.file}:{item.spot.line or 1}",
            _text(f"{item.name[:200]} – {item.problem}" if item.name else item.problem),
        )
        for item in result.shortfalls
    ]
    more = result.shortfall_count - len(rows)
    told = f"<p>{more:,} more are not shown here.</p>" if more else ""
    return f"<h2>Not screened in full ({result.shortfall_count:,})</h2>{_table(rows)}{told}"


def _waivers(result: GateResult) -> str:
    if not result.waivers:
        return ""
    rows = [
        (
            item.state.value,
            f"{_text(item.waiver.party)} · <code>{_text(item.waiver.listing_id)}</code><br>{_text(item.waiver.reason)} "
            f"({_text(item.waiver.approved_by)}, until {item.waiver.expires_on})<br>{_text(item.note)}",
        )
        for item in result.waivers
    ]
    return f"<h2>Waivers ({len(rows):,})</h2>{_table(rows)}"


def _lists(result: GateResult) -> str:
    rows = [
        (list_id, f"{_text(item.title)}, edition <code>{_text(item.edition)}</code>")
        for list_id, item in result.lists.items()
    ]
    return f"<h2>Lists</h2>{_table(rows)}<p>As of {result.as_of}; policy <code>{_text(result.policy)}</code>.</p>"


def _items(title: str, texts: Sequence[str]) -> str:
    return f"<h2>{title}</h2><ul>{''.join(f'<li>{_text(text)}</li>' for text in texts)}</ul>" if texts else ""


def _table(rows: Iterable[tuple[str, str]]) -> str:
    """`rows` are (text, markup); those without markup are left out."""
    return f"<table>{''.join(f'<tr><th>{_text(head)}</th><td>{body}</td></tr>' for head, body in rows if body)}</table>"


def _text(text: str) -> str:
    return escape(printable(text))
