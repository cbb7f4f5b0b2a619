"""The memory of decisions: what was decided about a pair of party and listing holds for its later hits.

It holds until the listing's content, the party's data or the matched name changes, and for that listing alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.store.rows import is_postgresql
from app.store.tables import RememberedDecision

CONTENT = ("listing_digest", "party_digest", "matched_name")
_TURNS = 7163001  # the advisory lock under which hits arrive (shared) and decisions are made (alone)
_AT_ONCE = 500  # pairs looked up with one statement


def arrive(session: Session) -> None:
    """Hits arrive while nobody decides, so that none carries a decision that was just withdrawn. Until the commit."""
    if is_postgresql(session):  # SQLite has one writer at a time anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _TURNS})


def decide_alone(session: Session) -> None:
    """Decisions are made one at a time and while no hits arrive. Until the commit."""
    if is_postgresql(session):
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURNS})


def carry_over(session: Session, hits: Sequence[dict[str, Any]]) -> None:
    """Give new hits, rows of `hit` by column, the decision that holds for their pair, where there is one."""
    arrive(session)
    pairs = sorted({hit["pair"] for hit in hits})
    known: dict[str, RememberedDecision] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        asked = select(RememberedDecision).where(col(RememberedDecision.pair).in_(pairs[start : start + _AT_ONCE]))
        known.update((decision.pair, decision) for decision in session.exec(asked))
    for hit in hits:
        decision = known.get(hit["pair"])
        if decision is not None and not changed_since(decision, hit):
            hit["state"] = decision.state
            hit["remembered"] = decision.disposition_id
            hit["decided_at"] = hit["created_at"]


def changed_since(decision: RememberedDecision, hit: Mapping[str, Any]) -> list[str]:
    """What is no longer as it was when the pair was decided, of `CONTENT`; [] where the decision holds."""
    return [field for field in CONTENT if getattr(decision, field) != hit[field]]
