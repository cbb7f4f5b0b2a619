"""What follows from the evidence: one table, read from the top; the first row that holds decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.screening.model import Hit, Outcome, Role, Signal, SignalStrength, Strength


@dataclass(frozen=True, slots=True)
class Finding:
    """What the table looks at: the hits, the lists whose programme bans or presumes, why screening fell short, the
    signals and what the party does in the shipment."""

    hits: Sequence[Hit]
    banning_lists: frozenset[str]
    problem: str
    signals: Sequence[Signal] = ()
    role: Role = Role.PARTY


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    outcome: Outcome
    holds: Callable[[Finding], bool]


def _bans(finding: Finding) -> bool:
    return any(hit.strength is Strength.STRONG and hit.list_id in finding.banning_lists for hit in finding.hits)


def _is_maker_in_xinjiang(finding: Finding) -> bool:
    """Goods made in Xinjiang by anyone fall under the presumption; other parties' places do not settle that."""
    return finding.role is Role.MANUFACTURER and any(
        signal.strength is SignalStrength.STRONG and signal.kind in _WHERE for signal in finding.signals
    )


def _alerts(finding: Finding) -> bool:
    return any(signal.strength is not SignalStrength.NOTED for signal in finding.signals)


_WHERE = frozenset({"region", "identifier", "ace"})

OUTCOMES = (
    Rule("a strong match on a listing whose programme bans or presumes", Outcome.BLOCK, _bans),
    Rule("the maker of the goods is in Xinjiang, by strong evidence", Outcome.BLOCK, _is_maker_in_xinjiang),
    Rule("any other match", Outcome.REVIEW, lambda finding: bool(finding.hits)),
    Rule("a party that is or may be in Xinjiang, or is supplied from there", Outcome.REVIEW, _alerts),
    Rule("the party could not be screened in full", Outcome.INCOMPLETE, lambda finding: bool(finding.problem)),
    Rule("nothing was found", Outcome.CLEAR, lambda _: True),
)


def decide(finding: Finding) -> Outcome:
    """The outcome of the first rule that holds."""
    return next(rule.outcome for rule in OUTCOMES if rule.holds(finding))
