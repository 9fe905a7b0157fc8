"""Near misses, newest first. Only reads; the caller gives the session.

The list is walked by the index ``article_near``, which holds the near misses alone, with what a filter asks of them.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, tuple_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from monitor.model import HitFilter, NearMiss, Position
from monitor.store.canary import canary_id
from monitor.store.filtering import UNKNOWN_COUNTRY, UNKNOWN_LANGUAGE
from monitor.store.tables import ArticleRow, SourceRow
from monitor.store.views import near_miss

_FEED_TEXT: Any = ArticleRow.feed_text


def near_misses(
    session: Session, wanted: HitFilter, after: Position | None, most: int | None, skip: int = 0
) -> list[NearMiss]:
    """Articles that were no hit but may be worth a look; asked are language, country, source and time alone."""
    found, number = col(ArticleRow.found), col(ArticleRow.id)
    numbers = sa_select(number).where(col(ArticleRow.near).is_not(None), *_fits(wanted))
    if after is not None:
        numbers = numbers.where(tuple_(found, number) < (after.found, after.id))
    ids = session.execute(numbers.order_by(found.desc(), number.desc()).offset(skip).limit(most)).scalars().all()
    query = select(ArticleRow, SourceRow.name).join(SourceRow, col(SourceRow.id) == col(ArticleRow.source_id))
    query = query.where(number.in_(ids)).options(defer(_FEED_TEXT))
    views = {row.id: near_miss(row, name) for row, name in session.exec(query)}
    return [views[one] for one in ids]


def _fits(wanted: HitFilter) -> list[ColumnElement[bool]]:
    found, source = col(ArticleRow.found), col(ArticleRow.source_id)
    language: Any = func.coalesce(ArticleRow.language, UNKNOWN_LANGUAGE)
    country = select(SourceRow.id).where(func.coalesce(SourceRow.country, UNKNOWN_COUNTRY) == wanted.country)
    named = select(SourceRow.id).where(SourceRow.name == wanted.source)
    return [
        *([source.in_(named)] if wanted.source is not None else [source.is_distinct_from(canary_id())]),
        *([language == wanted.language] if wanted.language is not None else []),
        *([source.in_(country)] if wanted.country is not None else []),
        *([found >= wanted.since] if wanted.since is not None else []),
        *([found < wanted.until] if wanted.until is not None else []),
    ]
