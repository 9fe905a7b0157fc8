"""What a site's robots.txt allows (RFC 9309). The only place that imports protego.

Asked only where the caller wants it. Must not fetch anything itself: it is handed a function that does.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego

from monitor.errors import FetchError
from monitor.model import Manner

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.model import Document

HOUR = 3600.0
FRESH = 24 * HOUR
"""A copy is used for a day (RFC 9309, section 2.4)."""
RETRY = 600.0
"""One that could not be had is asked for again after ten minutes."""
PATIENCE = 24 * HOUR
"""A broken one forbids everything for a day; then it counts as absent."""
_SITES = 2_000
_SIZE = 1 << 20
"""Characters of all copies together; parsed, they take some sixty times as much memory."""
_OTHERS = "User-agent: -"
_RULE = re.compile(r"\s*+(?:(?:dis|diss)?all?[oa]w|diasllow|(?:crawl.d|request.r|visit.t)\w+)\b[\s:]", re.IGNORECASE)
_NAMES = re.compile(r"\s*user(?:-|\s+)?agent\b[\s:]*(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Site:
    """What we know of one site's robots.txt."""

    rules: Protego | None
    """None: nothing is forbidden."""
    until: float
    broken_since: float | None = None
    """Since when the server answered with an error, while no copy was held."""
    size: int = 0
    """Characters of the copy."""


class Robots:
    """Rules per origin, kept for a day.

    A missing file (4xx) allows everything (RFC 9309, section 2.3.1.3). A server error (5xx, or 429) forbids
    everything (2.3.1.4), but an older copy goes on counting, and after a day of errors everything is allowed: the RFC
    suggests a month, but a news source must not be lost for that long to a broken robots.txt. Where there is no
    connection at all and no older copy, the check raises what went wrong, since the document cannot be had either.
    """

    def __init__(self, fetch: Callable[[str, float, Manner], Document], monotonic: Callable[[], float]) -> None:
        """``fetch`` is given the URL, the seconds left and the manner."""
        self._fetch = fetch
        self._monotonic = monotonic
        self._lock = Lock()
        self._sites: OrderedDict[str, _Site] = OrderedDict()
        self._size = 0

    def allowed(self, url: str, agent: str) -> bool:
        """True when the robot named ``agent`` may fetch ``url``."""
        try:
            self.check(url, agent)
        except FetchError:
            return False
        return True

    def check(self, url: str, agent: str, seconds: float = 10.0, manner: Manner = Manner()) -> None:
        """Return when the robot named ``agent`` may fetch ``url``; asking the site takes at most ``seconds``.

        Raises:
            FetchError: ``robots``; permanent when a rule forbids it, else with the time until we ask again.
                Any other kind when the site cannot be reached.

        """
        site = self._site(url, agent, seconds, manner)
        if site.broken_since is not None and self._monotonic() - site.broken_since < PATIENCE:
            raise FetchError("robots", "robots.txt is a server error, so nothing may be fetched", retry_after=RETRY)
        if site.rules is not None and not site.rules.can_fetch(url, agent):
            raise FetchError("robots", "robots.txt forbids it", permanent=True)

    def _site(self, url: str, agent: str, seconds: float, manner: Manner) -> _Site:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            known = self._sites.get(origin)
        if known is None or self._monotonic() >= known.until:
            try:
                known = self._read(self._fetch(f"{origin}/robots.txt", seconds, manner), agent)
            except FetchError as error:
                known = _without(error, known, self._monotonic())
            self._remember(origin, known)
        return known

    def _read(self, document: Document, agent: str) -> _Site:
        text = for_robot(document.body.decode("utf-8-sig", errors="replace"), agent)
        return _Site(Protego.parse(text), self._monotonic() + FRESH, size=len(text))

    def _remember(self, origin: str, site: _Site) -> None:
        with self._lock:
            old = self._sites.pop(origin, None)
            self._size += site.size - (old.size if old else 0)
            self._sites[origin] = site
            while len(self._sites) > _SITES or (self._size > _SIZE and len(self._sites) > 1):
                self._size -= self._sites.popitem(last=False)[1].size


def _without(error: FetchError, known: _Site | None, now: float) -> _Site:
    """What counts when the file could not be had; raises the error itself when the site could not be reached."""
    if _absent(error):
        return _Site(None, now + FRESH)
    if known is not None and known.broken_since is None:
        return _Site(known.rules, now + RETRY, size=known.size)
    if error.kind != "http":
        raise error
    return _Site(None, now + RETRY, now if known is None else known.broken_since)


def _absent(error: FetchError) -> bool:
    """True for a 4xx, and for what is no robots.txt: endless redirects (section 2.3.1.2) or more than 500 KiB."""
    absent = 400 <= error.status < 500 and error.status != 429
    return absent or error.kind in ("too_many_redirects", "too_large")


def for_robot(text: str, agent: str) -> str:
    """The file without the rules for other robots, whose names are folded into one.

    The parser keeps each rule once per robot named above it: ten thousand names over ten thousand rules would be a
    hundred million. Our group is the one with our name, without regard to case and version (section 2.2.1).
    """
    lines: list[str] = []
    ours = ended = False
    for line in text.splitlines():
        name = _NAMES.match(line)
        plain = _folded(name[1], agent) if name else line
        if name:
            ours, ended = (ours and not ended) or plain != _OTHERS, False
        ended = ended or _RULE.match(line) is not None
        if (name or ours) and not (name and lines and lines[-1] == plain):
            lines.append(plain)
    return "\n".join(lines)


def _folded(name: str, agent: str) -> str:
    bare = name.partition("#")[0].partition("/")[0].strip().lower()
    return f"User-agent: {bare}" if bare in ("*", agent.lower()) else _OTHERS
