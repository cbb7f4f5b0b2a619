"""Supply chains: who is exposed to a blocked party, or to one under review, through suppliers and owners.

A link leads from the one who supplies (or is owned) to the one who buys (or owns): exposure follows it. Each exposed
party gets the shortest path to the nearest source; of paths of one length the first in the order of names, so that the
result depends on the links alone and not on their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.screening.model import Outcome, Signal, SignalStrength
from app.text.read import read_name

SOURCE = (
    "UFLPA (Public Law 117-78), section 3: goods made wholly or in part; CBP, Operational Guidance for Importers (2022)"
)
OWNED = "OFAC's 50 Percent Rule as a yardstick (guidance of 13 August 2014); the UFLPA itself names no share"
KIND = "supply_chain"  # of its signals
SHARE = 50.0  # per cent of a company from which on its owner's standing is its own


class LinkKind(StrEnum):
    SUPPLY = "supply"
    OWNERSHIP = "ownership"


@dataclass(frozen=True, slots=True)
class Link:
    """`source` supplies `target`, or is its parent. `tier` counts from the final buyer, `share` is in per cent."""

    source: str
    target: str
    kind: LinkKind = LinkKind.SUPPLY
    goods: str = ""
    tier: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Exposure:
    """Why a party is exposed: the links from it back to `source`, nearest first."""

    party: str
    source: str
    outcome: Outcome
    links: tuple[Link, ...]


@lru_cache(maxsize=262144)
def party_key(name: str) -> str:
    """Equal for two spellings of a name that differ in case, spaces, punctuation or legal form."""
    return read_name(name).identity or name.casefold()


class Chains:
    """The links of a relations file by the party that they lead to and from."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.names: dict[str, str] = {}
        self._buyers: dict[str, dict[str, Link]] = defaultdict(dict)
        for link in links:
            source, target = self._known(link.source), self._known(link.target)
            # An owner whose share nobody tells may hold all of it: leaving it out would be a miss.
            if source != target and (link.kind is LinkKind.SUPPLY or link.share is None or link.share >= SHARE):
                best = self._buyers[source].get(target)
                if best is None or _order(link) < _order(best):
                    self._buyers[source][target] = link

    def _known(self, name: str) -> str:
        key = party_key(name)
        if key not in self.names or name < self.names[key]:
            self.names[key] = name
        return key

    def exposures(self, sources: Mapping[str, Outcome]) -> dict[str, Exposure]:
        """The exposure of every party that a source reaches, by its key. `sources` maps names to block or review.

        Blocked sources go first: a party that both reach is told of the blocked one.
        """
        found: dict[str, Exposure] = {}
        keys = {party_key(name): outcome for name, outcome in sorted(sources.items())}
        for outcome in (Outcome.BLOCK, Outcome.REVIEW):
            for party, (source, links) in self._reached(
                sorted(key for key, value in keys.items() if value is outcome and key in self.names)
            ).items():
                found.setdefault(party, Exposure(self.names[party], self.names[source], outcome, links))
        return found

    def _reached(self, sources: Sequence[str]) -> dict[str, tuple[str, tuple[Link, ...]]]:
        """Breadth first, a level at a time in the order of keys: the first way to a party is its shortest."""
        origin = {key: key for key in sources}
        before: dict[str, tuple[str, Link]] = {}
        level = list(sources)
        while level:
            following: dict[str, tuple[str, Link]] = {}
            for key in level:
                for target, link in self._buyers.get(key, {}).items():
                    if target not in origin and (target not in following or key < following[target][0]):
                        following[target] = (key, link)
            for target, (key, _) in following.items():
                origin[target] = origin[key]
            before |= following
            level = sorted(following)
        return {party: (origin[party], _path(party, before)) for party in before}


def _order(link: Link) -> tuple[str, str, str, str, float]:
    return link.kind, link.source, link.goods, link.tier, link.share or 0.0


def _path(party: str, before: Mapping[str, tuple[str, Link]]) -> tuple[Link, ...]:
    links = []
    while party in before:
        party, link = before[party]
        links.append(link)
    return tuple(links)


def signal_of(exposure: Exposure) -> Signal:
    """The exposure as evidence: strong for one link from a blocked party, possible for a longer way, a source that is
    under review itself, or an owner whose share is not told."""
    blocked = exposure.outcome is Outcome.BLOCK
    first = exposure.links[0]
    untold = first.kind is LinkKind.OWNERSHIP and first.share is None
    near = blocked and len(exposure.links) == 1 and not untold
    owned = all(link.kind is LinkKind.OWNERSHIP for link in exposure.links)
    trail = " ".join(f"← {_step(link)}" for link in exposure.links)
    standing = "blocked" if blocked else "under review"
    return Signal(
        kind=KIND,
        code="owner" if owned else "supplier",
        strength=SignalStrength.STRONG if near else SignalStrength.POSSIBLE,
        seen=exposure.source,
        field="relations",
        summary=f"{exposure.party} {trail}, which is {standing}.",
        source=OWNED if owned else SOURCE,
        path=tuple(
            {
                "from": link.source,
                "to": link.target,
                "kind": link.kind.value,
                "goods": link.goods,
                "tier": link.tier,
                "share": "" if link.share is None else f"{link.share:g}",
            }
            for link in exposure.links
        ),
    )


def _step(link: Link) -> str:
    if link.kind is LinkKind.OWNERSHIP:
        return f"owned to {link.share:g} % by {link.source}" if link.share is not None else f"owned by {link.source}"
    return f"{link.goods or 'goods'} from {link.source}" + (f" (tier {link.tier})" if link.tier else "")
