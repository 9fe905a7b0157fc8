"""A hit as a message shows it: every word chosen, cut and made safe, nothing marked up yet. Pure.

Templates only place these words; they decide nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from monitor.deliver.names import language_name
from monitor.deliver.plain import quiet
from monitor.model import ONLY_BY_NET, HitView
from monitor.text import shorten, snippet
from monitor.urls import host_of

HEADLINE: Final = 300
OUTLET: Final = 60
SNIPPET: Final = 320
REASON: Final = 160
REASONS: Final = 3
ALSO: Final = 5
LONGEST_URL: Final = 2048

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
_LINK: Final = re.compile(r"https?://[^\s<>\"'\\\x00-\x20\x7f-\x9f]+", re.IGNORECASE)
_EDITED: Final = "edited: it was published earlier and matches only since it was changed"
_NOTICES: Final = {
    "none": "matched on the feed's text only; the page could not be read",
    "degraded": "the article could not be told from the rest of its page; matched on the whole page",
}


@dataclass(frozen=True, slots=True)
class Card:
    """One hit in words. All text is on one line and safe for every channel, but not escaped."""

    id: int
    topic: str
    headline: str
    lang: str
    """A valid language tag for markup, or an empty string."""
    language: str
    outlet: str
    others: int
    """How many other sources carried the same article."""
    when: str
    grade: str
    snippet: tuple[tuple[str, bool], ...]
    """Pieces of the text round the matched words; True marks a matched one."""
    notice: str
    edited: bool
    """True when it was an edit that made the article match."""
    why: tuple[str, ...]
    also: str
    url: str
    host: str
    """The host that ``url`` really leads to."""
    review: str


def card(hit: HitView, review_url: str | None, tz: str) -> Card:
    """The words for one hit; ``tz`` is the zone its reader lives in, ``review_url`` the root of the review page."""
    url = link(hit.url)
    return Card(
        id=hit.id,
        topic=topic_name(hit.topic),
        headline=shorten(quiet(hit.title).strip(), HEADLINE) or "(no headline)",
        lang=hit.language if hit.language and _TAG.fullmatch(hit.language) else "",
        language=shorten(quiet(language_name(hit.language)).strip(), OUTLET),
        outlet=outlet(hit),
        others=len(hit.also_in),
        when=when(hit.published, hit.found, tz),
        grade=hit.grade,
        snippet=context(hit),
        notice=notice(hit),
        edited=hit.edited,
        why=tuple(shorten(quiet(reason).strip(), REASON) for reason in hit.why[:REASONS]),
        also=also(hit.also_in),
        url=url,
        host=host_of(url) if url else "",
        review=f"{review_url.rstrip('/')}/hits/{hit.id}" if review_url else "",
    )


def topic_name(topic: str) -> str:
    """``ukraine-aid`` as the first word of a subject: ``Ukraine-aid``."""
    name = shorten(quiet(topic).strip(), OUTLET)
    return name[:1].upper() + name[1:]


def outlet(hit: HitView) -> str:
    """The source's name, with a word on it where only a second net found the article."""
    name = shorten(quiet(hit.source).strip(), OUTLET)
    return f"{name} (second net only)" if hit.why[:1] == (ONLY_BY_NET,) else name


def notice(hit: HitView) -> str:
    """What is to be known of how it was matched; empty where it was read whole and at once."""
    return "; ".join(filter(None, (_EDITED if hit.edited else "", _NOTICES.get(hit.extraction, ""))))


def link(url: str | None) -> str:
    """``url`` when it is a plain http(s) address (no user in it, of a sane length), else an empty string: no link."""
    return url if url and len(url) <= LONGEST_URL and _LINK.fullmatch(url) and host_of(url) else ""


def context(hit: HitView) -> tuple[tuple[str, bool], ...]:
    """The matched words of the text in their surroundings; its beginning where only the headline matched."""
    shift = len(hit.title) + 2
    spans = [
        (term.start - shift, term.end - shift)
        for term in hit.terms
        if term.field != "url" and shift <= term.start < term.end <= shift + len(hit.text)
    ]
    return tuple((quiet(piece), marked) for piece, marked in snippet(hit.text, spans, SNIPPET))


def also(names: tuple[str, ...]) -> str:
    """``A, B, C, D, E and 3 more``; empty when nobody else carried it."""
    shown = ", ".join(shorten(quiet(name).strip(), OUTLET) for name in names[:ALSO])
    more = len(names) - ALSO
    return f"{shown} and {more} more" if more > 0 else shown


def when(published: datetime | None, found: datetime, tz: str) -> str:
    """When it was published, in the reader's zone and in UTC; when it was found where that is unknown."""
    if published is None:
        return f"publication time unknown, found {moment(found, tz)}"
    return moment(published, tz)


def moment(time: datetime, tz: str) -> str:
    """``12 Feb 2023, 13:20 Berlin (12:20 UTC)``; the UTC date is repeated only where it differs."""
    local, utc = time.astimezone(ZoneInfo(tz)), time.astimezone(UTC)
    if local.utcoffset() == utc.utcoffset():
        return f"{_date(utc)}, {utc:%H:%M} UTC"
    place = tz.rsplit("/", 1)[-1].replace("_", " ")
    universal = f"{utc:%H:%M} UTC" if local.date() == utc.date() else f"{_date(utc)}, {utc:%H:%M} UTC"
    return f"{_date(local)}, {local:%H:%M} {place} ({universal})"


def _date(time: datetime) -> str:
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}"
