"""`importgate waive`: a finding of the gate becomes a waiver."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import AS_OF, LISTS, open_screener, parse_day
from app.errors import Place, UsageError

if TYPE_CHECKING:
    from app.screening.waivers import Waiver

_LONGEST = 366


@click.command()
@click.argument("party", metavar="PARTY")
@click.argument("listing_ids", metavar="LISTING_ID...", nargs=-1, required=True)
@click.option("--reason", required=True, metavar="TEXT", help="Why the finding is not to stop anything.")
@click.option("--approved-by", required=True, metavar="NAME", help="Who answers for that.")
@click.option("--expires-on", required=True, metavar="DATE", help="The last day on which it holds, YYYY-MM-DD.")
@click.option("--waivers", metavar="PATH", help="The file to add it to; importgate-waivers.yaml if left out.")
@click.option("--config", type=click.Path(path_type=Path), metavar="PATH", help="importgate.toml if left out.")
@LISTS
@AS_OF
def waive(
    party: str,
    listing_ids: tuple[str, ...],
    reason: str,
    approved_by: str,
    expires_on: str,
    waivers: str | None,
    config: Path | None,
    lists: tuple[str, ...],
    as_of: date,
) -> None:
    """Waive a finding of the gate, signed and until a day.

    It holds for what is found of PARTY under each LISTING_ID, under "signal" where an address or a code points to
    Xinjiang, or under "supply-chain/..." for what one party up the chain exposes it to; the gate prints the command.
    PARTY is screened first: only what can be found can be waived. The waiver is bound to what the listing says today;
    when the listing changes, the finding re-opens. A waiver for the same finding that no longer holds is replaced.
    """
    from app.cli.gate import configured_lists, waivers_path
    from app.gate.config import WAIVERS_FILE, GateConfig, default_config_path, load_config
    from app.screening.waivers import Waiver, write_waiver

    for name, value in (("--reason", reason), ("--approved-by", approved_by)):
        if not value.strip():
            raise UsageError(f"{name} is empty; say it")
    last_day = parse_day(expires_on, "--expires-on")
    if last_day < as_of:
        raise UsageError(f"--expires-on {last_day} is over already; give a day from {as_of} on")
    if (last_day - as_of).days > _LONGEST:
        raise UsageError(
            f"--expires-on {last_day} is more than a year away; a decision must be looked at again by then"
        )
    path = config or default_config_path()
    loaded, root = (load_config(path), path.parent) if path else (GateConfig(), Path())
    file = waivers_path(waivers, loaded, root) or root / WAIVERS_FILE
    digests = _digests(party, listing_ids, lists or tuple(configured_lists(loaded, root)), as_of)
    new = [Waiver(party, item, reason, approved_by, last_day, digests[item]) for item in dict.fromkeys(listing_ids)]
    for waiver in new:
        _refuse_repeated(file, waiver, as_of)
    for waiver in new:
        line = write_waiver(file, waiver)
        click.echo(f"{file}:{line}: {party} is waived under {waiver.listing_id} until {last_day}")


def _refuse_repeated(file: Path, waiver: Waiver, as_of: date) -> None:
    from app.screening.waivers import load_waivers

    for known in load_waivers(file) if file.exists() else ():
        holds = known.expires_on >= as_of and known.listing_digest in ("", waiver.listing_digest)
        if known.key == waiver.key and holds:
            message = f"{waiver.listing_id} is waived for this party until {known.expires_on} already; edit it here"
            raise UsageError(message, Place(str(file), line=known.line))


def _digests(party: str, listing_ids: tuple[str, ...], lists: tuple[str, ...], as_of: date) -> dict[str, str]:
    """What each listing says, as a digest; raises `UsageError` where the party cannot have been found under it.

    Only the name is known here: a signal, an exposure, and a listing with identifiers, may have been found by more.
    """
    from app.gate.model import is_listing
    from app.screening.fingerprint import listing_digest, qualified_id
    from app.screening.model import Party
    from app.screening.screen import screen

    screener = open_screener(lists, as_of)
    (screening,) = screen([Party(party)], screener)
    found = [qualified_id(hit.list_id, hit.listing_id) for hit in screening.hits]
    listings = {qualified_id(item.list_id, item.id): item for item in screener.listings()}
    by_more = {listing_id for listing_id, item in listings.items() if item.identifiers}
    for listing_id in filter(is_listing, listing_ids):
        if listing_id not in found and listing_id not in by_more:
            matches = f"it matches {', '.join(found)}" if found else "it matches nothing on the lists"
            raise UsageError(f"{party!r} does not match {listing_id!r}, so there is nothing to waive; {matches}")
    return {item: listing_digest(listings[item]) if is_listing(item) else "" for item in listing_ids}
