"""First readings that found nothing: nearly all that is read. Many are stored at once, as values.

A row object of each, and an UPDATE of its own, cost more than reading the page does. Part of the read transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, SQLModel, col

from monitor.model import DueArticle, Finding
from monitor.store.revisions import reading
from monitor.store.tables import ArticleRow, SourceRow

_KNOWN: tuple[Any, ...] = (
    *(ArticleRow.id, ArticleRow.title, ArticleRow.heading, ArticleRow.feed_text, ArticleRow.author),
    *(ArticleRow.language, ArticleRow.published, SourceRow.walls),
)
"""What storing such a reading asks of its article."""
_UNREAD = (
    sa_select(*_KNOWN)
    .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
    .where(col(ArticleRow.state) == "pending", col(ArticleRow.read_at).is_(None))
    .where(col(ArticleRow.id).in_(bindparam("numbers", expanding=True)))
)

Read = tuple[Finding, DueArticle]


def store_misses(session: Session, read: Sequence[Read], now: datetime) -> set[int]:
    """Store those of the readings that found nothing and ask for nothing more. Returns the numbers of the articles."""
    plain = {finding.article_id: (finding, article) for finding, article in read if _is_plain(finding, article)}
    rows = [row for row in _unread(session, plain) if _is_as_claimed(row, plain[row.id][1])]
    if rows:
        values = [{"number": row.id, **reading(row, plain[row.id][0], now)} for row in rows]
        session.connection().execute(_stored(tuple(values[0])), values)
    return {row.id for row in rows}


def _is_plain(finding: Finding, article: DueArticle) -> bool:
    """Tell whether a reading has no hit, nothing stood in its way, and nothing is to be tried again or elsewhere."""
    done = finding.error is None and finding.retry_in is None and finding.blocked is None and finding.print is None
    at_home = finding.page_url is None and article.page_url is None
    return done and at_home and not any(verdict.hit for verdict in finding.verdicts)


def _unread(session: Session, plain: Mapping[int, Read]) -> Sequence[Row[Any]]:
    """Those of the articles that were never read before, so that nothing is stored with which to compare."""
    found: Sequence[Row[Any]] = session.execute(_UNREAD, {"numbers": list(plain)}).all()
    return found


def _is_as_claimed(row: Row[Any], article: DueArticle) -> bool:
    """Tell whether its entry was not edited since, and its source had no wall that is to be counted anew."""
    return not row.walls and row.feed_text == article.feed_text and (row.heading or row.title) == article.title


@cache
def _stored(names: tuple[str, ...]) -> Any:
    """The statement that stores values of these names; the first is the article's number."""
    table = SQLModel.metadata.tables["article"]
    named: dict[str, Any] = {name: bindparam(name) for name in names[1:]}
    return update(table).where(table.c.id == bindparam("number")).values(named)
