"""Sending to a real server on this machine: what is sent, what is refused, and what is not looked at."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from app.errors import UsageError
from app.webhooks.sending import Message, Sent, check_url, find_address, send
from app.webhooks.signature import new_secret, sign
from tests.receiver import Receiver, endless, receiving, status, trickle

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = new_secret()
BODY = b'{"type":"webhook.test"}'


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def _send(url: str, allowed: Any = LOOPBACK, **options: Any) -> Sent:
    return asyncio.run(send(Message("msg_1", url, SECRET, BODY), allowed, **options))


def _names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Names are resolved to these addresses, one after the other, the last for good. Which names were asked for."""
    asked: list[str] = []
    left = list(answers)

    def getaddrinfo(host: str, port: int, *_args: object, **_options: object) -> list[Any]:
        asked.append(host)
        address = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    real = socket.getaddrinfo
    monkeypatch.setattr(
        "socket.getaddrinfo",
        lambda host, port, *args, **options: (
            getaddrinfo(host, port) if str(host).endswith(".example") else real(host, port, *args, **options)
        ),
    )
    return asked


def test_a_message_arrives_signed(receiver: Receiver) -> None:
    assert _send(f"{receiver.url}?tenant=7") == Sent(204, "")
    (got,) = receiver.received
    assert (got.path, got.body) == ("/hook?tenant=7", BODY)
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["webhook-id"] == "msg_1"
    timestamp = int(got.headers["webhook-timestamp"])
    assert abs(timestamp - time.time()) < 10
    assert got.headers["webhook-signature"] == sign(SECRET, "msg_1", timestamp, BODY)


@pytest.mark.parametrize("code", [500, 404])
def test_an_answer_that_is_no_success_is_a_problem(receiver: Receiver, code: int) -> None:
    receiver.answers.append(status(code))
    assert _send(receiver.url) == Sent(code, f"the answer was {code}; any from 200 to 299 acknowledges a message")


def test_a_receiver_that_is_gone_is_not_asked_again(receiver: Receiver) -> None:
    receiver.answers += [status(410), status(503)]
    assert [_send(receiver.url).is_final for _ in range(3)] == [True, False, True]


def test_redirects_are_not_followed(receiver: Receiver) -> None:
    receiver.answers.append(status(307, Location=f"http://127.0.0.1:{receiver.port}/elsewhere"))
    sent = _send(receiver.url)
    assert (sent.status, "a redirect" in sent.problem) == (307, True)
    assert [got.path for got in receiver.received] == ["/hook"]


def test_a_slow_answer_is_given_up_however_it_trickles(receiver: Receiver) -> None:
    receiver.answers.append(trickle)
    began = time.monotonic()
    assert _send(receiver.url, seconds=0.5).problem == "there was no answer within 0.5 seconds"
    assert time.monotonic() - began < 3


def test_the_body_of_an_answer_is_not_read(receiver: Receiver) -> None:
    receiver.answers.append(endless)
    assert _send(receiver.url, seconds=5) == Sent(200, "")


def test_nobody_there_is_a_problem_and_no_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    sent = _send(f"http://127.0.0.1:{port}/")
    assert (sent.status, sent.problem.startswith("it could not be sent (")) == (None, True)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_refused_by_any_name(receiver: Receiver, host: str) -> None:
    sent = _send(f"https://{host}:{receiver.port}/hook", ())
    assert (sent.status, "is loopback" in sent.problem) == (None, True), sent
    assert receiver.received == []


def test_the_address_is_checked_anew_with_every_message(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a name that was public when it was registered, and leads inside when a message is sent."""
    asked = _names(monkeypatch, "93.184.215.14", "127.0.0.1")
    url = f"https://hooks.example:{receiver.port}/hook"
    assert str(asyncio.run(find_address(check_url(url, ()), ()))) == "93.184.215.14"
    assert "is loopback" in _send(url, ()).problem
    assert asked == ["hooks.example"] * 2
    assert receiver.received == []


def test_the_connection_goes_to_the_address_that_was_checked(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second look-up would be answered by an address that leads nowhere."""
    asked = _names(monkeypatch, "127.0.0.1", "192.0.2.1")
    assert _send(f"http://hooks.example:{receiver.port}/hook") == Sent(204, "")
    assert asked == ["hooks.example"]
    assert receiver.received[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_plain_http_is_for_allowed_addresses_alone(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="needs https"):
        check_url(receiver.url, ())
    _names(monkeypatch, "93.184.215.14")
    assert "use https" in _send("http://hooks.example/").problem


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    assert _send(receiver.url) == Sent(204, "")


def test_the_certificate_must_be_the_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = _certificate(tmp_path, "hooks.example")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    asked_for: list[str] = []
    tls.sni_callback = lambda _socket, name, _context: asked_for.append(name)  # type: ignore[assignment]
    trusted = ssl.create_default_context(cafile=str(certificate))
    _names(monkeypatch, "127.0.0.1")
    with receiving(tls) as receiver:
        assert "CERTIFICATE_VERIFY_FAILED" in _send(f"https://hooks.example:{receiver.port}/").problem
        monkeypatch.setattr("app.webhooks.sending._tls", lambda: trusted)
        assert _send(f"https://hooks.example:{receiver.port}/") == Sent(204, "")
        assert "match" in _send(f"https://other.example:{receiver.port}/").problem
    assert asked_for == ["hooks.example", "hooks.example", "other.example"]
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param("ftp://hooks.example/", "is written https://", id="another scheme"),
        pytest.param("hooks.example/path", "is written https://", id="no scheme"),
        pytest.param("https:///path", "is written https://", id="no host"),
        pytest.param("https://me:secret@hooks.example/", "leave name and password out", id="a password"),
        pytest.param("https://hooks.example/#top", "no fragment", id="a fragment"),
        pytest.param("https://hooks.example:99999/", "no port 99999", id="a port that is none"),
        pytest.param("https://hooks.example:0/", "no port 0", id="port 0"),
        pytest.param("https://hooks.example/\n", "no URL", id="a line break"),
        pytest.param("https://hooks.example/" + "x" * 2000, "the limit is 2000", id="an endless one"),
    ],
)
def test_what_is_no_url_for_a_webhook_is_told(url: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        check_url(url, LOOPBACK)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "x" * 64 + ".example"], ids=["unknown", "too long a label"])
def test_a_name_without_an_address_is_told(host: str) -> None:
    assert "cannot be resolved" in _send(f"https://{host}/").problem


def _certificate(folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
    subprocess.run([*command, "-out", certificate, "-keyout", key], check=True, capture_output=True)
    return certificate, key
