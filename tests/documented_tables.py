"""Tables of the documentation that come from the code: `test_docs.py` compares them, `./scripts/docs` writes them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

import click

from app.api.problems import PROBLEMS
from app.cli.main import main
from app.cli.options import open_screener
from app.lists.sources import bundled_sources
from app.match import policy
from app.match.explain import _RULES as RULES
from app.screening.model import Party, Role
from app.screening.outcome import OUTCOMES
from app.screening.screen import screen
from app.settings import SETTINGS
from app.store.dispositions import REASONS, State
from app.text.read import read_name
from app.text.tables import read_table
from scripts.evaluation import gold
from scripts.evaluation.folder import lowered

TODAY = date(2026, 11, 23)  # the day of the documentation: what a hit means changes with the calendar
WORKED_EXAMPLE = "新疆浩林发饰"
SIGHTED = ("brands", "groups")


def _cells(*rows: Iterable[object]) -> list[str]:
    lines = [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return [lines[0], re.sub(r"[^|]+", "---", lines[0]), *lines[1:]]


def _settings_table() -> list[str]:
    rows = [(f"`{row.variable}`", row.meaning, row.default) for row in SETTINGS]
    return _cells(("variable", "what it says", "if unset"), *rows)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words: ("lists show", ...)."""
    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", found) for inner, found in sorted(command.commands.items()))
        elif command is not None:
            yield name, command


def _commands_table() -> list[str]:
    rows = [(f"`importgate {name}`", command.get_short_help_str(120)) for name, command in commands()]
    return _cells(("command", "what it does"), *rows)


def _outcomes_table() -> list[str]:
    return _cells(("evidence", "outcome"), *((rule.name, f"**{rule.outcome}**") for rule in OUTCOMES))


def _lists_table() -> list[str]:
    rows = []
    for entity_list in (source.load() for source in bundled_sources()):
        count, total = len(entity_list.in_force(TODAY)), len(entity_list.listings)
        rows.append((f"`{entity_list.id}`", entity_list.title, count if count == total else f"{count} of {total}"))
    return _cells(("list", "title", "in force"), *rows)


def _thresholds_table() -> list[str]:
    same, cross = policy.SAME_SCRIPT, policy.CROSS_SCRIPT
    return _cells(
        ("names", "possible from", "strong from"),
        ("in one script", f"{same.possible:.2f}", f"{same.strong:.2f}"),
        ("in two scripts", f"{cross.possible:.2f}", f"{cross.strong:.2f}"),
    )


def _reading_table() -> list[str]:
    rows = [
        (token.surface, token.kind.replace("_", " "), token.letters, token.concept.replace("_", " "))
        for token in read_name("新疆第八师天山鋁業（集團）有限公司").tokens
    ]
    return _cells(("part", "kind", "sound", "concept"), *rows)


def _points_table() -> list[str]:
    """What was weighed for the worked example of docs/matching.md."""
    screener = open_screener(["us-uflpa"], TODAY)
    hit = screen([Party(WORKED_EXAMPLE)], screener)[0].hits[0]
    assert hit.explanation["rule"] == "model", f"{WORKED_EXAMPLE} is no longer weighed: choose another example"
    rows = [(f"`{row['feature']}`", f"{row['points']:+.2f}", row["reason"]) for row in hit.explanation["points"]]
    return _cells(("feature", "points", "reason"), *rows)


def _sweep_table() -> list[str]:
    """The gold cases with the threshold of possible moved, everything else as it is."""
    screener = open_screener([], gold.AS_OF)
    cases = gold.load_gold()
    parties = [case.party for case in cases]
    rows = []
    for threshold in (None, 0.3, 0.5, 0.7):
        with lowered(threshold):
            verdicts = [gold.judge(*pair) for pair in zip(cases, screen(parties, screener), strict=True)]
        groups = gold.by_group(verdicts)
        found = [f"{groups[group].recall:.3f}" for group in ("all", "cross", "structure")]
        alerts = f"{groups['all'].alerted} of {groups['all'].innocent}"
        rows.append((f"{threshold:.2f}" if threshold else "**as chosen**", *found, alerts))
    return _cells(("possible from", "recall", "across scripts", "structures", "false alerts"), *rows)


def _sightings_table() -> list[str]:
    """How the rows of brands and of groups were seen; a number of texts counts as texts."""
    seen = {table: [row["seen"] for row in read_table(table)] for table in SIGHTED}
    counts = {table: Counter(re.sub(r"\d+ texts?", "texts", way) for way in ways) for table, ways in seen.items()}
    ways = ("two lists", "texts", "page", "listing", "dictionary")
    rows = [(f"`{way}`", *(counts[table][way] for table in SIGHTED)) for way in ways]
    return _cells(("seen", *SIGHTED), *rows, ("all", *(counts[table].total() for table in SIGHTED)))


def _limits_table() -> list[str]:
    cases = gold.load_cases(gold.FOLDER / f"{gold.LIMITS}.csv")
    rows = [(case.party.name, "hit" if case.must_hit else "clear", case.why) for case in cases]
    return _cells(("party", "should be", "why it is not"), *rows)


TABLES: dict[str, Callable[[], list[str]]] = {
    "settings": _settings_table,
    "commands": _commands_table,
    "outcomes": _outcomes_table,
    "lists": _lists_table,
    "limits": _limits_table,
    "points": _points_table,
    "reading": _reading_table,
    "rules": lambda: _cells(
        ("rule", "the party's name …"), *((f"`{rule}`", text.format(listed="“…”")) for rule, text in RULES.items())
    ),
    "sightings": _sightings_table,
    "sweep": _sweep_table,
    "thresholds": _thresholds_table,
    "roles": lambda: _cells(("role",), *((f"`{role}`",) for role in Role)),
    "reasons": lambda: _cells(
        ("reason", "for", "what it says"),
        *(
            (f"`{row.code}`", ", ".join(f"`{state}`" for state in State if state in row.states), row.meaning)
            for row in REASONS.values()
        ),
    ),
    "problems": lambda: _cells(
        ("type", "status", "what it says"), *((f"`{row.type}`", row.status, row.title) for row in PROBLEMS)
    ),
}
