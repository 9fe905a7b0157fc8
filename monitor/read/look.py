"""One look at one article, in a pool child: decode, prefilter, gate, extract, match.

``factory`` builds the topics once per child; the function it returns takes the page's bytes and what the feed said,
and answers in JSON (``answer.py``). Title and feed text are always matched
too: a page that is a bot wall, or is not what was published, must not hide what the feed already told. Nor does the
prefilter hide a wall: its "nothing of the topic here" counts only where nothing stands in front of the article.

Must not: fetch, or touch the database.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.encoding import decode
from monitor.match import topic
from monitor.match.engine import Matcher
from monitor.meter import Stopwatch
from monitor.model import Page, Text, Verdict
from monitor.read import gate, language, links, walls
from monitor.read.answer import Look, look_to_json
from monitor.read.extract import FROM_DATA, read
from monitor.text import html_to_text, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.read.extract import Reading

NOTHING = "nothing of this topic on the page or in the feed's text"

LONGEST = 200_000
"""Characters kept of a page that was not extracted."""
_SAMPLE = "Rain is expected along the coast until Sunday, with a fresh wind and mild nights in the hills."
_SAMPLE_PAGE = f"<html><head><title>Rain</title></head><body><article>{f'<p>{_SAMPLE}</p>' * 9}</article></body></html>"


@dataclass(frozen=True, slots=True)
class Told:
    """What the feed said of the article."""

    url: str
    """Where the page was found."""
    requested: str
    """Where it was looked for."""
    title: str
    text: str
    language: str | None
    published: datetime | None


@dataclass(frozen=True, slots=True)
class _Means:
    """What a look is made with; a stopwatch may stand beside each."""

    sift: Callable[[str, str, str], str | None]
    match: Callable[[Text], tuple[Verdict, ...]]
    read: Callable[[str, str], Reading]


def factory(
    setup: Mapping[str, Any], clock: Callable[[], float] = time.perf_counter
) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child.

    ``setup`` is ``{"topics": [{"file": name, "text": YAML}, ...]}``. The task's meta is ``{"url", "content_type",
    "title", "feed_text", "language", "published" (ISO 8601 or None), "has_page"}``, and ``"requested"`` where that is
    not the URL at which the page was found. ``clock``: in seconds, for the time of each stage.
    """
    matcher = Matcher([topic.load(one["text"], one["file"]) for one in setup["topics"]])
    _warm(matcher)

    def work(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
        watch = Stopwatch(clock)
        return look_to_json(replace(look(matcher, body, meta, watch), seconds=watch.seconds))

    return work


def _warm(matcher: Matcher) -> None:
    """Have all that is made when first needed made now: a process that is forked from this one then shares it."""
    language.ready()
    told = _told({"url": "http://warm.example/", "title": _SAMPLE})
    means = _means(matcher, None)
    for html in (_SAMPLE_PAGE, f"{_SAMPLE_PAGE}<p>\u0301"):
        whole = html_to_text(html)
        _skipped(means, told, whole, ())
        _read(means, told, html, ())
        walls.doubtful(walls.Sight(html, whole, told.url, told.requested))


def look(matcher: Matcher, body: bytes, meta: Mapping[str, Any], watch: Stopwatch | None = None) -> Look:
    """Read and match one article; ``watch`` takes the time of each stage."""
    means = _means(matcher, watch)
    told = _told(meta)
    if not meta["has_page"]:
        return _feed_only(means, told, ())
    content_type = str(meta.get("content_type") or "")
    refused = gate.refuse_document(body, content_type)
    if refused:
        return _feed_only(means, told, (refused,))
    html, notes = decode(body, content_type, "html")
    refused = gate.refuse_markup(html)
    return _feed_only(means, told, (*notes, refused)) if refused else _judge(means, told, html, notes)


def _means(matcher: Matcher, watch: Stopwatch | None) -> _Means:
    if watch is None:
        return _Means(matcher.sift, matcher.match, read)
    timed = watch.timed
    return _Means(timed("prefilter", matcher.sift), timed("match", matcher.match), timed("extract", read))


def _judge(means: _Means, told: Told, html: str, notes: tuple[str, ...]) -> Look:
    """Decide how closely a page is looked at."""
    if links.is_held_up(told.url, told.requested):
        return _led_on(means, told, html, notes)
    whole = means.sift(html, told.url, f"{told.title}\n\n{told.text}")
    if whole is None or walls.doubtful(walls.Sight(html, whole, told.url, told.requested)):
        return _read(means, told, html, notes)
    return _skipped(means, told, whole, notes)


def _told(meta: Mapping[str, Any]) -> Told:
    published = meta.get("published")
    return Told(
        url=str(meta.get("url") or ""),
        requested=str(meta.get("requested") or meta.get("url") or ""),
        title=str(meta.get("title") or ""),
        text=str(meta.get("feed_text") or ""),
        language=meta.get("language"),
        published=datetime.fromisoformat(published) if published else None,
    )


def _feed_only(means: _Means, told: Told, notes: tuple[str, ...]) -> Look:
    """Match what the feed said; there is no page, or none that can be read."""
    tongue = language.choose(None, told.language, language.detect(f"{told.title}\n{told.text}"))
    page = Page(title="", text="", extraction="none", language=tongue, notes=notes)
    return Look(page, means.match(_text(told, told.title, told.text, tongue)), told.title, told.text)


def _skipped(means: _Means, told: Told, whole: str, notes: tuple[str, ...]) -> Look:
    """Give the misses of a page on which the prefilter found nothing; its whole text is kept for later rules."""
    base = _feed_only(means, told, notes)
    misses = tuple(replace(verdict, why=(*verdict.why, NOTHING)) for verdict in base.verdicts)
    return replace(base, page=replace(base.page, extraction="skipped"), verdicts=misses, text=shorten(whole, LONGEST))


def _led_on(means: _Means, told: Told, html: str, notes: tuple[str, ...]) -> Look:
    """Take from a go-between's page where it leads; it is no article itself."""
    target = links.named_in(html, told.url)
    words = f"the link leads through {links.through(told.requested)}"
    note = words if target else f"{words}; only its headline was read"
    return replace(_feed_only(means, told, (*notes, note)), elsewhere=target)


def _read(means: _Means, told: Told, html: str, notes: tuple[str, ...]) -> Look:
    """Extract the article and match it, or find what keeps it from us."""
    reading = means.read(html, told.url)
    front = _front(told, html, reading)
    refused = front or gate.refuse_text(reading.page.text)
    tongue = language.choose(reading.page.language, told.language, language.detect(reading.page.text))
    noted = (*notes, *reading.page.notes, *([refused] if refused else ()))
    reading = replace(reading, page=replace(reading.page, language=tongue, notes=noted))
    told = replace(told, published=told.published or reading.page.published)
    return _behind(means, told, reading, front) if refused else _open(means, told, reading.page)


def _front(told: Told, html: str, reading: Reading) -> str | None:
    """Say what stands in front of the article; nothing does where the page holds it as data."""
    page = reading.page
    whole = html_to_text(html) if gate.weight(page.text) < walls.WALL_LENGTH else page.text
    front = walls.wall(walls.Sight(html, whole, told.url, told.requested))
    if front and (front == walls.GONE or FROM_DATA not in page.notes):
        return front
    article = None if page.extraction == "degraded" else page.text
    return walls.paywall(html, article, whole, reading.facts.words)


def _behind(means: _Means, told: Told, reading: Reading, front: str | None) -> Look:
    """Fall back to the feed's words; those of the page are added only where they hit more."""
    base = replace(_feed_only(means, told, reading.page.notes), blocked=front)
    if front == walls.GONE:  # what such a page says is about anything but the article
        return base
    base = replace(base, elsewhere=reading.facts.version)
    page = replace(reading.page, extraction="degraded") if front else reading.page
    title = told.title or page.title
    said = (told.text, page.title, reading.facts.summary, page.text)
    joined = "\n\n".join(dict.fromkeys(words for words in said if words and words != title))
    verdicts = means.match(_text(told, title, joined, page.language))
    if not _adds(verdicts, base.verdicts):
        return base
    return replace(base, page=page, verdicts=verdicts, title=title, text=joined)


def _open(means: _Means, told: Told, page: Page) -> Look:
    """Match the article, and with it what the feed and the page say around it where that hits more."""
    title = told.title or page.title
    verdicts = means.match(_text(told, title, page.text, page.language))
    around = _around(told, page)
    if not _adds(means.match(_text(told, title, around, page.language)), verdicts):
        return Look(page, verdicts, title, page.text)
    joined = f"{page.text}\n\n{around}"
    noted = replace(page, notes=(*page.notes, "the feed's text was matched with the page's"))
    return Look(noted, means.match(_text(told, title, joined, page.language)), title, joined)


def _around(told: Told, page: Page) -> str:
    """Return the words about the article that are not in it: the page's own title, the feed's text."""
    parts = [part for part in (page.title, told.text) if part and part != told.title and part not in page.text]
    return "\n\n".join(parts)


def _adds(more: tuple[Verdict, ...], verdicts: tuple[Verdict, ...]) -> bool:
    """Tell whether the feed's words hit a topic that the page's do not."""
    return any(one.hit and not other.hit for one, other in zip(more, verdicts, strict=True))


def _text(told: Told, title: str, body: str, tongue: str | None) -> Text:
    return Text(title=title, text=body, url=told.url, language=tongue, published=told.published)
