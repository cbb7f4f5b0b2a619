"""The database behind the store: SQLite in its own file by default."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    TimeoutError,
)
from sqlmodel import Session

from app.errors import StoreError, UsageError
from app.store.tables import Instant, Table

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_MILLISECONDS = 10_000
_MIGRATION_LOCK = 0x1369_7465  # any number that nothing else in the database locks
_MIGRATES = Lock()  # Alembic keeps the migration at hand in a module: one at a time in each process


@dataclass(frozen=True, slots=True)
class Store:
    """An open database. Reads run side by side; writes take their turn from the first statement on.

    Blocks of `read` and `write` raise `StoreError` where the database is gone, full, locked or damaged.
    """

    engine: Engine

    @contextmanager
    def read(self) -> Iterator[Session]:
        with _in_our_words(), Session(self.engine) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction: committed at the end of the block, rolled back where it raises."""
        writing = self.engine.execution_options(writes=True)
        with _in_our_words(), Session(writing, expire_on_commit=False) as session, session.begin():
            yield session

    def migrate(self, revision: str = "head") -> None:
        """Bring the tables to `revision`, upwards; does nothing where they are there already."""
        with self._migrating() as config:
            command.upgrade(config, revision)

    def migrate_down(self, revision: str) -> None:
        with self._migrating() as config:
            command.downgrade(config, revision)

    def differences(self) -> list[Any]:
        """What a new migration would have to do: [] where the migrations and `tables` agree."""
        with self.engine.connect() as connection:
            return list(compare_metadata(MigrationContext.configure(connection), Table.metadata))

    def problem(self) -> str:
        """Why the store cannot be used, in a sentence; "" where it can."""
        try:
            with self.engine.connect() as connection:
                current = MigrationContext.configure(connection).get_current_revision()
        except DBAPIError as error:
            return f"the database does not answer ({error.orig})"
        newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
        return "" if current == newest else f"the database is at revision {current}, this version needs {newest}"

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _migrating(self) -> Iterator[Config]:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        writing = self.engine.execution_options(writes=True)
        with _MIGRATES, _in_our_words(), writing.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite has let in one writer only
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            config.attributes["connection"] = connection
            yield config


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError) as error:
        raise StoreError(f"the database does not answer ({error.orig})") from error
    except TimeoutError as error:
        raise StoreError("the database has no connection free; try again when there is less to do") from error


def open_store(url: str) -> Store:
    """Open the database at `url`, creating the directory of an SQLite file. Creates no table: see `Store.migrate`.

    Raises `UsageError` where the address cannot be used.
    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            return Store(_sqlite_engine(address))
        return Store(create_engine(address, pool_pre_ping=True, hide_parameters=True))
    except (ArgumentError, NoSuchModuleError, ValueError) as error:  # the address itself may hold a password
        raise UsageError(f"the database address cannot be used: {error}") from None
    except ModuleNotFoundError as error:
        raise UsageError(f"this database needs the driver {error.name!r}, which is not installed") from None


def back_up(store: Store, path: Path) -> None:
    """Copy an SQLite database that others may be using to a new file, as it stood at one moment.

    Raises `UsageError` where the file cannot be written; then nothing is left of it.
    """
    partial = path.with_name(path.name + ".partial")
    try:
        with store.engine.connect() as connection, closing(sqlite3.connect(partial)) as copy:
            source = connection.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            source.backup(copy)
        partial.replace(path)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written ({error})") from None


def database_time(session: Session) -> datetime:
    """What time it is for everyone who uses this database: machines may disagree, leases must not."""
    if session.get_bind().dialect.name == "sqlite":
        return datetime.now(UTC)  # all who use the file are on its machine
    now: datetime = session.connection().execute(select(func.clock_timestamp(type_=Instant()))).scalar_one()
    return now


def _sqlite_engine(address: URL) -> Engine:
    file = Path(address.database or "")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("ab"):
            pass
    except OSError as error:
        raise UsageError(
            f"the database {str(file)!r} cannot be written ({error.strerror}); choose another place with "
            "IMPORTGATE_DATA_DIR or IMPORTGATE_DATABASE_URL"
        ) from None
    engine = create_engine(address, hide_parameters=True)  # parameters hold names of parties, errors are logged
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin in `_begin_sqlite`, not where Python guesses
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _write_ahead(cursor: sqlite3.Cursor) -> None:
    """Switching needs the file alone, and where several switch a new one SQLite gives up without waiting."""
    deadline = time.monotonic() + BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A writer that begins as a reader fails at once, instead of waiting, when another one wrote in between.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
