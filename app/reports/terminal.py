"""The gate's findings for a person at a terminal: grouped by party, with file and line, why, and what to do."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

import click

from app.gate.model import Finding, GateResult, Status
from app.gate.verdict import CLEAR, FOUND, Verdict, counted
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
from app.screening.model import Outcome

MAX_PARTIES = 50
MAX_LISTINGS = 20
MAX_SHORTFALLS = 10
_WIDTH = 110
_COLOURS = {Outcome.BLOCK: "red", Outcome.REVIEW: "yellow"}


def render(result: GateResult, verdict: Verdict) -> str:
    """With terminal colours; whoever prints it strips them where they are not wanted."""
    lines = [*_parties(result), *_quiet(result), *_problems(result)]
    lines.append(f"{summary_line(result)}{f'; compared with {result.compared_with}' if result.compared_with else ''}")
    colour = {CLEAR: "green", FOUND: "red"}.get(verdict.exit_code, "magenta")
    lines.append(click.style(f"Importgate {verdict_line(verdict)}", fg=colour, bold=True))
    return "\n".join(lines) + "\n"


def _parties(result: GateResult) -> Iterator[str]:
    """What nobody has decided about, each party once."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in result.findings:
        if finding.status is Status.NEW:
            groups.setdefault((finding.file, finding.party.name, finding.role), []).append(finding)
    for group in list(groups.values())[:MAX_PARTIES]:
        yield from _party(group, result)
    if len(groups) > MAX_PARTIES:
        yield f"... and {counted(len(groups) - MAX_PARTIES, 'party', 'parties')} more; the reports have them all"
        yield ""


def _party(found: Sequence[Finding], result: GateResult) -> Iterator[str]:
    first, group = found[0], found[:MAX_LISTINGS]
    badge = click.style(f" {first.outcome.upper()} ", bg=_COLOURS[first.outcome], fg="black", bold=True)
    yield f"{badge} {click.style(name_of(first), bold=True)}  {role_of(first)}"
    yield f"  {click.style(place(first.file, first.spots, first.count), fg='cyan')}"
    address = " · ".join(printable(part) for part in (first.party.address, first.party.country) if part)
    if address:
        yield from _said("", address)
    for finding in group:
        if finding.hit is not None:
            hit = finding.hit
            listed = f"{printable(hit.name)} · {finding.subject} · {hit.strength} match, {hit.score:.2f}"
            yield from _said("list", f"{list_title(finding, result)}: {listed}")
        note = standing(finding, result)
        if note:
            yield from _said("note", note)
    if len(found) > len(group):
        yield from _said("", f"... and {counted(len(found) - len(group), 'listing')} more; the reports have them all")
    for why in dict.fromkeys(finding.why for finding in group):
        yield from _said("why", why)
    gravest = [finding for finding in group if finding.outcome is first.outcome]
    for effect in dict.fromkeys(effect for finding in gravest for effect in effects_of(finding, result)):
        yield from _said("means", effect)
    yield from _said("do", remedy(first))
    yield f"         {click.style(waive_command(*group), dim=True)}"
    yield ""


def _quiet(result: GateResult) -> Iterator[str]:
    """What somebody has decided about, in a line each: never hidden."""
    for status in (Status.WAIVED, Status.KNOWN):
        chosen = [finding for finding in result.findings if finding.status is status]
        for finding in chosen[:MAX_PARTIES]:
            where = place(finding.file, finding.spots, finding.count)
            head = f"{finding.outcome.upper()} {name_of(finding)}  {role_of(finding)}  {where}  {finding.subject}"
            yield f"{click.style(status.upper(), fg='blue')} {head}"
            yield from _said("", standing(finding, result))
        if len(chosen) > MAX_PARTIES:
            yield f"... and {counted(len(chosen) - MAX_PARTIES, f'{status} finding')} more; the reports have them all"
        if chosen:
            yield ""


def _problems(result: GateResult) -> Iterator[str]:
    told = [f"{item.file}:{item.spot.line or 1}: {_who(item.name)}{item.problem}" for item in result.shortfalls]
    for text in told[:MAX_SHORTFALLS]:
        yield f"{click.style('INCOMPLETE', fg='magenta')} {printable(text)}"
    if result.shortfall_count > MAX_SHORTFALLS:
        yield f"... and {result.shortfall_count - MAX_SHORTFALLS:,} more; the reports have them"
    for failure in result.failures:
        yield f"{click.style('ERROR', fg='magenta')} {printable(failure.message)}"
    for item in result.waivers:
        if item.state != "applied":
            where = f"{result.waivers_file}:{item.waiver.line}"
            who = f"{printable(item.waiver.party)}, {printable(item.waiver.listing_id)}"
            yield f"{click.style(f'WAIVER {item.state}', fg='blue')} {where}: {who}: {printable(item.note)}"
    for text in (*(warning for file in result.files for warning in file.warnings), *result.notices, *left_out(result)):
        yield f"note: {printable(text)}"
    if result.shortfalls or result.failures or result.notices:
        yield ""


def _who(name: str) -> str:
    return f"“{name[:60]}”: " if name else ""


def _said(label: str, text: str) -> list[str]:
    indent = " " * 9
    return textwrap.wrap(
        printable(text),
        width=_WIDTH,
        initial_indent=f"  {label:<7}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
