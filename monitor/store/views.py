"""Rows to the values that people and messages see. Only reads; the caller gives the session."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from monitor.model import Carrier, DeliveryView, HitView, NearMiss, Revision, Term, Verdict
from monitor.store.decisions import stamps_of, tags_of
from monitor.store.history_tables import NoticeRow, RevisionRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.reads import carried_by
from monitor.store.stories import others_of
from monitor.store.tables import ArticleRow, HitRow, SourceRow, TextRow

_Sources = dict[int | None, tuple[str, str | None]]
"""Name and country."""
_NOT_LISTED: tuple[Any, ...] = (ArticleRow.verdicts, ArticleRow.notes, ArticleRow.feed_text)
"""What of an article no list shows; the feed's words are shown where there are no others."""


def hit_views(session: Session, hits: Sequence[HitRow]) -> list[HitView]:
    """Each hit with its article, its text and its story, in the order given."""
    stories = others_of(session, [hit.article_id for hit in hits])
    views = listed_views(session, hits)
    return [_in_story(view, *stories[view.article_id]) if view.article_id in stories else view for view in views]


def listed_views(session: Session, hits: Sequence[HitRow]) -> list[HitView]:
    """The same for a list: without ``others``, ``how`` and ``linked``, of which a story may have hundreds."""
    ids, numbers = [hit.article_id for hit in hits], [hit.id or 0 for hit in hits]
    query = select(ArticleRow).where(col(ArticleRow.id).in_(ids)).options(*map(defer, _NOT_LISTED))
    articles = {row.id: row for row in session.exec(query)}
    texts = {row.article_id: row.body for row in session.exec(select(TextRow).where(col(TextRow.article_id).in_(ids)))}
    names, tags, stamps = carried_by(session, ids), tags_of(session, numbers), stamps_of(session, numbers)
    mine = col(SourceRow.id).in_({article.source_id for article in articles.values()})
    rows = session.exec(select(SourceRow.id, SourceRow.name, SourceRow.country).where(mine))
    sources = {number: (name, country) for number, name, country in rows}
    views = [
        _hit_view(hit, articles[hit.article_id], texts.get(hit.article_id), names.get(hit.article_id, ()), sources)
        for hit in hits
    ]
    return [replace(view, tags=tags.get(view.id, ()), stamp=stamps.get(view.id, 0)) for view in views]


def _in_story(view: HitView, story: int, mine: Carrier, others: tuple[Carrier, ...]) -> HitView:
    return replace(view, story=story, others=others, how=mine.how, linked=mine.why)


def _hit_view(
    hit: HitRow, article: ArticleRow, body: bytes | None, names: tuple[str, ...], sources: _Sources
) -> HitView:
    source, country = sources[article.source_id]
    return HitView(
        id=hit.id or 0,
        article_id=hit.article_id,
        url=article.url,
        title=article.title,
        text=zlib.decompress(body).decode() if body else article.feed_text,
        source=source,
        language=article.language,
        topic=hit.topic,
        grade=hit.grade,
        score=hit.score,
        terms=tuple(Term(**term) for term in hit.terms),
        why=tuple(hit.why),
        published=article.published,
        found=hit.found,
        state=hit.state,
        extraction=article.extraction or "none",
        note=hit.note,
        also_in=tuple(name for name in names if name != source),
        author=article.author,
        edited=hit.revision > 1,
        country=country,
        story=hit.story_id,
    )


def revisions(session: Session, row: ArticleRow) -> dict[str, Any]:
    """What an article said before and says now; nothing for one that was never edited."""
    if row.revision == 1:
        return {}
    old = session.exec(select(RevisionRow).where(RevisionRow.article_id == row.id).order_by(col(RevisionRow.number)))
    now = session.get(TextRow, row.id)
    return {
        "revisions": tuple(map(_revision, old)),
        "text": zlib.decompress(now.body).decode() if now else "",
    }


def _revision(row: RevisionRow) -> Revision:
    return Revision(row.number, row.until, row.title, zlib.decompress(row.body).decode())


def verdicts(stored: Sequence[dict[str, Any]]) -> tuple[Verdict, ...]:
    """Verdicts as they were stored on the article."""
    return tuple(
        Verdict(**{**item, "terms": tuple(Term(**term) for term in item["terms"]), "why": tuple(item["why"])})
        for item in stored
    )


def near_miss(row: ArticleRow, source: str) -> NearMiss:
    """An article with the topic that came nearest."""
    nearest = max(verdicts(row.verdicts), key=lambda verdict: verdict.score, default=None)
    score = nearest.score if nearest else 0
    return NearMiss(
        article_id=row.id or 0,
        url=row.url,
        title=row.title,
        source=source,
        language=row.language,
        topic=nearest.topic if nearest and score > 0 else None,
        score=score,
        reason=row.near or "",
        terms=nearest.terms if nearest else (),
        published=row.published,
        found=row.found,
    )


def delivery_view(
    delivery: DeliveryRow, hit: HitRow | None, article: ArticleRow | None, notice: NoticeRow | None
) -> DeliveryView:
    """One row of the outbox with the headline, or the words of the monitor about itself, that it carries."""
    about = f"{notice.subject}: {notice.words}" if notice else ""
    return DeliveryView(
        id=delivery.id or 0,
        hit_id=delivery.hit_id,
        alert=delivery.alert,
        topic=hit.topic if hit else "",
        title=article.title if article else about,
        url=article.url if article else None,
        state=delivery.state,
        attempts=delivery.attempts,
        unknown=delivery.unknown,
        created=delivery.created,
        due=delivery.due,
        sent=delivery.sent,
        error=delivery.error,
        held=delivery.held,
        story=delivery.story_id,
        update=delivery.is_update,
        kind=notice.kind if notice else "hit",
    )
