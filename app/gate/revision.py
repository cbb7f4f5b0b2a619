"""Files as they were at a git revision."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from app.errors import UsageError


class Revision:
    """A commit of the repository around the working directory. Raises `UsageError` where there is none."""

    def __init__(self, name: str) -> None:
        self.name = name
        top = _git(["rev-parse", "--show-toplevel"], f"--against {name} needs a git repository around this folder")
        self._top = Path(top.decode().rstrip("\n"))
        unknown = f"--against {name}: git knows no such commit here; fetch it first (a shallow clone lacks it)"
        commit = _git(["rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"], unknown)
        self._commit = commit.decode().strip()
        self._former_names = self._renames()

    def read(self, path: Path) -> bytes | None:
        """The content of a file of today at the revision, under its former name if it was renamed; None if it was not
        there."""
        try:
            today = path.resolve().relative_to(self._top.resolve()).as_posix()
        except ValueError:
            return None
        former = self._former_names.get(today, today)
        listed = _git(["ls-tree", "-z", self._commit, "--", f":(top,literal){former}"], "git ls-tree failed")
        if not listed.startswith(b"100"):  # a file; neither a link nor a submodule
            return None
        return _git(["cat-file", "blob", listed.split(b"\t", 1)[0].split()[-1].decode()], "git cat-file failed")

    def _renames(self) -> dict[str, str]:
        """Former names by today's."""
        arguments = ["diff", "--name-status", "--find-renames", "--diff-filter=R", "-z", self._commit]
        parts = _git(arguments, "git diff failed").decode("utf-8", "surrogateescape").split("\0")
        return {parts[i + 2]: parts[i + 1] for i in range(0, len(parts) - 2, 3)}


def _git(arguments: Sequence[str], complaint: str) -> bytes:
    try:
        run = subprocess.run(["git", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise UsageError("--against needs git, which is not installed here; use --baseline FILE instead") from None
    if run.returncode:
        said = run.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(f"{complaint}{f' ({said[-1]})' if said else ''}")
    return run.stdout
