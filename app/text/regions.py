"""Places of Xinjiang in free text: addresses and names, in Chinese, pinyin, Uyghur, English and old romanisations.

What is found here is a sighting: a spelling and how telling it is. Whether a party is in Xinjiang is judged where the
country, the other fields and the rest of the address are known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache, lru_cache

from app.text.han import simplify, syllables
from app.text.latin import fold
from app.text.scripts import ARABIC, HAN
from app.text.tables import read_table, spellings


class Clarity(IntEnum):
    """How surely a spelling means the place: almost always elsewhere, usually, or always."""

    DOUBTFUL = 0
    USUAL = 1
    CLEAR = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A place of Xinjiang. `level` is region, prefecture, county, zone or corps; `code` a GB/T 2260 code."""

    concept: str
    level: str
    code: str
    name: str
    han: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A spelling of a place in a text. `named_after` marks a street, a building or a product that only bears its name;
    `leads` that nothing but other places stands before it."""

    place: Place
    seen: str
    clarity: Clarity
    start: int
    named_after: bool = False
    leads: bool = False


@dataclass(slots=True)
class _Gazetteer:
    """Spellings by the word or the two characters that they begin with, longest first."""

    words: dict[str, list[tuple[tuple[str, ...], Place, Clarity]]] = field(default_factory=lambda: defaultdict(list))
    han: dict[str, list[tuple[str, Place, Clarity]]] = field(default_factory=lambda: defaultdict(list))
    places: dict[str, Place] = field(default_factory=dict)
    elsewhere_latin: dict[str, str] = field(default_factory=dict)
    elsewhere_han: dict[str, str] = field(default_factory=dict)
    anchors: frozenset[str] = frozenset()


CORPS = Place(
    "xpcc", "corps", "650000", "Xinjiang Production and Construction Corps", "新疆生产建设兵团", ("xinjiang",)
)
_CORPS_PATTERNS = (
    (re.compile(r"(?<![A-Za-z])xpcc(?![A-Za-z])", re.IGNORECASE), Clarity.CLEAR),
    (
        re.compile(r"xinjiang\W+(?:production|prod)\W+(?:and|&)\W+construction\W+(?:corps?|group)", re.IGNORECASE),
        Clarity.CLEAR,
    ),
    (re.compile(r"production\W+(?:and|&)\W+construction\W+corps?", re.IGNORECASE), Clarity.USUAL),
    (re.compile(r"\b(?:xinjiang\W+)?bing\W?tuan\b", re.IGNORECASE), Clarity.USUAL),
    (re.compile(r"新疆生产建设兵团|新疆兵团"), Clarity.CLEAR),
    (re.compile(r"(?:生产建设)?兵团"), Clarity.USUAL),
    (re.compile(r"农?第?[一二三四五六七八九十\d]{1,3}师[\w]{0,6}?[一二三四五六七八九十〇零\d]{1,4}团"), Clarity.USUAL),
    (re.compile(r"\b\d{1,3}(?:st|nd|rd|th)\W+(?:regiment|division)\b", re.IGNORECASE), Clarity.DOUBTFUL),
)
_CORPS_HINT = re.compile(r"xpcc|corps|bing\W?tuan|兵团|师|regiment|division", re.IGNORECASE)
# Spellings long enough to be recognised inside a word: "XinjiangDaqo", "Shihezishi".
_GLUED = ("xinjiang", "urumqi", "wulumuqi", "shihezi", "kashgar", "karamay")
_GLUED_STREET = re.compile(r"(?:dong|nan|xi|bei|zhong)?(?:lu|jie|road|dajie|dadao)(?![a-z])")
_WORD = re.compile(r"[^\W_]+")
_HAN_RUN = re.compile(f"[{HAN}]+")
_BRACKETS = "([（"
_LEVELS = ("region", "prefecture", "county", "zone")
_HAN_SUFFIXES = ("市", "县", "区", "州", "地区", "园", "园区")
_LATIN_DIVISIONS = frozenset({"county", "city", "prefecture", "district", "municipality", "region", "province"})


def sightings(text: str) -> tuple[Sighting, ...]:
    """Every place of Xinjiang that a text names, in order; the longest spelling at each position."""
    known = gazetteer()
    lower = text.lower()
    plain = text.isascii() and not any(part in lower for part in _GLUED)
    if plain and not _names_any(_WORD.findall(lower), known):  # nearly every text ends here
        return _corps(text) if _CORPS_HINT.search(lower) else ()
    return _sightings(text)


def _names_any(words: list[str], known: _Gazetteer) -> bool:
    """Whether any spelling is there at all."""
    begun = known.anchors.intersection(words)
    if not begun:
        return False
    line = f" {' '.join(words)} "
    return any(f" {' '.join(spelling)} " in line for word in begun for spelling, _, _ in known.words[word])


@lru_cache(maxsize=16384)
def _sightings(text: str) -> tuple[Sighting, ...]:
    found = [*_latin(text), *(() if text.isascii() else _han(simplify(text)))]
    if _CORPS_HINT.search(text):
        found += _corps(text)
    return tuple(sorted(found, key=lambda item: item.start))


def _corps(text: str) -> tuple[Sighting, ...]:
    plain = text if text.isascii() else simplify(text)
    for pattern, clarity in _CORPS_PATTERNS:
        match = pattern.search(plain)
        if match is not None:
            return (
                Sighting(CORPS, text[match.start() : match.end()], clarity, match.start(), leads=match.start() == 0),
            )
    return ()


def _latin(text: str) -> Iterator[Sighting]:
    known, context = gazetteer(), words_of_context()
    pieces = [(found.start(), found.end(), _folded(found.group())) for found in _WORD.finditer(text)]
    at, leads = 0, True
    while at < len(pieces):
        start, end, word = pieces[at]
        size, place, clarity = _longest(pieces, at, known)
        if place is not None:
            end = pieces[at + size - 1][1]
            after = [piece[2] for piece in _adjacent(text, pieces, at + size - 1)]
            skip = place.concept == "xinjiang" and after[:1] in (["county"], ["xian"])  # 新绛 in Shanxi
            if not skip:
                full = size > 1 and pieces[at + size - 1][2] in _LATIN_DIVISIONS
                named = not full and _is_named_after(after, context)
                own = not place.concept[-1].isdigit() and after[:1] and after[0] in _LATIN_DIVISIONS
                if own and place.level in ("county", "prefecture"):
                    clarity = max(clarity, Clarity.USUAL)  # "Wenquan County": no other division sounds so
                bracket = text[:start].rstrip()[-1:] in tuple(_BRACKETS)
                yield Sighting(place, text[start:end], clarity, start, named, leads or bracket)
            at += size
            continue
        yield from _glued(text, start, end, word, leads)
        leads = leads and word in context["china"] | {"the"}
        at += 1


def _folded(word: str) -> str:
    return word if not word.isascii() and re.match(f"[{ARABIC}{HAN}]", word) else fold(word)


def _longest(pieces: list[tuple[int, int, str]], at: int, known: _Gazetteer) -> tuple[int, Place | None, Clarity]:
    for words, place, clarity in known.words.get(pieces[at][2], ()):
        if len(words) == 1 or tuple(piece[2] for piece in pieces[at : at + len(words)]) == words:
            return len(words), place, clarity
    return 1, None, Clarity.DOUBTFUL


def _adjacent(text: str, pieces: list[tuple[int, int, str]], at: int) -> list[tuple[int, int, str]]:
    """The words that follow without a comma between."""
    out = []
    for before, piece in zip(pieces[at:], pieces[at + 1 : at + 5], strict=False):
        if re.search(r"[,;，；()（）\n]", text[before[1] : piece[0]]):
            break
        out.append(piece)
    return out


def _is_named_after(after: list[str], context: dict[str, frozenset[str]]) -> bool:
    if after[:1] and after[0] in context["food"]:
        return True
    for word in after[:3]:
        if word in context["street_latin"]:
            return True
        if word not in context["direction_latin"]:
            return False
    return False


def _glued(text: str, start: int, end: int, word: str, leads: bool) -> Iterator[Sighting]:
    for part in _GLUED:
        at = word.find(part)
        if at >= 0 and len(word) == end - start:
            if not _GLUED_STREET.match(word[at + len(part) :]):
                place = gazetteer().words[part][-1][1]
                yield Sighting(place, text[start:end], Clarity.USUAL, start, leads=leads and at == 0)
            return


def _han(text: str) -> Iterator[Sighting]:
    known = gazetteer()
    for run in _HAN_RUN.finditer(text):
        base, body = run.start(), run.group()
        at, leads = 0, text[:base].rstrip()[-1:] in ("", *_BRACKETS)
        while at < len(body):
            for spelling, place, clarity in known.han.get(body[at : at + 2], ()):
                if body.startswith(spelling, at) and not _other_place(body, at, len(spelling), known):
                    rest = body[at + len(spelling) :]
                    full = len(spelling) > 2 and spelling.endswith(_HAN_SUFFIXES)
                    named = not full and _HAN_NAMED_AFTER().match(rest) is not None
                    yield Sighting(place, spelling, clarity, base + at, named, leads)
                    at += len(spelling)
                    break
            else:
                leads = leads and body[at] in "中国省"
                at += 1


def _other_place(body: str, at: int, size: int, known: _Gazetteer) -> bool:
    """巴州 in 巴州区, which is in Sichuan; 新疆 begins no other place."""
    return any(body[at : at + longer] in known.elsewhere_han for longer in (size + 1, size + 2)) or (
        at > 0 and body[at - 1 : at + size] in known.elsewhere_han
    )


@cache
def _HAN_NAMED_AFTER() -> re.Pattern[str]:  # noqa: N802
    context = words_of_context()
    streets = "|".join(sorted(context["street_han"], key=len, reverse=True))
    foods = "|".join(sorted(word for word in context["food"] if not word.isascii()))
    return re.compile(rf"[东西南北中]{{0,2}}[一二三四五六七八九十]{{0,2}}(?:{streets})|{foods}")


@cache
def words_of_context() -> dict[str, frozenset[str]]:
    """The words of `region_words.tsv` by kind."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for row in read_table("region_words"):
        kinds[row["kind"]].update(spellings(row["words"]))
    return {kind: frozenset(words) for kind, words in kinds.items()}


@cache
def gazetteer() -> _Gazetteer:
    """The places of Xinjiang by spelling, and the divisions elsewhere in China; compiled once per process."""
    found = _Gazetteer()
    ratings = {
        word: clarity
        for kind, clarity in (("clear", Clarity.CLEAR), ("usual", Clarity.USUAL), ("doubtful", Clarity.DOUBTFUL))
        for word in words_of_context()[kind]
    }
    rows = list(read_table("places"))
    for row in rows:
        if not row["xinjiang"] and row["level"] in ("province", "prefecture", "city", "county"):
            _add_elsewhere(found, row)
    by_code = {code: row["concept"] for row in rows if row["xinjiang"] for code in spellings(row["code"])}
    for row in rows:
        if row["xinjiang"]:
            _add_place(found, row, ratings, by_code)
    for table in (found.words, found.han):
        for entries in table.values():
            entries.sort(key=lambda entry: -len(entry[0]))
    found.anchors = frozenset(found.words)
    return found


def _add_elsewhere(found: _Gazetteer, row: dict[str, str]) -> None:
    telling = row["level"] != "county" and row["ambiguity"] != "high"
    name = spellings(row["han"])[0]
    for spelling in spellings(row["han"]):
        if telling or len(spelling) > 2:
            found.elsewhere_han.setdefault(spelling, name)
    if telling:
        for spelling in spellings(row["latin"]):
            if " " not in spelling or row["level"] == "province":
                found.elsewhere_latin.setdefault(spelling, spelling)


def _add_place(found: _Gazetteer, row: dict[str, str], ratings: dict[str, Clarity], by_code: dict[str, str]) -> None:
    latin, han = spellings(row["latin"]), spellings(row["han"])
    level = row["level"] if row["level"] in _LEVELS else "region"
    above = tuple(by_code[code] for code in spellings(row["parent"]) if code in by_code)
    code = (spellings(row["code"]) or spellings(row["parent"]) or ["650000"])[0]
    if row["concept"] != "xinjiang" and level == "region":
        level = "zone"  # a desert or a basin: smaller than the region
    place = Place(row["concept"], level, code, _shown(row["concept"], latin, ratings), han[0] if han else "", above)
    found.places[place.concept] = place
    usual = {"low": Clarity.CLEAR, "medium": Clarity.USUAL, "high": Clarity.DOUBTFUL}[row["ambiguity"]]
    for spelling in latin:
        clarity = ratings.get(spelling, _latin_clarity(spelling, row, usual, found))
        words = tuple(spelling.split(" "))
        found.words[words[0]].append((words, place, clarity))
    for spelling in han:
        if spelling in found.elsewhere_han:
            continue
        full = len(spelling) > 2 and spelling.endswith(_HAN_SUFFIXES)
        clarity = ratings.get(spelling, Clarity.CLEAR if full and row["concept"] != "xinshi-qu" else usual)
        found.han[spelling[:2]].append((spelling, place, clarity))
        if level != "zone" and not full and len(spelling) > 1:
            _add_syllables(found, spelling, place, clarity, set(latin))
    for spelling in spellings(row["uyghur"]):
        words = tuple(spelling.split(" "))
        found.words[words[0]].append((words, place, Clarity.CLEAR if len(spelling) > 3 else Clarity.USUAL))


def _shown(concept: str, latin: list[str], ratings: dict[str, Clarity]) -> str:
    """The name that English papers use: Hotan rather than Hetian, where there is one."""
    pinyin = concept.split("-")[0]
    others = [name for name in latin if not name.startswith(pinyin) and ratings.get(name, Clarity.DOUBTFUL)]
    return (latin[0] if concept == "xinjiang" or not others else others[0]).title()


def _latin_clarity(spelling: str, row: dict[str, str], usual: Clarity, found: _Gazetteer) -> Clarity:
    """Pinyin is as ambiguous as the row says; another spelling is one of its own, unless it is very short."""
    pinyin = row["concept"].split("-")[0]
    if spelling in found.elsewhere_latin:
        return Clarity.DOUBTFUL
    if not spelling.startswith(pinyin):
        return max(usual, Clarity.CLEAR if len(spelling) > 6 else Clarity.USUAL)
    shared = row["concept"].rsplit("-", 1)[-1].isdigit()  # another division has the same pinyin
    if usual is Clarity.DOUBTFUL and not shared and spelling.split(" ")[-1] in _LATIN_DIVISIONS:
        return Clarity.USUAL
    return usual


def _add_syllables(found: _Gazetteer, han: str, place: Place, clarity: Clarity, known: set[str]) -> None:
    """ "Wu Lu Mu Qi": a pinyin written syllable by syllable."""
    words = tuple(syllables(han))
    if " ".join(words) in known or len(words) < 2:
        return
    if len(words) == 2 and place.concept != "xinjiang":
        clarity = min(clarity, Clarity.USUAL)
    found.words[words[0]].append((words, place, clarity))


def elsewhere_in_china(text: str) -> str:
    """The first province, prefecture or large city outside Xinjiang that a text names, not as a street; else empty."""
    known, context = gazetteer(), words_of_context()
    pieces = [(found.start(), found.end(), _folded(found.group())) for found in _WORD.finditer(text)]
    for at, (start, _, word) in enumerate(pieces):
        pair = f"{word} {pieces[at + 1][2]}" if at + 1 < len(pieces) else ""
        if word in known.elsewhere_latin or pair in known.elsewhere_latin:
            last = at + (pair in known.elsewhere_latin)
            after = [piece[2] for piece in _adjacent(text, pieces, last)]
            if not _is_named_after(after, context) and after[:1] not in (["industrial"], ["park"]):
                return text[start : pieces[last][1]]
    if not text.isascii():
        plain = simplify(text)
        for at in range(len(plain) - 1):
            for size in (2, 3, 4):
                name = plain[at : at + size]
                rest = plain[at + size :]
                if name in known.elsewhere_han and not _HAN_NAMED_AFTER().match(rest) and not rest.startswith("工业园"):
                    return name
    return ""
