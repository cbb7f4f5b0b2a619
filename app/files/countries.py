"""Countries as files write them: a code of two or three letters, or a name."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code, None for what is no country. Case, accents and punctuation do not matter."""
    return _codes().get(_letters(text))


def _letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text).casefold() if char.isalnum())


@cache
def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for line in Path(__file__).with_name("countries.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith(("#", "alpha2\t")):
            alpha2, alpha3, names = line.split("\t")
            codes |= dict.fromkeys(map(_letters, (alpha2, alpha3, *names.split("|"))), alpha2)
    return codes
