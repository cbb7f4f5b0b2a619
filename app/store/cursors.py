"""Places in a list that is read page by page, as callers carry them: opaque, checked when they come back."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from app.errors import UsageError


def write_cursor(*values: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def read_cursor(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The values of a cursor, of these kinds (`str`, `int` or `datetime`). Raises `UsageError` where it is none."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)))
        return tuple(_value(value, kind) for value, kind in zip(values, kinds, strict=True))
    except (binascii.Error, ValueError, TypeError):
        raise UsageError("this is no cursor; give back `next` of the page before, unchanged") from None


def _value(value: Any, kind: type) -> Any:
    if kind is datetime:
        at = datetime.fromisoformat(value)
        if at.tzinfo is None:
            raise ValueError(value)
        return at
    if type(value) is not kind or value in ("\0",):
        raise TypeError(value)
    return value
