from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store.database import Store, open_store


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A database without a table."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite3")
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    empty_store.migrate()
    return empty_store
