"""Which script a text is written in."""

from __future__ import annotations

import re
from enum import StrEnum

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
ARABIC = "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff"
_HAN = re.compile(f"[{HAN}]")
_ARABIC = re.compile(f"[{ARABIC}]")
_CYRILLIC = re.compile("[\u0400-\u052f]")


class Script(StrEnum):
    LATIN = "latin"
    HAN = "han"
    ARABIC = "arabic"
    CYRILLIC = "cyrillic"


def script_of(text: str) -> Script:
    """The script that settles how a name is read: any Han character makes it Han, then Arabic, then Cyrillic."""
    if text.isascii():
        return Script.LATIN
    if _HAN.search(text):
        return Script.HAN
    if _ARABIC.search(text):
        return Script.ARABIC
    if _CYRILLIC.search(text):
        return Script.CYRILLIC
    return Script.LATIN
