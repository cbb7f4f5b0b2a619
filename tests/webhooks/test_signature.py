"""Signatures: those of the published convention, and what a receiver makes of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.webhooks.signature import new_secret, sign, signed_headers

NOW = 1_795_000_000
BODY = '{"type":"webhook.test","name":"新疆"}'.encode()


@pytest.fixture(scope="module")
def verified() -> Callable[..., Any]:
    """The receiver's function of the documentation."""
    text = (Path(__file__).parents[2] / "docs" / "monitoring.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    function: Callable[..., Any] = names["verified"]
    return function


def test_the_signature_is_that_of_the_published_example() -> None:
    """The example of the Standard Webhooks specification and its libraries."""
    secret, message = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    assert sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, message) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_secrets_are_long_and_differ() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", first)


def test_the_documented_receiver_takes_what_is_sent(verified: Callable[..., Any]) -> None:
    secret = new_secret()
    headers = signed_headers(secret, "msg_1", NOW, BODY)
    assert verified(secret, headers, BODY, now=NOW + 60) == {"type": "webhook.test", "name": "新疆"}


@pytest.mark.parametrize(
    ("changed", "body", "after"),
    [
        pytest.param({"webhook-signature": "v1,AAAA"}, BODY, 0, id="another signature"),
        pytest.param({"webhook-signature": ""}, BODY, 0, id="no signature"),
        pytest.param({"webhook-id": "msg_2"}, BODY, 0, id="another id"),
        pytest.param({"webhook-timestamp": str(NOW + 1)}, BODY, 0, id="another time"),
        pytest.param({}, BODY + b" ", 0, id="another body"),
        pytest.param({}, BODY, 301, id="an old message sent again"),
        pytest.param({}, BODY, -301, id="a message from the future"),
    ],
)
def test_the_documented_receiver_refuses(
    verified: Callable[..., Any], changed: Mapping[str, str], body: bytes, after: int
) -> None:
    secret = new_secret()
    headers = {**signed_headers(secret, "msg_1", NOW, BODY), **changed}
    with pytest.raises(ValueError, match="webhook"):
        verified(secret, headers, body, now=NOW + after)


def test_the_documented_receiver_refuses_another_secret(verified: Callable[..., Any]) -> None:
    headers = signed_headers(new_secret(), "msg_1", NOW, BODY)
    with pytest.raises(ValueError, match="signature"):
        verified(new_secret(), headers, BODY, now=NOW)
