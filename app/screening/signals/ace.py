"""What CBP's system would say of a Chinese maker's postal code: the UFLPA Region Alert.

Since 18 March 2023 ACE asks for the postal code of every manufacturer in China, refuses what is no Chinese postal code,
and warns where the code is one of Xinjiang (CSMS 55403002; CBP Publication 3064-0323). CBP does not publish its list of
codes: here every code that begins with 83 or 84 is one of Xinjiang.
"""

from __future__ import annotations

import re

from app.screening.model import Party, Role, Signal, SignalStrength
from app.text.divisions import is_chinese_postal_code, is_xinjiang_postal_code

SOURCE = "CBP, UFLPA Region Alert (CSMS 55403002, Publication 3064-0323)"
_SIX_DIGITS = re.compile(r"(?<![\d\-+/.#])\d{6}(?![\d\-/])")


def signals_of(party: Party) -> list[Signal]:
    """One signal for a maker in China whose postal code ACE would refuse or warn about, else none."""
    if party.role is not Role.MANUFACTURER or party.country.upper() != "CN":
        return []
    code, field = party.postal_code.strip().removesuffix(".0"), "postal_code"
    if not code:
        written = _SIX_DIGITS.findall(party.address)
        code, field = next((item for item in reversed(written) if is_chinese_postal_code(item)), ""), "address"
    if not code:
        return [
            _signal(
                "postal_code_missing",
                SignalStrength.NOTED,
                "",
                field,
                "The maker is in China and has no postal code: ACE would refuse the entry until it has one.",
            )
        ]
    if not is_chinese_postal_code(code):
        return [
            _signal(
                "postal_code_not_chinese",
                SignalStrength.NOTED,
                code,
                field,
                f"“{code}” is no postal code of China (six digits): ACE would refuse it.",
            )
        ]
    if is_xinjiang_postal_code(code):
        return [
            _signal(
                "postal_code_in_xinjiang",
                SignalStrength.STRONG,
                code,
                field,
                f"The maker's postal code {code} is one of Xinjiang: ACE would raise the UFLPA Region Alert.",
            )
        ]
    return []


def _signal(code: str, strength: SignalStrength, seen: str, field: str, summary: str) -> Signal:
    return Signal("ace", code, strength, seen, field, summary, SOURCE)
