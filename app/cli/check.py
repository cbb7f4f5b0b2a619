"""`importgate check`: one or a few names, explained."""

from __future__ import annotations

from datetime import date

import click

from app.cli.options import AS_OF, LISTS, open_screener
from app.errors import UsageError
from app.reports.writer import FORMATS


@click.command()
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("--address", default="", metavar="TEXT", help="The address of the party, as one line.")
@click.option("--country", default="", metavar="CC", help="Its country: a code such as CN, or a name.")
@LISTS
@AS_OF
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="For people or programs."
)
def check(names: tuple[str, ...], address: str, country: str, lists: tuple[str, ...], as_of: date, form: str) -> None:
    """Screen one or a few names and explain what is found.

    A NAME may be all that stands in a document's box: "FOO CO., LTD. O/B BAR LTD., ROOM 5, ..." is read as two parties.
    """
    from app.files.countries import country_code
    from app.files.parties import declared_parties
    from app.reports.destination import open_destination
    from app.reports.tally import Tally
    from app.reports.writer import report_writer
    from app.screening.model import Party, Role
    from app.screening.record import record
    from app.screening.screen import screen

    if country and country_code(country) is None:
        raise UsageError(f"--country {country!r} is no country; give a code such as CN or a name such as China")
    screener = open_screener(lists, as_of)
    parties = [
        party
        for name in names
        for party in declared_parties(name, address, country)
        or [Party("", problem=f"{name!r} names no party; give its name")]
    ]
    tally = Tally()
    with open_destination(None) as stream:
        writer = report_writer(form, stream, screener.titles)
        for screening in screen(parties, screener):
            writer.write(record(screening, screener, row=None, line=None, role=Role.PARTY))
            tally.add(screening.outcome, screening.problem)
        writer.finish()
    if tally.fell_short:
        click.get_current_context().exit(3)
