"""Whether a name holds a word that tells it from the other names of its trade and place."""

from __future__ import annotations

from app.text.read import read_name


def is_distinctive(name: str) -> bool:
    """True for "Esquel Group" and "XPCC 8th Division", False for "Shandong Gold Mining Co., Ltd."."""
    return read_name(name).is_distinctive
