"""Trying a source: the real desks on a database that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from monitor.app import App, build, utc_now
from monitor.errors import UsageError
from monitor.model import Cursor, DueArticle, DueSource, PollResult, Sighting, Source


def try_source(
    config: Path, environ: Mapping[str, str], name: str, pages: int
) -> tuple[PollResult, list[dict[str, Any]]]:
    """Fetch and parse a source, match its entries, read the first ``pages`` of them.

    Returns the poll's result and one ``{title, url, published, verdict}`` an entry. Raises UsageError for a source
    that sources.yaml does not name.
    """
    with (
        tempfile.TemporaryDirectory(prefix="monitor-check-") as folder,
        build(config, f"sqlite:///{folder}/check.db", environ) as app,
    ):
        source = _find(app, name)
        result = app.desks.poll.work(DueSource(source, Cursor(), failures=0, first=True))
        seen = enumerate(result.sightings)
        return result, [_verdict(app, source, sighting, page=index < pages) for index, sighting in seen]


def _find(app: App, name: str) -> Source:
    for source in app.settings.sources:
        if name in {source.name, source.url}:
            return source
    raise UsageError(f'no source "{name}" in sources.yaml; `monitor sources` lists them')


def _verdict(app: App, source: Source, sighting: Sighting, *, page: bool) -> dict[str, Any]:
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
    )
    finding = app.desks.read.work(article)
    hits = ", ".join(f"{verdict.topic} ({verdict.grade})" for verdict in finding.verdicts if verdict.hit)
    how = "" if finding.extraction in {"full", "degraded", "skipped"} else ", feed's text only"
    return {
        "title": entry.title,
        "url": entry.url,
        "published": entry.published,
        "verdict": (f"hit: {hits}" if hits else "no hit") + how,
        "error": finding.error if page else None,
    }
