"""What the store knows about the work done and to be done, in a few numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, func, select

from app.store.database import Store
from app.store.tables import Delivery, Hit, Job


@dataclass(frozen=True, slots=True)
class Figures:
    """Jobs, hits and messages to webhooks by their state, and the data rows of all jobs whose results are committed."""

    jobs: Mapping[str, int]
    hits: Mapping[str, int]
    messages: Mapping[str, int]
    rows: int


def read_figures(store: Store) -> Figures:
    """Raises `StoreError`."""
    with store.read() as session:
        jobs = session.exec(select(Job.state, func.count(), func.sum(Job.next_row)).group_by(col(Job.state))).all()
        hits = session.exec(select(Hit.state, func.count()).group_by(col(Hit.state))).all()
        messages = session.exec(select(Delivery.state, func.count()).group_by(col(Delivery.state))).all()
    return Figures(
        jobs={state: count for state, count, _ in jobs},
        hits=dict(hits),
        messages=dict(messages),
        rows=sum(int(rows) for _, _, rows in jobs),
    )
