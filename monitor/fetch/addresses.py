"""Which addresses may be connected to. Pure: an address in, the reason against it out."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_Address = IPv4Address | IPv6Address

# What Python's own flags miss on 3.11-3.13: these are "global" there, or global on some versions only.
_REFUSED = {
    "shared by carrier-grade NAT (RFC 6598)": (ip_network("100.64.0.0/10"),),
    "a 6to4 relay (RFC 7526)": (ip_network("192.88.99.0/24"),),
    "translated to IPv4 (NAT64, RFC 6052 and 8215)": (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48")),
    "tunnelled to IPv4 (6to4, RFC 3056)": (ip_network("2002::/16"),),
    "tunnelled to IPv4 (Teredo, RFC 4380)": (ip_network("2001::/32"),),
    "IPv4-compatible (RFC 4291)": (ip_network("::/96"),),
    "site-local (RFC 3879)": (ip_network("fec0::/10"),),
}


def refusal(address: str, *, private: bool = False) -> str | None:
    """Why ``address`` must not be connected to, in words; None when it may.

    Only what is globally reachable is allowed, and nothing that leads to another address in disguise. ``private``
    opens loopback and private networks too; multicast, unspecified and link-local addresses (a cloud's metadata
    service is one) stay refused.
    """
    try:
        ip = _bare(ip_address(address))
    except ValueError:
        return "not an address"
    never = _never(ip)
    return never if private or never else _not_public(ip)


def _bare(ip: _Address) -> _Address:
    """The IPv4 address inside ``::ffff:0:0/96``, which the system connects to as IPv4."""
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip


def _never(ip: _Address) -> str | None:
    if ip.is_unspecified:
        return "no address of anybody"
    if ip.is_multicast:
        return "multicast"
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
