"""Signals: evidence about a party besides its name. One module a kind, each with `signals_of(party)`."""

from __future__ import annotations

from app.screening.model import Party, Signal
from app.screening.signals import ace, goods, identifier, region


def signals_of(party: Party) -> tuple[Signal, ...]:
    """All signals of a party, in the order of the kinds: region, identifier, ace, goods."""
    return (
        *region.signals_of(party),
        *identifier.signals_of(party),
        *ace.signals_of(party),
        *goods.signals_of(party),
    )
