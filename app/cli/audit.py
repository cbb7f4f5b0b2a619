"""`importgate audit`: the log of decisions, keys and configuration."""

from __future__ import annotations

import json

import click

from app.cli.store import opened_store

FOUND_SOMETHING = 1


@click.group()
def audit() -> None:
    """Verify and export the audit log."""


@audit.command()
@click.option(
    "--head",
    "expected",
    metavar="NUMBER:DIGEST",
    help="A head that an earlier run printed: finds what was cut off at the end, or written anew, since.",
)
@click.pass_context
def verify(ctx: click.Context, expected: str | None) -> None:
    """Look for altered, missing and inserted entries. Ends with 1 where there are any.

    Prints the head, the last entry's number and digest, alone on stdout: note it where nobody who can write to the
    database can change it.
    """
    from app.store import audit as log

    known = None if expected is None else log.parse_head(expected)
    with opened_store() as store:
        problems, head = log.verify(store, known)
    for problem in problems:
        click.echo(f"importgate: {problem}", err=True)
    if head is not None:
        click.echo(f"{head.number:,} is the last entry's number.", err=True)
        click.echo(str(head))
    else:
        click.echo("The audit log is empty.", err=True)
    if problems:
        ctx.exit(FOUND_SOMETHING)


@audit.command()
def export() -> None:
    """Write every entry to stdout, one line of JSON each, oldest first."""
    from app.store import audit as log

    with opened_store() as store:
        for entry in log.read_entries(store):
            plain = entry.model_dump() | {"at": entry.at.isoformat(), "detail": json.loads(entry.detail)}
            click.echo(json.dumps(plain, ensure_ascii=False))
