"""The Legal Entity Identifier, ISO 17442: 18 letters and digits and two check digits (ISO/IEC 7064, mod 97-10).

It says who issued it, not where its holder is.
"""

from __future__ import annotations

import re

from app.text.identifiers.compacting import compact as compact

KIND = "lei"
_SHAPE = re.compile(r"[0-9A-Z]{18}\d{2}")


def has_shape(text: str) -> bool:
    return _SHAPE.fullmatch(compact(text)) is not None


def validate(text: str) -> str:
    """The compact identifier; raises `ValueError` where its length, its characters or its check digits are wrong."""
    number = compact(text)
    if len(number) != 20:
        raise ValueError(f"a legal entity identifier has 20 characters, {number!r} has {len(number)}")
    if not _SHAPE.fullmatch(number):
        raise ValueError(f"{number!r} is no legal entity identifier: 18 letters and digits, then two digits")
    from stdnum.iso7064 import mod_97_10

    if mod_97_10.checksum(number) != 1:
        raise ValueError(f"the check digits of {number} are wrong: a character is mistyped")
    return number


def is_valid(text: str) -> bool:
    try:
        validate(text)
    except ValueError:
        return False
    return True


def explain(text: str) -> str:
    """One sentence: whether the check digits are right."""
    try:
        number = validate(text)
    except ValueError as error:
        return str(error)
    return f"{number} is a valid legal entity identifier; it does not say where its holder is"
