"""Which addresses a webhook may lead to: the public Internet, and what the operator allows besides.

A webhook's URL comes from outside, and whoever may set it must not reach through the service what only the service can
reach. The tables are those of the IANA special-purpose registries (RFC 6890 and its updates), with the addresses at
which clouds serve their metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from app.errors import UsageError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_REFUSED: tuple[tuple[Network, str], ...] = tuple(
    (ip_network(network), what)
    for network, what in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by carrier-grade NAT"),  # with 100.100.100.200, metadata of Alibaba Cloud
        ("127.0.0.0/8", "loopback"),
        ("168.63.129.16/32", "a cloud's metadata"),  # Azure, amid public addresses
        ("169.254.0.0/16", "link-local"),  # with 169.254.169.254, metadata of most clouds
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved for protocols"),  # with 192.0.0.192, metadata of Oracle Cloud
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "of the former 6to4 relays"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("fe80::/10", "link-local"),
        ("fc00::/7", "private"),  # with fd00:ec2::254, metadata of Amazon's cloud
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved for protocols"),  # with Teredo, which carries IPv4 addresses
        ("2001:db8::/32", "for documentation"),
        ("2002::/16", "6to4, which carries an IPv4 address"),
        ("3fff::/20", "for documentation"),
    )
)
_PUBLIC_IPV6 = IPv6Network("2000::/3")
# They stand for the IPv4 address in their last 32 bits.
_EMBEDDING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))


def why_refused(address: Address, allowed: Iterable[Network] = ()) -> str:
    """What kind of address it is that must not be reached, "" where it may be."""
    address = _meant(address)
    if is_allowed(address, allowed):
        return ""
    for network, what in _REFUSED:
        if address in network:
            return what
    return "" if address.version == 4 or address in _PUBLIC_IPV6 else "reserved"


def is_allowed(address: Address, allowed: Iterable[Network]) -> bool:
    """Whether the operator allows the address, public or not."""
    address = _meant(address)
    return any(address in network for network in allowed)


def check_addresses(host: str, found: Sequence[str], allowed: Sequence[Network]) -> Address:
    """The address to connect to, of those that `host` has. Raises `UsageError` where one of them must not be reached:
    a name that leads both outside and inside is no name to trust."""
    addresses = [ip_address(text.partition("%")[0]) for text in found]
    for address in addresses:
        if why := why_refused(address, allowed):
            raise UsageError(
                f"{host} is at {address}, an address that is {why}; webhooks go to public addresses, and to those that "
                "IMPORTGATE_WEBHOOK_PRIVATE allows"
            )
    if not addresses:
        raise UsageError(f"{host} has no address; check the name")
    return addresses[0]


def _meant(address: Address) -> Address:
    if isinstance(address, IPv6Address) and any(address in network for network in _EMBEDDING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
