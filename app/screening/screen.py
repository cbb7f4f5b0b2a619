"""Screening: the one verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.screening import chains
from app.screening.chains import Exposed, party_key
from app.screening.hits import Hits, name_hits, rank, with_identifiers
from app.screening.model import Party, Screening
from app.screening.outcome import Finding, decide
from app.screening.screener import Screener
from app.screening.signals import goods, signals_of
from app.text.name import ReadName
from app.text.read import read_name

NOBODY: Exposed = {}


def screen(parties: Sequence[Party], screener: Screener, exposed: Exposed = NOBODY) -> list[Screening]:
    """Screens parties against the screener's lists: one result a party, in the same order.

    `exposed` is what `trace` finds.

    A result depends on its party and the screener alone, never on the rest of the batch.
    """
    # Goods and addresses differ where names do not: each name is matched once.
    asked = {(party.name, party.country): read_name(party.name) for party in parties}
    found = dict(zip(asked, name_hits([(name, key[1]) for key, name in asked.items()], screener), strict=True))
    return [
        _screening(party, asked[party.name, party.country], found[party.name, party.country], screener, exposed)
        for party in parties
    ]


def with_goods(screening: Screening, party: Party) -> Screening:
    """The screening of the same party with goods: they are worth knowing, and change no outcome."""
    found = goods.signals_of(party)
    before = [signal for signal in screening.signals if signal.kind != chains.KIND]
    return replace(screening, party=party, signals=(*before, *found, *screening.signals[len(before) :]))


def _screening(party: Party, name: ReadName, by_name: Hits, screener: Screener, exposed: Exposed) -> Screening:
    problem = party.problem
    if not name.core:
        problem = problem or ("the party has no name" if not name.text else "the name holds no letter to screen")
    banning = screener.banning_lists
    hits = with_identifiers(party, by_name, screener)
    if len(hits) > 1:
        hits = tuple(sorted(hits, key=lambda hit: rank(hit, banning)))
    signals = signals_of(party)
    if exposed:
        signals = (*signals, *chains.signals_of(exposed.get(party_key(party.name), ())))
    outcome = decide(Finding(hits, banning, problem, signals, party.role))
    return Screening(party, outcome, hits, signals, problem=problem)
