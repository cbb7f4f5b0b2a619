"""Report files: whole or not at all, whatever happens to one of them."""

from __future__ import annotations

from pathlib import Path

from app.reports.destination import PARTIAL


def write_report(path: Path, text: str, *, append: bool = False) -> str:
    """Writes UTF-8, creating the folder; returns why it could not be done, an empty text if it could."""
    in_place = append or (path.exists() and not path.is_file())  # a pipe or a device cannot be renamed onto
    target = path if in_place else path.with_name(path.name + PARTIAL)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with target.open("a" if append else "w", encoding="utf-8", errors="replace", newline="") as stream:
            stream.write(text)
        if not in_place:
            target.replace(path)
    except OSError as error:
        return error.strerror or str(error)
    return ""
