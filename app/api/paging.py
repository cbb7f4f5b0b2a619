"""Pages by cursor: where the last page ended, sealed so that nobody builds on what is inside."""

from __future__ import annotations

import base64
import json
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
    detail = "this is no cursor of ours; take `next` of the page before as it is"
    raise ProblemError(INVALID, f"cursor: {detail}", errors=[{"parameter": "cursor", "detail": detail}])
