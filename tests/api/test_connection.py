"""A real server on a real port: headers without end, too many, too slow; connections without end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from app.api import connection
from app.api.connection import MOST_HEAD_BYTES, MOST_HEADERS, Connection

pytestmark = pytest.mark.anyio
MOST_CONNECTIONS = 5


async def _app(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
async def port(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[int]:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.3)
    config = uvicorn.Config(
        _app, port=0, http=Connection, ws="none", lifespan="off", log_config=None, limit_concurrency=MOST_CONNECTIONS
    )
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await server.shutdown()


async def _say(port: int, *parts: bytes, pause: float = 0.0) -> bytes:
    """Everything that the server answers until it closes, or has answered with `ok`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answer = b""
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)
        while not answer.endswith(b"ok") and (more := await asyncio.wait_for(reader.read(65536), 5)):
            answer += more
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer


def _problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"x-content-type-options: nosniff" in head
    assert b"connection: close" in head
    problem = json.loads(body)
    assert int(head.split()[1]) == problem["status"]
    return problem["status"], problem["type"]


async def test_requests_one_after_another_and_at_once_are_answered(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert (await _say(port, one)).startswith(b"HTTP/1.1 200")
    assert (await _say(port, one, pause=0.1)).startswith(b"HTTP/1.1 200")
    assert b"200 OK" in await _say(port, one + one)


@pytest.mark.parametrize(
    ("parts", "status", "kind"),
    [
        pytest.param([b"\x16\x03\x01 no HTTP\r\n\r\n"], 400, "not-http", id="TLS, perhaps"),
        pytest.param(
            [b"GET /" + b"a" * MOST_HEAD_BYTES + b" HTTP/1.1\r\n\r\n"], 431, "head-too-large", id="a long path"
        ),
        pytest.param(
            [b"GET / HTTP/1.1\r\nX: " + b"a" * MOST_HEAD_BYTES + b"\r\n\r\n"], 431, "head-too-large", id="a long header"
        ),
        pytest.param(
            [b"GET / HTTP/1.1\r\nX: a", *[b"a" * 4096] * 5], 431, "head-too-large", id="a header that goes on and on"
        ),
        pytest.param(
            [b"GET / HTTP/1.1\r\n" + b"X: a\r\n" * (MOST_HEADERS + 1) + b"\r\n"],
            431,
            "head-too-large",
            id="many headers",
        ),
        pytest.param([b"GET / HTTP/1.1\r\nX-"], 408, "head-too-slow", id="headers that never end"),
        pytest.param([b"GET / HTTP/1.1\r\n", *[b"X: a\r\n"] * 2], 408, "head-too-slow", id="a header now and then"),
    ],
)
async def test_a_head_out_of_bounds_is_refused(port: int, parts: list[bytes], status: int, kind: str) -> None:
    pause = 0.1 if kind == "head-too-slow" else 0.01
    assert _problem(await _say(port, *parts, pause=pause)) == (status, f"/problems/{kind}")


async def test_the_bounds_hold_for_each_request_of_a_connection(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nX: " + b"a" * (MOST_HEAD_BYTES // 2) + b"\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(4):
        for piece in (one[:30], one[30:]):
            writer.write(piece)
            await asyncio.sleep(0.02)
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
        assert await reader.readexactly(2) == b"ok"
    writer.write(one[:30])
    answer = await asyncio.wait_for(reader.read(), 5)
    assert _problem(answer) == (408, "/problems/head-too-slow")
    writer.close()


async def test_who_says_nothing_is_hung_up_on(port: int) -> None:
    assert await _say(port) == b""


async def test_a_connection_too_many_is_told_so(port: int) -> None:
    open_ones = [await asyncio.open_connection("127.0.0.1", port) for _ in range(MOST_CONNECTIONS)]
    await asyncio.sleep(0.05)
    assert _problem(await _say(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")) == (503, "/problems/busy")
    for _, writer in open_ones:
        writer.close()
    await asyncio.sleep(0.05)
    assert (await _say(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")).startswith(b"HTTP/1.1 200")
