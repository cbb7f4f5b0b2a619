"""The lexicon as bytes: taking it from there costs a sixth of compiling it, and every start of a command feels that."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from itertools import starmap
from typing import Any

from app.text.lexicon import Lexicon, Word
from app.text.name import TokenKind

_WORDS = ("latin", "han", "pinyin")
_SETS = ("stops", "foreign_forms", "foreign_places", "large_places", "latin_begins", "groups")
_TUPLES = ("parts", "families", "abbreviations")
_PLAIN = ("longest_latin", "longest_han")


def pack(lexicon: Lexicon) -> bytes:
    """Strings side by side in few long ones: splitting these is sooner done than reading them one by one."""
    numbers: dict[Word, int] = {}
    for name in _WORDS:
        for word in getattr(lexicon, name).values():
            numbers.setdefault(word, len(numbers))
    kinds, concepts, letters, everywhere = zip(*numbers, strict=True)
    plain: dict[str, Any] = {
        "words": [_join(kinds), _join(concepts), _join(letters), list(everywhere)],
        "place_parents": _pack_groups(lexicon.place_parents),
        "numbered": list(lexicon.numbered),
    }
    for name in _WORDS:
        table = getattr(lexicon, name)
        plain[name] = [_join(table), [numbers[word] for word in table.values()]]
    plain |= {name: sorted(getattr(lexicon, name)) for name in _SETS}
    plain |= {name: _pack_groups(getattr(lexicon, name)) for name in _TUPLES}
    plain |= {name: getattr(lexicon, name) for name in _PLAIN}
    return json.dumps(plain, ensure_ascii=False).encode()


def unpack(content: bytes) -> Lexicon:
    """What was packed."""
    plain = json.loads(content)
    kinds, concepts, letters, everywhere = plain["words"]
    kind_of = {kind.value: kind for kind in TokenKind}
    columns = (map(kind_of.__getitem__, _split(kinds)), _split(concepts), _split(letters), everywhere)
    words = list(starmap(Word, zip(*columns, strict=True)))
    fields: dict[str, Any] = {name: plain[name] for name in _PLAIN}
    for name in _WORDS:
        keys, numbers = plain[name]
        fields[name] = dict(zip(_split(keys), map(words.__getitem__, numbers), strict=True))
    fields |= {name: frozenset(plain[name]) for name in _SETS}
    fields |= {name: {key: tuple(group) for key, group in _unpack_groups(plain[name])} for name in _TUPLES}
    fields["place_parents"] = {place: frozenset(above) for place, above in _unpack_groups(plain["place_parents"])}
    fields["numbered"] = tuple(plain["numbered"])
    return Lexicon(**fields)


def _join(strings: Iterable[str]) -> str:
    return "".join(f"{string}\n" for string in strings)


def _split(text: str) -> list[str]:
    return text.split("\n")[:-1]


def _pack_groups(groups: Mapping[str, Iterable[str]]) -> list[str]:
    return [_join(groups), _join("\t".join(group) for group in groups.values())]


def _unpack_groups(packed: list[str]) -> Iterable[tuple[str, list[str]]]:
    keys, groups = map(_split, packed)
    return ((key, group.split("\t") if group else []) for key, group in zip(keys, groups, strict=True))
