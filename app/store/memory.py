"""The memory of decisions: what was decided about a pair of party and listing holds for its later hits.

It holds for that listing alone and while the content is the same: what the listing says, what was declared about the
party, and the listed name that matched.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from app.store.rows import is_postgresql
from app.store.tables import Hit, RememberedDecision

_TURNS = 7163001  # the advisory lock under which hits arrive (shared) and decisions are made (alone)
_AT_ONCE = 500  # pairs looked up with one statement


def decide_alone(session: Session) -> None:
    """Until the commit nobody else decides and no hits arrive: none can carry a decision that is just withdrawn."""
    if is_postgresql(session):  # SQLite has one writer at a time anyway
        session.connection().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _TURNS})


def carry_over(session: Session, hits: Sequence[dict[str, Any]]) -> None:
    """Give new hits, rows of `hit` by column, the decision that holds for them, where there is one."""
    if is_postgresql(session):
        session.connection().execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": _TURNS})
    pairs = sorted({hit["pair"] for hit in hits})
    known: dict[tuple[str, str], RememberedDecision] = {}
    for start in range(0, len(pairs), _AT_ONCE):
        asked = select(RememberedDecision).where(col(RememberedDecision.pair).in_(pairs[start : start + _AT_ONCE]))
        known.update(((decision.pair, decision.content), decision) for decision in session.exec(asked))
    for hit in hits:
        decision = known.get((hit["pair"], hit["content"]))
        hit["state"] = decision.state if decision else "open"
        hit["remembered"] = decision.disposition_id if decision else None
        hit["decided_at"] = hit["created_at"] if decision else None


def remember(session: Session, hit: Hit, state: str, disposition_id: int) -> None:
    """From now on this is what was decided about such hits."""
    forget(session, hit)
    session.add(RememberedDecision(pair=hit.pair, content=hit.content, state=state, disposition_id=disposition_id))
    session.flush()


def forget(session: Session, hit: Hit) -> None:
    known = session.get(RememberedDecision, (hit.pair, hit.content))
    if known is not None:
        session.delete(known)
        session.flush()
