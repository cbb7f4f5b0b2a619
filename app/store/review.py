"""Deciding about hits: by one person or by two, on what they saw, with a history that only grows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, literal, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from app.errors import ConflictError
from app.store.audit import audit
from app.store.database import Store
from app.store.dispositions import DECISIONS, State, check_reason
from app.store.memory import decide_alone, forget, remember
from app.store.queue import identical_to
from app.store.rows import sql_table, storable
from app.store.tables import ApiKey, Disposition, Hit


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody asks for. `version` is that of the hit that they saw; with `identical` the same is done to the hits
    that are identical."""

    state: State
    reason: str
    version: int
    note: str = ""
    identical: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of it: decided, proposed, confirmed or rejected, for so many hits, this one included."""

    kind: str
    hits: int


@dataclass(frozen=True, slots=True)
class _Step:
    """`state` and `proposed` are where the hit stands afterwards."""

    kind: str
    state: State
    proposed: State | None = None


def decide(store: Store, hit_id: str, asked: Decision, key: ApiKey, *, four_eyes: bool) -> Decided | None:
    """Decide about a hit; None where there is none by that id.

    With `four_eyes`, `true_match` and `false_positive` are proposed by one key and confirmed by another that asks for
    the same; asking for the state that the hit is in rejects the proposal. Raises `UsageError` for a reason that does
    not fit, `ConflictError` where the hit was changed since the caller saw it or the rule of two forbids the step.
    """
    check_reason(asked.state, asked.reason, asked.note)
    with store.write() as session:
        decide_alone(session)
        hit = session.get(Hit, storable(hit_id))
        if hit is None:
            return None
        if hit.version != asked.version:
            raise ConflictError(
                f"the hit is at version {hit.version}, {_standing(hit)}; you decided on version {asked.version}: "
                "look at it again"
            )
        step = _next_step(hit, asked.state, key, four_eyes)
        chosen = identical_to(hit) if asked.identical else [col(Hit.id) == hit.id]
        if step.kind == "confirmed":
            chosen.append(col(Hit.proposed_by) != key.id)
        made = _Made(asked.state, asked.reason, storable(asked.note), key, datetime.now(UTC))
        count = _take(session, chosen, step, made)
        if step.kind in ("decided", "confirmed"):
            count += _settle(session, hit, step, made)
        said = {"state": asked.state, "reason": asked.reason, "note": asked.note, "hits": count}
        audit(session, key.name, f"hit.{step.kind}", hit.id, said | {"subject": hit.subject, "pair": hit.pair})
        return Decided(step.kind, count)


@dataclass(frozen=True, slots=True)
class _Made:
    """The part of a disposition that all hits share which a decision is about."""

    state: State
    reason: str
    note: str
    key: ApiKey
    at: datetime


def _next_step(hit: Hit, asked: State, key: ApiKey, four_eyes: bool) -> _Step:
    now = State(hit.state)
    if not four_eyes:
        return _Step("decided", asked)
    if hit.proposed is None:
        if asked not in DECISIONS:
            return _Step("decided", asked)
        if asked is now:
            raise ConflictError(f"the hit is {now.value} already, as two people decided")
        return _Step("proposed", now, asked)
    proposed = State(hit.proposed)
    if asked is proposed:
        if hit.proposed_by == key.id:
            raise ConflictError(
                f"you proposed {proposed.value} yourself; a second person, with another key, confirms it"
            )
        return _Step("confirmed", proposed)
    if asked is now:
        return _Step("rejected", now)
    raise ConflictError(f"{proposed.value} is proposed: confirm it first, or reject it by asking for {now.value}")


def _standing(hit: Hit) -> str:
    return f"{hit.state}, {hit.proposed} proposed" if hit.proposed else hit.state


def _take(session: Session, chosen: list[Any], step: _Step, made: _Made) -> int:
    """Take the step with every chosen hit, and write it into their histories; how many they are."""
    _write_history(session, chosen, step.kind, made)
    values: dict[str, Any] = {
        "proposed": step.proposed and step.proposed.value,
        "proposed_by": made.key.id if step.proposed else None,
        "version": Hit.version + 1,
    }
    if step.kind in ("decided", "confirmed"):
        decided_at = made.at if step.state in DECISIONS else None
        values |= {"state": step.state.value, "remembered": None, "decided_at": decided_at}
    return session.connection().execute(update(sql_table(Hit)).where(*chosen).values(values)).rowcount


def _settle(session: Session, hit: Hit, step: _Step, made: _Made) -> int:
    """Remember the decision, or forget what was decided; hits that rest on the memory alone follow. How many did."""
    decisive = session.exec(select(func.max(Disposition.id)).where(Disposition.hit_id == hit.id)).one()
    assert decisive is not None
    stands = step.state in DECISIONS
    if stands:
        remember(session, hit, step.state.value, decisive)
    else:
        forget(session, hit)
    resting = [col(Hit.pair) == hit.pair, col(Hit.content) == hit.content, col(Hit.remembered).is_not(None)]
    _write_history(session, resting, "followed", made)
    values = {
        "state": step.state.value,
        "remembered": decisive if stands else None,
        "decided_at": made.at if stands else None,
        "proposed": None,
        "proposed_by": None,
        "version": Hit.version + 1,
    }
    return session.connection().execute(update(sql_table(Hit)).where(*resting).values(values)).rowcount


def _write_history(session: Session, chosen: list[Any], kind: str, made: _Made) -> None:
    rows = select_columns(
        col(Hit.id),
        col(Hit.pair),
        literal(kind),
        literal(made.state.value),
        literal(made.reason),
        literal(made.note),
        literal(made.key.id),
        literal(made.key.name),
        literal(made.at, Disposition.__table__.c.at.type),  # type: ignore[attr-defined]
    ).where(*chosen)
    into = ["hit_id", "pair", "kind", "state", "reason", "note", "key_id", "by", "at"]
    session.connection().execute(insert(sql_table(Disposition)).from_select(into, rows))
