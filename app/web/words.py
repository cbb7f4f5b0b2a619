"""The words of the pages: the same ones as on the command line and in the reports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from app.reports.chain_drawing import draw_chain
from app.reports.printable import printable
from app.reports.words import JURISDICTIONS, KINDS, MEANING, RELATIONS
from app.screening.fingerprint import qualified_id

# What the templates call, as `words.…`.
__all__ = [
    "FIELDS",
    "JURISDICTIONS",
    "MEANING",
    "RELATIONS",
    "SIGNALS",
    "SIGNS",
    "by_names",
    "causes",
    "drawing",
    "highlighted",
    "listing_path",
    "programmes_of",
    "shares",
    "signal_name",
    "what_it_is",
    "where",
]

# Of `RELATIONS`, which are never told by colour alone.
SIGNS = {"same": "=", "variant": "≈", "different": "≠", "missing": "+", "extra": "−", "ignored": "·"}
_ARTICLE = {**JURISDICTIONS, "US": "the United States", "EU": "the European Union", "GB": "the United Kingdom"}
FIELDS = {"hs_code": "HS code", "mid": "MID", "uscc": "USCC", "lei": "LEI", "customs": "customs code"}
SIGNALS = {
    "region": "Place",
    "identifier": "Identifier",
    "goods": "Goods",
    "ace": "Customs message",
    "supply_chain": "Supply chain",
}


def what_it_is(token: dict[str, Any]) -> str:
    """The gloss of an aligned part of a name, or its kind."""
    return str(token.get("gloss") or KINDS.get(token["kind"], token["kind"]))


def by_names(hits: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The hits in their order, those together whose explanation differs in the listed name's spelling alone: an entry
    on three lists is explained once."""
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for hit in hits:
        why = hit["explanation"]
        groups.setdefault((repr(why["tokens"]), why["summary"].replace(why["listed"], "")), []).append(hit)
    return list(groups.values())


def listing_path(hit: Mapping[str, Any]) -> str:
    """A listing of a custom list has an id of its own, which may be anything."""
    return quote(qualified_id(hit["list_id"], hit["listing_id"]))


def where(effects: Sequence[Mapping[str, Any]]) -> str:
    """ "the United States, Canada and Belgium"."""
    names = list(dict.fromkeys(_ARTICLE.get(effect["jurisdiction"], effect["jurisdiction"]) for effect in effects))
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def shares(counts: Mapping[str, int], width: float) -> list[tuple[str, float, float]]:
    """Where each count's part of a bar begins, and its width. One among many stays visible."""
    total = sum(counts.values())
    least = width / 100
    raw = {name: max(least, width * count / total) for name, count in counts.items() if count}
    scale = width / sum(raw.values()) if raw else 1.0
    placed, x = [], 0.0
    for name, part in raw.items():
        placed.append((name, x, part * scale))
        x += part * scale
    return placed


def highlighted(record: Mapping[str, Any], signal: Mapping[str, Any]) -> Markup:
    """What was declared, with what raised the signal marked; what was seen alone where it stands nowhere as such."""
    declared = _declared(record["party"], signal["field"])
    seen = [part for part in signal["seen"].split("; ") if part]
    pattern = "|".join(re.escape(part) for part in sorted(seen, key=len, reverse=True))
    if not pattern or re.search(pattern, declared, re.IGNORECASE) is None:
        return Markup("<mark>%s</mark>") % printable(signal["seen"])
    pieces = re.split(f"({pattern})", declared, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>%s</mark>" if place % 2 else "%s") % printable(piece) for place, piece in enumerate(pieces)
    )


def _declared(party: Mapping[str, Any], field: str) -> str:
    goods = party.get("goods") or {}
    said = {
        **{key: str(value) for key, value in party.items() if isinstance(value, str)},
        **party.get("identifiers", {}),
        "description": goods.get("description", ""),
        "hs_code": ", ".join(goods.get("hs_codes", ())),
        "origin": goods.get("origin", ""),
    }
    return str(said.get(field) or " · ".join(filter(None, (party.get("name"), party.get("address")))))


def programmes_of(records: Sequence[Mapping[str, Any]]) -> list[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Each programme that a hit rests on, once, with its effects."""
    found: dict[str, Sequence[Mapping[str, Any]]] = {}
    for hit in (hit for record in records for hit in record["hits"]):
        found.setdefault(hit["programme"], hit["explanation"].get("effect", ()))
    return sorted(found.items())


def signal_name(subject: str) -> str:
    """ "signal:region:address" for a person."""
    kind, _, code = subject.removeprefix("signal:").partition(":")
    return f"{SIGNALS.get(kind, kind)}: {code.replace('_', ' ')}"


def drawing(path: Sequence[Mapping[str, str]]) -> Markup:
    """The way of a supply chain; what comes from files is escaped where it is drawn."""
    return Markup(draw_chain(path))


def causes(cause: Mapping[str, Any]) -> str:
    """Why a monitored party came out differently: "us-uflpa has another edition"."""
    if "party" in cause:
        return str(cause["party"])
    told = [f"{list_id} has another edition" for list_id in cause.get("editions", {})]
    names = {"as_of": "the day", "policy": "the policy", "software": "the software"}
    told += [f"{name} is another" for key, name in names.items() if key in cause]
    return ", ".join(told)
