"""Who may pass: the host asked for, whether a change comes from our own page, where a login leads. Pure decisions.

Must not: see a route, a request object or the database. Names and rules: OWASP Cross-Site Request Forgery Prevention
and Unvalidated Redirects Cheat Sheets; RFC 7617 (Basic), RFC 6750 (Bearer); Fetch Metadata
(https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote, urlsplit

from monitor.web.entry import Entry
from monitor.web.person import NOBODY, Pass, Person

__all__ = ["NOBODY", "Guard", "Pass", "Person", "basic", "bearer", "is_foreign", "own_path"]

_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?", re.IGNORECASE)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]{0,2000}", re.ASCII)
_NO_WAY_BACK = frozenset({"/login", "/logout"})
OLD_FORM = "This form is older than your login or the running program. Load the page again, then save."


class Guard:
    """The rules of one server: where it listens, who comes in, under which path (``root``) it is reached."""

    def __init__(self, host: str, entry: Entry) -> None:
        self.entry = entry
        self.root = entry.root
        self._names = _LOOPBACK | {_bracketed(host.lower())}

    def knows_host(self, header: str) -> bool:
        """Whether the Host header names this server; any well-formed one does where a login protects it."""
        found = _HOST.fullmatch(header)
        if found is None:
            return False
        return not self.entry.open or found["name"].lower() in self._names or self.is_public(header)

    def is_public(self, host: str) -> bool:
        """Whether a host, with its port, is the one by which readers reach the page from outside."""
        return host.lower() == _netloc(self.entry.access.public)

    def refuses_change(self, headers: Mapping[str, str], given: str, passed: Pass) -> str:
        """Why a change is refused, in words; empty when it may be made."""
        if "review" not in passed.person.scopes:
            return "This token may only read (scope read); a change needs the scope review."
        if passed.form is None:
            return ""
        if self.foreign(headers):
            return "This change came from another site, so it was not made."
        return "" if hmac.compare_digest(given.encode("utf-8", "replace"), passed.form.encode()) else OLD_FORM

    def foreign(self, headers: Mapping[str, str]) -> bool:
        """Whether the browser says that a request was made by a page of another site."""
        return is_foreign(headers, _netloc(self.entry.access.public))

    def login(self, path: str) -> str:
        """The address of the login that leads to one of our pages afterwards."""
        way = own_path(path)
        return f"{self.root}/login" + (f"?next={quote(way, safe='/')}" if way != "/" else "")


def own_path(path: str) -> str:
    """A path of ours as it is, such as ``/hits/3?x=1``; ``/`` for anything that could lead elsewhere.

    One slash, then neither a slash nor a backslash, since browsers take both for the beginning of a host; nothing that
    they drop (line breaks, tabs); no dots that climb; nothing that leads back to the login.
    """
    if not _PATH.fullmatch(path):
        return "/"
    parts = [unquote(part) for part in path.partition("?")[0].partition("#")[0].split("/")]
    climbs = any(part in {".", ".."} for part in parts)
    return "/" if climbs or f"/{parts[1]}" in _NO_WAY_BACK else path


def basic(authorization: str) -> tuple[str, str] | None:
    """Name and password of a Basic Authorization header; None when there are none."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return (name, password) if colon else None


def bearer(authorization: str) -> str | None:
    """The token of a Bearer Authorization header; None when there is none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def is_foreign(headers: Mapping[str, str], public: str = "") -> bool:
    """Whether the browser says that the request was made by a page of another site.

    ``public`` is the host by which a proxy is reached, which may not pass it on. ``Origin: null`` says nothing: our own
    pages send it too, because they send no referrer.
    """
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin", "null")
    return origin != "null" and _netloc(origin) not in {headers.get("host", "").lower(), public or "null"}


def _netloc(url: str | None) -> str:
    """Host and port of an address, in small letters; empty for none."""
    try:
        return urlsplit(url or "").netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
