"""Division codes (GB/T 2260) and postal codes of China: what they name, those no longer in force included."""

from __future__ import annotations

from functools import cache

from app.text.tables import read_table, spellings

XINJIANG = "65"
# The first two digits of China's postal codes that are in use (China Post, 邮政编码).
_POSTAL = frozenset(
    {*range(1, 8), *range(10, 14), *range(15, 17), *range(20, 28), *range(30, 37), *range(40, 48), *range(50, 58)}
    | {*range(61, 68), *range(71, 76), 81, *range(83, 87)}
)


def division_name(code: str) -> str:
    """ "Hetian (和田地区), Xinjiang" for 653200; for an unknown code what its first digits name, else empty."""
    names = _names()
    for size in (6, 4, 2):
        found = names.get(code[:size].ljust(6, "0"))
        if found:
            outer = names.get(f"{code[:2]}0000", "") if size > 2 and code[2:] != "0000" else ""
            return f"{found}, {outer}" if outer and outer != found else found
    return ""


def is_chinese_postal_code(code: str) -> bool:
    """Six digits of which the first two are in use."""
    return len(code) == 6 and code.isascii() and code.isdigit() and int(code[:2]) in _POSTAL


def is_xinjiang_postal_code(code: str) -> bool:
    """Mainland postal codes of Xinjiang begin with 83 or 84."""
    return len(code) == 6 and code.isascii() and code.isdigit() and code[:2] in ("83", "84")


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for row in read_table("places"):
        if row["level"] in ("province", "region", "prefecture", "city", "county"):
            for code in spellings(row["code"]):
                han, latin = spellings(row["han"]), spellings(row["latin"])
                names.setdefault(code, f"{latin[0].title()} ({han[0]})" if han and latin else (latin or han)[0])
    for row in read_table("division_history"):
        names.setdefault(row["code"], f"{row['latin']} ({row['han']}, a code no longer in force)")
    return names
