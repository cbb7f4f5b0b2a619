"""Where entity lists come from: the ones that Importgate brings along, and files of the user's own.

The readers are imported when a list is read: a screening with a warm cache only asks for the sha256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.errors import ListError, Place, UnknownListError, UsageError
from app.lists import layout
from app.lists.model import EntityList, Programme


@dataclass(frozen=True)
class ListSource:
    """One list before it is read. `path` is the folder of a bundled list, or the file of a custom one."""

    id: str
    path: Path
    custom: bool

    def sha256(self) -> str:
        """Over the raw bytes of the files that the list is read from; parses nothing."""
        files = [self.path] if self.custom else [self.path / layout.LIST_FILE, self.path / layout.LISTINGS_FILE]
        return _sha256(files)

    def load(self) -> EntityList:
        """The list with its listings; raises `ListError`."""
        if self.custom:
            from app.lists.custom import load_custom_list

            return load_custom_list(self.path, self.sha256())
        from app.lists.load import load_list

        return load_list(self.path, self.sha256())


def bundled_sources() -> list[ListSource]:
    """The lists that come with Importgate, sorted by id."""
    root = layout.bundled_root()
    folders = (folder for folder in root.iterdir() if (folder / layout.LIST_FILE).is_file())
    return sorted((ListSource(folder.name, folder, custom=False) for folder in folders), key=lambda source: source.id)


def resolve_sources(items: Sequence[str]) -> list[ListSource]:
    """The sources that `items` name, sorted by id: each a bundled id or the path of a custom list.

    Raises `UnknownListError` where an item is neither, `UsageError` where two lists would share an id.
    """
    bundled = {source.id: source for source in bundled_sources()}
    chosen: dict[str, ListSource] = {}
    for item in items:
        source = bundled.get(item) or _custom_source(item, bundled)
        known = chosen.setdefault(source.id, source)
        if known.path.resolve() != source.path.resolve():
            raise UsageError(f"two lists go by the id {source.id!r}: {known.path} and {source.path}; rename one file")
    return sorted(chosen.values(), key=lambda source: source.id)


def load_programmes() -> dict[str, Programme]:
    """The legal bases by id; raises `ListError`."""
    from app.lists import load

    return load.load_programmes(layout.bundled_root() / layout.PROGRAMMES_FILE)


def programmes_sha256() -> str:
    return _sha256([layout.bundled_root() / layout.PROGRAMMES_FILE])


def _custom_source(item: str, bundled: Iterable[str]) -> ListSource:
    path = Path(item)
    if path.is_file():
        if path.stem in bundled:
            raise UsageError(f"{item} would go by the id of the bundled list {path.stem!r}; rename the file")
        return ListSource(path.stem, path, custom=True)
    import difflib

    known = sorted(bundled)
    nearest = difflib.get_close_matches(item, known, n=1, cutoff=0.5)
    hint = f" (did you mean {nearest[0]!r}?)" if nearest else ""
    raise UnknownListError(f"there is no list and no file {item!r}{hint}; known lists: {', '.join(known)}")


def _sha256(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise ListError(f"the file cannot be read ({error.strerror})", Place(str(file))) from None
        digest.update(len(content).to_bytes(8, "big"))  # so that bytes cannot wander from one file to the next
        digest.update(content)
    return digest.hexdigest()
