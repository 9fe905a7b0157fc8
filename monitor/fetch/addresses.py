"""Which addresses may be connected to. Pure: an address in, the reason against it out."""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_Address = IPv4Address | IPv6Address
_NUMBER = re.compile("[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_LOCAL = frozenset({"localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "corp", "private"})

# What Python's own flags miss on 3.11-3.13: these are "global" there, or global on some versions only.
_REFUSED = {
    "shared by carrier-grade NAT (RFC 6598)": (ip_network("100.64.0.0/10"),),
    "a 6to4 relay (RFC 7526)": (ip_network("192.88.99.0/24"),),
    "translated to IPv4 (NAT64, RFC 6052 and 8215)": (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")),
    "tunnelled to IPv4 (6to4, RFC 3056)": (ip_network("2002::/16"),),
    "tunnelled to IPv4 (Teredo, RFC 4380)": (ip_network("2001::/32"),),
    "IPv4-compatible (RFC 4291)": (ip_network("::/96"),),
    "site-local (RFC 3879)": (ip_network("fec0::/10"),),
    "for documentation (RFC 9637)": (ip_network("3fff::/20"),),
}
# Where clouds tell a machine its own secrets, besides the link-local 169.254.169.254; one looks public.
_METADATA = frozenset(
    map(ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254")),
)


def refusal(address: str, *, private: bool = False) -> str | None:
    """Why ``address`` must not be connected to, in words; None when it may.

    Only what is globally reachable is allowed, and nothing that leads to another address in disguise. ``private``
    opens loopback and private networks too; multicast, unspecified and link-local addresses and the metadata
    services of clouds stay refused.
    """
    try:
        ip = _bare(ip_address(address))
    except ValueError:
        return "not an address"
    never = _never(ip)
    return never if private or never else _not_public(ip)


def unseen(host: str) -> str | None:
    """Why ``host`` must not be asked for through a proxy, which looks names up itself; None when it may.

    Decided by the name alone: an address in any of its spellings (``127.1``, ``0x7f000001``, ``2130706433``) is
    checked as one, and names that belong to a private network are refused (RFC 6761, 6762, 8375, 9476).
    """
    address = _spelled(host)
    if address is not None:
        return refusal(address)
    last = host.rpartition(".")[2]
    if last == host or last in _LOCAL or host.endswith(".home.arpa"):
        return "a name of a private network"
    return "a number that is no address" if _NUMBER.fullmatch(last) else None


def _spelled(host: str) -> str | None:
    """The address that ``host`` spells, as the C library reads it (inet_aton); None for a name."""
    if ":" in host:
        return host.strip("[]")
    if not all(_NUMBER.fullmatch(part) for part in host.split(".")):
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _bare(ip: _Address) -> _Address:
    """The IPv4 address inside ``::ffff:0:0/96``, which the system connects to as IPv4."""
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip


def _never(ip: _Address) -> str | None:
    if ip.is_unspecified:
        return "no address of anybody"
    if ip.is_multicast:
        return "multicast"
    if ip in _METADATA:
        return "the metadata service of a cloud"
    return "link-local" if ip.is_link_local else None


def _not_public(ip: _Address) -> str | None:
    if ip.is_loopback:
        return "this machine itself"
    for reason, networks in _REFUSED.items():
        if any(ip.version == network.version and ip in network for network in networks):
            return reason
    if ip.is_reserved:
        return "reserved"
    return None if ip.is_global else "private"
