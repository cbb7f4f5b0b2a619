"""Pages by cursor: where the last page ended, sealed so that nobody builds on what is inside."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query

from app.api.problems import INVALID, ProblemError

DEFAULT_PAGE, MAX_PAGE = 50, 500

Limit = Annotated[int, Query(ge=1, le=MAX_PAGE, description="How many items to give.")]
Cursor = Annotated[
    str | None, Query(max_length=400, description="`next` of the page before; the first page if left out.")
]


def cursor_of(*place: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of(cursor: str, *kinds: type) -> list[Any]:
    """What `cursor_of` was given; `kinds` are the types expected. Raises a problem for anything else."""
    try:
        place = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(place, list) and [type(item) for item in place] == list(kinds):
            return place
    except ValueError:
        pass
    raise _no_cursor()


def cursor_at(at: datetime, item_id: str) -> str:
    """The cursor of an item in an order by time and then id."""
    return cursor_of(at.isoformat(), item_id)


def place_at(cursor: str | None) -> tuple[datetime, str] | None:
    """What `cursor_at` was given, None for the first page. Raises a problem for anything else."""
    if cursor is None:
        return None
    at, item_id = place_of(cursor, str, str)
    try:
        return datetime.fromisoformat(at).astimezone(UTC), item_id
    except (ValueError, OverflowError):
        raise _no_cursor() from None


def _no_cursor() -> ProblemError:
    detail = "this is no cursor of ours; take `next` of the page before as it is"
    return ProblemError(INVALID, f"cursor: {detail}", errors=[{"parameter": "cursor", "detail": detail}])
