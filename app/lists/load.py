"""Reads the project's own entity lists and programmes from YAML: strings only, every key known, none twice.

Whatever is wrong stops the reading with a `ListError` that names file and line: a list that is half understood would
screen half of its listings, and nobody would know.
"""

from __future__ import annotations

from pathlib import Path

from app.lists.document import Document
from app.lists.layout import LIST_FILE, LISTINGS_FILE
from app.lists.model import EntityList, Listing, Programme

_LIST_KEYS = ("id", "title", "authority", "programme", "legal_effect", "source", "licence", "as_of", "expected")
_LISTING_KEYS = ("id", "name", "kind", "citation", "sources")  # what every reviewed entry must say itself
_PLACED_BY_LOADER = ("list_id", "line")


def load_list(folder: Path, sha256: str) -> EntityList:
    """The list in `folder` (list.yml and listings.yml); raises `ListError`."""
    about = Document(folder / LIST_FILE)
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
    document = Document(path)
    programmes: dict[str, Programme] = {}
    for i, plain in enumerate(document.items()):
        programme: Programme = document.decode(Programme, plain, (i,))
        if programme.id in programmes:
            raise document.error(f"the programme {programme.id!r} is there twice", (i, "id"))
        programmes[programme.id] = programme
    return programmes


def _load_listings(path: Path, list_id: str) -> tuple[Listing, ...]:
    document = Document(path)
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
