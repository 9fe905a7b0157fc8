"""Entries to articles: each entry of a poll is linked to the article it stands for, or becomes a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.model import Sighting
from monitor.store.tables import ArticleRow, SightingRow, SourceRow
from monitor.urls import host_of


@dataclass
class _Known:
    """What is stored already of the entries of one poll."""

    titles: dict[str, str]
    """Headline under which this source showed each entry key."""
    articles: dict[str, int]
    """Article number by its identity across sources."""
    linked: set[int]
    """Articles that this source has shown."""


def link(session: Session, row: SourceRow, sightings: Sequence[Sighting], now: datetime) -> int:
    """Store every entry that this source had not shown yet. Returns how many articles are new."""
    known = _known(session, row, sightings)
    fresh = [sighting for sighting in sightings if _is_new(sighting, known)]
    new = _new_articles(session, row, fresh, known, now)
    for sighting in fresh:
        if known.articles[sighting.url_key] not in known.linked:
            _link_one(session, row, sighting, known, now)
    return new


def _known(session: Session, row: SourceRow, sightings: Sequence[Sighting]) -> _Known:
    keys = [sighting.key for sighting in sightings]
    url_keys = [sighting.url_key for sighting in sightings]
    mine = SightingRow.source_id == row.id
    titles = session.exec(select(SightingRow.key, SightingRow.title).where(mine, col(SightingRow.key).in_(keys)))
    found = session.exec(select(ArticleRow.url_key, ArticleRow.id).where(col(ArticleRow.url_key).in_(url_keys)))
    articles = {url_key: article_id or 0 for url_key, article_id in found}
    linked = session.exec(
        select(SightingRow.article_id).where(mine, col(SightingRow.article_id).in_(list(articles.values())))
    )
    return _Known(dict(titles.all()), articles, set(linked))


def _is_new(sighting: Sighting, known: _Known) -> bool:
    """False for an entry that this source has shown, be it under another GUID or at another address.

    A known GUID at a new address under another headline is a new article: some feeds repeat their GUIDs.
    """
    if known.articles.get(sighting.url_key) in known.linked:
        return False
    if sighting.key not in known.titles:
        return True
    return sighting.url_key not in known.articles and sighting.entry.title != known.titles[sighting.key]


def _new_articles(session: Session, row: SourceRow, sightings: Sequence[Sighting], known: _Known, now: datetime) -> int:
    """Store the articles that nobody carried before. Returns how many."""
    articles: dict[str, ArticleRow] = {}
    for sighting in sightings:
        if sighting.url_key not in known.articles:
            articles.setdefault(sighting.url_key, _article(row, sighting, now))
    session.add_all(articles.values())
    session.flush()
    known.articles.update({url_key: article.id or 0 for url_key, article in articles.items()})
    return len(articles)


def _link_one(session: Session, row: SourceRow, sighting: Sighting, known: _Known, now: datetime) -> None:
    article_id = known.articles[sighting.url_key]
    key = f"{sighting.key} {sighting.url_key}" if sighting.key in known.titles else sighting.key
    session.add(_sighting_row(row, key, article_id, sighting, now))
    known.titles[sighting.key] = sighting.entry.title
    known.linked.add(article_id)
    row.entries += 1


def _article(row: SourceRow, sighting: Sighting, now: datetime) -> ArticleRow:
    entry = sighting.entry
    return ArticleRow(
        url_key=sighting.url_key,
        url=entry.url,
        host=host_of(entry.url) if entry.url else None,
        source_id=row.id or 0,
        title=entry.title,
        feed_text="\n\n".join(part for part in (entry.summary, entry.content) if part),
        author=entry.author,
        published=entry.published,
        language=entry.language,
        found=now,
        due=now,
    )


def _sighting_row(row: SourceRow, key: str, article_id: int, sighting: Sighting, now: datetime) -> SightingRow:
    return SightingRow(
        source_id=row.id or 0,
        key=key,
        article_id=article_id,
        guid=sighting.entry.guid,
        title=sighting.entry.title,
        published=sighting.entry.published,
        seen=now,
    )
