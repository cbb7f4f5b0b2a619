"""Whether a party is in Xinjiang, by the places, postal codes and telephone codes in its name and address.

The law presumes that goods mined, produced or manufactured wholly or in part in Xinjiang were made with forced labour,
whoever made them (UFLPA, Public Law 117-78, section 3). A strong signal has two pieces of evidence that agree: a place
that names nothing else and the country, or two places, or a place and a postal code of the region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.screening.model import Party, Signal, SignalStrength
from app.text.divisions import is_xinjiang_postal_code
from app.text.regions import Clarity, Place, Sighting, elsewhere_in_china, sightings, words_of_context
from app.text.scripts import ARABIC, HAN
from app.text.tables import read_table

SOURCE = "UFLPA (Public Law 117-78), section 3; places: GB/T 2260, GeoNames (CC BY 4.0)"
_POSTAL = re.compile(r"(?<![\d\-+/.#])8[34]\d{4}(?![\d\-/]|\.\d)")
_NO_POSTAL = re.compile(r"(?:tel|telephone|phone|fax|mobile|no|#|room|电话|传真|手机)[\s.:：]*$", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+?86[\s\-)]*\(?0?|\(?\b0)(?P<area>90[123689]|99\d)\)?[\s\-]*\d{7}(?!\d)")
_WORDS = re.compile(r"[^\W\d_]+")
_HAN = re.compile(f"[{HAN}]")
_ARABIC = re.compile(f"[{ARABIC}]")
_CHINA = re.compile(r"\bp\.?\s?r\.?\s?c\b|中国|中國|\bchina\b", re.IGNORECASE)
_ISO = re.compile(r"\bCN-XJ\b|\bCN-65\b")
_LEVELS = {"zone": 0, "county": 1, "prefecture": 2, "corps": 3, "region": 4}


@dataclass(frozen=True, slots=True)
class _Context:
    """What is known of where the party is, apart from the places of Xinjiang it names."""

    chinese: bool
    abroad: bool
    elsewhere: str  # a place in China outside Xinjiang that the address names
    name_elsewhere: str  # the same for the name


def signals_of(party: Party) -> list[Signal]:
    """At most one signal: the strongest reading of all that was seen."""
    address = _seen(party.address)
    in_name = sightings(party.name) if party.name else ()
    postal = _postal_code(party)
    phone = _PHONE.search(party.address) if "9" in party.address else None
    iso = _ISO.search(party.address)
    if not (address or in_name or postal or phone or iso):
        return []
    context = _context(party)
    in_name = tuple(item for item in in_name if _counts_in_name(item, in_name, party.name))
    strength, code = _judge(address, in_name, bool(postal or iso), phone is not None, context)
    if strength is None:
        return []
    places = [*address, *in_name]
    seen = [item.seen for item in places] + [postal] * bool(postal) + [phone[0] if phone else "", iso[0] if iso else ""]
    place = min((item.place for item in places), key=lambda item: _LEVELS[item.level], default=None)
    if place is None and phone is not None:
        place = _place_of_phone(phone["area"])
    return [
        Signal(
            kind="region",
            code=code,
            strength=strength,
            seen="; ".join(dict.fromkeys(text for text in seen if text)),
            field=_where(code, party),
            summary=_summary(strength, address, in_name, postal, phone, context),
            source=SOURCE,
            place=_plain(place),
        )
    ]


def _where(code: str, party: Party) -> str:
    """The field that holds what decided: telephone numbers, and often postal codes, stand in the address."""
    if code == "phone" or (code == "postal_code" and not party.postal_code):
        return "address"
    return code


def _seen(text: str) -> tuple[Sighting, ...]:
    return tuple(item for item in sightings(text) if not item.named_after) if text else ()


def _counts_in_name(item: Sighting, others: tuple[Sighting, ...], name: str) -> bool:
    """In a name a place counts where it begins it (Chinese firms are named so), in brackets, or beside Xinjiang itself;
    in its middle only if the name begins with no other place of China."""
    if item.named_after:
        return False
    if item.leads:
        return item.clarity is not Clarity.DOUBTFUL or len({other.place for other in others}) > 1
    if item.clarity is Clarity.CLEAR:
        return not elsewhere_in_china(name)
    return item.clarity is Clarity.USUAL and any(other.clarity is Clarity.CLEAR for other in others)


def _postal_code(party: Party) -> str:
    own = party.postal_code.replace(" ", "").removesuffix(".0")
    if is_xinjiang_postal_code(own):
        return own
    if "8" in party.address:
        for found in _POSTAL.finditer(party.address):
            if not _NO_POSTAL.search(party.address[: found.start()]):
                return found[0]
    return ""


def _context(party: Party) -> _Context:
    text = f"{party.address} {party.name}"
    words = set(_WORDS.findall(text.lower()))
    says_china = _CHINA.search(text) is not None
    written = len(_HAN.findall(text)) > 1 or _ARABIC.search(text) is not None
    country = party.country.upper()
    chinese = country == "CN" or (says_china and not country) or (written and not country)
    named_abroad = not words.isdisjoint(words_of_context()["abroad"]) and not says_china and country != "CN"
    abroad = (country not in ("", "CN") and not (says_china and _has_region(party.address))) or named_abroad
    if not chinese and not abroad and country:
        chinese = True  # declared elsewhere, but its address says China and Xinjiang
    return _Context(chinese and not abroad, abroad, elsewhere_in_china(party.address), elsewhere_in_china(party.name))


def _has_region(address: str) -> bool:
    return any(item.place.level == "region" for item in _seen(address))


def _judge(
    address: tuple[Sighting, ...], in_name: tuple[Sighting, ...], postal: bool, phone: bool, context: _Context
) -> tuple[SignalStrength | None, str]:
    """How sure it is, and by what. None where it means nothing."""
    strong, possible, noted = SignalStrength.STRONG, SignalStrength.POSSIBLE, SignalStrength.NOTED
    telling = [item for item in address if item.clarity is not Clarity.DOUBTFUL]
    concepts = {item.place.concept for item in address} | ({"xinjiang"} if _leads_with_region(in_name) else set())
    clear = any(item.clarity is Clarity.CLEAR for item in address)
    if address or postal:
        field = "address" if address else "postal_code"
        if context.abroad:
            return (noted, field) if clear and address else (None, field)
        pieces = len(concepts) + postal + phone + context.chinese * bool(clear or postal)
        agreeing = pieces >= 2 and (clear or postal or len(telling) >= 2 or (bool(telling) and "xinjiang" in concepts))
        if agreeing and context.elsewhere:
            return (strong if len(concepts) + postal >= 3 or _region_and_place(address) else possible), field
        if agreeing:
            return strong, field
        if clear or (telling and (context.chinese or phone)):
            return (noted if context.elsewhere and clear else None if context.elsewhere else possible), field
        return (noted if context.chinese and address and not context.elsewhere else None), field
    if phone and context.chinese and not in_name:
        return (noted if context.elsewhere else possible), "phone"
    if not in_name or context.abroad:
        return None, "name"
    named = {item.place.concept for item in in_name}
    elsewhere = context.elsewhere or context.name_elsewhere
    if any(item.clarity is Clarity.CLEAR for item in in_name):
        if len(named) > 1 and context.chinese and not elsewhere:
            return strong, "name"
        return (strong if phone and context.chinese and not elsewhere else possible), "name"
    if elsewhere:
        return None, "name"
    return (possible if context.chinese else noted), "name"


def _leads_with_region(in_name: tuple[Sighting, ...]) -> bool:
    return any(item.leads and item.place.level == "region" for item in in_name)


def _region_and_place(address: tuple[Sighting, ...]) -> bool:
    """Whether the region stands beside a place that is mostly in it."""
    places = {item.place.level == "region" for item in address if item.clarity is not Clarity.DOUBTFUL}
    return len(places) == 2


def _place_of_phone(area: str) -> Place | None:
    from app.text.regions import gazetteer

    concept = next((row["concept"] for row in read_table("phone_areas") if row["area"] == area), "")
    return gazetteer().places.get(concept)


def _plain(place: Place | None) -> dict[str, str] | None:
    if place is None:
        return None
    return {"code": place.code, "name": place.name, "han": place.han, "level": place.level}


def _named(items: tuple[Sighting, ...]) -> str:
    parts: dict[str, str] = {}
    for item in items:
        meaning = f"{item.place.name}, {item.place.han}" if item.seen.isascii() else item.place.name
        same = item.seen.casefold() == item.place.name.casefold()
        parts.setdefault(item.place.concept, f"“{item.seen}” ({item.place.han if same else meaning})")
    return " and ".join(parts.values())


def _summary(
    strength: SignalStrength,
    address: tuple[Sighting, ...],
    in_name: tuple[Sighting, ...],
    postal: str,
    phone: re.Match[str] | None,
    context: _Context,
) -> str:
    facts = [f"the address names {_named(address)}"] if address else []
    facts += [f"the name holds {_named(in_name)}"] if in_name else []
    facts += [f"the postal code {postal} is one of Xinjiang"] if postal else []
    facts += [f"the telephone code 0{phone['area']} is one of Xinjiang"] if phone else []
    if context.elsewhere:
        facts.append(f"but the address also names {context.elsewhere}")
    if context.abroad:
        facts.append("but the party is declared outside China")
    verdict = {
        SignalStrength.STRONG: "the party is in Xinjiang",
        SignalStrength.POSSIBLE: "the party may be in Xinjiang",
        SignalStrength.NOTED: "this may be a place in Xinjiang, or another of that name",
    }[strength]
    text = "; ".join(facts) or "the address has Xinjiang's ISO code"
    return f"{text[0].upper()}{text[1:]}: {verdict}."
