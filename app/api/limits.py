"""How large a request may be, how long it may take, how many there may be at once: ASGI middleware.

Bodies without a declared length are counted as they arrive, by FastAPI's own `max_body_size` on the router.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.problems import BUSY, OUT_OF_TIME, TOO_LARGE, problem_response

UNLIMITED = frozenset({"/healthz", "/readyz", "/metrics"})  # who is busy must still be able to say so


@dataclass(frozen=True)
class BodyLimit:
    """Refuses a body by its declared length, before any of it is read. FastAPI would do so in plain text. `other` are
    the limits of paths that have their own."""

    app: ASGIApp
    limit: int
    other: Mapping[str, int]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            declared = Headers(scope=scope).get("content-length", "")
            limit = self.other.get(scope["path"], self.limit)
            if declared.isdecimal() and int(declared) > limit:
                detail = f"the body has {declared} bytes, the limit is {limit}"
                await problem_response(TOO_LARGE, detail, scope["path"])(scope, receive, send)
                return
        await self.app(scope, receive, send)


class RequestLimit:
    """Refuses a request while `limit` others wait for their answer to begin. Streams count until they flow."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self._limit = limit
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in UNLIMITED:
            await self.app(scope, receive, send)
            return
        if self._waiting >= self._limit:
            detail = f"{self._waiting} requests are being worked on; IMPORTGATE_MAX_REQUESTS sets the limit"
            answer = problem_response(BUSY, detail, scope["path"], headers={"Retry-After": "1"})
            await answer(scope, receive, send)
            return
        self._waiting += 1
        waits = True

        def go_on() -> None:
            nonlocal waits
            self._waiting -= waits
            waits = False

        async def send_and_go_on(message: Message) -> None:
            go_on()
            await send(message)

        try:
            await self.app(scope, receive, send_and_go_on)
        finally:
            go_on()


@dataclass(frozen=True)
class TimeLimit:
    """Gives up on a request after `seconds`, be it slow to arrive or slow to answer, unless its answer has begun.
    `other` are the seconds of paths that have their own."""

    app: ASGIApp
    seconds: float
    other: Mapping[str, float]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False
        seconds = self.other.get(scope["path"], self.seconds)

        async def send_and_note(message: Message) -> None:
            nonlocal begun
            begun = True
            clock.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(seconds) as clock:
                await self.app(scope, receive, send_and_note)
        except TimeoutError:
            if begun or not clock.expired():
                raise
            detail = f"there was no answer within {seconds:g} seconds"
            await problem_response(OUT_OF_TIME, detail, scope["path"])(scope, receive, send)
