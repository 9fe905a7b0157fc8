"""The rotation gap: a feed shows no entry that it showed at the last poll, so some may never have been seen.

What the site offers is then read back, one document a turn like any poll: the archive that the feed names (RFC 5005,
section 4), the older pages of a WordPress feed (``?paged=2``), a news sitemap. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from monitor.model import Gap
from monitor.poll.health import trouble
from monitor.urls import same_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.model import DueSource, PollResult, Sighting, Standing, Tally

STEPS = 20
"""Documents read back for one gap at most."""
TRY = 4
"""Documents that a try which failed in passing counts as, so that no trail keeps a source from its own polls."""
BARREN = timedelta(days=1)
"""For how long a site that offered nothing older is not asked again."""
_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml")


def rotated(due: DueSource, tally: Tally) -> bool:
    """Tell whether a poll of a source that had entries showed none of them."""
    return bool(not due.first and due.standing.arrivals and tally.fresh and not tally.known)


def begun(before: Standing, result: PollResult, now: datetime) -> Gap:
    """Return the gap between the last time that the document itself was had and the entries it shows now.

    A 304 in between proves nothing. Entries dated before that time are old ones that were put in again.
    """
    since = before.whole or before.last_ok or now
    dates = [date for date in map(_date, result.sightings) if date is not None and date > since]
    return Gap(now, since, min(dates, default=now))


def trail(due: DueSource, older: str | None, now: datetime) -> tuple[str, ...]:
    """Return the documents that may hold the entries before those of this feed, best first."""
    url, barren = due.url, due.standing.barren
    named = (older,) if older and same_site(url, older) else ()
    if due.source.kind != "feed" or (barren is not None and now - barren < BARREN):
        return named
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    return (*named, paged(url, 2), *(origin + path for path in _SITEMAPS))


def paged(url: str, number: int) -> str:
    """Return the address of an older page of a WordPress feed."""
    parts = urlsplit(url)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "paged"]
    return parts._replace(query=urlencode([*query, ("paged", str(number))]), fragment="").geturl()


def is_sitemap(url: str) -> bool:
    """Tell whether an address of a trail leads to a sitemap."""
    return "sitemap" in urlsplit(url).path.rpartition("/")[2]


def followed(standing: Standing, result: PollResult, tally: Tally) -> tuple[tuple[str, ...], Gap | None, str]:
    """Return the trail left after its first document was read, the gap, and ``reading``, ``closed`` or ``open``.

    A gap is closed when a document holds an entry that was known before it, or reaches back behind it. Without a gap
    the trail is that of an index, whose parts are no indexes themselves (https://www.sitemaps.org/protocol.html).
    """
    here, *others = standing.trail
    gap = standing.gap
    if gap is None:
        return tuple(others), None, ""
    passing = result.outcome == "failed" and trouble(result) == "passing"
    gap = replace(gap, steps=gap.steps + (TRY if passing else 1), read_back=gap.read_back + tally.new)
    if tally.earlier or _reaches(result.sightings, gap.since):
        return (), gap, "closed"
    onward = (here,) if passing else _onward(here, result, tally)
    left = (*onward, *others) if gap.steps < STEPS else ()
    return left, gap, "reading" if left else "open"


def _onward(here: str, result: PollResult, tally: Tally) -> Sequence[str]:
    """Return the next document of the same kind, as long as this one brought something."""
    if result.outcome == "failed":
        return ()
    if result.documents:
        return result.documents[:2]
    if not tally.fresh:
        return ()
    if result.older and same_site(here, result.older):
        return (result.older,)
    number = dict(parse_qsl(urlsplit(here).query)).get("paged", "")
    return (paged(here, int(number) + 1),) if number.isdigit() and len(number) < 5 else ()


def _reaches(sightings: Sequence[Sighting], since: datetime) -> bool:
    """Tell whether a document goes back to before that time; one old entry among many may be pinned there."""
    dates = [date for date in map(_date, sightings) if date is not None]
    older = sum(date < since for date in dates)
    return older > (len(dates) > 1)


def _date(sighting: Sighting) -> datetime | None:
    return sighting.entry.published or sighting.entry.updated
