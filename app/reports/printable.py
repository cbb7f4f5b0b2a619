"""Text from files that goes to a terminal or a page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def printable(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters become visible signs."""
    return "".join(_shown(text)) if not text.isprintable() else text


def _shown(text: str) -> Iterator[str]:
    for char in text:
        if char in "\n\t":
            yield " "
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            yield "\ufffd"
        else:
            yield char
