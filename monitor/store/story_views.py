"""Stories as people see them, and what a person decides: whether two of them are one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
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
        with self._database.read() as session:
            query = _open(*_about(session, article_id)).order_by(col(SuggestionRow.score).desc(), col(SuggestionRow.id))
            found = session.exec(query.limit(limit)).all()
            shown = _shown(session, [hit for _, *pair in found for hit in pair])
            return [_view(row, (mine, *shown[mine]), (other, *shown[other])) for row, mine, other in found]

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


def _open(*conditions: ColumnElement[bool]) -> Any:
    """What is still to be decided, with the first hit of the article and of the other story."""
    of_article, of_story = aliased(HitRow), aliased(HitRow)
    mine = _first(of_article, of_article.article_id == SuggestionRow.article_id)
    other = _first(of_story, of_story.story_id == SuggestionRow.story_id)
    return (
        select(SuggestionRow, mine, other)
        .join(PrintRow, col(PrintRow.article_id) == col(SuggestionRow.article_id))
        .where(SuggestionRow.state == "open", PrintRow.story_id != SuggestionRow.story_id, *conditions)
        .where(mine.is_not(None), other.is_not(None))
    )


def _first(hit: Any, which: Any) -> Any:
    return sa_select(func.min(hit.id)).where(which, hit.withdrawn.is_(False)).scalar_subquery()


def _about(session: Session, article_id: int | None) -> list[ColumnElement[bool]]:
    """Condition: the article is on either side."""
    if article_id is None:
        return []
    made = session.get(PrintRow, article_id)
    of_its_story = col(SuggestionRow.story_id) == (made.story_id if made else 0)
    return [or_(col(SuggestionRow.article_id) == article_id, of_its_story)]


def _shown(session: Session, hits: Sequence[int]) -> dict[int, tuple[str, str, str | None]]:
    """Headline, source and language of each of these hits."""
    columns = (col(HitRow.id), col(ArticleRow.title), col(SourceRow.name), col(ArticleRow.language))
    query = (
        sa_select(*columns)
        .join_from(HitRow, ArticleRow, col(ArticleRow.id) == col(HitRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .where(col(HitRow.id).in_(hits))
    )
    return {hit: tuple(shown) for hit, *shown in session.execute(query)}


_Side = tuple[int, str, str, str | None]
"""A hit with its headline, source and language."""


def _view(row: SuggestionRow, mine: _Side, other: _Side) -> SuggestionView:
    return SuggestionView(
        id=row.id or 0,
        hit_id=mine[0],
        title=mine[1],
        source=mine[2],
        language=mine[3],
        story=row.story_id,
        story_hit_id=other[0],
        story_title=other[1],
        score=row.score,
        why=row.why,
        story_source=other[2],
        story_language=other[3],
    )
