"""Everything a screening needs besides the parties: compiled lists, programmes, the date."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from app.index.compiled import CompiledLists, Sketching, code_fingerprint, compile_lists, load, save
from app.index.renderings import renderings
from app.lists.model import Listing, Programme
from app.lists.plain import listing_to_plain, programme_from_plain
from app.lists.sources import ListSource, load_programmes, programmes_sha256
from app.match import policy
from app.match.gate import Profile, profile
from app.match.sketches import Sketches, join, sketch
from app.screening.fingerprint import listing_digest
from app.text.read import read_name


class Screener:
    """One compiled selection of lists on one day. Open it once; threads may share it.

    `editions`, `titles` and `programme_of` map a list's id to its edition, its title and its programme's id.
    """

    policy_version = policy.VERSION

    def __init__(self, compiled: CompiledLists, as_of: date) -> None:
        self.compiled = compiled
        self.as_of = as_of
        self.editions: dict[str, str] = {item["id"]: item["edition"] for item in compiled.lists}
        self.titles: dict[str, str] = {item["id"]: item["title"] for item in compiled.lists}
        self.programme_of: dict[str, str] = {item["id"]: item["programme"] for item in compiled.lists}
        self.listing: Callable[[int], Listing] = lru_cache(maxsize=4096)(compiled.listing)
        self.listing_said: Callable[[int], tuple[str, str]] = lru_cache(maxsize=4096)(self._listing_said)
        self.listed_name: Callable[[int], Profile] = lru_cache(maxsize=65536)(self._listed_name)

    def __reduce__(self) -> tuple[type[Screener], tuple[CompiledLists, date]]:
        return Screener, (self.compiled, self.as_of)

    @classmethod
    def open(cls, sources: Sequence[ListSource], *, as_of: date, cache_dir: Path | None, jobs: int = 1) -> Screener:
        """Compiles the lists, or maps what an earlier run compiled from the same bytes with the same code.

        Without a `cache_dir` nothing is written. Long lists are read by `jobs` processes. Raises `ListError`
        where a list is broken.
        """
        if cache_dir is None:
            return cls(_compile(sources, jobs), as_of)
        folder = cache_dir / f"lists-{_cache_key(sources)}"
        compiled = load(folder)
        if compiled is None:
            compiled = _compile(sources, jobs)
            save(compiled, folder)
            compiled = load(folder) or compiled  # mapped: one copy for all processes
        return cls(compiled, as_of)

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {plain["id"]: programme_from_plain(plain) for plain in self.compiled.programmes}

    @cached_property
    def banning_lists(self) -> frozenset[str]:
        """The lists whose programme bans or presumes."""
        return frozenset(item for item, programme in self.programme_of.items() if self.programmes[programme].bans)

    @cached_property
    def sha256s(self) -> dict[str, str]:
        """List id to the hash of the files that the list was read from."""
        return {item["id"]: item["sha256"] for item in self.compiled.lists}

    @cached_property
    def programmes_digest(self) -> str:
        """SHA-256 of the legal bases, which say what bans."""
        plain = json.dumps(list(self.compiled.programmes), sort_keys=True)
        return hashlib.sha256(plain.encode()).hexdigest()

    @cached_property
    def listing_numbers(self) -> dict[tuple[str, str], int]:
        """The number of each listing by its list's id and its own."""
        return {(item.list_id, item.id): number for number, item in enumerate(self.listings())}

    def listings(self) -> Iterator[Listing]:
        """Every listing of the lists, in their order, those not in force included."""
        return (self.compiled.listing(number) for number in range(self.compiled.sizes[0]))

    @cached_property
    def sketches(self) -> Sketches:
        """The listed names as the gate sees them."""
        compiled = self.compiled
        size = compiled.index.size
        if not compiled.sketches:
            names = [read_name(compiled.name(number)) for number in range(size)]
            return sketch(names, [renderings(name) for name in names])
        return Sketches.from_arrays(size, compiled.sketches)

    def _listing_said(self, number: int) -> tuple[str, str]:
        """The digest of what a listing says, and all of it as JSON."""
        listing = self.listing(number)
        return listing_digest(listing), json.dumps(listing_to_plain(listing), ensure_ascii=False)

    def _listed_name(self, number: int) -> Profile:
        return profile(read_name(self.compiled.name(number)))


def _compile(sources: Sequence[ListSource], jobs: int) -> CompiledLists:
    lists = (source.load() for source in sources)
    return compile_lists(lists, list(load_programmes().values()), jobs, Sketching(sketch, join))


def _cache_key(sources: Sequence[ListSource]) -> str:
    parts = [code_fingerprint(), programmes_sha256()]
    parts += [f"{source.id}={source.sha256()}" for source in sources]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
