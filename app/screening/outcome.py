"""What follows from the evidence: one table, read from the top; the first row that holds decides."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.screening.model import Hit, Outcome, Strength


@dataclass(frozen=True, slots=True)
class Finding:
    """What the table looks at: the hits, the lists whose programme bans or presumes, and why screening fell short."""

    hits: Sequence[Hit]
    banning_lists: frozenset[str]
    problem: str


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    outcome: Outcome
    holds: Callable[[Finding], bool]


def _bans(finding: Finding) -> bool:
    return any(hit.strength is Strength.STRONG and hit.list_id in finding.banning_lists for hit in finding.hits)


OUTCOMES = (
    Rule("a strong match on a listing whose programme bans or presumes", Outcome.BLOCK, _bans),
    Rule("any other match", Outcome.REVIEW, lambda finding: bool(finding.hits)),
    Rule("the party could not be screened in full", Outcome.INCOMPLETE, lambda finding: bool(finding.problem)),
    Rule("nothing was found", Outcome.CLEAR, lambda _: True),
)


def decide(finding: Finding) -> Outcome:
    """The outcome of the first rule that holds."""
    return next(rule.outcome for rule in OUTCOMES if rule.holds(finding))
