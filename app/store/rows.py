"""Many rows at once, without an object each: COPY on PostgreSQL, one prepared statement on SQLite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def sql_table(model: type[SQLModel]) -> SqlTable:
    return cast(SqlTable, model.__table__)  # type: ignore[attr-defined]


@cache
def columns(model: type[SQLModel]) -> tuple[str, ...]:
    """The names of a table's columns, in the order of its rows."""
    return tuple(column.name for column in sql_table(model).columns)


def is_postgresql(session: Session) -> bool:
    return session.connection().dialect.name == "postgresql"


def insert_tuples(session: Session, model: type[SQLModel], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows of all columns in their order."""
    if not rows:
        return
    connection = session.connection()
    names = ", ".join(f'"{name}"' for name in columns(model))
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {_name(model)} ({names}) FROM STDIN", rows)
        return
    marks = ", ".join("?" * len(columns(model)))
    insert = f"INSERT INTO {_name(model)} ({names}) VALUES ({marks})"
    connection.exec_driver_sql(insert, _bound(model, rows, connection.dialect))


def insert_new(session: Session, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet. Give them sorted by key: then two that insert cannot block each other."""
    if rows:
        insert = (postgresql if is_postgresql(session) else sqlite).insert(sql_table(model))
        session.connection().execute(insert.on_conflict_do_nothing(), rows)


def storable(text: str) -> str:
    """Text that every database takes: what UTF-8 cannot say, and the null character, become U+FFFD."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    return text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _name(model: type[SQLModel]) -> str:
    return f'"{sql_table(model).name}"'


def _copy(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _bound(model: type[SQLModel], rows: Sequence[tuple[Any, ...]], dialect: Dialect) -> list[tuple[Any, ...]]:
    """Rows as the driver wants them: SQLite keeps instants as text."""
    binders = [column.type.dialect_impl(dialect).bind_processor(dialect) for column in sql_table(model).columns]
    if not any(binders):
        return list(rows)
    return [
        tuple(value if bind is None or value is None else bind(value) for value, bind in zip(row, binders, strict=True))
        for row in rows
    ]
