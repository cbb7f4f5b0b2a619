"""`importgate backup`: a copy of the service's SQLite database while it is in use."""

from __future__ import annotations

from pathlib import Path

import click

from app.errors import UsageError


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
def backup(path: Path) -> None:
    """Copy the database to PATH, whole and consistent, while the service runs.

    Uploaded files are copied by any program for files; jobs that have ended do not need them.
    """
    from app.settings import read_settings
    from app.store.database import back_up, open_store

    settings = read_settings()
    if not settings.database_url.startswith("sqlite"):
        raise UsageError("PostgreSQL has its own way: pg_dump --format=custom --file=PATH DATABASE")
    if path.exists():
        raise UsageError(f"{path} is there already; choose another name")
    store = open_store(settings.database_url)
    try:
        back_up(store, path)
    finally:
        store.close()
    click.echo(f"The database is copied to {path} ({path.stat().st_size:,} bytes).")
