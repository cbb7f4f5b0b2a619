"""What a party's identifiers say: where it is registered, whether they can be right, and whether they fit its name.

An identifier says where a body is registered. That is not where all its goods are made: a firm registered in Shanghai
may have a factory in Xinjiang, and the reverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from app.screening.model import Party, Signal, SignalStrength
from app.text.divisions import XINJIANG, division_name
from app.text.identifiers import business_licence, customs, lei, mid, uscc
from app.text.tables import read_table

_IN_TEXT = re.compile(
    r"(?<![0-9A-Za-z])(?:(?P<uscc>[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10})"
    r"|(?P<lei>[0-9A-Z]{4}00[0-9A-Z]{12}\d\d)|(?P<business_licence>[1-8]\d{14}))(?![0-9A-Za-z])"
)
_DIGITS = re.compile(r"\d\d")  # each of them has these, and few names do
_REGISTERED = {"uscc": uscc, "business_licence": business_licence, "customs": customs}
_NAMES = {
    "uscc": "unified social credit code",
    "business_licence": "business licence number",
    "customs": "customs registration code",
}
_SOURCES = {
    "uscc": "GB 32100-2015",
    "business_licence": "GS 15-2006",
    "customs": "General Administration of Customs of China, registration codes of declarants (海关注册编码)",
    "lei": "ISO 17442",
    "mid": "19 CFR Part 102, Appendix",
}


def identifiers_of(party: Party) -> dict[str, str]:
    """The identifiers in their own fields, and those found in the name and the address, compact, by kind."""
    found = {kind: value.strip() for kind, value in party.identifiers.items() if value.strip()}
    for text in (party.address, party.name):
        if len(text) >= 15 and _DIGITS.search(text):
            for match in _IN_TEXT.finditer(text):
                kind = str(match.lastgroup)
                check = {"uscc": uscc, "lei": lei, "business_licence": business_licence}[kind]
                # Twenty capitals may be anything, fifteen digits a telephone number: only a right check digit counts.
                if kind == "uscc" or check.is_valid(match[0]):
                    found.setdefault(kind, match[0])
    return found


def signals_of(party: Party) -> list[Signal]:
    out: list[Signal] = []
    for kind, value in identifiers_of(party).items():
        found: Iterable[Signal] = ()
        if kind in _REGISTERED:
            found = _registered(kind, value)
        elif kind == "lei":
            found = _wrong(kind, value, "" if lei.is_valid(value) else lei.explain(value))
        elif kind == "mid":
            found = _manufacturer_id(party, value)
        if kind in party.identifiers:
            out += found
        else:
            field = "address" if value in party.address else "name"
            out += (replace(signal, field=field) for signal in found)
    return out


def _registered(kind: str, value: str) -> Iterator[Signal]:
    """A valid code of Xinjiang is strong; one whose check digit is wrong may still be one, mistyped elsewhere."""
    rule = _REGISTERED[kind]
    number, valid = rule.compact(value), rule.is_valid(value)
    yield from _wrong(kind, value, "" if valid else rule.explain(value))
    code = rule.division(value)
    if not code.startswith(XINJIANG):
        return
    sure = valid and kind != "customs"  # which has no check digit
    where = division_name(code)
    doubt = "" if valid else ", but its check digit is wrong: one of its digits may be mistyped"
    yield Signal(
        kind="identifier",
        code=f"{kind}_in_xinjiang",
        strength=SignalStrength.STRONG if sure else SignalStrength.POSSIBLE,
        seen=number,
        field=kind,
        summary=f"The {_NAMES[kind]} {number} is of a body registered in {where}{doubt}.",
        source=_SOURCES[kind],
        place={"code": code, "name": where.split(" (")[0], "han": _han(where), "level": "registration"},
    )


def _han(where: str) -> str:
    return where.partition("(")[2].partition(")")[0].partition(",")[0]


def _wrong(kind: str, value: str, reason: str) -> Iterator[Signal]:
    if reason:
        yield Signal(
            kind="identifier",
            code=f"{kind}_wrong",
            strength=SignalStrength.NOTED,
            seen=value,
            field=kind,
            summary=f"{reason[0].upper()}{reason[1:]}.",
            source=_SOURCES[kind],
        )


def _manufacturer_id(party: Party, value: str) -> Iterator[Signal]:
    try:
        parts = mid.parse(value)
    except ValueError as error:
        yield from _wrong("mid", value, str(error))
        return
    code = mid.compact(value)
    places = _cities().get(parts.city) if parts.country == "CN" else None
    if places:
        yield Signal(
            kind="identifier",
            code="mid_city_in_xinjiang",
            strength=SignalStrength.POSSIBLE,
            seen=code,
            field="mid",
            summary=f"The manufacturer ID {code} is of a city that begins {parts.city}: "
            f"in China only {places}, in Xinjiang.",
            source=_SOURCES["mid"],
        )
    expected = mid.name_part(party.name, parts.country) if party.name.isascii() else ""
    if expected and not code[2:].startswith(expected):
        yield _differing(
            "mid_of_another_name", code, f"has {parts.name} where the party's name gives {expected}: it may be of"
        )
    wrong = _not_of_address(code, parts, party.address) if party.address.isascii() else []
    if wrong:
        yield _differing(
            "mid_of_another_address",
            code,
            f"has {' and '.join(wrong)}, which the party's address does not give: it may be of",
        )


def _not_of_address(code: str, parts: mid.Mid, address: str) -> list[str]:
    """The parts of a code that no line of the address gives; none where the address is silent."""
    out = []
    if parts.number and mid.number_part(address) and not mid.fits_number(code, address):
        out.append(f"the number {parts.number}")
    if len(parts.city) == 3 and mid.city_part(address) and not mid.fits_city(parts.city, address):
        out.append(f"the city {parts.city}")
    return out


def _differing(rule: str, code: str, how: str) -> Signal:
    return Signal(
        kind="identifier",
        code=rule,
        strength=SignalStrength.NOTED,
        seen=code,
        field="mid",
        summary=f"The manufacturer ID {code} {how} another maker, or of another place of this one.",
        source=_SOURCES["mid"],
    )


@cache
def _cities() -> dict[str, str]:
    """The city parts that no division of China outside Xinjiang gives, with the places that do."""
    return {
        row["triple"]: " or ".join(row["places"].split("|")[:3])
        for row in read_table("mid_cities")
        if row["specificity"] == "specific"
    }
