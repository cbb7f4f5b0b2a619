"""The registration code of Chinese customs (海关注册编码), 10 characters: four digits of the registrant's area, its
economic zone, its kind of enterprise, a serial number. It has no check digit."""

from __future__ import annotations

import re

from app.text.divisions import division_name
from app.text.identifiers.compacting import compact as compact

KIND = "customs"
_SHAPE = re.compile(r"\d{5}[0-9A-Z]{5}")


def has_shape(text: str) -> bool:
    return _SHAPE.fullmatch(compact(text)) is not None


def validate(text: str) -> str:
    """The compact code; raises `ValueError` where it has not the shape of one, or names no province."""
    number = compact(text)
    if not _SHAPE.fullmatch(number):
        raise ValueError(f"a customs registration code has five digits and five letters or digits, {number!r} has not")
    if not division_name(number[:2] + "0000"):
        raise ValueError(f"{number} begins with {number[:2]}, which is no province of China")
    return number


def is_valid(text: str) -> bool:
    try:
        validate(text)
    except ValueError:
        return False
    return True


def division(text: str) -> str:
    """The area as a division code; the third and fourth digits are a prefecture's, or 90 for another area."""
    number = compact(text)
    return f"{number[:4]}00" if _SHAPE.fullmatch(number) else ""


def explain(text: str) -> str:
    try:
        number = validate(text)
    except ValueError as error:
        return str(error)
    return f"{number} is a customs registration code of {division_name(division(number))}"
