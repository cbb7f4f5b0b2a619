"""One way of writing for all identifiers, so that those of a list and those of a file meet."""

from __future__ import annotations

import re

_SEPARATORS = re.compile(r"[\s\-./]+")


def compact(text: str) -> str:
    """Without separators, in capitals."""
    return _SEPARATORS.sub("", text).upper()
