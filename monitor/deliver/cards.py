"""A hit as a message shows it: every word chosen, cut and made safe, nothing marked up yet. Pure.

Templates only place these words; they decide nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from monitor.deliver.links import ledger_link, linked, review_link
from monitor.deliver.moments import when
from monitor.deliver.names import country_name, language_name
from monitor.deliver.outlets import elsewhere, in_line, outlet_name
from monitor.deliver.plain import quiet
from monitor.model import ONLY_BY_NET, HitView
from monitor.text import shorten, snippet

HEADLINE: Final = 300
TOPIC: Final = 60
SNIPPET: Final = 320
REASON: Final = 160
REASONS: Final = 3

_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")
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
    """The language's English name."""
    country: str
    """The English name of the publisher's country; empty where it is unknown."""
    outlet: str
    others: int
    """How many other outlets carried the story."""
    when: str
    grade: str
    snippet: tuple[tuple[str, bool], ...]
    """Pieces of the text round the matched words; True marks a matched one."""
    notice: str
    """What is to be known of how it was matched."""
    edited: bool
    """True when it was an edit that made the article match."""
    update: bool
    """True when the reader was told of its story before."""
    repeated: bool
    """True when it may have arrived before."""
    why: tuple[str, ...]
    also: str
    """Who else carried the story, in a line."""
    url: str
    host: str
    """The host that ``url`` really leads to."""
    review: str
    ledger: str
    """Where the review page says what became of the article and why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom a message is for."""

    tz: str
    """The zone they live in."""
    review_url: str | None = None
    """Root of the review page as they reach it."""


def card(hit: HitView, reader: Reader, *, update: bool = False, repeated: bool = False) -> Card:
    """The words for one hit."""
    url, host = linked(hit.url)
    also = elsewhere(hit)
    return Card(
        id=hit.id,
        topic=topic_name(hit.topic),
        headline=headline(hit.title),
        lang=tag(hit.language),
        language=shorten(quiet(language_name(hit.language)).strip(), TOPIC),
        country=shorten(quiet(country_name(hit.country)).strip(), TOPIC),
        outlet=outlet(hit),
        others=len({one.outlet for one in also} - {outlet_name(hit.source)}),
        when=when(hit, reader.tz),
        grade=hit.grade,
        snippet=context(hit),
        notice=notice(hit),
        edited=hit.edited,
        update=update,
        repeated=repeated,
        why=tuple(shorten(quiet(reason).strip(), REASON) for reason in hit.why[:REASONS]),
        also=in_line(also),
        url=url,
        host=host,
        review=review_link(reader.review_url, hit.id),
        ledger=ledger_link(reader.review_url, url),
    )


def headline(title: str) -> str:
    """A title fit to stand as a headline, whatever it holds."""
    return shorten(quiet(title).strip(), HEADLINE) or "(no headline)"


def tag(language: str | None) -> str:
    """A language tag fit for markup, else an empty string."""
    return language if language and _TAG.fullmatch(language) else ""


def topic_name(topic: str) -> str:
    """``ukraine-aid`` as the first word of a subject: ``Ukraine-aid``."""
    name = shorten(quiet(topic).strip(), TOPIC)
    return name[:1].upper() + name[1:]


def outlet(hit: HitView) -> str:
    """The source's name, with a word on it where only a second net found the article."""
    name = outlet_name(hit.source)
    return f"{name} (second net only)" if hit.why[:1] == (ONLY_BY_NET,) else name


def notice(hit: HitView) -> str:
    """What is to be known of how it was matched; empty where it was read whole and at once."""
    return "; ".join(filter(None, (_EDITED if hit.edited else "", _NOTICES.get(hit.extraction, ""))))


def context(hit: HitView) -> tuple[tuple[str, bool], ...]:
    """The matched words of the text in their surroundings; its beginning where only the headline matched."""
    shift = len(hit.title) + 2
    spans = [
        (term.start - shift, term.end - shift)
        for term in hit.terms
        if term.field != "url" and shift <= term.start < term.end <= shift + len(hit.text)
    ]
    return tuple((quiet(piece), marked) for piece, marked in snippet(hit.text, spans, SNIPPET))
