"""Articles that are to be read, with all that reading them asks. Part of the claim's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, literal_column
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from monitor.model import DueArticle, Source
from monitor.store.tables import ArticleRow, SourceRow

_ASKED: tuple[Any, ...] = (
    *(ArticleRow.id, ArticleRow.url, ArticleRow.title, ArticleRow.heading, ArticleRow.feed_text, ArticleRow.author),
    *(ArticleRow.published, ArticleRow.language, ArticleRow.found, ArticleRow.attempts, ArticleRow.page_url),
    *(SourceRow.name, col(SourceRow.url).label("source_url"), col(SourceRow.language).label("source_language")),
)
"""What an article that is to be read is made of."""
_THESE = (
    sa_select(*_ASKED)
    .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
    .where(col(ArticleRow.id).in_(bindparam("numbers", expanding=True)))
)

IS_WAITING = col(ArticleRow.state).in_([literal_column("'pending'"), literal_column("'again'")])
IS_DONE = col(ArticleRow.state) == literal_column("'done'")
"""Conditions on ArticleRow. The states are written out: of values given later no database knows that they are those of
an index (``tables``: WAITING, READ), and without it each claim walks through all that waits."""


def waiting(until: Any) -> ColumnElement[bool]:
    """Condition on ArticleRow: it is to be read by then."""
    return and_(IS_WAITING, col(ArticleRow.due) <= until)


def due_articles(session: Session, numbers: Sequence[int], sources: Mapping[str, Source]) -> list[DueArticle]:
    """The articles with these numbers, in this order; ``sources``: those that are configured, by name.

    Columns are asked for: row objects of an article and its source cost five times as much.
    """
    if not numbers:
        return []
    rows = session.execute(_THESE, {"numbers": numbers})
    known = {row.id: _due_article(row, sources.get(row.name)) for row in rows}
    return [known[number] for number in numbers]


def _due_article(row: Row[Any], source: Source | None) -> DueArticle:
    """From a row of _ASKED; ``source`` as configured, None where it is no longer."""
    wanted = source or Source(row.name, row.source_url)
    return DueArticle(
        id=row.id,
        url=row.url,
        title=row.heading or row.title,
        feed_text=row.feed_text,
        author=row.author,
        published=row.published,
        language=row.language or wanted.language or row.source_language,
        source=row.name,
        found=row.found,
        attempts=row.attempts - 1,  # those before this one
        backlog=wanted.alert_backlog,
        page_url=row.page_url,
        manner=wanted.manner,
    )
