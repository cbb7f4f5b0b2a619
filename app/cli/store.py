"""The service's database, for commands that work on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store.database import Store


@contextmanager
def opened_store() -> Iterator[Store]:
    """The store of the settings, with its tables up to date."""
    from app.settings import read_settings
    from app.store.database import open_store

    store = open_store(read_settings().database_url)
    try:
        store.migrate()
        yield store
    finally:
        store.close()
