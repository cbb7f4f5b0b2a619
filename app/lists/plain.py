"""Lists, listings and programmes as plain data (dictionaries, lists, strings) and back, for files, caches and the API.

Writing leaves out what equals its default, so that a record shows only what is known. Reading is strict: an unknown
or missing key, a wrong type or an unknown word is a `PlainError` that carries the path to the offending value.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from app.lists.model import EntityList, Listing, Programme

Path = tuple[str | int, ...]
Decoder = Callable[[Any, Path], Any]


class PlainError(ValueError):
    """Plain data that does not fit the model; `path` leads to the value: ("aliases", 1, "kind")."""

    def __init__(self, message: str, path: Path) -> None:
        self.message = message
        self.path = path
        where = ".".join(str(step) for step in path)
        super().__init__(f"{where}: {message}" if where else message)


def listing_to_plain(listing: Listing) -> dict[str, Any]:
    """A JSON-able dictionary; dates are ISO strings, empty fields are left out."""
    return encode_record(listing)


def listing_from_plain(plain: Mapping[str, Any]) -> Listing:
    """The inverse of `listing_to_plain`; raises `PlainError`."""
    listing: Listing = decoder(Listing)(plain, ())
    return listing


def list_to_plain(entity_list: EntityList) -> dict[str, Any]:
    """An entity list without its listings."""
    plain = encode_record(replace(entity_list, listings=()))
    del plain["listings"]
    return plain


def list_from_plain(plain: Mapping[str, Any], listings: tuple[Listing, ...] = ()) -> EntityList:
    """The inverse of `list_to_plain`; the listings travel apart."""
    entity_list: EntityList = decoder(EntityList)({**plain, "listings": ()}, ())
    return EntityList(**{f.name: getattr(entity_list, f.name) for f in fields(EntityList)} | {"listings": listings})


def programme_to_plain(programme: Programme) -> dict[str, Any]:
    return encode_record(programme)


def programme_from_plain(plain: Mapping[str, Any]) -> Programme:
    programme: Programme = decoder(Programme)(plain, ())
    return programme


def _encode(value: Any) -> Any:
    if type(value) is str:  # as most are
        return value
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _encode(item) for key, item in value.items()}
    return encode_record(value) if is_dataclass(value) else value


def encode_record(record: Any) -> dict[str, Any]:
    """Any of our dataclasses as plain data; `decoder` of its type is the inverse."""
    plain = {}
    cls: Any = type(record)
    for name, required, default in _encoding(cls):
        value = getattr(record, name)
        if required or value != default:
            plain[name] = _encode(value)
    return plain


@cache
def _encoding(cls: Any) -> tuple[tuple[str, bool, Any], ...]:
    """(name, required, default) of each field."""
    out = []
    for f in fields(cls):
        default = f.default_factory() if f.default_factory is not MISSING else f.default
        out.append((f.name, default is MISSING, default))
    return tuple(out)


@cache
def decoder(kind: Any) -> Decoder:
    """The function that turns a plain value into a `kind`: dataclass, enum, date, tuple, mapping, bool, int or str."""
    origin = get_origin(kind)
    if is_dataclass(kind):
        return _record_decoder(kind)
    if origin is tuple:
        return _tuple_decoder(decoder(get_args(kind)[0]))
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping_decoder(decoder(get_args(kind)[1]))
    if origin is UnionType:
        return _optional_decoder(decoder(next(arm for arm in get_args(kind) if arm is not type(None))))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _enum_decoder(kind)
    return {str: _decode_str, bool: _decode_bool, int: _decode_int, float: _decode_float, date: _decode_date}[kind]


def _record_decoder(cls: Any) -> Decoder:
    hints = get_type_hints(cls)
    decoders = {f.name: decoder(hints[f.name]) for f in fields(cls)}
    required = [name for name, needed, _ in _encoding(cls) if needed]

    def decode(value: Any, path: Path) -> Any:
        if not isinstance(value, Mapping):
            raise PlainError(
                f"this must be a {cls.__name__.lower()} with keys such as {', '.join(required or decoders)}", path
            )
        values = {}
        for key, item in value.items():
            if key not in decoders:
                hint = _hint(str(key), list(decoders))
                raise PlainError(f"unknown key {key!r}{hint}; known are {', '.join(decoders)}", (*path, key))
            values[key] = decoders[key](item, (*path, key))
        for name in required:
            if name not in values:
                raise PlainError(f"the key {name!r} is missing", path)
        return cls(**values)

    return decode


def _hint(word: str, known: list[str]) -> str:
    from difflib import get_close_matches

    nearest = get_close_matches(word.lower().replace("-", "_"), known, n=1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""


def _tuple_decoder(item: Decoder) -> Decoder:
    def decode(value: Any, path: Path) -> Any:
        if not isinstance(value, list | tuple):
            raise PlainError("this must be a list", path)
        return tuple(item(part, (*path, i)) for i, part in enumerate(value))

    return decode


def _mapping_decoder(item: Decoder) -> Decoder:
    def decode(value: Any, path: Path) -> Any:
        if not isinstance(value, Mapping):
            raise PlainError("this must be a mapping", path)
        return {str(key): item(part, (*path, key)) for key, part in value.items()}

    return decode


def _optional_decoder(item: Decoder) -> Decoder:
    return lambda value, path: None if value is None else item(value, path)


def _enum_decoder(kind: type[StrEnum]) -> Decoder:
    words = {member.value: member for member in kind}

    def decode(value: Any, path: Path) -> Any:
        if not isinstance(value, str) or value not in words:
            raise PlainError(f"{value!r} is none of {', '.join(words)}", path)
        return words[value]

    return decode


def _decode_str(value: Any, path: Path) -> str:
    if not isinstance(value, str):
        raise PlainError(f"this must be text, not {value!r}", path)
    return value


def _decode_bool(value: Any, path: Path) -> bool:
    if value is True or value is False:
        return value
    if value in ("true", "false"):  # YAML is read as strings only, so that `no` and `002` stay what they are
        return bool(value == "true")
    raise PlainError(f"this must be true or false, not {value!r}", path)


def _decode_int(value: Any, path: Path) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    raise PlainError(f"this must be a whole number, not {value!r}", path)


def _decode_float(value: Any, path: Path) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    raise PlainError(f"this must be a number, not {value!r}", path)


def _decode_date(value: Any, path: Path) -> date:
    try:
        parsed = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise PlainError(f"this must be a date such as 2022-06-21, not {value!r}", path) from None
    if parsed.isoformat() != value:  # Python also reads 20220621 and week dates
        raise PlainError(f"this must be a date such as 2022-06-21, not {value!r}", path)
    return parsed


def to_json(value: Any) -> str:
    """JSON without spaces and with letters as they are, or escaped where UTF-8 cannot say them."""
    text = _write_json(value)
    return text if text.isascii() or _is_utf8(text) else json.dumps(value, separators=(",", ":"))


_write_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
