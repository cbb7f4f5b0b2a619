"""`importgate worker`: screens uploaded files."""

from __future__ import annotations

import click


@click.command()
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that screen a long file. All cores if left out."
)
def worker(jobs: int | None) -> None:
    """Screen uploaded files until Ctrl+C or SIGTERM.

    Any number may run, on any number of machines, where the database is PostgreSQL and all see the same uploads folder.
    With SQLite, `importgate serve` runs one by itself. A worker that is stopped hands its job to the next one.
    """
    from app.logs import write_logs
    from app.settings import available_cores, read_settings
    from app.worker.process import run_worker

    settings = read_settings()
    write_logs(settings.log_level)
    run_worker(settings, jobs or available_cores())
