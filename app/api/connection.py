"""Connections: what uvicorn leaves open to those who send headers without end, too slowly, or over too many of them."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import structlog
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.api.envelope import SAFE_HEADERS
from app.api.problems import BUSY, HEAD_TOO_LARGE, HEAD_TOO_SLOW, NOT_HTTP, Problem, problem_response

MOST_HEAD_BYTES = 16_384
MOST_HEADERS = 100
HEAD_SECONDS = 10.0
_CLOSING = {**SAFE_HEADERS, "Connection": "close"}

log = structlog.stdlib.get_logger(__name__)


class Connection(HttpToolsProtocol):
    """A connection whose request line and headers are limited in size, number and time.

    What is wrong with them is answered as a problem, and the connection closed.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._clock: asyncio.TimerHandle | None = None
        self._in_head = False
        self._head_bytes = 0
        self._refusal = (NOT_HTTP, "what was sent is not HTTP")
        most, self.limit_concurrency = self.limit_concurrency, None  # uvicorn would refuse in plain text
        if most is not None and len(self.connections) >= most:
            self.app = _refuse_politely

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_clock()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:  # of a value that goes on and on, the parser says nothing until its end
            self._count(len(data))
            if self._head_bytes > MOST_HEAD_BYTES:
                self.send_400_response("")
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._clock is None:
            self._start_clock()

    def on_url(self, url: bytes) -> None:
        self._count_or_stop(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count_or_stop(len(name) + len(value))
        if len(self.headers) >= MOST_HEADERS:
            self._refusal = (HEAD_TOO_LARGE, f"there may be {MOST_HEADERS} headers")
            raise ValueError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_clock()
        self._in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # uvicorn's words are replaced by a problem
        self._stop_clock()
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete:  # else it would run into another answer
            problem, detail = self._refusal
            log.info("a connection was refused", problem=problem.slug)
            self.transport.write(_on_the_wire(problem, detail))
        self.transport.close()

    def _count_or_stop(self, size: int) -> None:
        """Raising inside the parser makes uvicorn call `send_400_response`."""
        self._count(size)
        if self._head_bytes > MOST_HEAD_BYTES:
            raise ValueError

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > MOST_HEAD_BYTES:
            self._refusal = (HEAD_TOO_LARGE, f"the request line and headers may have {MOST_HEAD_BYTES} bytes")

    def _start_clock(self) -> None:
        self._clock = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _give_up(self) -> None:
        if self._in_head:
            self._refusal = (HEAD_TOO_SLOW, f"the request line and headers must arrive within {HEAD_SECONDS:g} seconds")
            self.send_400_response("")
        else:
            self.transport.close()


async def _refuse_politely(scope: Scope, receive: Receive, send: Send) -> None:
    headers = _CLOSING | {"Retry-After": "1"}
    await problem_response(BUSY, "there are too many connections", scope["path"], headers=headers)(scope, receive, send)


def _on_the_wire(problem: Problem, detail: str) -> bytes:
    answer = problem_response(problem, detail, "", headers=_CLOSING)
    lines = [f"HTTP/1.1 {answer.status_code} {HTTPStatus(answer.status_code).phrase}".encode()]
    lines += [name + b": " + value for name, value in answer.raw_headers]
    return b"\r\n".join([*lines, b"", bytes(answer.body)])
