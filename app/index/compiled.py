"""Lists compiled for screening: the name index beside the texts it leads to, in one folder of memory-mapped files."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import IntFlag
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.index.names import CHUNK, ChunkGrams, NameIndex, chunk_grams
from app.index.renderings import Rendered, renderings
from app.index.texts import Texts
from app.lists.model import AliasKind, EntityList, Extent, Kind, Listing, Programme, Scope, Tie
from app.lists.plain import list_to_plain, listing_from_plain, listing_to_plain, programme_to_plain
from app.text.identifiers import mid
from app.text.identifiers.compacting import compact
from app.text.lexicon import lexicon, prepare
from app.text.name import ReadName
from app.text.packed import pack, unpack
from app.text.read import read_name
from app.text.regions import sightings

_FORMAT = 4
_SKETCH = "sketch_"
MID_PARTS = "mid_parts"
_LEXICON = "lexicon"
_MANIFEST = "manifest.json"
_EMPTY = 128  # bytes: the header of a file without elements
_MANY = 20_000  # names; fewer are read before other processes have started
_CHECKED = 1 << 25  # bytes; the checksum of a larger file would be felt at every start


class NameFlag(IntFlag):
    """What is to be known of a listed name before its listing is read. EXTENDS: the listing reaches subsidiaries or
    affiliates; SUBSIDIARY: the name is that of one that the listing names."""

    NONE = 0
    WEAK = 1
    UNVERIFIED = 2
    NATIVE = 4
    PERSON = 8
    SUBSIDIARY = 16
    EXTENDS = 32


_FLAGS = tuple(NameFlag(bits) for bits in range(2 * max(NameFlag)))  # making one anew for each candidate is slow


@dataclass(frozen=True)
class CompiledLists:
    """The names of all listings that name a party, each with its listing's number and `NameFlag`s.

    Regions and goods are listings without names to match: they are kept for look-up by id only. `sketches` are the
    names as the matcher sums them up, if a `Sketching` was given.
    """

    index: NameIndex
    name_listing: npt.NDArray[np.int32]
    name_flags: npt.NDArray[np.uint8]
    _names: Texts
    _listings: Texts
    _identifiers: Texts
    identifier_listing: npt.NDArray[np.int32]
    sketches: Mapping[str, npt.NDArray[Any]]
    lists: Sequence[dict[str, Any]]
    programmes: Sequence[dict[str, Any]]
    folder: Path | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process maps the same files rather than being sent their content."""
        if self.folder is not None:
            return load, (self.folder,)
        return CompiledLists, tuple(getattr(self, f.name) for f in fields(self))

    def name(self, number: int) -> str:
        return self._names[number]

    def flags(self, number: int) -> NameFlag:
        return _FLAGS[int(self.name_flags[number])]

    def listing(self, number: int) -> Listing:
        return listing_from_plain(json.loads(self._listings[number]))

    def listings_with(self, kind: str, value: str) -> list[int]:
        """The numbers of the listings that have an identifier, in order; `value` without separators, in capitals."""
        key = f"{kind}:{value}"
        first = bisect_left(self._identifiers, key)
        last = bisect_right(self._identifiers, key, lo=first)
        return [int(number) for number in self.identifier_listing[first:last]]

    @cached_property
    def sizes(self) -> tuple[int, int]:
        """How many listings and how many names there are."""
        return len(self._listings.starts) - 1, len(self.name_listing)


Sketch = Callable[[Sequence[ReadName], Sequence[Rendered]], Any]


@dataclass(frozen=True, slots=True)
class Sketching:
    """How the matcher sums names up while they are read: `sketch` does so with some of them and their renderings,
    wherever they are read, `join` makes arrays of all. Both are functions of a module."""

    sketch: Sketch
    join: Callable[[Sequence[Any]], Mapping[str, npt.NDArray[Any]]]


def _names_of(listing: Listing) -> Iterator[tuple[str, NameFlag]]:
    base = NameFlag.PERSON if listing.kind is Kind.PERSON else NameFlag.NONE
    if listing.extends_to is not Extent.NONE:
        base |= NameFlag.EXTENDS
    yield listing.name, base
    for alias in listing.aliases:
        kind = NameFlag.SUBSIDIARY if alias.kind in (AliasKind.SUBSIDIARY, AliasKind.MEMBER) else NameFlag.NONE
        yield alias.name, base | kind | (NameFlag.WEAK if alias.weak else NameFlag.NONE)
    for native in listing.native_names:
        flags = base | NameFlag.NATIVE | (NameFlag.WEAK if native.weak else NameFlag.NONE)
        yield native.name, flags | (NameFlag.UNVERIFIED if native.tie is Tie.MATCHED else NameFlag.NONE)


def _identifiers_of(listing: Listing) -> Iterator[str]:
    for kind, values in listing.identifiers.items():
        yield from (f"{kind}:{compact(value)}" for value in values)
    yield from (f"{MID_PARTS}:{part}" for part in _mid_parts(listing))


def _mid_parts(listing: Listing) -> set[str]:
    """Name and city as the Manufacturer ID of U.S. customs writes them, for each name and place of Xinjiang of a
    company: what its own code holds besides the number of its street address."""
    if listing.kind is not Kind.COMPANY or not listing.places:
        return set()
    names = [listing.name, *(alias.name for alias in listing.aliases if not alias.weak)]
    seen = [
        item for place in listing.places for item in sightings(place) if item.place.level in ("prefecture", "county")
    ]
    cities = {mid.city_part(text) for item in seen for text in (item.seen, item.place.name, item.place.concept)}
    parts = {mid.name_part(name) for name in names if name.isascii()}
    return {f"{part}{city}" for part in parts for city in cities if len(part) > 3 and len(city) == 3}


def compile_lists(
    lists: Iterable[EntityList],
    programmes: Sequence[Programme],
    jobs: int = 1,
    sketching: Sketching | None = None,
) -> CompiledLists:
    """Reads every listed name once and indexes it, in `jobs` processes where there are many. Numbers follow the order
    of lists and listings; each list is let go of once it is read."""
    read = _Read()
    deque(map(read.add, lists), maxlen=0)  # a loop would keep the last list, whose objects take as much as its index
    identifiers = sorted(read.identifiers)
    index, sketches = _index(read.texts, jobs, sketching)
    return CompiledLists(
        index=index,
        name_listing=np.array(read.listing_numbers, dtype=np.int32),
        name_flags=np.array(read.flags, dtype=np.uint8),
        _names=Texts.of(read.texts),
        _listings=Texts.of(read.listings),
        _identifiers=Texts.of(key for key, _ in identifiers),
        identifier_listing=np.array([number for _, number in identifiers], dtype=np.int32),
        sketches=sketches,
        lists=read.lists,
        programmes=[programme_to_plain(programme) for programme in programmes],
    )


@dataclass(slots=True)
class _Read:
    """What is kept of the lists: the names with their listings' numbers and their flags, the listings as JSON, the
    identifiers with the numbers of their listings, and the lists without their listings."""

    texts: list[str] = field(default_factory=list)
    listing_numbers: array[int] = field(default_factory=lambda: array("i"))
    flags: bytearray = field(default_factory=bytearray)
    listings: list[str] = field(default_factory=list)
    identifiers: list[tuple[str, int]] = field(default_factory=list)
    lists: list[dict[str, Any]] = field(default_factory=list)

    def add(self, entity_list: EntityList) -> None:
        self.lists.append(list_to_plain(entity_list) | {"edition": entity_list.edition})
        for listing in entity_list.listings:
            number = len(self.listings)
            self.listings.append(json.dumps(listing_to_plain(listing), ensure_ascii=False))
            self.identifiers += [(key, number) for key in set(_identifiers_of(listing))]
            if listing.scope in (Scope.REGION, Scope.GOODS) or listing.kind is Kind.REGION:
                continue
            for text, flag in _names_of(listing):
                self.texts.append(text)
                self.listing_numbers.append(number)
                self.flags.append(int(flag))


def _index(
    texts: Sequence[str], jobs: int, sketching: Sketching | None
) -> tuple[NameIndex, Mapping[str, npt.NDArray[Any]]]:
    chunks = [texts[start : start + CHUNK] for start in range(0, len(texts), CHUNK)]
    parts: list[Any] = []

    def grams(read: Iterable[tuple[ChunkGrams, Any]]) -> Iterator[ChunkGrams]:
        for found, part in read:
            parts.append(part)
            yield found

    read = partial(_read, sketch=sketching.sketch if sketching else None)
    if jobs < 2 or len(texts) < _MANY:
        index = NameIndex.build_from(grams(map(read, chunks)))
    else:
        from concurrent.futures import ProcessPoolExecutor
        from multiprocessing import get_context

        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            index = NameIndex.build_from(grams(pool.map(read, chunks)))
    return index, sketching.join(parts) if sketching else {}


def _read(texts: Sequence[str], sketch: Sketch | None) -> tuple[ChunkGrams, Any]:
    names = [read_name.__wrapped__(text) for text in texts]
    rendered = [renderings(name) for name in names]
    return chunk_grams(rendered), sketch(names, rendered) if sketch else None


def _arrays(compiled: CompiledLists) -> dict[str, npt.NDArray[Any]]:
    return {
        **compiled.index.arrays(),
        "name_listing": compiled.name_listing,
        "name_flags": compiled.name_flags,
        "names_data": compiled._names.data,
        "names_starts": compiled._names.starts,
        "listings_data": compiled._listings.data,
        "listings_starts": compiled._listings.starts,
        "identifiers_data": compiled._identifiers.data,
        "identifiers_starts": compiled._identifiers.starts,
        "identifier_listing": compiled.identifier_listing,
        _LEXICON: np.frombuffer(pack(lexicon()), dtype=np.uint8),
        **{f"{_SKETCH}{name}": array for name, array in compiled.sketches.items()},
    }


def _checksum(array: npt.NDArray[Any]) -> int:
    return zlib.crc32(np.ascontiguousarray(array).view(np.uint8).data)


def save(compiled: CompiledLists, folder: Path) -> None:
    """Writes `folder`, with the lexicon that the names were read with, in one step: it appears whole or not at all,
    however many processes write it at once."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        sums = {}
        for name, array in _arrays(compiled).items():
            path = scratch / f"{name}.npy"
            np.save(path, array, allow_pickle=False)
            sums[name] = [path.stat().st_size, _checksum(array)]
        manifest = {
            "format": _FORMAT,
            "size": compiled.index.size,
            "files": sums,
            "lists": list(compiled.lists),
            "programmes": list(compiled.programmes),
        }
        (scratch / _MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
        if load(folder) is None:
            shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)  # fails where another process was first and its folder is whole
    except OSError:
        shutil.rmtree(scratch, ignore_errors=True)
        if not (folder / _MANIFEST).exists():
            raise


def load(folder: Path) -> CompiledLists | None:
    """Maps a folder that `save` wrote; None where there is none or it is damaged: a file missing, of another size, or
    (up to 32 MB) of other content. The lexicon of this process, if not made yet, will be the one in it."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        if manifest["format"] != _FORMAT:
            return None
        arrays = {}
        for name, (size, checksum) in manifest["files"].items():
            path = folder / f"{name}.npy"
            if path.stat().st_size != size:
                return None
            # Nothing cannot be mapped: an array without elements is read.
            mapped = np.load(path, mmap_mode="c" if size > _EMPTY else None, allow_pickle=False)
            arrays[name] = mapped.view(np.ndarray)  # a slice of a `memmap` takes several times as long
            if size <= _CHECKED and _checksum(arrays[name]) != checksum:
                return None
        packed = arrays[_LEXICON]
        prepare(lambda: unpack(packed.tobytes()))
        index = {key: arrays.pop(key) for key in ("codes", "idf", "starts", "names", "weights")}
        return CompiledLists(
            index=NameIndex.from_arrays(manifest["size"], index),
            name_listing=arrays["name_listing"],
            name_flags=arrays["name_flags"],
            _names=Texts(arrays["names_data"], arrays["names_starts"]),
            _listings=Texts(arrays["listings_data"], arrays["listings_starts"]),
            _identifiers=Texts(arrays["identifiers_data"], arrays["identifiers_starts"]),
            identifier_listing=arrays["identifier_listing"],
            sketches={name.removeprefix(_SKETCH): array for name, array in arrays.items() if name.startswith(_SKETCH)},
            lists=manifest["lists"],
            programmes=manifest["programmes"],
            folder=folder,
        )
    except (OSError, ValueError, KeyError):
        return None


def code_fingerprint() -> str:
    """Changes with the code and the tables that decide how names are read and indexed."""
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for folder in ("text", "index", "lists", "match"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".py", ".tsv"):
                stat = path.stat()
                digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns};".encode())
    return digest.hexdigest()[:16]
