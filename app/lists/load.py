"""Reads the project's own entity lists and programmes from YAML: strings only, every key known, none twice.

Whatever is wrong stops the reading with a `ListError` that names file and line: a list that is half understood would
screen half of its listings, and nobody would know.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from app.errors import ListError, Place
from app.lists.layout import LIST_FILE, LISTINGS_FILE
from app.lists.model import EntityList, Listing, Programme
from app.lists.plain import PlainError, decoder

_LIST_KEYS = ("id", "title", "authority", "programme", "legal_effect", "source", "licence", "as_of", "expected")
_LISTING_KEYS = ("id", "name", "kind", "citation", "sources")  # what every reviewed entry must say itself
_PLACED_BY_LOADER = ("list_id", "line")


def load_list(folder: Path, sha256: str) -> EntityList:
    """The list in `folder` (list.yml and listings.yml); raises `ListError`."""
    about = _Document(folder / LIST_FILE)
    head = about.mapping(about.root, ())
    about.require(head, (), _LIST_KEYS)
    about.refuse_others(head, (), _LIST_KEYS)
    plain = {**about.plain(about.root, ()), "sha256": sha256, "listings": ()}
    entity_list: EntityList = about.decode(EntityList, plain, ())
    if entity_list.id != folder.name:
        raise about.error(f"the list calls itself {entity_list.id!r} but lies in the folder {folder.name!r}", ("id",))
    listings = _load_listings(folder / LISTINGS_FILE, entity_list.id)
    return EntityList(**{key: getattr(entity_list, key) for key in _LIST_KEYS}, listings=listings, sha256=sha256)


def load_programmes(path: Path) -> dict[str, Programme]:
    """The legal bases by id, from programmes.yml; raises `ListError`."""
    document = _Document(path)
    programmes: dict[str, Programme] = {}
    for i, plain in enumerate(document.items()):
        programme: Programme = document.decode(Programme, plain, (i,))
        if programme.id in programmes:
            raise document.error(f"the programme {programme.id!r} is there twice", (i, "id"))
        programmes[programme.id] = programme
    return programmes


def _load_listings(path: Path, list_id: str) -> tuple[Listing, ...]:
    document = _Document(path)
    listings = []
    for i, (node, plain) in enumerate(zip(document.root.value, document.items(), strict=True)):
        document.require(plain, (i,), _LISTING_KEYS)
        for key in _PLACED_BY_LOADER:
            if key in plain:
                raise document.error(f"unknown key {key!r}: the reader knows it by itself", (i, key))
        plain["list_id"] = list_id
        plain["line"] = node.start_mark.line + 1
        listings.append(document.decode(Listing, plain, (i,)))
    return tuple(listings)


class _Document:
    """A YAML file as nodes, which still know their lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_bytes().decode("utf-8")
        except FileNotFoundError:
            raise ListError("there is no such file; every list needs it", Place(str(path))) from None
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise ListError("this is not UTF-8; save the file as UTF-8", Place(str(path), line=line)) from None
        try:
            root = yaml.compose(text, Loader=yaml.CBaseLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            place = Place(str(path), line=None if mark is None else mark.line + 1)
            raise ListError(f"this is not YAML: {error.problem or error.context}", place) from None
        except yaml.YAMLError as error:  # a character that YAML forbids
            raise ListError(f"this is not YAML: {str(error).splitlines()[0]}", Place(str(path))) from None
        if root is None:
            raise ListError("the file is empty", Place(str(path)))
        self.root: yaml.Node = root

    def items(self) -> list[dict[str, Any]]:
        """The document as a list of mappings."""
        if not isinstance(self.root, yaml.SequenceNode):
            raise self.error("this must be a list of entries, each starting with '- id:'", ())
        return [self.mapping(node, (i,)) for i, node in enumerate(self.root.value)]

    def mapping(self, node: yaml.Node, path: tuple[str | int, ...]) -> dict[str, Any]:
        plain = self.plain(node, path)
        if not isinstance(plain, dict):
            raise self.error("this must be an entry of 'key: value' lines", path)
        return plain

    def plain(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:
        """Strings, lists and dictionaries; a key that is there twice is refused."""
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*path, i)) for i, item in enumerate(node.value)]
        out: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ListError("a key must be a word", Place(str(self.path), line=key.start_mark.line + 1))
            if key.value in out:
                place = Place(str(self.path), line=key.start_mark.line + 1)
                raise ListError(f"the key {key.value!r} is there twice; keep one", place)
            out[key.value] = self.plain(value, (*path, key.value))
        return out

    def decode(self, kind: type, plain: Any, path: tuple[str | int, ...]) -> Any:
        try:
            return decoder(kind)(plain, path)
        except PlainError as error:
            raise self.error(error.message, error.path) from None

    def require(self, plain: Mapping[str, Any], path: tuple[str | int, ...], keys: tuple[str, ...]) -> None:
        for key in keys:
            if key not in plain:
                raise self.error(f"the key {key!r} is missing", path)

    def refuse_others(self, plain: Mapping[str, Any], path: tuple[str | int, ...], keys: tuple[str, ...]) -> None:
        for key in plain:
            if key not in keys:
                raise self.error(f"unknown key {key!r}; known are {', '.join(keys)}", (*path, key))

    def error(self, message: str, path: tuple[str | int, ...]) -> ListError:
        """A `ListError` at the line that `path` leads to, or as near to it as the file goes."""
        node = self.root
        line = node.start_mark.line + 1
        for step in path:
            if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line + 1
            elif isinstance(node, yaml.MappingNode):
                found = [(key, value) for key, value in node.value if key.value == step]
                if not found:
                    break
                line, node = found[0][0].start_mark.line + 1, found[0][1]
        inside = [step for step in path if isinstance(step, str)]
        return ListError(f"{inside[-1]}: {message}" if inside else message, Place(str(self.path), line=line))
