"""What the fetcher is told once: whom it speaks for and where it may go. Values, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor import __version__
from monitor.errors import FetchError

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How documents are fetched."""

    allow_private_addresses: bool = False
    """True opens loopback and private networks and every port; link-local addresses stay closed."""
    contact: str = ""
    """Whom a webmaster can write to; part of the User-Agent."""
    ports: frozenset[int] = frozenset({80, 443})
    places: frozenset[tuple[str, int]] = frozenset()
    """Hosts with a port that are open besides, since the configuration names them (``monitor.urls.place_of``)."""
    own: tuple[str, int] | None = None
    """The one address of this machine, with its port, that is open besides: where the canary is served."""
    resolver: Callable[[str], Sequence[str]] | None = None
    """Host name to addresses, OSError when there are none; None asks the system."""
    wire_limit: int = 5 * MIB
    """Bytes that a body may have on the wire."""
    redirects: int = 5
    certificates: str | None = None
    """File with certificates (PEM) to trust besides the usual ones, such as a company's own."""

    @property
    def product(self) -> str:
        """The name that robots.txt knows us by (RFC 9309, section 2.2.1)."""
        return "RamsteinMonitor"

    @property
    def user_agent(self) -> str:
        """``RamsteinMonitor/<version> (+<contact>)``."""
        contact = "".join(character for character in self.contact if character.isascii() and character.isprintable())
        return f"{self.product}/{__version__}" + (f" (+{contact})" if contact else "")

    def named(self, written: str | None) -> str:
        """The User-Agent for a source that writes its own: what is written, then who we are, if it does not say so."""
        if not written or self.product in written:
            return written or self.user_agent
        return f"{written} {self.user_agent}"

    def check_port(self, host: str, port: int) -> None:
        """Raise FetchError ``bad_port`` unless this port of this host may be connected to."""
        known = (host, port) in self.places or (host, port) == self.own
        if not (self.allow_private_addresses or port in self.ports or known):
            raise FetchError("bad_port", f"port {port} is not one of the web", permanent=True)
