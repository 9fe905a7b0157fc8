"""Articles with a hit are put into stories as they are stored. Part of other transactions; the caller has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select as sa_select
from sqlalchemy import update
from sqlmodel import Session, col, select

from monitor.model import Carrier, Finding, Known, Linking, Print
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.story_tables import PrintRow, StoryRow, SuggestionRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow

WINDOW = timedelta(hours=72)
"""Articles further apart are not of one story."""

_MEMBER = tuple(
    col(column)
    for column in (
        PrintRow.story_id,
        PrintRow.article_id,
        HitRow.id,
        SourceRow.name,
        ArticleRow.language,
        ArticleRow.title,
        ArticleRow.url,
        ArticleRow.found,
        PrintRow.how,
        PrintRow.why,
    )
)
"""The two numbers, and then what a Carrier is made of."""
_COLUMNS = tuple(
    col(column)
    for column in (
        PrintRow.article_id,
        PrintRow.story_id,
        PrintRow.language,
        PrintRow.when,
        PrintRow.title,
        PrintRow.length,
        PrintRow.signature,
        PrintRow.marks,
    )
)

Link = Callable[[Print, Sequence[Known]], Linking]
"""Which story an article belongs to; see ``monitor.read.stories``."""


def put_into_story(session: Session, finding: Finding, link: Link, now: datetime) -> int | None:
    """Put an article into its story, or a new one; once there it stays. Returns the story; None without a print."""
    if finding.print is None:
        return None
    story = _story_of(session, finding.article_id, finding.print, link, now)
    mine = col(HitRow.article_id) == finding.article_id
    session.execute(update(HitRow).where(mine).values(story_id=story))
    return story


def _story_of(session: Session, article_id: int, made: Print, link: Link, now: datetime) -> int:
    row = session.get(PrintRow, article_id)
    if row is not None:  # it was edited: what it says now is what others are compared with
        row.title, row.length, row.signature = made.title, made.length, made.signature
        row.marks = list(made.marks)
        return row.story_id
    linking = link(made, _known(session, made))
    story = linking.story_id or _opened(session, now)
    session.add(_print_row(article_id, story, made, linking))
    session.add_all(
        SuggestionRow(article_id=article_id, story_id=one.story_id, score=one.score, why=one.why)
        for one in linking.suggestions
        if one.story_id != story
    )
    return story


def others_of(session: Session, article_ids: Sequence[int]) -> dict[int, tuple[int, Carrier, tuple[Carrier, ...]]]:
    """The story of each article that has one, the article in it, and the others, first one first."""
    wanted = select(PrintRow.story_id).where(col(PrintRow.article_id).in_(article_ids))
    query = (
        sa_select(*_MEMBER)
        .join_from(PrintRow, ArticleRow, col(ArticleRow.id) == col(PrintRow.article_id))
        .join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
        .join(HitRow, col(HitRow.article_id) == col(ArticleRow.id))
        .where(col(PrintRow.story_id).in_(wanted), col(HitRow.withdrawn).is_(False))
        .order_by(col(ArticleRow.found), col(ArticleRow.id), col(HitRow.id))
    )
    stories: dict[int, dict[int, Carrier]] = {}
    for story, article, *shown in session.execute(query):
        stories.setdefault(story, {}).setdefault(article, Carrier(*shown))
    return {
        article_id: (story, members[article_id], tuple(one for number, one in members.items() if number != article_id))
        for story, members in stories.items()
        for article_id in members.keys() & set(article_ids)
    }


def _suggested(into: int) -> Any:
    """Articles for which that story is a suggestion already."""
    return select(SuggestionRow.article_id).where(col(SuggestionRow.story_id) == into)


def merge(session: Session, story: int, into: int) -> None:
    """Make two stories one."""
    for table in (PrintRow, HitRow, DeliveryRow):
        session.execute(update(table).where(col(table.story_id) == story).values(story_id=into))
    session.execute(
        update(SuggestionRow)
        .where(col(SuggestionRow.story_id) == story, col(SuggestionRow.article_id).not_in(_suggested(into)))
        .values(story_id=into)
    )


def separate(session: Session, article_id: int, now: datetime) -> int | None:
    """Give an article a story of its own; None when it is in none, or alone in it."""
    row = session.get(PrintRow, article_id)
    with_it = select(PrintRow.article_id).where(PrintRow.story_id == (row.story_id if row else 0))
    if row is None or len(session.exec(with_it.limit(2)).all()) < 2:
        return None
    row.story_id, row.how, row.why = _opened(session, now), "first", "taken out of its story by a person"
    for table in (HitRow, DeliveryRow):
        session.execute(update(table).where(col(table.article_id) == article_id).values(story_id=row.story_id))
    return row.story_id


def _known(session: Session, new: Print) -> list[Known]:
    """Every article of the window; a story reaches as far as its members do."""
    near = col(PrintRow.when).between(new.when - WINDOW, new.when + WINDOW)
    query = sa_select(*_COLUMNS).where(near).order_by(col(PrintRow.article_id))  # whole rows cost three times as much
    return [
        Known(article_id, story_id, Print(language, when, title, length, signature, tuple(marks)))
        for article_id, story_id, language, when, title, length, signature, marks in session.execute(query)
    ]


def _print_row(article_id: int, story: int, made: Print, linking: Linking) -> PrintRow:
    return PrintRow(
        article_id=article_id,
        story_id=story,
        when=made.when,
        language=made.language,
        title=made.title,
        length=made.length,
        signature=made.signature,
        marks=list(made.marks),
        how=linking.how,
        score=linking.score,
        why=linking.why,
    )


def _opened(session: Session, now: datetime) -> int:
    row = StoryRow(opened=now)
    session.add(row)
    session.flush()
    return row.id or 0
