"""The screeners that the API keeps open: one a choice of lists and a date, a few at a time."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock

from app.errors import ImportgateError
from app.lists.model import EntityList, Listing, Programme
from app.lists.sources import ListSource, load_programmes
from app.screening.screener import Screener

Open = Callable[[Sequence[ListSource], date], Screener]


class BundledLists:
    """The lists that come with Importgate, read once, when first asked for. Raises `ListError` where one is broken."""

    def __init__(self, sources: Sequence[ListSource]) -> None:
        self.sources = {source.id: source for source in sources}

    @cached_property
    def lists(self) -> Mapping[str, EntityList]:
        return {list_id: source.load() for list_id, source in self.sources.items()}

    @cached_property
    def listings(self) -> Mapping[str, Listing]:
        return {listing.id: listing for entity_list in self.lists.values() for listing in entity_list.listings}

    @cached_property
    def programmes(self) -> Mapping[str, Programme]:
        return load_programmes()


class Screeners:
    """Opens screeners and keeps the last `size` in use. Callers that want the same one at once share its opening."""

    def __init__(self, bundled: BundledLists, open_screener: Open, size: int = 8) -> None:
        self.bundled = bundled
        self.problem = "the entity lists are still being compiled"
        self._open = open_screener
        self._size = size
        self._opened: OrderedDict[tuple[tuple[str, ...], date], Future[Screener]] = OrderedDict()
        self._lock = Lock()

    @classmethod
    def on_disk(cls, bundled: BundledLists, cache_dir: Path) -> Screeners:
        """Screeners whose compiled lists are kept in `cache_dir`."""
        return cls(bundled, lambda sources, as_of: Screener.open(sources, as_of=as_of, cache_dir=cache_dir))

    def get(self, list_ids: Sequence[str] | None = None, as_of: date | None = None) -> Screener:
        """The screener for these lists (known ids; all of them if None) on that day (today if None, in UTC)."""
        key = (tuple(sorted(set(list_ids or self.bundled.sources))), as_of or datetime.now(UTC).date())
        with self._lock:
            opened = self._opened.get(key)
            is_new = opened is None
            if opened is None:
                opened = self._opened[key] = Future()
            self._opened.move_to_end(key)
            while len(self._opened) > self._size:
                self._opened.popitem(last=False)
        if is_new:
            self._open_into(opened, key)
        return opened.result()

    def warm(self) -> None:
        """Compile the lists and read the lists, so that the first request need not wait; notes a `problem`."""
        try:
            self.get()
            assert self.bundled.listings is not None
            assert self.bundled.programmes is not None
        except ImportgateError as error:
            self.problem = str(error)
        except Exception:  # told to the log, not to strangers, who need no key to ask whether we are ready
            self.problem = "the entity lists cannot be compiled; the service's log says why"
            logging.getLogger(__name__).exception(self.problem)
        else:
            self.problem = ""

    def _open_into(self, opened: Future[Screener], key: tuple[tuple[str, ...], date]) -> None:
        list_ids, as_of = key
        try:
            opened.set_result(self._open([self.bundled.sources[list_id] for list_id in list_ids], as_of))
        except BaseException as error:
            with self._lock:
                self._opened.pop(key, None)  # so that the next call tries anew
            opened.set_exception(error)
