"""Who stands in one cell: names, their addresses, and the parties that "O/B", a slash or a line break puts together.

A name is never cut where that is a guess: a cut needs a marker ("O/B"), a separator between two complete names, or what
can only be an address behind a name. Whatever is not cut stays in the name.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import cache

from app.text.addresses import (
    HAN,
    ends_with_legal_form,
    is_address,
    is_only_legal_form,
    legal_forms,
    split_address,
)

_WRAP = 25  # a first line this long may go on in the next: forms break names at 30 to 35 characters


@dataclass(frozen=True, slots=True)
class CellParty:
    """A party of a cell. `relation` says how it was introduced ("o/b", "c/o", "order", ...); the first has none."""

    name: str
    address: str = ""
    relation: str = ""


def split_cell(text: str) -> list[CellParty]:
    """The parties that a cell names, in order; none where it is empty or says so ("N/A", "TO ORDER").

    HTML entities are undone and white space is folded; apart from that names and addresses are pieces of the text.
    """
    text = _without_entities(text)
    if "\n" in text or "\r" in text:
        text = _ADDRESS_BELOW.sub(r"\1 ", text)
    text = text.strip()
    if is_placeholder(text):
        return []
    if not _is_worth_a_look(text) or not _LETTER.search(text):
        return [CellParty(_folded(_trimmed(text)))]
    parties: list[CellParty] = []
    for relation, piece in _by_relation(text):
        if not is_placeholder(piece):  # "TO THE ORDER OF SHIPPER"
            first, *others = _by_line(piece)
            parties += [replace(first, relation=relation), *others]
    return parties


def _is_worth_a_look(text: str) -> bool:
    """Whether a cell may hold more than one plain name."""
    if _WORTH_A_LOOK_IN_ASCII.search(text):
        return True
    return not text.isascii() and _WORTH_A_LOOK.search(text) is not None


def is_placeholder(text: str) -> bool:
    """Whether a cell says that it names nobody. Question marks are not such a word: they are what a name was once."""
    if not _MAY_BE_PLACEHOLDER.match(text):  # nearly every cell
        return False
    return _PLACEHOLDER.fullmatch(" ".join(re.sub(r"[^\w?]+|_", " ", text.casefold()).split())) is not None


# "Address:" at the end of a line speaks of the next one.
_ADDRESS_BELOW = re.compile(r"((?:地址|\baddress|\baddr?)\s*[:：])\s*[\r\n]+\s*", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"|n ?a|none|nil|null|nan|unknown|tb[acd]|to be (?:advised|announced|confirmed)|not (?:available|applicable|known)"
    r"|ditto|same|(?:same as|as) (?:above|shipper|consignee|buyer|importer|notify(?: party)?)|bearer|order"
    r"|to (?:the )?(?:order|bearer)(?: of(?: the)? (?:shipper|consignee|consignor|bearer|notify party))?"
    r"|shippers? order|order of shipper|shipper|consignee"
    r"|无|無|空|不详|不詳|未知|待定|同上|同(?:收|发)货人|凭指示|憑指示"
)
# The word that one begins with; an empty cell is one as well.
_MAY_BE_PLACEHOLDER = re.compile(
    r"[\W_]*(?:$|[无無空不未待同凭憑]"
    r"|(?:n[\W_]*a|none|nil|null|nan|unknown|tb[acd]|to|not|ditto|same|as|bearer|order|shippers?|consignee)(?![^\W_]))",
    re.IGNORECASE,
)
_LETTER = re.compile(r"\w")
# Most cells hold one plain name and nothing of this; then nothing else needs to be looked at.
# Only its Latin part ignores case: the ranges of Han characters would take long to compile so, at every start.
_WORTH_A_LOOK_IN_ASCII = re.compile(
    r"[\n\r/;|#:\d]"
    r"|(?i:\b(?:ltd|limited|inc|incorporated|corp|corporation|company|gmbh|llc|plc|co)\b\W*(?!(?:ltd|limited)\W*$)\w"
    r"|\b(?:via|behalf|of|for|as|dba|aka|fao|attn|add|known|called)\b|\b\w\.\w\.\w"
    r"|,(?!\W*(?:ltd|limited|inc|llc)?\W*$))"
)
_WORTH_A_LOOK = re.compile(
    rf"[；、：]|[{HAN}]\W*[A-Za-z]|[A-Za-z.)]\W*[{HAN}]|(?:公司|集团|[厂廠社])\W*\w|[{HAN}]\s+[{HAN}]"
    r"|(?i:，(?!\W*(?:ltd|limited|inc|llc)?\W*$))"
)

# (relation, marker, whether it can be a part of a name, as in "VIA Technologies": then it counts behind a legal form)
_MARKERS = (
    ("o/b", r"\(?(?:for\s+and\s+)?\bon\s+behalf\s+of\b|\bo/b\b|\bas\s+agents?\s+(?:for|of)\b", False),
    ("c/o", r"\bc/o\b|\bcare\s+of\b", False),
    ("order", r"\bto\s+(?:the\s+)?order\s+of\b", False),
    ("account", r"\b(?:for\s+(?:the\s+)?|on\s+)account\s+of\b|\bf/a/o\b", False),
    ("dba", r"\bd/b/a\b|\bdoing\s+business\s+as\b|\bt/a\b|\btrading\s+as\b", False),
    ("aka", r"\ba/k/a\b|\balso\s+known\s+as\b", False),
    ("fka", r"\bf/k/a\b|\bformerly\s+(?:known\s+as|named|called)\b", False),
    ("via", r"\bvia\b", True),
    ("account", r"\ba/c(?:\s+of)?\b|\bfao\b", True),
    ("dba", r"\bdba\b|\bd\.b\.a\.?", True),
    ("aka", r"\baka\b|\ba\.k\.a\.?", True),
    ("fka", r"\bfka\b|\bf\.k\.a\.?", True),
)
_MARKER = re.compile("|".join(f"(?P<m{i}>{pattern})" for i, (_, pattern, _) in enumerate(_MARKERS)), re.IGNORECASE)
_EDGE = " \t\r\n:：,，;；-–—/|"


def _by_relation(text: str) -> list[tuple[str, str]]:
    """(relation, piece) in order, without empty pieces."""
    pieces: list[tuple[str, str]] = []
    start, relation = 0, ""
    for marker in _MARKER.finditer(text):
        before, after = text[start : marker.start()], text[marker.end() :]
        kind, _, doubtful = _MARKERS[int(str(marker.lastgroup)[1:])]
        if doubtful and not ends_with_legal_form(before):
            continue
        if kind == "via" and not legal_forms().search(after):
            continue  # "VIA HONG KONG", "VIA ROMA 12"
        if not re.search(r"\w", after):
            continue
        pieces.append((relation, before))
        start, relation = marker.end(), kind
    pieces.append((relation, text[start:]))
    return [(relation, trimmed) for relation, piece in pieces if re.search(r"\w", trimmed := _trimmed(piece))]


def _by_line(piece: str) -> list[CellParty]:
    """The lines of a piece: first a name, then its address, or another name, or the rest of a long one."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", piece) if re.search(r"\w", line)]
    parties = _by_separator(lines[0])
    for line in lines[1:]:
        last = parties[-1]
        if _continues(last, line):
            parties[-1:] = _by_separator(f"{last.name} {line}")
        elif _is_party(last, line):
            parties += _by_separator(line)
        else:
            parties[-1] = replace(last, address=f"{last.address}, {line}" if last.address else line)
    return parties


def _continues(last: CellParty, line: str) -> bool:
    """Whether a line goes on with the name above it."""
    if last.address or ends_with_legal_form(last.name):
        return False
    if is_only_legal_form(line):
        return True
    return len(last.name) >= _WRAP and not is_address(line)


def _is_party(last: CellParty, line: str) -> bool:
    """Whether a line names another party rather than saying where the one above is."""
    if ends_with_legal_form(split_address(line)[0]):
        return True
    return not last.address and not ends_with_legal_form(last.name) and not is_address(line)


_SEPARATOR = re.compile(r"\s/\s|//|/|\s*[;；|、]\s*|,\s*|，\s*|\s(?:&|and|und|et|y)\s", re.IGNORECASE)


_CONJUNCTION = re.compile(r"\W*(?:&|and|or|of)\b", re.IGNORECASE)


def _by_separator(line: str) -> list[CellParty]:
    """Cuts one line into parties where a separator stands between two names, then each into name and address."""
    start = 0
    pieces = []
    for separator in _SEPARATOR.finditer(line):
        if _separates(line[start : separator.start()], separator[0], line[separator.end() :]):
            pieces.append(line[start : separator.start()])
            start = separator.end()
    pieces.append(line[start:])
    parties: list[CellParty] = []
    for piece in pieces:
        for spelling in _by_script(piece):
            name, address = split_address(spelling)
            parties.append(CellParty(_folded(_trimmed(name)), _folded(address)))
    return parties


def _separates(left: str, separator: str, right: str) -> bool:
    if not _is_name(left) or not _is_name(right) or is_address(right):
        return False
    if separator.strip() in (";", "；", "|") or separator in (" / ", "//"):
        return not _begins_with_legal_form(right) and _CONJUNCTION.match(right) is None
    # Weak separators stand inside names as well: both sides must be complete.
    return ends_with_legal_form(left) and _ends_soon_with_legal_form(right)


def _begins_with_legal_form(text: str) -> bool:
    return legal_forms().match(text.lstrip(" .,")) is not None


def _ends_soon_with_legal_form(text: str) -> bool:
    """Whether a name of its own, with a legal form and no address before it, stands at the beginning."""
    if _begins_with_legal_form(text):
        return False
    name = split_address(text)[0]
    form = legal_forms().search(name)
    if form is not None:
        return not is_address(name[: form.start()])
    return ends_with_legal_form(name)


def _is_name(text: str) -> bool:
    letters = re.findall(r"[^\W\d_]", text)
    return (len(letters) >= 3 or len(re.findall(f"[{HAN}]", text)) >= 2) and not is_only_legal_form(text)


_HAN_RUN = rf"[{HAN}][{HAN}()（）·\s]*[{HAN}][)）]?"


@cache
def _bilingual() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<han>{_HAN_RUN})[\s,，/(（-]*(?P<latin>[^{HAN}]{{6,}}?)[)）]?"
        rf"|(?P<latin2>[^{HAN}]{{6,}}?)[\s,，/(（-]*(?P<han2>{_HAN_RUN})[)）]?"
    )


def _by_script(text: str) -> list[str]:
    """A name and its translation side by side are two names, if both are complete."""
    match = _bilingual().fullmatch(text.strip())
    if match is None:
        return [text]
    pair = [match["han"], match["latin"]] if match["han"] else [match["latin2"], match["han2"]]
    return pair if all(_is_name(name) and ends_with_legal_form(name) for name in pair) else [text]


def _without_entities(text: str) -> str:
    while "&" in text and (plain := html.unescape(text)) != text:
        text = plain
    return text


def _trimmed(text: str) -> str:
    """Without separators at its ends, and without half a pair of brackets there."""
    text = text.strip(_EDGE)
    if text[-1:] in ("(", "（"):
        text = text[:-1].rstrip(_EDGE)
    if text[-1:] in (")", "）") and not re.search(r"[(（]", text):
        text = text[:-1].rstrip(_EDGE)
    return text


def _folded(text: str) -> str:
    return " ".join(text.split())
