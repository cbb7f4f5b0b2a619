"""Figures of the store, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

from app.store.database import Store
from app.store.figures import Figures, read_figures
from app.store.keys import Scope, create_key
from app.store.tables import Job


def test_an_empty_store_has_figures_too(any_store: Store) -> None:
    assert read_figures(any_store) == Figures(jobs={}, hits={}, messages={}, rows=0)


def test_jobs_and_their_rows_are_counted_by_state(any_store: Store) -> None:
    key, _ = create_key(any_store, "k", [Scope.SCREEN])
    now = datetime.now(UTC)
    rest = dict.fromkeys(("file_name", "stored_as", "sha256"), "") | {"columns": "{}", "lists": "null", "size": 1}
    rest |= {"key_id": key.id, "as_of": now.date(), "created_at": now, "updated_at": now}
    with any_store.write() as session:
        for number, (state, next_row) in enumerate([("running", 500), ("completed", 1000), ("completed", 20)]):
            session.add(Job(id=f"job_{number}", state=state, next_row=next_row, **rest))
    assert read_figures(any_store) == Figures(jobs={"running": 1, "completed": 2}, hits={}, messages={}, rows=1520)
