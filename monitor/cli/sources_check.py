"""``monitor sources check``: a dry run that shows each step of a poll, each entry and the verdicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, place
from monitor.errors import FetchError, MonitorError

if TYPE_CHECKING:
    from rich.console import Console

    from monitor.cli.trial import Trial, Tried
    from monitor.model import Document, Feed, Finding, Source

_HEADERS = ("content-type", "etag", "last-modified", "cache-control", "expires", "retry-after", "content-language")
"""Headers that decide what is polled when, and how it is read."""
_FEED_ALONE = "feed's text only"


def check(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source's name in sources.yaml, or any address.")],
    read: Annotated[
        int, typer.Option("--read", "--pages", min=0, help="How many of the newest entries' pages to read as well.")
    ] = 3,
    kind: Annotated[str, typer.Option(help="What an address that is not in sources.yaml is taken for.")] = "feed",
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Try a source without storing anything. Each step of a poll, its entries, and the verdicts on them.

    No alert goes out. Exit code 1 when it does not answer, or holds no entries.
    """
    from monitor.cli import show
    from monitor.cli.trial import hidden, try_source
    from monitor.config import values
    from monitor.config.secrets import Masker
    from monitor.errors import UsageError

    if kind not in values.KINDS:
        raise UsageError(f'--kind: expected one of: {", ".join(values.KINDS)}, got "{kind}"')
    trial = try_source(place(context, config, database).config, os.environ, name, kind=kind, read=read)
    hide = Masker(trial.secrets).mask
    if json:
        show.as_json(hidden(_report(trial), hide))
        raise typer.Exit(int(bool(_wrong(trial))))
    _print(trial, hide)


def _wrong(trial: Trial) -> str | None:
    """What is wrong with the source, in words; None when it gives entries."""
    if trial.look.error is not None:
        return str(trial.look.error)
    return None if trial.tried else "answered, but holds no entries; is it the right address?"


def _report(trial: Trial) -> dict[str, Any]:
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
        "identified": _identified(one),
        "read": one.page,
        "verdict": _verdict(one),
        "error": finding.error if one.page else None,
        "blocked": finding.blocked,
        "extraction": finding.extraction,
        "language": finding.language,
        "notes": list(finding.notes),
        "why": {verdict.topic: list(verdict.why) for verdict in finding.verdicts},
    }


def steps(trial: Trial) -> Iterator[tuple[str, str]]:
    """Each step of the poll and what it showed, as far as it was come to."""
    from monitor.config.secrets import mask_web
    from monitor.poll.kinds.address import polled_url

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
    from monitor.config.secrets import mask_web

    for status, url in document.redirects:
        yield "redirect", f"{status} to {mask_web(url)}"
    yield "status", str(document.status)
    for name in _HEADERS:
        if name in document.headers:
            yield "header", f"{name}: {document.headers[name][:200]}"
    yield "bytes", f"{len(document.body):,}"


def _entries(trial: Trial, feed: Feed) -> Iterator[tuple[str, str]]:
    from monitor.cli.show import span_words

    guessed = next((note for note in feed.notes if note.startswith("encoding")), "as declared")
    yield "decoded", guessed
    dated = sum(one.published is not None for one in feed.entries)
    yield "entries", f"{len(feed.entries)}, {dated} with a date, {len(trial.tried)} of them different"
    if feed.hints.every:
        yield "hints", f"the feed asks to be polled every {span_words(feed.hints.every)}"
    if feed.older:
        yield "older", f"goes on at {feed.older}"
    yield from (("note", note) for note in feed.notes if note != guessed)


def _identified(one: Tried) -> str:
    """By what the entry will be known again at the next poll."""
    sighting = one.sighting
    if sighting.key == (sighting.entry.guid or "").strip():
        return "guid"
    return "address" if sighting.key == sighting.url_key and sighting.entry.url else "title and date"


def _verdict(one: Tried) -> str:
    hits = ", ".join(f"{verdict.topic} ({verdict.grade})" for verdict in one.finding.verdicts if verdict.hit)
    how = "" if one.finding.extraction in {"full", "degraded", "skipped"} else f", {_FEED_ALONE}"
    return (f"hit: {hits}" if hits else "no hit") + how


def _print(trial: Trial, hide: Callable[[str], str]) -> None:
    from monitor.cli import show

    out, wrong, source = show.console(), _wrong(trial), trial.look.source
    title = f" in “{show.one_line(trial.look.feed.title)}”" if trial.look.feed and trial.look.feed.title else ""
    if not wrong:
        show.paragraph(out, f"{source.name}: {len(trial.tried)} entries{hide(title)}")
    for step, says in steps(trial):
        show.paragraph(out, show.one_line(hide(says)), first=f"  {step:9}")
    if wrong:
        raise MonitorError(hide(f"{source.name}: {wrong}"))
    rows = [tuple(map(hide, _cells(one))) for one in trial.tried]
    out.print(show.table(("published", "verdict", "known by", "entry"), rows, flexible=3, width=out.width))
    for one in trial.tried:
        if one.page:
            _print_read(out, one, hide)


def _cells(one: Tried) -> tuple[str, ...]:
    entry = one.sighting.entry
    published = f"{entry.published:%d %b %Y %H:%M}" if entry.published else "-"
    return published, _verdict(one), _identified(one), entry.title or entry.url or "-"


def _print_read(out: Console, one: Tried, hide: Callable[[str], str]) -> None:
    """What one page gave: how it was read, and why it is a hit or is none."""
    from monitor.cli import show

    finding = one.finding
    state = "not read" if finding.error else "blocked" if finding.blocked else "read"
    show.paragraph(out, hide(show.one_line(_cells(one)[-1])), first=f"{state:9}")
    for words in _reading(finding):
        show.paragraph(out, show.one_line(hide(words)), first=" " * 9)


def _reading(finding: Finding) -> Iterator[str]:
    if finding.error:
        yield finding.error
    if finding.blocked:
        yield finding.blocked
    yield f"text {finding.extraction}, language {finding.language or 'not known'}, {len(finding.text):,} characters"
    yield from finding.notes
    for verdict in finding.verdicts:
        hit, why = "hit" if verdict.hit else "no hit", "; ".join(verdict.why[:3])
        yield f"{verdict.topic}: {hit}, score {verdict.score:g}{': ' if why else ''}{why}"
