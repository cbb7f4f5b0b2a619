"""The words that names are made of, compiled from the tables of `app/text/data` for look-up while reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from app.text.han import syllables
from app.text.name import TokenKind
from app.text.numerals import HAN_ORDINAL
from app.text.tables import read_table, spellings


class Word(NamedTuple):
    """What a known spelling means. `everywhere` is False where it counts only where a place usually stands."""

    kind: TokenKind
    concept: str
    letters: str
    everywhere: bool = True


# Where one spelling stands in several tables, the more telling reading wins.
_PRECEDENCE = ("places", "groups", "industries", "org_words", "legal_forms", "brands", "meanings")
# Marks the concepts of words that only mean the same (焦点 and Focus): no source ties such brands together.
MEANING = "meaning:"
_LEAST_GLUED = 7
_LEAST_SPELT = 6
_ALWAYS_LEVELS = frozenset({"country", "region", "province"})
_SMALL_LEVELS = frozenset({"county"})
_ABROAD_LEVELS = frozenset({"country", "city"})
_LARGE_LEVELS = frozenset({"country", "region", "province", "prefecture", "city"})
_COMMON_LEVELS = frozenset({"prefecture", "city"})
_TOWN_SUFFIXES = ("市", "县", "区", "州", "省", "旗", "盟", "地区", "自治区", "自治州", "自治县", "特别行政区", "兵团")


@dataclass(slots=True)
class Lexicon:
    """`latin` maps folded phrases (words joined by a space, stop words left out), `han` simplified ones, `pinyin` the
    glued pinyin of Chinese words that are no place. `parts` are the concepts that a compound one is made of: biotech is
    biology and technology, because 生物科技 is 生物 and 科技. `families` are the rows of `near_trades` in which a trade
    stands. `latin_begins` are the first words of phrases, `foreign_forms` are legal forms that no Chinese company has,
    `groups` the concepts of groups of many companies, `numbered` the Chinese words that begin like a number: 五矿."""

    latin: dict[str, Word] = field(default_factory=dict)
    han: dict[str, Word] = field(default_factory=dict)
    pinyin: dict[str, Word] = field(default_factory=dict)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    stops: frozenset[str] = frozenset()
    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    place_parents: dict[str, frozenset[str]] = field(default_factory=dict)
    foreign_forms: frozenset[str] = frozenset()
    foreign_places: frozenset[str] = frozenset()
    large_places: frozenset[str] = frozenset()
    latin_begins: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    numbered: tuple[str, ...] = ()
    longest_latin: int = 1
    longest_han: int = 1


def _without_stops(phrase: str, stops: frozenset[str]) -> str:
    if " " not in phrase:
        return phrase
    return " ".join(word for word in phrase.split(" ") if word not in stops) or phrase


def _put(table: dict[str, Word], keys: Iterable[str], word: Word) -> None:
    for key in keys:
        table.setdefault(key, word)


def _add_places(lexicon: Lexicon) -> None:
    """A place's concept is its usual Latin spelling, so that 福州 and Fuzhou are one, and so are Hotan and 和田."""
    rows = list(read_table("places"))
    names = {code: _place_concept(row) for row in rows for code in spellings(row["code"])}
    parents: dict[str, set[str]] = {}
    for row in rows:
        parents.setdefault(_place_concept(row), set()).update(names[code] for code in spellings(row["parent"]))
    closed = {concept: frozenset(_ancestors(concept, parents)) for concept in parents}
    lexicon.place_parents = closed
    lexicon.foreign_places = frozenset(
        _place_concept(row) for row in rows if row["level"] in _ABROAD_LEVELS and not row["code"] and not row["parent"]
    )
    lexicon.large_places = frozenset(_place_concept(row) for row in rows if row["level"] in _LARGE_LEVELS)
    order = {"country": 0, "region": 1, "province": 2, "prefecture": 3, "city": 4, "county": 5, "zone": 6}
    for row in sorted(rows, key=lambda row: (order.get(row["level"], 9), row["code"], row["concept"])):
        concept = _place_concept(row)
        letters = concept.replace("-", "")
        common = row["level"] in _ALWAYS_LEVELS or (row["level"] in _COMMON_LEVELS and row["ambiguity"] != "high")
        anywhere = Word(TokenKind.PLACE, concept, letters)
        usual = anywhere if common else Word(TokenKind.PLACE, concept, letters, everywhere=False)
        _put(lexicon.latin, [_without_stops(spelling, lexicon.stops) for spelling in spellings(row["latin"])], usual)
        for spelling in spellings(row["han"]):
            full = len(spelling) > 2 and spelling.endswith(_TOWN_SUFFIXES)
            lexicon.han.setdefault(spelling, anywhere if full else usual)


def _place_concept(row: dict[str, str]) -> str:
    """A city and the county around it go by one name (hetian-shi, hetian-xian): both are the place hetian. But 新绛,
    a county of Shanxi, is not Xinjiang."""
    name = row["concept"].split("-")[0]
    if row["level"] == "zone" or (row["level"] in _SMALL_LEVELS and name == "xinjiang"):
        return row["concept"]
    return name


def _ancestors(concept: str, parents: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [concept]
    while waiting:
        for above in parents.get(waiting.pop(), ()):
            if above and above not in found:
                found.add(above)
                waiting.append(above)
    return found - {concept}


def _add_words(lexicon: Lexicon, table: str, kind: TokenKind) -> None:
    for row in read_table(table):
        concept = row.get("concept") or spellings(row["latin"])[0].replace(" ", "_")
        if table == "meanings":
            concept = MEANING + concept
        latin = [_without_stops(spelling, lexicon.stops) for spelling in spellings(row["latin"])]
        han = spellings(row["han"])
        if kind is TokenKind.BRAND:  # "jinko" and 晶科 are the brand, the trade word behind it is read as one
            latin = [name for name in latin if not any(name.startswith(f"{other} ") for other in latin)]
            han = [name for name in han if not any(name != other and name.startswith(other) for other in han)]
        word = Word(kind, concept, "")
        if table == "meanings":  # brands are often written as one word: Greatwall
            latin += [glued for name in latin if " " in name and len(glued := name.replace(" ", "")) >= _LEAST_GLUED]
        _put(lexicon.latin, latin, word)
        _put(lexicon.han, han, word)
        if table == "brands":  # who does not know the English name spells the Chinese one: Hesheng for Hoshine
            spelt = ("".join(syllables(name)) for name in han if len(name) > 1)
            _put(lexicon.latin, (letters for letters in spelt if len(letters) >= _LEAST_SPELT), word)
        if kind is not TokenKind.BRAND:
            _put(lexicon.pinyin, ("".join(syllables(name)) for name in han if len(name) > 1), word)


def _parts_of_compounds(han: dict[str, Word]) -> dict[str, tuple[str, ...]]:
    """Every trade concept whose usual Chinese spelling shows it to be two or more others."""
    trades = {text: word.concept for text, word in han.items() if word.kind is TokenKind.INDUSTRY}
    usual: dict[str, str] = {}
    for text, concept in trades.items():
        usual.setdefault(concept, text)
    direct: dict[str, tuple[str, ...]] = {}
    for concept, text in usual.items():
        for cut in range(2, len(text) - 1):
            left, right = trades.get(text[:cut]), trades.get(text[cut:])
            if left and right and concept not in (left, right):
                direct.setdefault(concept, (left, right))
    return {concept: tuple(_leaves(concept, direct)) for concept in direct}


def _leaves(concept: str, direct: dict[str, tuple[str, ...]], depth: int = 4) -> list[str]:
    if concept not in direct or not depth:
        return [concept]
    return [leaf for part in direct[concept] for leaf in _leaves(part, direct, depth - 1)]


def _put_abbreviated(lexicon: Lexicon) -> None:
    """Groups with one word of their name abbreviated: China Communications Constr."""
    short: dict[str, list[str]] = {}
    for abbreviation, expansion in lexicon.abbreviations.items():
        if len(expansion) == 1:
            short.setdefault(expansion[0], []).append(abbreviation)
    for phrase, word in [(phrase, word) for phrase, word in lexicon.latin.items() if word.concept in lexicon.groups]:
        words = phrase.split(" ")
        for at, full in enumerate(words if len(words) > 1 else ()):
            _put(lexicon.latin, (" ".join([*words[:at], one, *words[at + 1 :]]) for one in short.get(full, ())), word)


def _families() -> dict[str, tuple[str, ...]]:
    """By trade the rows of `near_trades` in which it stands, each named by all its trades."""
    found: dict[str, tuple[str, ...]] = {}
    for row in read_table("near_trades"):
        for trade in spellings(row["trades"]):
            found[trade] = (*found.get(trade, ()), row["trades"])
    return found


@cache
def lexicon() -> Lexicon:
    """The lexicon, made once per process: from what `prepare` was given, else from the tables."""
    return _source[0]()


def prepare(source: Callable[[], Lexicon]) -> None:
    """Take the lexicon from `source` if it is asked for, rather than compile it. It must be that of the tables."""
    _source[0] = source


def compile_lexicon() -> Lexicon:
    """Reads the tables."""
    found = Lexicon()
    found.stops = frozenset(
        spelling for row in read_table("org_words") if row["concept"] == "stop" for spelling in spellings(row["latin"])
    )
    kinds = {
        "groups": TokenKind.BRAND,
        "industries": TokenKind.INDUSTRY,
        "org_words": TokenKind.ORG,
        "legal_forms": TokenKind.LEGAL_FORM,
        "brands": TokenKind.BRAND,
        "meanings": TokenKind.BRAND,
    }
    for table in _PRECEDENCE:
        if table == "places":
            _add_places(found)
        else:
            _add_words(found, table, kinds[table])
    found.numbered = tuple(
        han
        for han, word in found.han.items()
        if word.kind is not TokenKind.PLACE and HAN_ORDINAL.match(han) and not han.startswith("第")
    )
    found.groups = frozenset(row["concept"] for row in read_table("groups"))
    found.foreign_forms = frozenset(row["concept"] for row in read_table("legal_forms") if not row["han"])
    for row in read_table("abbreviations"):
        found.abbreviations[row["latin"]] = tuple(
            word for word in row["expansion"].split(" ") if word not in found.stops
        )
    _put_abbreviated(found)
    found.parts = _parts_of_compounds(found.han)
    found.families = _families()
    found.latin_begins = frozenset(key.partition(" ")[0] for key in found.latin if " " in key)
    found.longest_latin = max(key.count(" ") + 1 for key in found.latin)
    found.longest_han = max(map(len, found.han))
    return found


_source: list[Callable[[], Lexicon]] = [compile_lexicon]
