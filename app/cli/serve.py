"""`importgate serve`: the screening API."""

from __future__ import annotations

import math
import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from app.errors import ImportgateError, UsageError

if TYPE_CHECKING:
    from app.settings import Settings


CONNECTIONS_PER_REQUEST = 10  # connections are kept open between requests


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 for every one.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port to listen on; 0 for a free one.",
)
def serve(host: str, port: int) -> None:
    """Serve the screening API and its web pages until Ctrl+C.

    Where the database is SQLite, a worker for uploaded files runs beside it. The first start makes an API key and
    prints it, once; `importgate key` makes and revokes others. That start, and each at a terminal, prints an address
    that signs a browser in once.
    """
    from app.settings import read_settings

    settings = read_settings()
    with _listen(host, port) as listener:
        first_key, token = _prepare_store(settings)
        address = _url(host, listener)
        click.echo(f"Importgate serves on {address} (Ctrl+C stops it)")
        if token is not None:
            click.echo(
                f"Open this in a browser; it signs in once, within the hour:\n\n    {address}/sign-in?token={token}\n"
            )
        if first_key is not None:
            click.echo(f"Its first API key, shown only this once:\n\n    {first_key}\n")
        _run(settings, listener)


def _listen(host: str, port: int) -> socket.socket:
    """Bound before anything else happens, so that a port in use costs nothing, least of all the only sight of a key."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]
        return socket.create_server((host, port), family=family)
    except socket.gaierror as error:
        raise UsageError(f"--host {host}: there is no such address ({error.strerror})") from None
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        raise UsageError(
            f"cannot listen on {host} port {port}: {reason}; choose another with --host or --port"
        ) from None


def _url(host: str, listener: socket.socket) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"


def _prepare_store(settings: Settings) -> tuple[str | None, str | None]:
    """Bring the tables up to date; the first key's secret where there was none, and the token of a sign-in address
    where somebody is there to read it: logs that are kept should hold none that works."""
    from app.settings import shown
    from app.store.audit import note_configuration
    from app.store.database import open_store
    from app.store.keys import create_first_key
    from app.store.sessions import create_link

    store = open_store(settings.database_url)
    try:
        store.migrate()
        note_configuration(store, shown(settings))
        first_key = create_first_key(store)
        is_read = first_key is not None or sys.stdout.isatty()
        return first_key, create_link(store) if is_read else None
    finally:
        store.close()


def _run(settings: Settings, listener: socket.socket) -> None:
    import uvicorn

    from app.api.connection import Connection
    from app.logs import write_logs
    from app.web.pages import create_site

    write_logs(settings.log_level)
    app = create_site(settings)
    config = uvicorn.Config(
        app,
        http=Connection,
        ws="none",
        limit_concurrency=CONNECTIONS_PER_REQUEST * settings.max_requests,
        lifespan="on",
        server_header=False,
        log_config=None,
        access_log=False,  # ours names no path, query or address
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=math.ceil(settings.request_seconds),
    )

    class Server(uvicorn.Server):
        """Tells the application first: streams that would go on for minutes end themselves."""

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            app.state.stopping = True
            await super().shutdown(sockets)

    server = Server(config)
    # Uvicorn finishes what it is answering and then raises the signal anew: both end here, as an orderly stop.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _worker(settings):
            server.run(sockets=[listener])
    except KeyboardInterrupt:
        click.echo("Importgate has stopped.")
    if not server.started:
        raise ImportgateError("the service could not start; the lines above say why")


@contextmanager
def _worker(settings: Settings) -> Iterator[None]:
    """With the embedded database, whoever serves also works; else `importgate worker` does."""
    from app.store.database import open_store
    from app.worker.process import running_child

    if not settings.database_url.startswith("sqlite"):
        yield
        return
    store = open_store(settings.database_url)
    try:
        with running_child(store):
            yield
    finally:
        store.close()
