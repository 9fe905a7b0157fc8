"""Stories as people see them, and what a person decides: whether two of them are one."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from monitor.model import SuggestionView
from monitor.store.database import Database
from monitor.store.stories import merge, separate
from monitor.store.story_tables import PrintRow, SuggestionRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow


class StoryStore:
    """Which articles may belong together, and the decisions on it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def suggestions(self, article_id: int | None = None, limit: int = 200) -> list[SuggestionView]:
        """What is still to be decided, the surest first; of one article, from either side, or of all."""
        query = select(SuggestionRow).where(SuggestionRow.state == "open").order_by(col(SuggestionRow.score).desc())
        with self._database.read() as session:
            if article_id is not None:
                made = session.get(PrintRow, article_id)
                story = made.story_id if made else 0
                query = query.where((SuggestionRow.article_id == article_id) | (SuggestionRow.story_id == story))
            return [view for row in session.exec(query.limit(limit)) if (view := _view(session, row)) is not None]

    def decide(self, suggestion_id: int, *, same: bool, now: datetime) -> bool:
        """Make two stories one, or say that they are two; False when there is no such open suggestion."""
        with self._database.write() as session:
            row = session.get(SuggestionRow, suggestion_id)
            if row is None or row.state != "open":
                return False
            row.state, row.decided = ("merged" if same else "rejected"), now
            made = session.get(PrintRow, row.article_id)
            if same and made is not None:
                merge(session, made.story_id, row.story_id)
            return True

    def separate(self, article_id: int, now: datetime) -> int | None:
        """Take an article out of its story into one of its own. Returns that; None when it is in none or alone."""
        with self._database.write() as session:
            return separate(session, article_id, now)


def _view(session: Session, row: SuggestionRow) -> SuggestionView | None:
    """A suggestion in words; None where both are of one story by now, or one of them is no hit any more."""
    made = session.get(PrintRow, row.article_id)
    mine = None if made is None else _first(session, PrintRow.article_id == row.article_id)
    other = _first(session, PrintRow.story_id == row.story_id)
    if made is None or made.story_id == row.story_id or mine is None or other is None:
        return None
    (hit, article, source), (first, its_article, its_source) = mine, other
    return SuggestionView(
        id=row.id or 0,
        hit_id=hit.id or 0,
        title=article.title,
        source=source,
        language=article.language,
        story=row.story_id,
        story_hit_id=first.id or 0,
        story_title=its_article.title,
        score=row.score,
        why=row.why,
        story_source=its_source,
        story_language=its_article.language,
    )


def _first(session: Session, which: bool) -> tuple[HitRow, ArticleRow, str] | None:
    query = (
        select(HitRow, ArticleRow, SourceRow.name)
        .join(ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .join(PrintRow, col(PrintRow.article_id) == col(ArticleRow.id))
        .where(which, col(HitRow.withdrawn).is_(False))
        .order_by(col(HitRow.id))
    )
    return session.exec(query).first()
