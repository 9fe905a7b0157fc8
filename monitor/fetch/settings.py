"""What the fetcher is told once: whom it speaks for and where it may go. Values only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from monitor import __version__

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How documents are fetched."""

    allow_private_addresses: bool = False
    """True opens loopback and private networks and every port; link-local addresses stay closed."""
    contact: str = ""
    """Whom a webmaster can write to; part of the User-Agent."""
    ports: frozenset[int] = frozenset({80, 443})
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
