"""`importgate lists`: what the entity lists hold, and whether they keep their rules."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from app.errors import ListError
from app.lists.model import EntityList, Programme

if TYPE_CHECKING:
    from rich.table import Table

_BROKEN_LISTS = 2


@click.group()
def lists() -> None:
    """Show and check the entity lists."""


@lists.command()
@click.argument("list_id", metavar="[LIST]", required=False)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def show(list_id: str | None, form: str) -> None:
    """Show all lists, or one: LIST is the id of a bundled list or the path of a custom one."""
    from app.lists.sources import bundled_sources, resolve_sources

    today = date.today()
    shown = [source.load() for source in (resolve_sources([list_id]) if list_id else bundled_sources())]
    if form == "json":
        plain = [_plain(entity_list, today) for entity_list in shown]
        click.echo(json.dumps(plain[0] if list_id else plain, ensure_ascii=False, indent=2))
        return
    _print(_listing_table(shown[0], today) if list_id else _overview(shown, today))


@lists.command()
def check() -> None:
    """Check every bundled list against the rules; ends with 2 where one is broken."""
    from app.lists.check import Catalogue, check_lists
    from app.lists.sources import bundled_sources, load_programmes

    broken: list[str] = []
    loaded: list[EntityList] = []
    programmes: dict[str, Programme] = {}
    try:
        programmes = load_programmes()
    except ListError as error:
        broken.append(f"{error}  [format]")
    sources = bundled_sources()
    for source in sources:
        try:
            loaded.append(source.load())
        except ListError as error:
            broken.append(f"{error}  [format]")
    for rule, problem in check_lists(Catalogue(loaded, programmes, date.today())):
        broken.append(f"{problem.place}: {problem.subject}: {problem.message}  [{rule.name}: {rule.reason}]")
    for line in broken:
        click.echo(line)
    if broken:
        click.echo(f"{len(broken)} problem{'s' if len(broken) > 1 else ''} in {len(sources)} lists.", err=True)
        sys.exit(_BROKEN_LISTS)
    click.echo(f"{len(loaded)} lists, {sum(len(one.listings) for one in loaded)} listings: every rule is kept.")


def _plain(entity_list: EntityList, today: date) -> dict[str, Any]:
    from app.lists.plain import list_to_plain, listing_to_plain

    return {
        **list_to_plain(entity_list),
        "as_of": entity_list.as_of.isoformat() if entity_list.as_of else None,
        "edition": entity_list.edition,
        "in_force": len(entity_list.in_force(today)),
        "in_force_on": today.isoformat(),
        "listings": [
            {**listing_to_plain(listing), "in_force": listing.in_force(today)} for listing in entity_list.listings
        ],
    }


def _overview(shown: list[EntityList], today: date) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title=f"Entity lists, in force on {today}", box=SIMPLE_HEAD, title_justify="left")
    table.add_column("List")
    table.add_column("Edition", no_wrap=True)
    table.add_column("In force", justify="right", no_wrap=True)
    table.add_column("Ended", justify="right", no_wrap=True)
    for one in shown:
        in_force = len(one.in_force(today))
        ended = len(one.listings) - in_force
        table.add_row(f"[bold]{one.id}[/]\n{one.title}", one.edition, str(in_force), str(ended or ""))
    return table


def _listing_table(one: EntityList, today: date) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        title=escape(f"{one.title}, edition {one.edition}"),
        title_justify="left",
        caption_justify="left",
        box=SIMPLE_HEAD,
        caption=escape(f"{one.legal_effect} {one.source}".strip()),
    )
    table.add_column("Id", overflow="fold")
    table.add_column("Name, and also")
    table.add_column("Listed", no_wrap=True)
    table.add_column("Ended", no_wrap=True)
    for listing in one.listings:
        also = [alias.name for alias in listing.aliases] + [native.name for native in listing.native_names]
        style = None if listing.in_force(today) else "dim"
        table.add_row(
            escape(listing.id.removeprefix(f"{one.id}/")),
            escape("\n".join([listing.name, *(f"  {name}" for name in also)])),
            str(listing.listed_on or ""),
            str(listing.delisted_on or ""),
            style=style,
        )
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    Console(highlight=False).print(table)
