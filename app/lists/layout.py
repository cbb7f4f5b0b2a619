"""Where the bundled lists lie, and what their files are called."""

from __future__ import annotations

from pathlib import Path

LIST_FILE = "list.yml"
LISTINGS_FILE = "listings.yml"
PROGRAMMES_FILE = "programmes.yml"


def bundled_root() -> Path:
    """`app/lists/bundled` in an installed wheel, `entity_lists/` in a checkout."""
    here = Path(__file__).resolve().parent
    installed = here / "bundled"
    return installed if installed.is_dir() else here.parents[1] / "entity_lists"
