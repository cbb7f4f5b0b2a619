"""The database: opening, migrating up and down, and two writers at once."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import IntegrityError

from app.errors import UsageError
from app.screening.model import Outcome
from app.store.database import Store, open_store
from app.store.keys import Scope, create_key, list_keys
from app.store.results import Filters, results_page
from app.store.tables import ApiKey, Job


def test_migrations_and_tables_agree(any_store: Store) -> None:
    assert any_store.differences() == []


def test_migrations_go_up_and_down_and_up_again(empty_store: Store) -> None:
    assert "revision None" in empty_store.problem()
    empty_store.migrate()
    empty_store.migrate()
    assert empty_store.problem() == ""
    empty_store.migrate_down("base")
    assert inspect(empty_store.engine).get_table_names() == ["alembic_version"]
    empty_store.migrate()
    assert empty_store.problem() == ""


def test_every_constraint_has_a_name(any_store: Store) -> None:
    inspector = inspect(any_store.engine)
    for table in set(inspector.get_table_names()) - {"alembic_version"}:
        assert inspector.get_pk_constraint(table)["name"] == f"pk_{table}"
        assert all(unique["name"] for unique in inspector.get_unique_constraints(table))


def test_sqlite_writes_ahead_and_keeps_foreign_keys(store: Store) -> None:
    with store.engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1}


def test_writers_take_turns(store: Store) -> None:
    def write() -> None:
        for _ in range(20):
            create_key(store, "busy", [Scope.SCREEN])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list_keys(store)) == 80


def test_several_processes_and_threads_may_migrate_at_once(any_database: str) -> None:
    """Workers on several machines start together; each brings the tables up to date."""
    work = """
import sys, threading
from app.store.database import open_store
store = open_store(sys.argv[1])
sys.stdin.read()
threads = [threading.Thread(target=store.migrate) for _ in range(2)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(store.problem())
"""
    command = [sys.executable, "-c", work, any_database]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # they have all been started: now they may go on
        process.stdin = None
    assert [process.communicate(timeout=60) for process in processes] == [("\n", "")] * 3


def test_a_block_that_raises_writes_nothing(store: Store) -> None:
    key, _ = create_key(store, "one", [Scope.SCREEN])
    values = key.model_dump(exclude={"id"})

    def write_one_good_and_one_double() -> None:
        with store.write() as session:
            session.add(ApiKey(**{**values, "sha256": "0" * 64}))
            session.flush()
            session.add(ApiKey(**values))

    with pytest.raises(IntegrityError):
        write_one_good_and_one_double()
    assert len(list_keys(store)) == 1


def test_a_damaged_database_is_a_problem_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "store.sqlite3").write_bytes(b"this is no database, though long enough to look like one" * 20)
    assert (
        "the database does not answer (file is not a database)"
        in open_store(f"sqlite:///{tmp_path}/store.sqlite3").problem()
    )


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        pytest.param("sqlite:////proc/nowhere/x.sqlite3", "cannot be written", id="a place nobody may write to"),
        pytest.param("postgresql+nonesuch://me:hunter2@h/d", "cannot be used", id="an unknown dialect"),
        pytest.param("postgresql+psycopg://me:hunter2@h:port/d", "cannot be used", id="a port that is no number"),
    ],
)
def test_an_address_that_cannot_be_used(url: str, sentence: str) -> None:
    with pytest.raises(UsageError, match=sentence) as caught:
        open_store(url)
    assert "hunter2" not in str(caught.value)


def test_results_that_are_not_clear_are_found_by_their_index(tmp_path: Path) -> None:
    """Clear ones are left out of it, which databases only see where a question says so."""
    store = open_store(f"sqlite:///{tmp_path}/x.sqlite3")
    store.migrate()
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    job = Job(id="job_1")
    results_page(store, job, Filters(outcomes=[Outcome.BLOCK]), limit=10)
    question = asked[-1]
    with store.read() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", ("",) * question.count("?"))
        assert "ix_screening_batch_id_outcome_number" in " ".join(str(step) for step in plan.all())
    store.close()
