"""Who is exposed through the supply chain: the parties of a relations file screened, and their standing passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.screening.chains import Chains, Exposed, Link, Standing, party_key
from app.screening.model import Outcome, Party, Screening, SignalStrength, Strength
from app.screening.screen import screen
from app.screening.screener import Screener

_BATCH = 4096
_TOLD = 3  # lists that a source is on


@dataclass(frozen=True, slots=True)
class Unscreened:
    """A party of the links that could not be screened in full, and the line that names it first."""

    name: str
    problem: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What the links come to: `exposed` for `screen`, the sources by `party_key`, how many parties there are, and those
    that could not be screened in full."""

    exposed: Exposed
    sources: dict[str, Standing]
    parties: int
    incomplete: tuple[Unscreened, ...]

    def __str__(self) -> str:
        """ "9 parties, 1 blocked, 0 under review, 3 exposed to them"."""
        blocked = sum(source.outcome is Outcome.BLOCK for source in self.sources.values())
        return (
            f"{self.parties:,} parties, {blocked:,} blocked, {len(self.sources) - blocked:,} under review, "
            f"{len(self.exposed):,} exposed to them"
        )


def trace(links: Sequence[Link], screener: Screener, parties: Sequence[Party] = ()) -> Trace:
    """Screens everybody whom the links name, and follows the links from those that stand out.

    `parties` are those of whom more is known than the name, once or several times each; of several the gravest counts.
    """
    chains = Chains(links)
    known = [party for party in parties if party_key(party.name) in chains.names]
    described = {party_key(party.name) for party in known}
    known += [Party(name) for key, name in sorted(chains.names.items()) if key not in described]
    sources: dict[str, Standing] = {}
    problems: dict[str, str] = {}
    for at in range(0, len(known), _BATCH):
        for screening in screen(known[at : at + _BATCH], screener):
            key = party_key(screening.party.name)
            if _passes_on(screening) and (key not in sources or screening.outcome is Outcome.BLOCK):
                sources[key] = Standing(screening.outcome, _why(screening, screener))
            if screening.problem:
                problems[screening.party.name] = screening.problem
    lines = {name: link.line for link in reversed(links) for name in (link.source, link.target)} if problems else {}
    incomplete = tuple(Unscreened(name, problem, lines.get(name)) for name, problem in problems.items())
    return Trace(chains.exposures(sources), sources, len(chains.names), incomplete)


def _passes_on(screening: Screening) -> bool:
    """A party that is only possibly listed passes nothing on: its buyers would all wait for one doubtful name."""
    if screening.outcome is Outcome.BLOCK:
        return True
    return screening.outcome is Outcome.REVIEW and (
        any(hit.strength is Strength.STRONG for hit in screening.hits)
        or any(signal.strength is SignalStrength.STRONG for signal in screening.signals)
    )


def _why(screening: Screening, screener: Screener) -> str:
    """The lists that it is on, the banning ones first, else what its strongest signal says."""
    lists = dict.fromkeys(hit.list_id for hit in screening.hits if hit.strength is Strength.STRONG)
    if lists:
        told = [screener.titles[item] for item in lists][:_TOLD]
        return "; ".join(told) + (" and others" if len(lists) > _TOLD else "")
    said = next(signal.summary for signal in screening.signals if signal.strength is SignalStrength.STRONG)
    return said.rstrip(".")
