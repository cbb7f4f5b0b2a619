"""The rules that the bundled lists keep, as a table. Each rule looks at all lists and yields what breaks it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from app.errors import Place
from app.lists.distinctive import is_distinctive
from app.lists.layout import LIST_FILE, LISTINGS_FILE
from app.lists.model import EntityList, Kind, Listing, NativeKind, Programme, Scope
from app.lists.plain import listing_to_plain


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All that is checked together. `today` is the day that no date may lie beyond."""

    lists: Sequence[EntityList]
    programmes: Mapping[str, Programme]
    today: date

    def listings(self) -> Iterator[tuple[EntityList, Listing]]:
        for entity_list in self.lists:
            for listing in entity_list.listings:
                yield entity_list, listing


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in one sentence; `subject` is the id of the listing, list or programme."""

    place: Place
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    reason: str
    check: Callable[[Catalogue], Iterable[Problem]]


def check_lists(catalogue: Catalogue) -> list[tuple[Rule, Problem]]:
    """Every problem that any rule finds, in the order of the rules."""
    return [(rule, problem) for rule in RULES for problem in rule.check(catalogue)]


def check_ids_unique(catalogue: Catalogue) -> Iterator[Problem]:
    seen: set[str] = set()
    for _, listing in catalogue.listings():
        if listing.id in seen:
            yield _at(listing, "the id is there twice; give one of the two another slug")
        seen.add(listing.id)


def check_id_form(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list, listing in catalogue.listings():
        if not re.fullmatch(re.escape(entity_list.id) + r"/[a-z0-9]+(-[a-z0-9]+)*", listing.id):
            yield _at(listing, f"the id must be {entity_list.id}/ and a slug of a-z, 0-9 and single hyphens")


def check_sorted(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list in catalogue.lists:
        for before, after in pairwise(entity_list.listings):
            if after.id < before.id:
                yield _at(after, f"entries are sorted by id; this one belongs before {before.id}")


def check_size(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list in catalogue.lists:
        found = len(entity_list.listings)
        if found != entity_list.expected:
            message = f"expected says {entity_list.expected}, the list holds {found}; compare it with its source"
            yield _about(entity_list, message)


def check_list_source(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list in catalogue.lists:
        if not entity_list.source.startswith("https://"):
            yield _about(entity_list, "source must be the official https address of the list")
        if not (entity_list.authority and entity_list.legal_effect and entity_list.licence):
            yield _about(entity_list, "authority, legal_effect and licence must not be empty")


def check_programme(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list in catalogue.lists:
        if entity_list.programme not in catalogue.programmes:
            yield _about(entity_list, f"the programme {entity_list.programme!r} is not in programmes.yml")
    for programme in catalogue.programmes.values():
        for effect in programme.effects:
            if not (effect.effect and effect.citation and re.fullmatch("[A-Z]{2}", effect.jurisdiction)):
                message = "each effect needs a jurisdiction of two letters, a sentence and a citation"
                yield Problem(Place("programmes.yml"), programme.id, message)


def check_citation(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        if not listing.citation:
            yield _at(listing, "citation is empty; name the publication that lists the entity")
        if not listing.sources or not all(source.startswith(("https://", "http://")) for source in listing.sources):
            yield _at(listing, "sources must hold at least one web address, and nothing else")


def check_dates(catalogue: Catalogue) -> Iterator[Problem]:
    for entity_list in catalogue.lists:
        if entity_list.as_of is None or entity_list.as_of > catalogue.today:
            yield _about(entity_list, "as_of must be the day that the source stood at, and not lie ahead")
    for entity_list, listing in catalogue.listings():
        last = entity_list.as_of or catalogue.today
        if listing.listed_on and not date(1930, 6, 17) <= listing.listed_on <= last:
            yield _at(listing, f"listed_on {listing.listed_on} must lie between 1930-06-17 and as_of {last}")
        if listing.delisted_on and not (listing.listed_on or date.min) < listing.delisted_on <= last:
            yield _at(listing, f"delisted_on {listing.delisted_on} must lie after listed_on, up to as_of {last}")
        if listing.delisted_on and not any(change.on == listing.delisted_on for change in listing.history):
            yield _at(listing, "history must say on the same day why the listing ended")
        if any(change.on and change.on > last for change in listing.history):
            yield _at(listing, f"a change in history lies after as_of {last}")


def check_repeats(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        seen = {_normal(listing.name): "name"}
        for what, name in _other_names(listing):
            if before := seen.get(_normal(name)):
                yield _at(listing, f"the {what} {name!r} repeats the {before}; drop it")
            seen.setdefault(_normal(name), what)


def check_distinctive(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        if listing.kind is Kind.PERSON:
            continue
        for alias in listing.aliases:
            if not alias.weak and not is_distinctive(alias.name):
                yield _at(listing, f"the alias {alias.name!r} has only words that others share; mark it weak")


def check_clause_in_name(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        for name in (listing.name, *(alias.name for alias in listing.aliases)):
            if match := _CLAUSE.search(name):
                yield _at(listing, f"{match[0]!r} is no part of the name {name!r}; say it in extends_to or aliases")


def check_natives(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        for native in listing.native_names:
            if not _FOREIGN_SCRIPT.search(native.name):
                yield _at(listing, f"the native name {native.name!r} holds neither Han nor Arabic script")
            if native.confidence not in ("high", "medium"):
                yield _at(listing, f"the native name {native.name!r} must be of high or medium confidence")
            if native.kind in (NativeKind.SHORT, NativeKind.BRAND) and not native.weak:
                yield _at(listing, f"the native name {native.name!r} is {native.kind} and so must be weak")


def check_native_source(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        for native in listing.native_names:
            if not native.source.strip() or _CARRIER.search(native.source):
                yield _at(listing, f"the native name {native.name!r} needs a public source that can be looked up")


def check_identifiers(catalogue: Catalogue) -> Iterator[Problem]:
    validators = _validators()
    for _, listing in catalogue.listings():
        for kind, values in listing.identifiers.items():
            if kind not in validators:
                yield _at(listing, f"unknown identifier {kind!r}; known are {', '.join(sorted(validators))}")
                continue
            for value in values:
                if not validators[kind](value):
                    yield _at(listing, f"the {kind} {value!r} fails its check; look it up again")


def check_parent(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        told = "inferred" in listing.notes.casefold() or "by elimination" in listing.notes
        if listing.parent_inferred and not (listing.parent and told):
            yield _at(listing, "an inferred parent needs parent, and notes that say how it was inferred")
        if told and not listing.parent_inferred:
            yield _at(listing, "notes say that the parent is inferred; set parent_inferred")
        if listing.parent and _normal(listing.parent) == _normal(listing.name):
            yield _at(listing, "a listing cannot be its own parent")


def check_region(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        regional = listing.scope in (Scope.REGION, Scope.GOODS)
        if (listing.kind is Kind.REGION) != regional:
            yield _at(listing, "kind region and the scopes region and goods go together; a region is no company")
        if listing.kind is not Kind.REGION and _REGION.search(listing.name):
            yield _at(listing, f"{listing.name!r} is a region: give it kind region")


def check_person(catalogue: Catalogue) -> Iterator[Problem]:
    for _, listing in catalogue.listings():
        if listing.kind is Kind.PERSON:
            for name in (listing.name, *(alias.name for alias in listing.aliases)):
                if not _PERSON.fullmatch(name) or _TITLE.search(name):
                    yield _at(listing, f"the person's name {name!r} must be plain words, without comma or title")


def check_text(catalogue: Catalogue) -> Iterator[Problem]:
    from ftfy.badness import is_bad  # costs 0.1 s, and only this rule needs it

    for _, listing in catalogue.listings():
        for text in _texts(listing_to_plain(listing)):
            hidden = next((c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn")), None)
            if hidden:
                yield _at(listing, f"{text!r} holds the invisible character U+{ord(hidden):04X}")
            elif "\ufffd" in text or is_bad(text):
                yield _at(listing, f"{text!r} was decoded wrongly (mojibake)")
            elif text != text.strip() or "  " in text:
                yield _at(listing, f"{text!r} has blanks too many")
            elif text != unicodedata.normalize("NFC", text):
                yield _at(listing, f"{text!r} is not in Unicode form NFC")


RULES = (
    Rule("ids-unique", "an id names one listing for ever", check_ids_unique),
    Rule("id-form", "an id shows its list and reads well in a report", check_id_form),
    Rule("sorted", "sorted entries make small differences", check_sorted),
    Rule("size", "a list that lost entries must not pass for whole", check_size),
    Rule("list-source", "whoever is hit may look the list up", check_list_source),
    Rule("programme", "a hit must say what it means in law", check_programme),
    Rule("citation", "no entry without the publication that made it", check_citation),
    Rule("dates", "screening as of a day needs dates that can be", check_dates),
    Rule("repeats", "a spelling that says nothing new is noise", check_repeats),
    Rule("distinctive", "a generic alias would hit half of a trade", check_distinctive),
    Rule("clause-in-name", "a clause is scope and would spoil the match", check_clause_in_name),
    Rule("natives", "a native name is in native script and weighed", check_natives),
    Rule("native-source", "a native name without a source is an invention", check_native_source),
    Rule("identifiers", "a wrong check digit is a wrong company", check_identifiers),
    Rule("parent", "an inference is shown as one", check_parent),
    Rule("region", "a region is not a company", check_region),
    Rule("person", "persons match as a set of words", check_person),
    Rule("text", "what cannot be seen cannot be reviewed", check_text),
)

_CLAUSE = re.compile(
    r"\b(and|including) (its |all |\w+ )?(subsidiar|subordinate|affiliate|alias)\w*"
    r"|\b(also|formerly) known as\b|\([^)]*$",
    re.IGNORECASE,
)
_FOREIGN_SCRIPT = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\u0600-\u06ff\U00020000-\U0002ebef]")
_CARRIER = re.compile(r"github\b|\.jsonl\b|(^|\s)/|\bfile:", re.IGNORECASE)
_REGION = re.compile(r"\b(Autonomous Region|Autonomous Prefecture|Province|Prefecture|County)$", re.IGNORECASE)
_PERSON = re.compile(r"[^\W\d_]+([ '’-][^\W\d_]+)+")
_TITLE = re.compile(r"^(Mr|Mrs|Ms|Dr|Prof|General|Secretary)\b", re.IGNORECASE)


def _normal(name: str) -> str:
    """What spellings share that no reader would tell apart: letters and digits, without case and width."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def _other_names(listing: Listing) -> Iterator[tuple[str, str]]:
    for alias in listing.aliases:
        yield "alias", alias.name
    for native in listing.native_names:
        yield "native name", native.name


def _texts(plain: Any) -> Iterator[str]:
    if isinstance(plain, str):
        yield plain
    elif isinstance(plain, list | dict):
        for item in plain.values() if isinstance(plain, dict) else plain:
            yield from _texts(item)


def _validators() -> dict[str, Callable[[str], bool]]:
    from stdnum import lei
    from stdnum.cn import uscc

    return {
        "uscc": lambda value: uscc.is_valid(value) and uscc.compact(value) == value,
        "lei": lambda value: lei.is_valid(value) and lei.compact(value) == value,
        "ofac_uid": lambda value: re.fullmatch("[1-9][0-9]{0,6}", value) is not None,
    }


def _at(listing: Listing, message: str) -> Problem:
    return Problem(Place(f"{listing.list_id}/{LISTINGS_FILE}", line=listing.line or None), listing.id, message)


def _about(entity_list: EntityList, message: str) -> Problem:
    return Problem(Place(f"{entity_list.id}/{LIST_FILE}"), entity_list.id, message)
