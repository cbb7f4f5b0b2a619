"""Load on the API over loopback: `importgate serve` in one process, callers with their own connections in another."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from scripts.benchmarks.measures import COMMAND, environment

CLIENTS = 32


@dataclass(frozen=True)
class Service:
    port: int
    key: str
    process: int

    def cpu_seconds(self) -> float:
        """Processor time of the serving process so far; Linux only, else 0."""
        try:
            fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Load:
    """One round: calls a second, the 50th and 95th percentile of their seconds, processor seconds of a call."""

    rate: float
    p50: float
    p95: float
    cpu: float


@contextmanager
def serving(scratch: Path) -> Iterator[Service]:
    """A service of its own, warmed up, that anybody with its key may call as often as they can."""
    environ = environment(scratch / "cache") | {
        "IMPORTGATE_DATA_DIR": str(scratch / "service"),
        "IMPORTGATE_RATE_LIMIT": "none",
    }
    with (
        (scratch / "serve.log").open("w") as log,
        subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"], env=environ, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        assert process.stdout is not None
        greeting = ""
        try:
            while not (key := re.search(r"ig_[\w-]{43}", greeting)):
                greeting += process.stdout.readline()
            port = re.search(r":(\d+)", greeting)
            assert port is not None
            _wait_until_ready(f"http://127.0.0.1:{port[1]}/readyz")
            yield Service(int(port[1]), key[0], process.pid)
        finally:
            process.terminate()


def load(service: Service, names: Sequence[str], *, store: bool) -> Load:
    """Each name in a call of its own, `CLIENTS` at a time, each caller waiting for its answer before it goes on."""
    code = "from scripts.benchmarks.api import call_all; call_all()"
    asked = json.dumps({"port": service.port, "key": service.key, "names": list(names), "store": store})
    cpu = service.cpu_seconds()
    done = subprocess.run([sys.executable, "-c", code], input=asked, capture_output=True, text=True, check=True)
    cpu = service.cpu_seconds() - cpu
    answer = json.loads(done.stdout)
    taken = answer["taken"]
    cuts = quantiles(taken, n=100)
    return Load(len(taken) / answer["wall"], cuts[49], cuts[94], cpu / len(taken))


def call_all() -> None:
    """The callers: what to do on stdin, what it took on stdout, JSON both."""
    asked = json.load(sys.stdin)
    taken: list[float] = []
    names = asked["names"]
    calls = [_call(asked["key"], name, asked["store"]) for name in names]

    async def all_callers() -> float:
        async with asyncio.TaskGroup() as callers:
            began = time.perf_counter()
            for number in range(CLIENTS):
                callers.create_task(_caller(asked["port"], calls[number::CLIENTS], taken))
        return time.perf_counter() - began

    json.dump({"wall": asyncio.run(all_callers()), "taken": taken}, sys.stdout)


def _call(key: str, name: str, store: bool) -> bytes:
    body = json.dumps({"parties": [{"name": name}], "store": store}).encode()
    head = f"POST /v1/screenings HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _caller(port: int, calls: Sequence[bytes], taken: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for call in calls:
        began = time.perf_counter()
        writer.write(call)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        assert head.startswith(b"HTTP/1.1 200 "), head
        assert length is not None
        await reader.readexactly(int(length[1]))
        taken.append(time.perf_counter() - began)
    writer.close()


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return
