"""What one reading comes to: the finding, and what is tried next. Pure.

Three things can come next: nothing, the same page later (by RETRIES), or the article at another address after a few
seconds (DETOUR), such as its AMP version; where that fails too, its own address again.

Must not: fetch, parse or store.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor import urls
from monitor.model import Finding
from monitor.read import links

if TYPE_CHECKING:
    from monitor.errors import FetchError
    from monitor.model import Document, DueArticle, Verdict
    from monitor.read.answer import Look

RETRIES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
"""Waits before the page is tried again; after the last one the feed's text has to do."""
DETOUR = timedelta(seconds=5)
"""Wait before the article is read at another address."""
REFUSALS = {
    202: "a bot wall (HTTP 202)",
    401: "a login (HTTP 401)",
    402: "a paywall (HTTP 402)",
    403: "a refusal (HTTP 403)",
    429: "a refusal (HTTP 429)",
    451: "a refusal (HTTP 451)",
}
"""Answers that say that the page is there, but not for us; what AWS WAF challenges is answered with 202."""


def finding(article: DueArticle, look: Look, *notes: str) -> Finding:
    """Return what a look found, as the last word on this article."""
    page = look.page
    return Finding(
        article_id=article.id,
        title=look.title,
        text=look.text,
        extraction=page.extraction,
        verdicts=look.verdicts,
        language=page.language,
        author=page.author,
        published=article.published or page.published,
        canonical_url=page.canonical_url,
        notes=(*notes, *page.notes),
    )


def judged(article: DueArticle, document: Document, look: Look) -> Finding:
    """Return what reading a page comes to: the article, what stood in front of it, or where else it may be read."""
    found = finding(article, look)
    between = _between(article)
    if look.elsewhere and between:
        return led_on(article, look, look.elsewhere)
    if look.elsewhere and article.page_url is None and article.attempts < len(RETRIES) - 1:
        note = f"read next at another address of the article: {look.elsewhere}"
        return replace(found, notes=(*found.notes, note), page_url=look.elsewhere, retry_in=DETOUR)
    if look.blocked:
        return replace(
            found,
            blocked=look.blocked,
            error=_instead(look.blocked),
            retry_in=again(article),
            page_url=article.page_url if between else None,
            canonical_url=None,
        )
    return replace(found, page_url=article.page_url, canonical_url=found.canonical_url or _resolved(article, document))


def led_on(article: DueArticle, look: Look, target: str) -> Finding:
    """Return what the feed said of a redirecting link, to be read where it leads; that is the article's identity."""
    note = f"the link leads through {_between(article)} to {target}"
    return replace(finding(article, look, note), canonical_url=target, page_url=target, retry_in=DETOUR)


def refused(article: DueArticle, error: FetchError, without: Finding) -> Finding:
    """Return what becomes of an article whose page was not given; ``without`` is what the feed's text came to.

    A page that is gone (404, 410) may come back; what our own rules or the site's robots.txt forbid stays so.
    """
    final = error.permanent and error.kind != "http"
    between = _between(article)
    if final and between and article.page_url is None:
        note = f"the link leads through {between}; only its headline was read"
        return replace(without, error=None, notes=(*without.notes, note))
    return replace(
        without,
        blocked=REFUSALS.get(error.status),
        retry_in=without.retry_in if final else again(article, error.retry_after),
        page_url=article.page_url if between else None,
    )


def again(article: DueArticle, asked: float | None = None) -> timedelta | None:
    """When to try the page again, not before the server ``asked`` (seconds); None when it was tried often enough."""
    if article.attempts >= len(RETRIES):
        return None
    return max(RETRIES[article.attempts], timedelta(seconds=asked or 0))


def is_hit(found: Finding) -> bool:
    """Whether any topic matched."""
    return any(verdict.hit for verdict in found.verdicts)


def result(found: Finding) -> str:
    """How a reading ended, in one word of a few."""
    if is_hit(found):
        return "hit"
    return "blocked" if found.blocked else "failed" if found.error is not None else found.extraction


def words(found: Finding) -> str:
    """Say in a line what a reading came to."""
    hits = ", ".join(f"{verdict.topic} ({verdict.grade})" for verdict in found.verdicts if verdict.hit)
    said = f"hit: {hits}" if hits else _near(found.verdicts)
    return f"{said}; {found.error}" if found.error else said


def _between(article: DueArticle) -> str | None:
    return links.through(article.url) if article.url else None


def _instead(blocked: str) -> str:
    return blocked if blocked.startswith("the page") else f"{blocked} instead of the article"


def _resolved(article: DueArticle, document: Document) -> str | None:
    """Return the article's real address, when a redirecting link or a redirect to another site led to it."""
    own = article.url or ""
    elsewhere = bool(links.through(own)) or (article.page_url is None and not urls.same_site(document.url, own))
    return document.url if elsewhere and links.names_one(document.url) else None


def _near(verdicts: tuple[Verdict, ...]) -> str:
    near = ", ".join(verdict.topic for verdict in verdicts if verdict.score > 0)
    return f"near miss: {near}" if near else "no hit"
