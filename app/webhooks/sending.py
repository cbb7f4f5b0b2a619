"""Sending one message: resolve, check, connect to what was checked, and look at nothing but the status.

The name is resolved here and once, and the connection goes to the address that was checked, so that a name server that
answers differently the second time (DNS rebinding) gains nothing. Redirects are not followed and no proxy is used: both
would connect to places that nobody checked.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import httpx

from app import __version__
from app.errors import UsageError
from app.webhooks.addresses import Address, Network, check_addresses, is_allowed
from app.webhooks.signature import signed_headers

SECONDS = 10.0  # for all of it, however slowly the other side reads or answers
MAX_URL = 2000


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: `body` byte for byte, to `url`, signed with `secret`."""

    id: str
    url: str
    secret: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Sent:
    """How it went. `status` is the answer's, None where there was none; `problem` is "" where it was delivered."""

    status: int | None
    problem: str

    @property
    def is_delivered(self) -> bool:
        return not self.problem

    @property
    def is_final(self) -> bool:
        """Whether trying again is pointless: delivered, or the receiver says that it is gone for good."""
        return self.is_delivered or self.status == httpx.codes.GONE


def check_url(text: str, allowed: Sequence[Network]) -> httpx.URL:
    """The URL of a webhook, read. Raises `UsageError` where it is none that a message can be sent to."""
    if len(text) > MAX_URL:
        raise UsageError(f"the URL has {len(text)} characters, the limit is {MAX_URL}")
    try:
        url = httpx.URL(text)
        port = url.port
    except (httpx.InvalidURL, ValueError) as error:
        raise UsageError(f"this is no URL: {error}") from None
    if url.scheme not in ("https", "http") or not url.host:
        raise UsageError("a webhook's URL is written https://HOST/PATH")
    if url.scheme == "http" and not allowed:
        raise UsageError("a webhook needs https; plain http is for addresses that IMPORTGATE_WEBHOOK_PRIVATE allows")
    if url.userinfo:
        raise UsageError("leave name and password out of the URL; messages are signed instead")
    if url.fragment:
        raise UsageError("a webhook's URL has no fragment (#); leave it out")
    if port is not None and not 0 < port < 65536:
        raise UsageError(f"there is no port {port}")
    return url


async def find_address(url: httpx.URL, allowed: Sequence[Network]) -> Address:
    """The checked address of the URL's host. Raises `UsageError` where it has none or must not be reached."""
    host = url.raw_host.decode("ascii").strip("[]")
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, _port(url), type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise UsageError(f"{url.host} cannot be resolved; check the name") from None
    address = check_addresses(url.host, [str(entry[4][0]) for entry in found], allowed)
    if url.scheme == "http" and not is_allowed(address, allowed):
        raise UsageError(f"{url.host} is not among the addresses that may be sent to by plain http; use https")
    return address


async def send(message: Message, allowed: Sequence[Network], *, seconds: float = SECONDS) -> Sent:
    """Send the message and wait for the status, at most for `seconds`. Never raises for what is out there."""
    try:
        async with asyncio.timeout(seconds):
            url = check_url(message.url, allowed)
            status = await _post(message, url, await find_address(url, allowed))
    except UsageError as error:
        return Sent(None, str(error))
    except TimeoutError:
        return Sent(None, f"there was no answer within {seconds:g} seconds")
    except (httpx.HTTPError, ssl.SSLError) as error:
        return Sent(None, f"it could not be sent ({_reason(error)})")
    if 200 <= status < 300:
        return Sent(status, "")
    if 300 <= status < 400:
        return Sent(status, f"the answer was {status}, a redirect; register the URL that it leads to")
    return Sent(status, f"the answer was {status}; any from 200 to 299 acknowledges a message")


async def _post(message: Message, url: httpx.URL, address: Address) -> int:
    headers = {
        "Host": url.netloc.decode("ascii"),
        "Content-Type": "application/json",
        "User-Agent": f"Importgate/{__version__}",
        **signed_headers(message.secret, message.id, int(time.time()), message.body),
    }
    # The certificate is checked against the name, although the connection goes to the address.
    extensions = {"sni_hostname": url.raw_host.decode("ascii").strip("[]")}
    there = url.copy_with(host=str(address))
    async with (
        httpx.AsyncClient(verify=_tls(), trust_env=False, follow_redirects=False, timeout=None) as client,
        client.stream("POST", there, content=message.body, headers=headers, extensions=extensions) as answer,
    ):
        return answer.status_code  # the body is left unread


@cache
def _tls() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _reason(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
