"""What was made of an object, found again by the object itself: a file hands out the same one for the same cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Made = TypeVar("Made")


class ByObject(Generic[Key, Made]):
    """Calls `make` once an object, while no more than `most` are remembered; then it forgets all and begins anew.

    For objects that cost more to hash than to make something of, and that nobody changes.
    """

    def __init__(self, make: Callable[[Key], Made], most: int) -> None:
        self._make = make
        self._most = most
        self._known: dict[int, tuple[Key, Made]] = {}  # the object too: while it is held, no other has its id

    def __call__(self, item: Key) -> Made:
        known = self._known.get(id(item))
        if known is None:
            if len(self._known) >= self._most:
                self._known.clear()
            known = self._known[id(item)] = item, self._make(item)
        return known[1]
