"""How much a key may ask for, and how often an address may try keys that do not exist.

Windows slide: what a key used in the window before counts by the part of it that has not passed. They live in this
process's memory, so each process of the service allows the rate anew, and a restart forgets.
"""

from __future__ import annotations

import time
from math import ceil

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from app.api.problems import TOO_MANY, ProblemError

PARTIES_PER_UNIT = 10
WRONG_KEYS_PER_MINUTE = 30
_WRONG_KEYS = RateLimitItemPerMinute(WRONG_KEYS_PER_MINUTE, namespace="wrong-keys")


class Rates:
    """Counts units by key and refusals by address. `limit` is units and the seconds in which they may be used."""

    def __init__(self, limit: tuple[int, int] | None) -> None:
        self._windows = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._limit: RateLimitItem | None = None if limit is None else RateLimitItemPerSecond(*limit, namespace="key")

    def spend(self, key_id: int, units: int) -> dict[str, str]:
        """Takes units and gives the headers that say what is left. A call may cost no more than a whole window.

        Raises `ProblemError` where too few are left; then nothing is taken.
        """
        if self._limit is None:
            return {}
        limit, who = self._limit, str(key_id)
        units = min(units, limit.amount)
        granted = self._windows.hit(limit, who, cost=units)
        stats = self._windows.get_window_stats(limit, who)
        seconds = max(1, ceil(stats.reset_time - time.time()))
        headers = {
            "RateLimit-Policy": f'"key";q={limit.amount};w={limit.get_expiry()}',
            "RateLimit": f'"key";r={stats.remaining};t={seconds}',
        }
        if granted:
            return headers
        raise ProblemError(
            TOO_MANY,
            f"this key may use {limit.amount} units in {limit.get_expiry()} seconds; this call needs {units}, "
            f"{stats.remaining} are left",
            headers=headers | {"Retry-After": str(seconds)},
        )

    def refuse_guessers(self, address: str) -> None:
        """Raises `ProblemError` where this address has sent too many wrong keys within a minute."""
        if not self._windows.test(_WRONG_KEYS, address):
            raise ProblemError(
                TOO_MANY,
                f"this address sent more than {WRONG_KEYS_PER_MINUTE} wrong keys within a minute",
                headers={"Retry-After": "60"},
            )

    def note_wrong_key(self, address: str) -> None:
        self._windows.hit(_WRONG_KEYS, address)


def units_of(parties: int) -> int:
    """What screening so many parties costs: a unit for each ten begun."""
    return max(1, -(-parties // PARTIES_PER_UNIT))


def charge(request: Request, units: int) -> None:
    """Takes `units` more from the caller's key than the one that every call costs. Raises `ProblemError`."""
    if units:
        rates: Rates = request.app.state.rates
        request.state.rate_headers = rates.spend(request.state.key.id, units)
