"""`importgate key`: who may call the API."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from app.cli.store import opened_store

if TYPE_CHECKING:
    from app.store.tables import ApiKey

SCOPES = ("screen", "review", "admin", "metrics")  # spelt out, so that --help loads no SQL; a test compares


@click.group()
def key() -> None:
    """Create, list and revoke API keys."""


@key.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    default=("screen",),
    show_default=True,
    type=click.Choice(SCOPES),
    help="What the key allows; may be repeated.",
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day (UTC) from whose beginning the key no longer works; never if left out.",
)
def create(name: str, scopes: tuple[str, ...], expires: datetime | None) -> None:
    """Create a key called NAME and print its secret, once, alone on stdout."""
    from app.store.keys import Scope, create_key

    with opened_store() as store:
        made, secret = create_key(
            store,
            name,
            [Scope(scope) for scope in scopes],
            expires_at=expires and expires.replace(tzinfo=UTC),
        )
    click.echo(f"Key {made.id} ({made.name}: {made.scopes}); its secret is shown only this once:", err=True)
    click.echo(secret)


@key.command("list")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def list_(form: str) -> None:
    """List all keys, revoked ones too. Secrets are not kept; the first letters tell keys apart."""
    from app.store.keys import list_keys

    with opened_store() as store:
        rows = [_plain(found) for found in list_keys(store)]
    if form == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("There are no keys yet; `importgate key create NAME` makes one, and so does the first `serve`.")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*(field.replace("_", " ") for field in rows[0]))
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))  # no markup in names
    Console().print(table)


@key.command()
@click.argument("key_id", metavar="ID", type=int)
def revoke(key_id: int) -> None:
    """Revoke the key with this ID (see `importgate key list`), at once and for good."""
    from app.store.keys import revoke_key

    with opened_store() as store:
        revoked = revoke_key(store, key_id)
    click.echo(f"Key {revoked.id} ({revoked.name}) is revoked.")


def _plain(found: ApiKey) -> dict[str, object]:
    from app.store.keys import key_state

    def day(instant: datetime | None) -> str | None:
        return None if instant is None else instant.isoformat(timespec="seconds")

    return {
        "id": found.id,
        "name": found.name,
        "key": f"{found.prefix}...",
        "scopes": found.scopes,
        "state": key_state(found).value,
        "created": day(found.created_at),
        "expires": day(found.expires_at),
        "revoked": day(found.revoked_at),
        "last_used": day(found.last_used_at),
    }
