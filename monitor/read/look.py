"""One look at one article, in a pool child: decode, prefilter, extract, match.

``factory`` builds the topics once per child; the function it returns takes the page's bytes and what the feed said,
and answers in JSON (``answer.py``). Title and feed text are always matched
too: a page that is a bot wall, or is not what was published, must not hide what the feed already told.

Must not: fetch, or touch the database.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.encoding import decode
from monitor.match import topic
from monitor.match.engine import Matcher
from monitor.model import Page, Text, Verdict
from monitor.read import gate, language
from monitor.read.answer import Look, look_to_json
from monitor.read.extract import extract
from monitor.text import clean, html_to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOTHING = "nothing of this topic on the page or in the feed's text"

LONGEST = 200_000
"""Characters kept of a page that was not extracted."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the feed said of the article."""

    url: str
    title: str
    text: str
    language: str | None
    published: datetime | None


def factory(setup: Mapping[str, Any]) -> Callable[[bytes, Mapping[str, Any]], dict[str, Any]]:
    """Make the task of a pool child.

    ``setup`` is ``{"topics": [{"file": name, "text": YAML}, ...]}``. The task's meta is ``{"url", "content_type",
    "title", "feed_text", "language", "published" (ISO 8601 or None), "has_page"}``.
    """
    matcher = Matcher([topic.load(one["text"], one["file"]) for one in setup["topics"]])

    def work(body: bytes, meta: Mapping[str, Any]) -> dict[str, Any]:
        return look_to_json(look(matcher, body, meta))

    return work


def look(matcher: Matcher, body: bytes, meta: Mapping[str, Any]) -> Look:
    """Read and match one article."""
    told = _told(meta)
    if not meta["has_page"]:
        return _feed_only(matcher, told, ())
    content_type = str(meta.get("content_type") or "")
    refused = gate.refuse_document(body, content_type)
    if refused:
        return _feed_only(matcher, told, (refused,))
    html, notes = decode(body, content_type, "html")
    refused = gate.refuse_markup(html)
    if refused:
        return _feed_only(matcher, told, (*notes, refused))
    if not matcher.may_match(html, told.url, f"{told.title}\n\n{told.text}"):
        return _skipped(matcher, told, html, notes)
    return _read(matcher, told, html, notes)


def _told(meta: Mapping[str, Any]) -> Told:
    published = meta.get("published")
    return Told(
        url=str(meta.get("url") or ""),
        title=str(meta.get("title") or ""),
        text=str(meta.get("feed_text") or ""),
        language=meta.get("language"),
        published=datetime.fromisoformat(published) if published else None,
    )


def _feed_only(matcher: Matcher, told: Told, notes: tuple[str, ...]) -> Look:
    """Match what the feed said; there is no page, or none that can be read."""
    tongue = language.choose(None, told.language, language.detect(f"{told.title}\n{told.text}"))
    page = Page(title="", text="", extraction="none", language=tongue, notes=notes)
    return Look(page, matcher.match(_text(told, told.title, told.text, tongue)), told.title, told.text)


def _skipped(matcher: Matcher, told: Told, html: str, notes: tuple[str, ...]) -> Look:
    """Give the misses of a page on which the prefilter found nothing; its whole text is kept for later rules."""
    base = _feed_only(matcher, told, notes)
    misses = tuple(replace(verdict, why=(*verdict.why, NOTHING)) for verdict in base.verdicts)
    whole = clean(html_to_text(html), LONGEST)
    return replace(base, page=replace(base.page, extraction="skipped"), verdicts=misses, text=whole)


def _read(matcher: Matcher, told: Told, html: str, notes: tuple[str, ...]) -> Look:
    """Extract the article and match it; a text that is no article falls back to the feed's, unless it hits."""
    page = extract(html, told.url)
    refused = gate.refuse_text(page.title, page.text)
    tongue = language.choose(page.language, told.language, language.detect(page.text))
    page = replace(page, language=tongue, notes=(*notes, *page.notes, *([refused] if refused else [])))
    told = replace(told, published=told.published or page.published)
    title = told.title or page.title
    verdicts = matcher.match(_text(told, title, page.text, tongue))
    if refused:
        fallback = _feed_only(matcher, told, page.notes)
        if not _adds(verdicts, fallback.verdicts):
            return fallback
    around = _around(told, page)
    if not _adds(matcher.match(_text(told, title, around, tongue)), verdicts):
        return Look(page, verdicts, title, page.text)
    joined = f"{page.text}\n\n{around}"
    noted = replace(page, notes=(*page.notes, "the feed's text was matched with the page's"))
    return Look(noted, matcher.match(_text(told, title, joined, tongue)), title, joined)


def _around(told: Told, page: Page) -> str:
    """Return the words about the article that are not in it: the page's own title, the feed's text."""
    parts = [part for part in (page.title, told.text) if part and part != told.title and part not in page.text]
    return "\n\n".join(parts)


def _adds(more: tuple[Verdict, ...], verdicts: tuple[Verdict, ...]) -> bool:
    """Tell whether the feed's words hit a topic that the page's do not."""
    return any(one.hit and not other.hit for one, other in zip(more, verdicts, strict=True))


def _text(told: Told, title: str, body: str, tongue: str | None) -> Text:
    return Text(title=title, text=body, url=told.url, language=tongue, published=told.published)
