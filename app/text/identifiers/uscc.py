"""The Unified Social Credit Code of Chinese bodies (统一社会信用代码), GB 32100-2015.

18 characters: registering authority, kind of body, six digits of the registering office's division (GB/T 2260), nine of
the organisation code (GB 11714), one check character. The division is fixed at the first registration: divisions that
no longer exist live on in it.
"""

from __future__ import annotations

import re

from app.text.divisions import division_name
from app.text.identifiers.compacting import compact as compact

KIND = "uscc"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHAPE = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")


def has_shape(text: str) -> bool:
    """Whether it is written like one, whatever its check character says."""
    return _SHAPE.fullmatch(compact(text)) is not None


def check_character(text: str) -> str:
    """The eighteenth character that the first seventeen ask for."""
    from stdnum.cn import uscc

    return str(uscc.calc_check_digit(compact(text)[:17]))


def validate(text: str) -> str:
    """The compact code; raises `ValueError` where its length, its characters or its check character are wrong."""
    number = compact(text)
    if len(number) != 18:
        raise ValueError(f"a unified social credit code has 18 characters, {number!r} has {len(number)}")
    if not _SHAPE.fullmatch(number):
        raise ValueError(
            f"{number!r} is no unified social credit code: two characters, six digits, then ten characters "
            "without I, O, S, V and Z"
        )
    expected = check_character(number)
    if number[-1] != expected:
        raise ValueError(f"the last character of {number} must be {expected}, not {number[-1]}: a digit is mistyped")
    return number


def is_valid(text: str) -> bool:
    try:
        validate(text)
    except ValueError:
        return False
    return True


def division(text: str) -> str:
    """The six digits of the registering office; empty where the text has not the shape of a code."""
    number = compact(text)
    return number[2:8] if _SHAPE.fullmatch(number) else ""


def explain(text: str) -> str:
    """One sentence: where the body is registered, and whether the check character is right."""
    number = compact(text)
    try:
        validate(number)
    except ValueError as error:
        return str(error)
    return f"{number} is a valid code of a body registered in {division_name(number[2:8])}"
