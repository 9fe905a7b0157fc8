"""One request to make: where, in which manner, until when. Pure; what goes to which origin is decided here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from monitor.errors import FetchError
from monitor.fetch import headers
from monitor.urls import origin_of

if TYPE_CHECKING:
    from monitor.model import Manner


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to make."""

    url: str
    accept: str
    limit: int
    """Bytes that the body may have when inflated."""
    end: float
    """The instant at which all must be over."""
    agent: str
    manner: Manner
    etag: str | None = None
    last_modified: str | None = None

    @property
    def conditional(self) -> bool:
        """True when the answer may be a 304."""
        return bool(self.etag or self.last_modified)

    @property
    def host(self) -> str:
        """The host, as messages name it."""
        return urlsplit(self.url).hostname or ""

    @property
    def subject(self) -> str:
        """Whom a failure is said of: behind a proxy nobody can tell which of the two it was."""
        return f"{self.host} (through its proxy)" if self.manner.proxy else self.host

    def at(self, url: str) -> Ask:
        """The same for where a redirect leads; another origin is told nothing that was meant for this one."""
        if origin_of(url) == origin_of(self.url):
            return replace(self, url=url)
        return replace(self, url=url, etag=None, last_modified=None, manner=replace(self.manner, headers=()))

    def request(self, timeouts: dict[str, float], trace: Any) -> httpx.Request:
        """The request as httpx has it; its target goes out as written, where httpx would tidy it (``/a/../b``)."""
        parts = urlsplit(self.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        extensions = {"timeout": timeouts, "trace": trace, "target": target.encode("ascii")}
        try:
            return httpx.Request("GET", self.url, headers=self._headers(parts.netloc), extensions=extensions)
        except httpx.InvalidURL as error:
            raise FetchError("bad_url", f"{self.host}: {error}", permanent=True) from error

    def _headers(self, netloc: str) -> list[tuple[str, str]]:
        validators = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return headers.request(netloc, self.agent, self.accept, validators, self.manner.headers)


def towards(url: str, manner: Manner) -> Manner:
    """The manner in which ``url`` is asked for: without its headers where they are meant for another origin."""
    return manner if manner.origin in (None, origin_of(url)) else replace(manner, headers=())
