"""Runs migrations on the connection that `Store` hands over, or, for `alembic -x url=...`, on that database.

A new one, from the root of a checkout:

    .venv/bin/alembic -x url=sqlite:///work.sqlite3 upgrade head
    .venv/bin/alembic -x url=sqlite:///work.sqlite3 revision --autogenerate --rev-id 0002 -m "what it does"
"""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, create_engine

from app.store.tables import Instant, Table


def render_item(kind: str, item: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations outlive the code: they name plain SQL types, not our own."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Table.metadata,
        render_as_batch=True,  # SQLite alters a table by copying it
        render_item=render_item,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    run(handed_over)
else:
    with create_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as own:
        run(own)
