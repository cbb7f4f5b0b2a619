"""Which files a pattern means: `*` and `?` within one folder, `**/` any folders."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePath

from app.errors import UsageError


def expand(items: Sequence[str], root: Path | None = None) -> list[Path]:
    """The files that `items` (paths and patterns) name, each once, in their order; those of a pattern sorted.

    A path is kept as it is, even where there is no such file. Raises `UsageError` for a pattern without files and for a
    folder.
    """
    files: dict[str, Path] = {}
    for item in items:
        for path in _expanded(item, root or Path()):
            files.setdefault(os.path.normpath(path), path)
    return list(files.values())


def _expanded(item: str, root: Path) -> list[Path]:
    path = root / item
    if path.is_dir():
        raise UsageError(f"{item} is a folder; give its files, for example '{item.rstrip('/')}/**/*.csv'")
    if path.exists() or not glob.has_magic(item):
        return [path]
    found = sorted(root / name for name in _glob(item, root) if (root / name).is_file())
    if not found:
        raise UsageError(f"no file matches {item!r}; check the pattern and the folder it is run in")
    return found


def _glob(pattern: str, root: Path) -> list[str]:
    return glob.glob(pattern, root_dir=root, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns


def matches(path: PurePath, pattern: str) -> bool:
    """Whether a relative path matches; a pattern without a slash is one for the file's name, in any folder."""
    subject = path.as_posix() if "/" in pattern else path.name
    return _regex(pattern.removeprefix("./")).fullmatch(subject) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    signs = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[!?[^\]]+\])", pattern)
    return re.compile("".join(signs.get(part) or _class_or_text(part) for part in parts))


def _class_or_text(part: str) -> str:
    if part.startswith("[") and part.endswith("]") and len(part) > 2:
        return "[^" + part[2:] if part[1] == "!" else part
    return re.escape(part)
