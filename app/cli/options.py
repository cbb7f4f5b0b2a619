"""Options that several commands share, and the screener they ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

import click

from app.errors import UsageError

if TYPE_CHECKING:
    from app.screening.screener import Screener


def _parse_date(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date:
    if value is None:
        return date.today()
    return parse_day(value, "--as-of")


def parse_day(value: str, option: str) -> date:
    """A date as an option gives it; raises `UsageError`."""
    try:
        if len(value) != len("2026-01-31"):  # Python also reads 20260131 and week dates
            raise ValueError(value)
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(f"{option} {value!r} is no date; write it as YYYY-MM-DD, for example 2026-01-31") from None


AS_OF = click.option(
    "--as-of",
    metavar="DATE",
    callback=_parse_date,
    help="Screen as of that day (YYYY-MM-DD): what was listed and in force then. Today if left out.",
)
LISTS = click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="ID_OR_FILE",
    help="A bundled list or a file of your own (id,name[,aliases,...]); may be repeated. All bundled ones if left out.",
)
COLUMNS = click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="ROLE=HEADER",
    help="Which column holds which party, e.g. supplier=Vendor, shipper.address=Addr or supplier.uscc=Code; hs_code=, "
    "goods= and origin= for the goods; may be repeated. party= where the role is unknown. If left out, columns are "
    "recognised by their headers.",
)


def parse_column(item: str) -> tuple[str, str]:
    """One value of `--column`; raises `UsageError`."""
    role, separator, header = item.partition("=")
    if not separator or not role.strip() or not header.strip():
        raise UsageError(f"--column {item!r} must be ROLE=HEADER, for example supplier=Vendor")
    return role.strip(), header


def open_screener(lists: Sequence[str], as_of: date) -> Screener:
    """The compiled lists that `--list` names, all bundled ones if none."""
    from app.lists.sources import bundled_sources, resolve_sources
    from app.screening.screener import Screener
    from app.settings import available_cores, cache_dir

    sources = resolve_sources(lists) if lists else bundled_sources()
    return Screener.open(sources, as_of=as_of, cache_dir=cache_dir(), jobs=available_cores())
