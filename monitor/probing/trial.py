"""Trying a source: one look at it, and the real read desk on a database that is thrown away. Nothing is stored."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from monitor.app import App, build, utc_now
from monitor.config import values
from monitor.config.edit import Names, NewSource
from monitor.config.settings import Settings, load
from monitor.errors import FetchError, UsageError
from monitor.model import Document, DueArticle, Finding, Sighting, Source
from monitor.poll.identity import sightings
from monitor.poll.kinds import WHOLE
from monitor.probing.draft import draft
from monitor.probing.probe import Left, Look, Probe, ever, probing
from monitor.urls import host_of

Hide = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Tried:
    """One entry: how it is known again, and what became of reading it."""

    sighting: Sighting
    finding: Finding
    page: bool
    """Whether its page was to be read; otherwise the words of the feed alone were matched."""


@dataclass(frozen=True, slots=True)
class Trial:
    """All that one dry run showed."""

    look: Look
    again: str | None
    """What the server said to a second request, with its validators; None where it gave none."""
    tried: tuple[Tried, ...]
    secrets: frozenset[str]
    private: bool
    """Whether addresses of the own network are allowed."""
    untried: int = 0
    """Older entries that were not matched."""


def try_source(
    config: Path,
    environ: Mapping[str, str],
    name: str,
    *,
    kind: str | None,
    read: int,
    most: int | None = None,
    left: Left = ever,
) -> Trial:
    """Fetch and parse a source, match its ``most`` newest entries (all), read the pages of the ``read`` newest.

    ``name`` is one of sources.yaml, or any address, which is then taken for ``kind`` (None: no address will do). Once
    no time is ``left``, no further entry is tried. Raises UsageError for a name that sources.yaml does not have.
    """
    settings, source = _wanted(config, environ, name, kind)
    with (
        tempfile.TemporaryDirectory(prefix="monitor-check-") as folder,
        build(config, f"sqlite:///{folder}/check.db", environ) as app,
        probing(settings, left=left) as probe,
    ):
        look = probe.look(source, robots=settings.fetch.obey_robots and source.kind == "listing")
        again = _again(probe, look)
        seen = sightings(source.name, look.entries)
        pages = 0 if source.kind in WHOLE else read
        newest = takewhile(lambda _: left() > 0, enumerate(seen[:most]))
        tried = tuple(_read(app, source, one, page=at < pages) for at, one in newest)
        private = settings.fetch.allow_private_addresses
        return Trial(look, again, tried, settings.secrets(), private, len(seen) - len(tried))


def _wanted(config: Path, environ: Mapping[str, str], name: str, kind: str | None) -> tuple[Settings, Source]:
    """The source of this name or address; an address that is not there, as it would be if it were."""
    settings = load(config, environ)
    for source in settings.sources:
        if name in {source.name, *([source.url] if kind else [])}:
            return settings, source
    if kind is None or "://" not in name:
        raise UsageError(f'no source "{name}" in sources.yaml; `monitor sources` lists them')
    try:
        values.web_url(name)
    except ValueError as error:
        raise UsageError(str(error)) from None
    new = NewSource(Names(source.name for source in settings.sources).take(host_of(name)), name, kind)
    settings = draft(config, [new]).settings(environ)
    return settings, settings.sources[-1]


def _again(probe: Probe, look: Look) -> str | None:
    """Ask once more as the next poll would, to see whether the validators are honoured."""
    first = look.document
    if first is None or not (first.etag or first.last_modified):
        return None
    with suppress(FetchError):
        second: Document = probe.document(look.source, etag=first.etag, last_modified=first.last_modified)
        if second.not_modified:
            return "304, not modified"
        same = "the same bytes again" if second.body == first.body else "other bytes"
        return f"{second.status}, {same} in spite of the validators"
    return "no answer to a second request"


def _read(app: App, source: Source, sighting: Sighting, *, page: bool) -> Tried:
    entry = sighting.entry
    article = DueArticle(
        id=0,
        url=entry.url if page else None,
        title=entry.title,
        feed_text=f"{entry.summary}\n\n{entry.content}".strip(),
        author=entry.author,
        published=entry.published,
        language=entry.language or source.language,
        source=source.name,
        found=utc_now(),
        attempts=0,
        backlog=source.alert_backlog,
        manner=source.manner,
    )
    return Tried(sighting, app.desks.read.work(article), page and entry.url is not None)


def hidden(value: Any, hide: Hide) -> Any:
    """JSON data with every text in it masked."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: hidden(one, hide) for key, one in value.items()}
    return [hidden(one, hide) for one in value] if isinstance(value, list | tuple) else value
