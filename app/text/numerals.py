"""Numbers in names: 第八师, Eighth Division and 8th Division hold the same 8."""

from __future__ import annotations

import re

_HAN_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
_WORDS = (
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
)
ORDINAL_WORDS = {word: str(value) for value, word in enumerate(_WORDS, 1)}
_SUFFIXED = re.compile(r"(\d+)(?:st|nd|rd|th)")
HAN_NUMERALS = "零〇一二三四五六七八九十百千两"
# 第 makes a number of what follows; without it the unit must (八师, 七二一所), since 三一 and 百联 are brands.
HAN_ORDINAL = re.compile(
    f"第([{HAN_NUMERALS}]+|[0-9]+)"
    f"|([{HAN_NUMERALS}]+|[0-9]+)(?=师|团|连|所|局|厂|院|监狱|处|矿|号)"
    "|((?=[零〇一二三四五六七八九]{3})[零〇一二三四五六七八九]*[零〇][零〇一二三四五六七八九]*)"  # 三六零 is 360
)


def han_number(numerals: str) -> str:
    """十二 becomes "12", 三六零 becomes "360", 八 becomes "8"; digits stay as they are."""
    if numerals.isascii():
        return str(int(numerals))
    if not any(unit in numerals for unit in "十百千"):
        return "".join(str(_HAN_DIGITS[char]) for char in numerals)
    total, digit = 0, -1
    for char in numerals:
        if char in _HAN_DIGITS:
            digit = _HAN_DIGITS[char]
        else:
            total += (1 if digit < 0 else digit) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = -1
    return str(total + max(digit, 0))


def latin_number(word: str) -> str:
    """The number that a folded Latin word stands for ("8", "8th", "eighth"), or an empty string."""
    if word.isdigit():
        return str(int(word)) if word.isascii() else ""
    if word in ORDINAL_WORDS:
        return ORDINAL_WORDS[word]
    found = _SUFFIXED.fullmatch(word)
    return str(int(found.group(1))) if found else ""
