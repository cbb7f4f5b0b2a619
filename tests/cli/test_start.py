"""What `importgate check` must not import on a warm cache: each of these would be felt at every start."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("fastapi", "pydantic", "sqlmodel", "sqlalchemy", "alembic", "uvicorn", "yaml", "scipy", "sparse_dot_topn")
RARE = ("ftfy", "anyascii", "charset_normalizer", "difflib")  # needed for odd names and odd files only
_PROGRAM = """
import sys
from app.cli.main import main
try:
    main(["check", "Khotan Taida Apparel"])
except SystemExit as stop:
    assert not stop.code, stop.code
print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_check_loads_only_what_it_needs() -> None:
    for _ in range(2):  # the first may have to compile the lists
        done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
    assert "Hetian Taida" in done.stdout
    loaded = set(done.stderr.split())
    assert "numpy" in loaded
    assert sorted(loaded.intersection(HEAVY + RARE)) == []
