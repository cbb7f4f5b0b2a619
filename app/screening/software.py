"""Which code screens: its version, and a digest of what decides on results."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from app import __version__

_DECIDES = ("text", "lists", "index", "match", "screening")


@cache
def software_version() -> str:
    """`<version>+<12 hexadecimal digits>`; the digits change with the code and the tables of what screens."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(path for folder in _DECIDES for path in (root / folder).rglob("*")):
        if path.suffix in (".py", ".tsv"):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(content)};".encode())
            digest.update(content)
    return f"{__version__}+{digest.hexdigest()[:12]}"
