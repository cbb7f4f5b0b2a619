"""The Manufacturer Identification Code of U.S. customs, from a name and an address: 19 CFR Part 102, Appendix.

Country of origin (two letters), three characters of each of the first two words of the name, up to four digits of
the largest number of the street address, the first three letters of the city. What the appendix leaves open (which word
of an address is the city) is left open here, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.text.identifiers.compacting import compact as compact
from app.text.latin import fold

KIND = "mid"
_IGNORED = frozenset({"a", "an", "and", "of", "the"})
# What begins so many names of a country that the rule leaves it out (paragraph 3 of the appendix, with examples).
_PREFIXES = {
    "MO": re.compile(r"(?:fabrica\s+de\s+)?(?:artigos\s+de\s+vestuario\s+)?", re.IGNORECASE),
    "ID": re.compile(r"(?:p\.?t\b\.?\s+)?", re.IGNORECASE),
    "RU": re.compile(r"(?:(?:j\.?s\.?c|oao|ooo|zao)\b\.?\s+)?", re.IGNORECASE),
}
_SHAPE = re.compile(r"[A-Z]{2}[A-Z0-9]{3,13}")
_CANADA = frozenset({"XA", "XB", "XC", "XM", "XN", "XO", "XP", "XQ", "XS", "XT", "XV", "XW", "XY"})


@dataclass(frozen=True, slots=True)
class Mid:
    """The four parts of a code; `number` may be empty."""

    country: str
    name: str
    number: str
    city: str


def has_shape(text: str) -> bool:
    return _SHAPE.fullmatch(compact(text)) is not None


def parse(text: str) -> Mid:
    """The parts of a code; raises `ValueError` where it is none.

    The name takes six characters where it can: a code does not say where its name ends and its number begins.
    """
    code = compact(text)
    if len(code) > 15 or not _SHAPE.fullmatch(code):
        raise ValueError(f"{code!r} is no manufacturer ID: up to 15 letters and digits, beginning with a country")
    if code.startswith("CA"):
        raise ValueError(f"{code} begins with CA; for Canada the code of a province is used, such as XO")
    tail = re.fullmatch(r"(.*?)(\d{0,4})([A-Z]{0,3})", code[2:])
    name, number, city = tail.groups() if tail else (code[2:], "", "")
    if not number and len(name + city) > 3:
        name, city = (name + city)[:-3], (name + city)[-3:]
    if not name or not city:
        raise ValueError(f"{code} is no manufacturer ID: it must hold a name and a city behind the country")
    return Mid(code[:2], name, number, city)


def validate(text: str) -> str:
    """The compact code; raises `ValueError` where it cannot be one. There is no check digit."""
    parse(text)
    return compact(text)


def is_valid(text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def explain(text: str) -> str:
    try:
        parts = parse(text)
    except ValueError as error:
        return str(error)
    number = f", the number {parts.number}" if parts.number else ""
    return f"a maker in {parts.country} whose name begins {parts.name}{number}, in a city that begins {parts.city}"


def construct(country: str, name: str, street: str, city: str) -> str:
    """The code that the rule gives for a maker. `country` is ISO 3166-1 alpha-2, for Canada a province's code."""
    return f"{country.upper()}{name_part(name, country)}{number_part(street)}{city_part(city)}"


def name_part(name: str, country: str = "") -> str:
    """Three characters of each of the first two words. Initials that stand together are one word; hyphens join."""
    prefix = _PREFIXES.get(country.upper())
    name = name[prefix.match(name).end() :] if prefix else name  # type: ignore[union-attr]  # which matches anything
    words = [word for word in _name_words(name) if word.lower() not in _IGNORED]
    return "".join(fold(word)[:3] for word in words[:2]).upper()


def _name_words(name: str) -> list[str]:
    dotted = re.sub(r"(?<![^\W_])((?:[^\W\d_]\.\s?){2,})", lambda found: re.sub(r"[.\s]", "", found[0]) + " ", name)
    bare = re.sub(r"[-‐–—'’`]", "", dotted)
    words = [word for word in re.split(r"[\W_]+", bare) if word]
    out: list[str] = []
    initials: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1 and word.isalpha():
            initials.append(word)
            continue
        if initials:
            if len(initials) > 1:
                out.append("".join(initials))
            initials = []
        if word:
            out.append(word)
    return out or words


def number_part(street: str) -> str:
    """The first four digits of the largest number. Commas and hyphens inside it are ignored, a space parts two."""
    numbers = [re.sub(r"\D", "", found) for found in re.findall(r"\d+(?:[,\-]\d+)*", street)]
    return max(numbers, key=int)[:4] if numbers else ""


def fits_number(code: str, address: str) -> bool:
    """Whether the number of a code is one that the address gives, whichever of its lines is that of the street. A code
    does not say where its name ends and its number begins: "CON200111BUR" ends with 111 and with 0111."""
    digits = re.sub(r"[A-Z]{0,3}$", "", compact(code))
    own = [number_part(part) for part in (address, *re.split(r"[,;]\s|\s", address))]
    return any(digits.endswith(number) for number in own if number)


def fits_city(city: str, address: str) -> bool:
    """Whether a code's city is how any word of the address begins, or several words without their spaces."""
    words = [fold(word) for word in re.findall(r"[^\W\d_]+", address)]
    return any("".join(words[at : at + 3]).startswith(city.lower()) for at in range(len(words)))


def city_part(city: str) -> str:
    """The first three letters; numbers and the article of "The Hague" do not count."""
    words = [word for word in re.split(r"[\s\-]+", city) if word.lower() != "the"]
    return re.sub("[^a-z]", "", fold(" ".join(words)))[:3].upper()
