"""A dry run in words: each step of the poll, each entry with its verdict, what one page gave. For terminal and page.

Texts are as they were met: whoever shows them hides the secrets (``trial.hidden``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.advice import span_words
from monitor.config.secrets import mask_web
from monitor.errors import FetchError
from monitor.model import Document, Feed, Finding, Source
from monitor.poll.kinds.address import polled_url
from monitor.probing.trial import Trial, Tried

_HEADERS = ("content-type", "etag", "last-modified", "cache-control", "expires", "retry-after", "content-language")
"""Headers that decide what is polled when, and how it is read."""
_FEED_ALONE = "feed's text only"


def wrong(trial: Trial) -> str | None:
    """What is wrong with the source, in words; None when it gives entries."""
    if trial.look.error is not None:
        return str(trial.look.error)
    return None if trial.tried or trial.untried else "answered, but holds no entries; is it the right address?"


def values(trial: Trial) -> dict[str, Any]:
    """The dry run for programs."""
    source, feed, error = trial.look.source, trial.look.feed, trial.look.error
    return {
        "source": source.name,
        "kind": source.kind,
        "outcome": "failed" if error else "new",
        "error": str(error) if error else None,
        "error_kind": getattr(error, "kind", None),
        "title": feed.title if feed else None,
        "language": feed.language if feed else None,
        "notes": list(feed.notes) if feed else [],
        "steps": [{"step": step, "says": says} for step, says in steps(trial)],
        "verdicts": [_row(one) for one in trial.tried],
    }


def _row(one: Tried) -> dict[str, Any]:
    entry, finding = one.sighting.entry, one.finding
    return {
        "title": entry.title,
        "url": entry.url,
        "published": entry.published,
        "identified": identified(one),
        "read": one.page,
        "verdict": verdict(one),
        "error": finding.error if one.page else None,
        "blocked": finding.blocked,
        "extraction": finding.extraction,
        "language": finding.language,
        "notes": list(finding.notes),
        "why": {verdict.topic: list(verdict.why) for verdict in finding.verdicts},
    }


def steps(trial: Trial) -> Iterator[tuple[str, str]]:
    """Each step of the poll and what it showed, as far as it was come to."""
    look = trial.look
    yield "address", mask_web(look.source.url)
    if (asked := polled_url(look.source.kind, look.source.url)) != look.source.url:
        yield "asked at", asked
    yield "guard", _guard(trial)
    yield "robots", "asked, and they allow it" if look.robots and look.document else _unasked(trial)
    yield "request", _request(look.source)
    if look.document is not None:
        yield from _answer(look.document)
        yield "again", trial.again or "no validators, so each poll brings the whole document"
    if look.feed is not None:
        yield from _entries(trial, look.feed)


def identified(one: Tried) -> str:
    """By what the entry will be known again at the next poll."""
    sighting = one.sighting
    if sighting.key == (sighting.entry.guid or "").strip():
        return "guid"
    return "address" if sighting.key == sighting.url_key and sighting.entry.url else "title and date"


def verdict(one: Tried) -> str:
    """``hit: ramstein (certain)`` or ``no hit``, and whether the page was read for it."""
    hits = ", ".join(f"{verdict.topic} ({verdict.grade})" for verdict in one.finding.verdicts if verdict.hit)
    how = "" if one.finding.extraction in {"full", "degraded", "skipped"} else f", {_FEED_ALONE}"
    return (f"hit: {hits}" if hits else "no hit") + how


def reading(finding: Finding) -> Iterator[str]:
    """How one page was read, and why it is a hit or is none."""
    if finding.error:
        yield finding.error
    if finding.blocked:
        yield finding.blocked
    yield f"text {finding.extraction}, language {finding.language or 'not known'}, {len(finding.text):,} characters"
    yield from finding.notes
    for said in finding.verdicts:
        hit, why = "hit" if said.hit else "no hit", "; ".join(said.why[:3])
        yield f"{said.topic}: {hit}, score {said.score:g}{': ' if why else ''}{why}"


def _guard(trial: Trial) -> str:
    error = trial.look.error
    if isinstance(error, FetchError) and error.kind in {"blocked_address", "bad_port", "bad_scheme", "bad_url"}:
        return f"refused: {error}"
    allowed = "all addresses (allow_private_addresses)" if trial.private else "public addresses only, ports 80 and 443"
    return f"{allowed}; checked at each hop"


def _unasked(trial: Trial) -> str:
    if trial.look.robots:
        return "asked"
    kind = trial.look.source.kind
    return "not to be obeyed (obey_robots)" if kind == "listing" else f"not asked: a {kind} is made for programs"


def _request(source: Source) -> str:
    manner = source.manner
    own = [
        "an own user agent" if manner.user_agent else "",
        f"{len(manner.headers)} own headers" if manner.headers else "",
        "by a proxy" if manner.proxy else "",
    ]
    return ", ".join(["whole, without validators", f"HTTP/{manner.http}", *filter(None, own)])


def _answer(document: Document) -> Iterator[tuple[str, str]]:
    for status, url in document.redirects:
        yield "redirect", f"{status} to {mask_web(url)}"
    yield "status", str(document.status)
    for name in _HEADERS:
        if name in document.headers:
            yield "header", f"{name}: {document.headers[name][:200]}"
    yield "bytes", f"{len(document.body):,}"


def _entries(trial: Trial, feed: Feed) -> Iterator[tuple[str, str]]:
    guessed = next((note for note in feed.notes if note.startswith("encoding")), "as declared")
    yield "decoded", guessed
    dated, different = sum(one.published is not None for one in feed.entries), len(trial.tried) + trial.untried
    left = f"; {trial.untried} older ones were not matched" if trial.untried else ""
    yield "entries", f"{len(feed.entries)}, {dated} with a date, {different} of them different{left}"
    if feed.hints.every:
        yield "hints", f"the feed asks to be polled every {span_words(feed.hints.every)}"
    if feed.older:
        yield "older", f"goes on at {feed.older}"
    yield from (("note", note) for note in feed.notes if note != guessed)
