"""Pages by cursor: where the last page ended, sealed so that nobody builds on what is inside."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from app.api.problems import INVALID, ProblemError
from app.errors import UsageError
from app.store.cursors import read_cursor
from app.store.cursors import write_cursor as cursor_of

__all__ = ["DEFAULT_PAGE", "MAX_PAGE", "Cursor", "Limit", "cursor_of", "place_of"]

DEFAULT_PAGE, MAX_PAGE = 50, 500

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many items to give.")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; the first page if left out.")
]


def place_of(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """What `cursor_of` was given; `kinds` are the types expected. Raises a problem for anything else."""
    try:
        return read_cursor(cursor, *kinds)
    except UsageError as error:
        raise ProblemError(
            INVALID, f"cursor: {error}", errors=[{"parameter": "cursor", "detail": str(error)}]
        ) from None
