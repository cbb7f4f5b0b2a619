"""Supply chains: who is exposed to a blocked party, or to one under review, through suppliers and owners.

A link leads from the one who supplies (or is owned) to the one who buys (or owns): exposure follows it. Each exposed
party is told of the sources nearest to it, each by its shortest way; of ways of one length the first in the order of
names, so that the result depends on the links alone and not on their order. A way ends at the first source it meets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache

from app.screening.model import Outcome, Signal, SignalStrength
from app.text.read import read_name

SOURCE = (
    "UFLPA (Public Law 117-78), section 3: goods made wholly or in part; CBP, Operational Guidance for Importers (2022)"
)
OWNED = "OFAC's 50 Percent Rule as a yardstick (guidance of 13 August 2014, FAQ 401); the UFLPA itself names no share"
SHARE = 50.0  # per cent of a company from which on its owners' standing is its own
MAX_SOURCES = 5  # of which a party is told
KIND = "supply_chain"


class LinkKind(StrEnum):
    SUPPLY = "supply"
    OWNERSHIP = "ownership"


@dataclass(frozen=True, slots=True)
class Link:
    """`source` supplies `target`, or is its parent. `tier` counts from the final buyer; `line` is where a file says so.

    `share` is in per cent, and so is `together`: what owners hold of whom each needs the others to reach the half.
    """

    source: str
    target: str
    kind: LinkKind = LinkKind.SUPPLY
    goods: str = ""
    tier: str = ""
    share: float | None = None
    together: float | None = None
    line: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """Why a party exposes its buyers: `outcome` is block or review, `why` a few words without a full stop."""

    outcome: Outcome
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Why a party is exposed: the links from it back to `source`, nearest first."""

    party: str
    source: str
    standing: Standing
    links: tuple[Link, ...]


Exposed = Mapping[str, tuple[Exposure, ...]]
"""What every exposed party is exposed to, by `party_key` of its name."""


@lru_cache(maxsize=262144)
def party_key(name: str) -> str:
    """Equal for two spellings of a name that differ in case, spaces, punctuation or legal form."""
    return read_name(name).identity or name.casefold()


_Targets = dict[str, dict[str, Link]]
# A party and a source that reaches it, and by which party and link it does.
_Node = tuple[str, str]
_Ways = dict[str, dict[str, tuple[str, Link]]]


class Chains:
    """The links of a relations file by the party that they lead to and from."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.names: dict[str, str] = {}
        self._buyers: _Targets = defaultdict(dict)
        self._minorities: _Targets = defaultdict(dict)
        for link in links:
            source, target = self._known(link.source), self._known(link.target)
            table = self._minorities if _is_minority(link) else self._buyers
            best = table[source].get(target)
            if source != target and (best is None or _order(link) < _order(best)):
                table[source][target] = link

    def _known(self, name: str) -> str:
        key = party_key(name)
        if key not in self.names or name < self.names[key]:
            self.names[key] = name
        return key

    def exposures(self, sources: Mapping[str, Standing]) -> dict[str, tuple[Exposure, ...]]:
        """The exposures of every party that a source reaches, by its key, blocked sources first, then the nearest.

        `sources` are by `party_key`.
        """
        found: dict[str, tuple[Exposure, ...]] = {}
        owners: list[str] = []
        for outcome in (Outcome.BLOCK, Outcome.REVIEW):
            chosen = [key for key, standing in sources.items() if standing.outcome is outcome and key in self.names]
            owners += chosen  # a blocked owner and one under review may hold the half together
            ways = self._ways(chosen, self._with_joint_owners(owners), sources)
            for party, reached in ways.items():
                new = (
                    Exposure(self.names[party], self.names[source], sources[source], _path(party, source, ways))
                    for source in reached
                )
                found[party] = (*found.get(party, ()), *new)[:MAX_SOURCES]
        return found

    def _ways(self, chosen: Iterable[str], targets: _Targets, ends: Mapping[str, Standing]) -> _Ways:
        """Breadth first, a level at a time in the order of keys: the first way to a party is its shortest."""
        ways: _Ways = {}
        level: list[_Node] = [(key, key) for key in sorted(chosen)]
        while level:
            following: dict[_Node, tuple[str, Link]] = {}
            for party, source in level:
                for target, link in targets.get(party, {}).items():
                    node = target, source
                    if target == source or source in ways.get(target, {}):
                        continue
                    if node not in following or party < following[node][0]:
                        following[node] = party, link
            level = []
            for target, source in sorted(following):
                reached = ways.setdefault(target, {})
                if len(reached) < MAX_SOURCES:
                    reached[source] = following[target, source]
                    if target not in ends:
                        level.append((target, source))
        return ways

    def _with_joint_owners(self, sources: Iterable[str]) -> _Targets:
        """The links to follow: also those of owners that together hold the share that none of them holds alone.

        Owners are the sources and, by OFAC's FAQ 401, whatever they hold to that share: what it holds in turn counts
        in full, and what is held to less passes nothing on. No shares are multiplied along a way.
        """
        held = set(sources)
        shares: dict[str, float] = defaultdict(float)
        waiting = list(held)
        while waiting:
            owner = waiting.pop()
            whole = [target for target, link in self._buyers.get(owner, {}).items() if link.kind is LinkKind.OWNERSHIP]
            for target, link in self._minorities.get(owner, {}).items():
                shares[target] = round(shares[target] + (link.share or 0.0), 6)  # 0.1 + 0.2 is not 0.3
                whole += [target] if shares[target] >= SHARE else []
            waiting += set(whole) - held
            held.update(whole)
        joint = {
            owner: {
                target: replace(link, together=shares[target])
                for target, link in self._minorities[owner].items()
                if shares[target] >= SHARE
            }
            for owner in held & self._minorities.keys()
        }
        return self._buyers | {owner: owned | self._buyers.get(owner, {}) for owner, owned in joint.items()}


def _is_minority(link: Link) -> bool:
    """An owner whose share nobody tells may hold all of it: leaving it out would be a miss."""
    return link.kind is LinkKind.OWNERSHIP and link.share is not None and link.share < SHARE


def _order(link: Link) -> tuple[str, str, str, str, float]:
    return link.kind, link.source, link.goods, link.tier, link.share or 0.0


def _path(party: str, source: str, ways: _Ways) -> tuple[Link, ...]:
    links = []
    while party != source:
        party, link = ways[party][source]
        links.append(link)
    return tuple(links)


def signals_of(exposures: Sequence[Exposure]) -> tuple[Signal, ...]:
    """The exposures of one party as evidence."""
    return tuple(_signal(exposure) for exposure in exposures)


def _signal(exposure: Exposure) -> Signal:
    """Strong for one link from a blocked party, possible for a longer way, a source that is under review itself, or an
    owner who holds the half only with others or whose share is not told."""
    blocked = exposure.standing.outcome is Outcome.BLOCK
    first = exposure.links[0]
    unsure = first.kind is LinkKind.OWNERSHIP and (first.share is None or _is_minority(first))
    near = blocked and len(exposure.links) == 1 and not unsure
    owned = all(link.kind is LinkKind.OWNERSHIP for link in exposure.links)
    trail = " ".join(f"← {_step(link)}" for link in exposure.links)
    standing = "blocked" if blocked else "under review"
    why = f" ({exposure.standing.why})" if exposure.standing.why else ""
    return Signal(
        kind=KIND,
        code="owner" if owned else "supplier",
        strength=SignalStrength.STRONG if near else SignalStrength.POSSIBLE,
        seen=exposure.source,
        field="relations",
        summary=f"{exposure.party} {trail}, which is {standing}{why}.",
        source=OWNED if owned else SOURCE,
        path=tuple(_plain(exposure)),
    )


def _plain(exposure: Exposure) -> Iterator[dict[str, str]]:
    """The links as mappings of texts. The last one says what its `from` stands for; empty in the others."""
    last = len(exposure.links) - 1
    for at, link in enumerate(exposure.links):
        yield {
            "from": link.source,
            "to": link.target,
            "kind": link.kind.value,
            "goods": link.goods,
            "tier": link.tier,
            "share": "" if link.share is None else f"{link.share:g}",
            "together": "" if link.together is None else f"{link.together:g}",
            "outcome": exposure.standing.outcome.value if at == last else "",
            "why": exposure.standing.why if at == last else "",
        }


def _step(link: Link) -> str:
    if link.kind is LinkKind.OWNERSHIP:
        share = "" if link.share is None else f" to {link.share:g} %"
        together = "" if link.together is None else f" (with others like it to {link.together:g} %)"
        return f"owned{share}{together} by {link.source}"
    return f"{link.goods or 'goods'} from {link.source}" + (f" (tier {link.tier})" if link.tier else "")
