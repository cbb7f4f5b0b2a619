"""Which addresses may be reached."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from app.errors import UsageError
from app.webhooks.addresses import check_addresses, why_refused

PUBLIC = ["93.184.215.14", "8.8.8.8", "100.128.0.1", "172.32.0.1", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_may_be_reached(text: str) -> None:
    assert why_refused(ip_address(text)) == ""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("10.0.0.1", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("fd12:3456::1", "private"),
        ("169.254.1.1", "link-local"),
        ("fe80::1", "link-local"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.250", "multicast"),
        ("ff02::1", "multicast"),
        ("0.0.0.0", "unspecified"),
        ("::", "unspecified"),
        ("255.255.255.255", "reserved"),
        ("100.64.0.1", "shared by carrier-grade NAT"),
        ("fec0::1", "reserved"),
        ("::7f00:1", "reserved"),
        ("2002:7f00:1::", "6to4, which carries an IPv4 address"),
        ("2001:0:7f00:1::", "reserved for protocols"),
        pytest.param("::ffff:127.0.0.1", "loopback", id="IPv4-mapped loopback"),
        pytest.param("::ffff:a9fe:a9fe", "link-local", id="IPv4-mapped metadata"),
        pytest.param("64:ff9b::a00:1", "private", id="NAT64 of a private address"),
        pytest.param("169.254.169.254", "link-local", id="metadata of most clouds"),
        pytest.param("fd00:ec2::254", "private", id="metadata of Amazon's cloud by IPv6"),
        pytest.param("168.63.129.16", "a cloud's metadata", id="Azure's"),
        pytest.param("100.100.100.200", "shared by carrier-grade NAT", id="metadata of Alibaba Cloud"),
        pytest.param("192.0.0.192", "reserved for protocols", id="metadata of Oracle Cloud"),
    ],
)
def test_others_may_not_unless_allowed(text: str, why: str) -> None:
    address = ip_address(text)
    assert why_refused(address) == why
    assert why_refused(address, [ip_network("0.0.0.0/0"), ip_network("::/0")]) == ""
    assert why_refused(address, [ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")]) == why


def test_nat64_of_a_public_address_may_be_reached() -> None:
    assert why_refused(ip_address("64:ff9b::808:808")) == ""


def test_one_bad_address_of_a_name_is_enough() -> None:
    with pytest.raises(
        UsageError, match=r"hooks.example is at 10.0.0.7, an address that is private; .*WEBHOOK_PRIVATE"
    ):
        check_addresses("hooks.example", ["93.184.215.14", "10.0.0.7"], [])
    with pytest.raises(UsageError, match="link-local"):
        check_addresses("hooks.example", ["fe80::1%eth0"], [])
    with pytest.raises(UsageError, match="no address"):
        check_addresses("hooks.example", [], [])
    assert str(check_addresses("hooks.example", ["93.184.215.14", "8.8.8.8"], [])) == "93.184.215.14"
