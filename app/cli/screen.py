"""`importgate screen`: the parties of a shipment file."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import AS_OF, COLUMNS, LISTS, open_screener, parse_column
from app.errors import ImportgateError, InputError, Place
from app.reports.tally import SHOWN_PROBLEMS, Tally
from app.reports.writer import FORMATS
from app.settings import available_cores

if TYPE_CHECKING:
    from app.files.bulk import Screened
    from app.files.shipments import ShipmentFile
    from app.screening.chains import Exposed
    from app.screening.screener import Screener
    from app.screening.trace import Trace

_LONG_FILE = 1 << 20  # bytes; below that no progress bar would be seen


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(allow_dash=True, path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="For people or programs."
)
@click.option("--output", type=click.Path(path_type=Path), metavar="PATH", help="Write there instead of to stdout.")
@click.option("--all", "everything", is_flag=True, help="Write clear records too. The summary counts them anyway.")
@LISTS
@COLUMNS
@click.option(
    "--relations",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="CSV of who supplies or owns whom: supplier, buyer, tier, goods; or parent, subsidiary, share (per cent); "
    "also supplier address, buyer uscc and the like. Parties supplied or owned by a blocked one are reviewed, with the "
    "way as evidence.",
)
@AS_OF
@click.option("--encoding", metavar="NAME", help="The file's encoding, e.g. gb18030. Recognised if left out.")
@click.option(
    "--jobs", type=click.IntRange(min=1), metavar="N", help="Processes that screen a long file. All cores if left out."
)
def screen(
    file: Path,
    form: str,
    output: Path | None,
    everything: bool,
    lists: tuple[str, ...],
    columns: tuple[str, ...],
    relations: Path | None,
    as_of: date,
    encoding: str | None,
    jobs: int | None,
) -> None:
    """Screen the parties of a shipment file.

    FILE is CSV, XLSX or JSON lines, - is standard input. Records that are not clear are written, one for each party;
    the summary on stderr counts all. The exit code is 0 whatever is found, and 3 where any party could not be screened
    in full.
    """
    started = time.perf_counter()
    chosen = [parse_column(item) for item in columns]
    with _open(file, chosen, encoding) as shipments:
        _say([*shipments.warnings, f"{shipments.name}: reading {shipments.screened}"])
        screener = open_screener(lists, as_of)
        traced = _traced(relations, screener) if relations else None
        exposed = traced.exposed if traced else {}
        tally = _run(shipments, screener, form, output, everything, jobs or available_cores(), exposed)
    _say(_problems(shipments.name, tally))
    click.echo(f"{tally.sentence()} ({time.perf_counter() - started:.1f} s)", err=True)
    if tally.fell_short or (traced and traced.incomplete):
        click.get_current_context().exit(3)


def _traced(path: Path, screener: Screener) -> Trace:
    from app.files.relations import read_relations
    from app.screening.trace import trace

    relations = read_relations(path)
    traced = trace(relations.links, screener, relations.parties)
    unscreened = [
        str(ImportgateError(f"{item.name!r}: {item.problem}", Place(str(path), line=item.line)))
        for item in traced.incomplete[:SHOWN_PROBLEMS]
    ]
    more = len(traced.incomplete) - len(unscreened)
    _say([*relations.warnings, *unscreened, *([f"{path}: ... and {more:,} more"] if more else ()), f"{path}: {traced}"])
    return traced


def _run(
    shipments: ShipmentFile,
    screener: Screener,
    form: str,
    output: Path | None,
    everything: bool,
    jobs: int,
    exposed: Exposed,
) -> Tally:
    """Streams the file through the screener into the report."""
    from app.reports.destination import open_destination
    from app.reports.writer import report_writer
    from app.screening.record import record

    tally = Tally()
    with open_destination(output) as stream, _progress(shipments) as advance:
        writer = report_writer(form, stream, screener.titles)
        for screened in _screened(shipments, screener, jobs, exposed, everything):
            tally.add_clear(screened.clear, screened.clear_rows)
            for item, screening in screened.results:
                tally.add(screening.outcome, screening.problem, item.row, item.line)
                writer.write(record(screening, screener, row=item.row, line=item.line, role=item.role))
            advance()
        writer.finish()
    return tally


def _screened(
    shipments: ShipmentFile, screener: Screener, jobs: int, exposed: Exposed, everything: bool
) -> Iterator[Screened]:
    from app.files.bulk import Screened, screen_file
    from app.files.telling import in_full, tell_file

    if not everything:
        return screen_file(shipments, screener, jobs, exposed)
    return (Screened([in_full(one) for one in told]) for told in tell_file(shipments, screener, jobs, exposed))


@contextmanager
def _open(file: Path, columns: Sequence[tuple[str, str]], encoding: str | None) -> Iterator[ShipmentFile]:
    from app.files.shipments import ShipmentFile, open_shipments

    if str(file) != "-":
        if file.is_dir():
            raise InputError("this is a folder; give a file in it", Place(str(file)))
        with open_shipments(file, columns=columns, encoding=encoding) as shipments:
            yield shipments
        return
    with tempfile.TemporaryFile() as copy:  # the file is read more than once: to find its encoding, and to screen it
        shutil.copyfileobj(sys.stdin.buffer, copy)
        yield ShipmentFile(copy, "standard input", columns=columns, encoding=encoding)


def _problems(name: str, tally: Tally) -> list[str]:
    """One sentence for each of the first parties that could not be screened in full."""
    told = [str(ImportgateError(problem, Place(name, row, line))) for row, line, problem in tally.problems]
    if tally.reasons > len(told):
        told.append(f'... and {tally.reasons - len(told):,} more; --format jsonl has them all, under "problem"')
    return told


def _say(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        click.echo(f"importgate: {sentence}", err=True)


@contextmanager
def _progress(shipments: ShipmentFile) -> Iterator[Callable[[], None]]:
    """A bar on stderr for long files, where a person sees it."""
    if shipments.size < _LONG_FILE or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Screening"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=shipments.size)
        yield lambda: bar.update(task, completed=shipments.position)
