"""How often a sign-in may fail, by the address that it came from."""

from __future__ import annotations

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

ALLOWED = RateLimitItemPerMinute(10, 5)


class Attempts:
    """Failed sign-ins of the last five minutes. A key cannot be guessed; this keeps the log and the database quiet."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def are_used_up(self, client: str) -> bool:
        return not self._limiter.test(ALLOWED, client)

    def note_failure(self, client: str) -> None:
        self._limiter.hit(ALLOWED, client)
