"""The registration number of Chinese business licences before 2015 (工商注册号), 15 digits, GS 15-2006.

Six digits of the registering office's division, eight of serial number, one check digit (ISO/IEC 7064, mod 11,10).
Old numbers of 13 digits have no check digit and are not read.
"""

from __future__ import annotations

import re

from app.text.divisions import division_name
from app.text.identifiers.compacting import compact as compact

KIND = "business_licence"


def has_shape(text: str) -> bool:
    return re.fullmatch(r"\d{15}", compact(text)) is not None


def validate(text: str) -> str:
    """The 15 digits; raises `ValueError` where the length or the check digit is wrong."""
    number = compact(text)
    if not has_shape(number):
        raise ValueError(f"a business licence number has 15 digits, {number!r} has not")
    from stdnum.iso7064 import mod_11_10

    if mod_11_10.checksum(number) != 1:
        raise ValueError(f"the last digit of {number} is wrong: a digit is mistyped")
    return number


def is_valid(text: str) -> bool:
    try:
        validate(text)
    except ValueError:
        return False
    return True


def division(text: str) -> str:
    """The six digits of the registering office; empty where the text has not the shape of a number."""
    number = compact(text)
    return number[:6] if has_shape(number) else ""


def explain(text: str) -> str:
    try:
        number = validate(text)
    except ValueError as error:
        return str(error)
    return f"{number} is a valid number of a business registered in {division_name(number[:6])}"
