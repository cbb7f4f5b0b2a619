"""The audit log: what was altered, removed, put in or cut off is found, on both databases."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from app.cli.main import main
from app.errors import UsageError
from app.store.audit import CONFIGURATION, Head, audit, digest_of, note_configuration, parse_head, read_entries, verify
from app.store.database import Store
from app.store.keys import Scope, create_first_key, create_key, revoke_key


def fill(store: Store, times: int = 5) -> Head:
    for n in range(times):
        with store.write() as session:
            audit(session, "Ada", "hit.decided", f"call_x.{n}.1", {"note": f"zażółć {n}"})
    problems, head = verify(store)
    assert problems == []
    assert head is not None
    return head


def tamper(store: Store, change: Callable[[Connection], Any]) -> None:
    """As somebody does who may do anything to the database: the triggers that guard the log go first."""
    with store.engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("DROP TRIGGER audit_append_only ON audit"))
        else:
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        change(connection)


def run(*statements: str) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return change


def with_its_digest(number: int, field: str, value: str) -> Callable[[Connection], None]:
    """Alters an entry and gives it the digest that it should now have."""

    def change(connection: Connection) -> None:
        connection.execute(text(f"UPDATE audit SET {field} = :value WHERE number = :n"), {"value": value, "n": number})
        row = connection.execute(text("SELECT * FROM audit WHERE number = :n"), {"n": number}).mappings().one()
        at = row["at"]
        if isinstance(at, str):
            at = datetime.fromisoformat(at).replace(tzinfo=UTC)
        digest = digest_of({**row, "at": at})
        connection.execute(text("UPDATE audit SET digest = :d WHERE number = :n"), {"d": digest, "n": number})

    return change


def both(*changes: Callable[[Connection], None]) -> Callable[[Connection], None]:
    def change(connection: Connection) -> None:
        for one in changes:
            one(connection)

    return change


COPY_OF_TWO = (
    "INSERT INTO audit SELECT 3, at, actor, action, subject, detail, previous, digest FROM audit WHERE number = 2"
)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        pytest.param(run("UPDATE audit SET actor = 'Eve' WHERE number = 3"), ["entry 3 was altered"], id="altered"),
        pytest.param(
            with_its_digest(3, "actor", "Eve"), ["entry 4 does not follow"], id="altered, its digest made to fit"
        ),
        pytest.param(
            both(
                with_its_digest(3, "actor", "Eve"),
                run("UPDATE audit SET previous = (SELECT digest FROM audit WHERE number = 3) WHERE number = 4"),
            ),
            ["entry 4 was altered"],
            id="altered, its digest and the link to it made to fit",
        ),
        pytest.param(run("DELETE FROM audit WHERE number = 3"), ["entry 3 is missing"], id="removed"),
        pytest.param(
            run("DELETE FROM audit WHERE number <= 2"), ["entries 1 to 2 are missing"], id="the first removed"
        ),
        pytest.param(
            run("DELETE FROM audit WHERE number = 3", "UPDATE audit SET number = number - 1 WHERE number > 3"),
            ["entry 3 does not follow", "entry 3 was altered", "entry 4 was altered"],
            id="removed, the rest renumbered",
        ),
        pytest.param(
            run(
                "UPDATE audit SET number = number + 100 WHERE number > 2",
                "UPDATE audit SET number = number - 99 WHERE number > 2",
                COPY_OF_TWO,
            ),
            ["entry 3 does", "entry 3 was", "entry 4 was", "entry 5 was", "entry 6 was"],
            id="put in between",
        ),
    ],
)
def test_every_change_is_found(any_store: Store, change: Callable[[Connection], Any], found: list[str]) -> None:
    fill(any_store)
    tamper(any_store, change)
    problems, _ = verify(any_store)
    assert len(problems) == len(found), problems
    for problem, start in zip(problems, found, strict=True):
        assert problem.startswith(start)


@pytest.mark.parametrize("field", ["at", "actor", "action", "subject", "detail", "previous", "digest"])
def test_no_field_can_be_altered_unseen(store: Store, field: str) -> None:
    fill(store)
    value = "2020-01-01 00:00:00.000000" if field == "at" else "f" * 64
    tamper(store, run(f"UPDATE audit SET {field} = '{value}' WHERE number = 2"))
    assert verify(store)[0]


def test_what_is_cut_off_at_the_end_shows_by_a_head_that_was_noted(any_store: Store) -> None:
    head = fill(any_store)
    tamper(any_store, run("DELETE FROM audit WHERE number > 3"))
    assert verify(any_store)[0] == [], "limit: a shorter chain is whole in itself"
    assert verify(any_store, head)[0] == ["entries 4 to 5 are missing at the end"]
    for _ in range(2):
        with any_store.write() as session:
            audit(session, "Eve", "hit.decided", "other")
    assert verify(any_store, head)[0] == ["entry 5 is not the one that was noted as the head"]


def test_the_log_takes_no_change_and_no_deletion(any_store: Store) -> None:
    fill(any_store, 2)
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DBAPIError, match="rows of audit are only ever added"), any_store.write() as session:
            session.connection().execute(text(statement))


def test_writers_at_once_make_one_chain(any_store: Store) -> None:
    def write(who: str) -> None:
        for n in range(15):
            with any_store.write() as session:
                audit(session, who, "tried", str(n))

    threads = [threading.Thread(target=write, args=(f"w{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    problems, head = verify(any_store)
    assert (problems, head and head.number) == ([], 90)


def test_what_is_rolled_back_leaves_no_entry(store: Store) -> None:
    def write_one_good_and_one_bad() -> None:
        with store.write() as session:
            audit(session, "Ada", "tried", "x")
            audit(session, "Ada", "tried", "y", {"no": object()})

    with pytest.raises(TypeError, match="not JSON serializable"):
        write_one_good_and_one_bad()
    assert verify(store) == ([], None)


def test_keys_made_and_revoked_are_in_it_once(store: Store) -> None:
    create_first_key(store)
    key, secret = create_key(store, "desk", [Scope.REVIEW], by="first")
    assert key.id is not None
    revoke_key(store, key.id, by="first")
    revoke_key(store, key.id, by="first")
    entries = list(read_entries(store))
    assert [(entry.actor, entry.action, entry.subject) for entry in entries] == [
        ("command line", "key.created", "key 1"),
        ("first", "key.created", "key 2"),
        ("first", "key.revoked", "key 2"),
    ]
    assert not any(secret[9:] in entry.detail for entry in entries)


def test_configuration_is_noted_when_it_changes(store: Store) -> None:
    for settings in ({"a": "1", "b": "***"}, {"a": "1", "b": "***"}, {"a": "2", "b": "***"}, {"a": "2"}):
        note_configuration(store, settings)
    entries = [entry for entry in read_entries(store) if entry.action == CONFIGURATION]
    assert [json.loads(entry.detail)["changed"] for entry in entries] == [["a", "b"], ["a"], ["b"]]


def test_the_command_prints_the_head_and_ends_with_one_where_something_is_wrong(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPORTGATE_DATABASE_URL", store.engine.url.render_as_string(hide_password=False))
    assert CliRunner().invoke(main, ["audit", "verify"]).output == "The audit log is empty.\n"
    head = fill(store)
    whole = CliRunner().invoke(main, ["audit", "verify"])
    assert (whole.exit_code, whole.stdout) == (0, f"{head}\n")
    lines = CliRunner().invoke(main, ["audit", "export"]).stdout.splitlines()
    assert [json.loads(line)["detail"]["note"] for line in lines] == [f"zażółć {n}" for n in range(5)]
    tamper(store, run("DELETE FROM audit WHERE number = 5"))
    cut = CliRunner().invoke(main, ["audit", "verify", "--head", str(head)])
    assert (cut.exit_code, cut.stderr.splitlines()[0]) == (1, "importgate: entry 5 is missing at the end")


@pytest.mark.parametrize("said", ["", "5", "5:abc", f"x:{'0' * 64}", f"5:{'G' * 64}"])
def test_what_is_no_head_is_refused(said: str) -> None:
    with pytest.raises(UsageError, match="is no head of the audit log"):
        parse_head(said)
