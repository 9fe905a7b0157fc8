"""Articles read more than once: what was edited, what was a wall, when to look again. Part of the read transaction."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import update
from sqlmodel import Session, col

from monitor.model import DueArticle, Finding, as_values
from monitor.store.history_tables import RevisionRow
from monitor.store.tables import ArticleRow, SourceRow, TextRow

CORRECTIONS = timedelta(hours=6)
"""When a hit is read again for corrections."""
GONE = "the page is gone"
BEFORE = timedelta(hours=12)
"""A source counts as blocked some pages after the first wall."""
MOST = 50
"""Revisions kept of one article."""
_LONG = 200
"""Characters from which a text should have a language that is known."""
_SPACES = re.compile(r"\s+")


class Told(Protocol):
    """What is known of an article before it is read, as a row object or a row of a query."""

    title: str
    author: str | None
    language: str | None
    published: datetime | None


def revise(session: Session, row: ArticleRow, finding: Finding, now: datetime) -> None:
    """Keep what the article said when it says something else now; a better reading of it is no edit."""
    stored = None if row.read_at is None else session.get(TextRow, row.id)
    if stored is None or not _comparable(row, finding):
        return
    if _says(row.title, zlib.decompress(stored.body).decode()) == _says(finding.title, finding.text):
        return
    if row.revision <= MOST:
        old = RevisionRow(article_id=row.id or 0, number=row.revision, until=now, title=row.title, body=stored.body)
        session.add(old)
    row.revision += 1


def is_worse(row: ArticleRow, finding: Finding) -> bool:
    """Tell whether reading an article again brought less than is known of it: no page, and no further topic."""
    if row.state != "again" or (finding.error is None and finding.retry_in is None and not _lost(row, finding)):
        return False
    hit = {verdict["topic"] for verdict in row.verdicts if verdict["hit"]}
    return {verdict.topic for verdict in finding.verdicts if verdict.hit} <= hit


def _lost(row: ArticleRow, finding: Finding) -> bool:
    return finding.extraction == "none" and row.extraction != "none"


def keep_reading(row: ArticleRow, finding: Finding, now: datetime) -> None:
    """Leave what was read as it is: the page could not be had again."""
    row.lease_until = None
    row.due = now if finding.retry_in is None else now + finding.retry_in
    row.state = "done" if finding.retry_in is None else "again"
    row.page_url = finding.page_url
    row.notes = [*row.notes, f"not read again: {finding.error or 'nothing to read there'}"][-20:]


def plan_again(row: ArticleRow, article: DueArticle, now: datetime, *, hits: bool) -> None:
    """Have a new hit read again after a while; and at once an article that was edited while it was read."""
    if row.state != "done":
        return
    edited = row.feed_text != article.feed_text or (row.heading or article.title) != article.title
    if edited or (hits and row.url is not None):
        row.state, row.attempts = "again", 0
        row.due = now if edited else now + CORRECTIONS


def count_wall(session: Session, row: ArticleRow, finding: Finding) -> None:
    """Count the pages of a source in a row that were a wall; those behind one are read again when it is gone."""
    source = session.get_one(SourceRow, row.source_id)
    if finding.blocked is not None and not finding.blocked.startswith(GONE):
        source.walls += 1
    elif finding.extraction != "none":
        if source.walls and source.health == "blocked" and source.health_since is not None:
            _try_again(session, source, source.health_since - BEFORE, finding)
        source.walls = 0


def reading(known: Told, finding: Finding, now: datetime) -> dict[str, Any]:
    """What was read, and when to look again, as values of the article's columns."""
    return {
        "title": finding.title or known.title,
        "language": finding.language or known.language,
        "author": finding.author or known.author,
        "published": known.published or finding.published,
        "canonical_url": finding.canonical_url,
        "page_url": finding.page_url,
        "blocked": finding.blocked,
        "extraction": finding.extraction,
        "read_at": now,
        "error": finding.error,
        "verdicts": [as_values(verdict) for verdict in finding.verdicts],
        "notes": list(finding.notes),
        "near": near(finding),
        "lease_until": None,
        "state": "done" if finding.retry_in is None else "pending",
        "due": now if finding.retry_in is None else now + finding.retry_in,
    }


def note_reading(row: ArticleRow, finding: Finding, now: datetime) -> None:
    """Note what was read, and when to look again."""
    for name, value in reading(row, finding, now).items():
        setattr(row, name, value)


def near(finding: Finding) -> str | None:
    """Why a person may want to look at this although nothing hit: a score, no page, no known language."""
    if any(verdict.hit for verdict in finding.verdicts):
        return None
    score = max((verdict.score for verdict in finding.verdicts), default=0)
    if score > 0:
        return f"score {score:g}"
    if finding.error is not None and finding.retry_in is None:
        return f"unreadable: {finding.error}"
    unknown = finding.language is None and len(finding.text) >= _LONG
    return "unknown language" if unknown else None


def _try_again(session: Session, source: SourceRow, since: datetime, finding: Finding) -> None:
    """Give the pages found since then that were walls all their tries anew."""
    behind = (
        col(ArticleRow.source_id) == source.id,
        col(ArticleRow.found) >= since,
        col(ArticleRow.blocked).is_not(None),
        col(ArticleRow.id) != finding.article_id,
    )
    session.execute(update(ArticleRow).where(*behind).values(state="pending", attempts=0, due=ArticleRow.found))


def _comparable(row: ArticleRow, finding: Finding) -> bool:
    """Tell whether both readings are of the page, or both of the feed's words alone.

    Of a page that was skipped it is certain that it held nothing of a topic: another reading of it is an edit.
    """
    return (row.extraction == "none") == (finding.extraction == "none")


def _says(title: str, text: str) -> str:
    return _SPACES.sub(" ", f"{title}\n{text}").strip()
