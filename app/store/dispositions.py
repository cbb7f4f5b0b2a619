"""What people can decide about a hit, and the reasons that they can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.errors import UsageError


class State(StrEnum):
    """Where a hit stands. `open` and `escalated` wait for somebody; the other two are decisions."""

    OPEN = "open"
    ESCALATED = "escalated"
    TRUE_MATCH = "true_match"
    FALSE_POSITIVE = "false_positive"


DECISIONS = frozenset({State.TRUE_MATCH, State.FALSE_POSITIVE})


@dataclass(frozen=True, slots=True)
class Reason:
    """`states` are those that it can be given for."""

    code: str
    meaning: str
    states: frozenset[State]


def _reason(code: str, meaning: str, *states: State) -> Reason:
    return Reason(code, meaning, frozenset(states))


OTHER = _reason("other", "None of these; the note says why", *State)
REASONS: Mapping[str, Reason] = {
    reason.code: reason
    for reason in (
        _reason("same_identifier", "A registration number, tax number or LEI is the same", State.TRUE_MATCH),
        _reason("same_name_and_place", "Name and place leave no doubt", State.TRUE_MATCH),
        _reason("confirmed_by_documents", "The party's own papers say so", State.TRUE_MATCH),
        _reason("confirmed_by_party", "The party said so when asked", State.TRUE_MATCH),
        _reason("different_identifier", "A registration number shows another body", State.FALSE_POSITIVE),
        _reason("different_name", "The names are not those of one body", State.FALSE_POSITIVE),
        _reason("different_place", "The party is somewhere else", State.FALSE_POSITIVE),
        _reason("different_business", "The party does something else", State.FALSE_POSITIVE),
        _reason("excluded_by_documents", "The party's own papers rule it out", State.FALSE_POSITIVE),
        _reason("needs_expert", "Somebody who knows the field or the language has to look", State.ESCALATED),
        _reason("needs_documents", "Papers were asked for", State.ESCALATED),
        _reason("new_information", "Something new came to light", State.OPEN, State.ESCALATED),
        _reason("decided_in_error", "The earlier decision was a mistake", State.OPEN, State.ESCALATED),
        _reason("not_confirmed", "The second person does not agree", State.OPEN, State.ESCALATED, *DECISIONS),
        OTHER,
    )
}


def check_reason(state: State, code: str, note: str) -> None:
    """Raises `UsageError` for a reason that does not exist, does not fit the state, or needs a note."""
    reason = REASONS.get(code)
    if reason is None or state not in reason.states:
        fitting = ", ".join(known.code for known in REASONS.values() if state in known.states)
        raise UsageError(f"{code!r} is no reason for {state.value}; reasons are {fitting}")
    if reason is OTHER and not note.strip():
        raise UsageError("the reason 'other' needs a note that says why")
