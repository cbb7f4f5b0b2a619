"""Who is exposed through the supply chain: the parties of a relations file screened, and their standing passed on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.screening.chains import Chains, Link, signal_of
from app.screening.model import Outcome, Party, Screening, Signal, SignalStrength, Strength
from app.screening.screen import screen
from app.screening.screener import Screener

_BATCH = 4096


def trace(links: Iterable[Link], screener: Screener) -> Mapping[str, Signal]:
    """The supply-chain signal of every exposed party, by `party_key` of its name."""
    chains = Chains(links)
    names = sorted(set(chains.names.values()))
    sources: dict[str, Outcome] = {}
    for at in range(0, len(names), _BATCH):
        for screening in screen([Party(name) for name in names[at : at + _BATCH]], screener):
            if _passes_on(screening):
                sources[screening.party.name] = screening.outcome
    return {key: signal_of(exposure) for key, exposure in chains.exposures(sources).items()}


def _passes_on(screening: Screening) -> bool:
    """A party that is only possibly listed passes nothing on: its buyers would all wait for one doubtful name."""
    if screening.outcome is Outcome.BLOCK:
        return True
    return screening.outcome is Outcome.REVIEW and (
        any(hit.strength is Strength.STRONG for hit in screening.hits)
        or any(signal.strength is SignalStrength.STRONG for signal in screening.signals)
    )
