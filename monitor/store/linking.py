"""Entries to articles: each entry of a poll is linked to the article it stands for, or becomes a new one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert
from sqlmodel import Session, SQLModel, col, select

from monitor.model import DueSource, Entry, Sighting, Source, Tally
from monitor.store.nets import only_in_nets
from monitor.store.source_days import count_entries
from monitor.store.tables import ArticleRow, SightingRow, SourceRow
from monitor.urls import host_of, polite_key

EDITS_APART = timedelta(hours=1)
"""An entry that changes at every poll is taken as edited this often at most."""
_NO_LETTERS = re.compile(r"[\W\d_]+")
_THESE: Any = bindparam("these", expanding=True)
_MINE = select(SightingRow).where(col(SightingRow.source_id) == bindparam("source"))
_SHOWN = _MINE.where(col(SightingRow.key).in_(_THESE))
_ALIKE = _MINE.where(col(SightingRow.fingerprint).in_(_THESE))
_CARRIED = select(ArticleRow.url_key, ArticleRow.id).where(col(ArticleRow.url_key).in_(_THESE))
_OF_ARTICLES = select(SightingRow).where(col(SightingRow.article_id).in_(_THESE))
"""By article alone: with the source beside it, SQLite would walk through all that this source ever showed."""
_ARTICLES, _SIGHTINGS = (SQLModel.metadata.tables[name] for name in ("article", "sighting"))
_STORED = insert(_ARTICLES).returning(_ARTICLES.c.url_key, _ARTICLES.c.id)


@dataclass
class _Known:
    """What is stored already of the entries of one poll."""

    shown: dict[str, SightingRow]
    """What this source showed, by entry key."""
    fingerprints: dict[str, SightingRow]
    """The same by title and date."""
    articles: dict[str, int]
    """Article number by its identity across sources."""
    linked: dict[int, SightingRow]
    """What this source showed, by article number."""
    nets: set[int]
    """Articles that only second nets have shown."""

    def pairs(self, sightings: Sequence[Sighting]) -> list[tuple[Sighting, SightingRow | None]]:
        """Pair each entry with what this source showed of it, be it under another GUID or at another address.

        What is known by its own keys cannot also be an older form of its neighbour, however alike they are.
        """
        own = [(sighting, self._by_keys(sighting)) for sighting in sightings]
        taken = {shown.key for _, shown in own if shown is not None}
        return [(sighting, shown or self._by_fingerprint(sighting, taken)) for sighting, shown in own]

    def _by_keys(self, sighting: Sighting) -> SightingRow | None:
        """Find an entry by its address or its GUID.

        A known GUID at a new address is the same entry when its headline or its date is; else a new one: some feeds
        repeat their GUIDs.
        """
        by_article = self.linked.get(self.articles.get(sighting.url_key, 0))
        by_key = self.shown.get(sighting.key)
        if by_article is not None or by_key is None:
            return by_article
        date = sighting.entry.published
        same = sighting.entry.title == by_key.title or (date is not None and date == by_key.published)
        return by_key if same else None

    def _by_fingerprint(self, sighting: Sighting, taken: set[str]) -> SightingRow | None:
        found = self.fingerprints.get(sighting.fingerprint or "")
        if found is None or found.key in taken:
            return None
        taken.add(found.key)
        return found


def link(session: Session, row: SourceRow, due: DueSource, sightings: Sequence[Sighting], now: datetime) -> Tally:
    """Store every entry that this source had not shown yet, and note those that were edited."""
    if not sightings:
        return Tally()
    known = _known(session, row, sightings)
    before = due.standing.gap.noticed if due.standing.gap else now
    pairs = known.pairs(sightings)
    fresh = [sighting for sighting, shown in pairs if shown is None]
    new = _new_articles(session, row, due.source, fresh, known, now)
    theirs = set() if due.source.control else known.nets - set(known.linked)
    for sighting in fresh:
        article_id = known.articles[sighting.url_key]
        if article_id in theirs:
            theirs.discard(article_id)
            _hand_over(session.get_one(ArticleRow, article_id), _article(row, due.source, sighting, now))
    count_entries(session, row, _link_new(session, row, due.source, fresh, known, now), now)
    old = [(sighting, shown) for sighting, shown in pairs if shown is not None]
    for sighting, shown in old:
        if sighting.url_key not in known.articles:
            _readdress(session, row, due.source, sighting, shown, now)
    return Tally(
        new=new,
        known=len(old),
        linked=len(fresh) - new,
        edited=sum([_edit(session, row, sighting, shown, now) for sighting, shown in old]),
        earlier=sum(shown.seen < before for _, shown in old),
        by_guid=sum(shown.guid is not None and shown.guid == sighting.entry.guid for sighting, shown in old),
    )


def _known(session: Session, row: SourceRow, sightings: Sequence[Sighting]) -> _Known:
    prints = [sighting.fingerprint for sighting in sightings if sighting.fingerprint]
    shown = session.scalars(_SHOWN, {"source": row.id, "these": [sighting.key for sighting in sightings]}).all()
    alike = session.scalars(_ALIKE, {"source": row.id, "these": prints}).all() if prints else ()
    found = session.execute(_CARRIED, {"these": [sighting.url_key for sighting in sightings]})
    articles = {url_key: article_id or 0 for url_key, article_id in found}
    of_articles = session.scalars(_OF_ARTICLES, {"these": list(articles.values())}).all() if articles else ()
    return _Known(
        {one.key: one for one in shown},
        {one.fingerprint: one for one in alike if one.fingerprint},
        articles,
        {one.article_id: one for one in of_articles if one.source_id == row.id},
        only_in_nets(session, articles.values()) if articles else set(),
    )


def _new_articles(
    session: Session, row: SourceRow, source: Source, sightings: Sequence[Sighting], known: _Known, now: datetime
) -> int:
    """Store the articles that nobody carried before. Returns how many."""
    articles: dict[str, dict[str, Any]] = {}
    for sighting in sightings:
        if sighting.url_key not in known.articles:
            articles.setdefault(sighting.url_key, _article(row, source, sighting, now))
    if articles:
        stored = session.connection().execute(_STORED, [*articles.values()])
        known.articles.update((url_key, number) for url_key, number in stored)
    row.articles += len(articles)
    return len(articles)


def _hand_over(article: ArticleRow, mine: Mapping[str, Any]) -> None:
    """Have an article that only second nets had shown read again as one of the source with the values ``mine``."""
    article.source_id, article.polite = mine["source_id"], mine["polite"]
    article.heading = mine["heading"] or article.heading
    article.feed_text = "\n\n".join(dict.fromkeys(filter(None, (mine["feed_text"], article.feed_text))))
    article.state, article.due, article.attempts = "pending", mine["due"], 0


def _link_new(
    session: Session, row: SourceRow, source: Source, sightings: Sequence[Sighting], known: _Known, now: datetime
) -> int:
    """Store what this source had not shown before, each article once. Returns how many."""
    shown, linked = set(known.shown), set(known.linked)
    rows = []
    for sighting in sightings:
        article_id = known.articles[sighting.url_key]
        if article_id not in linked:
            key = f"{sighting.key} {sighting.url_key}" if sighting.key in shown else sighting.key
            rows.append(_sighting_of(row, source, key, article_id, sighting, now))
            shown.add(sighting.key)
            linked.add(article_id)
    if rows:
        session.connection().execute(insert(_SIGHTINGS), rows)
    row.entries += len(rows)
    return len(rows)


def _edit(session: Session, row: SourceRow, sighting: Sighting, shown: SightingRow, now: datetime) -> bool:
    """Make the article of an entry that says something else now due to be read again. Tells whether it does."""
    says = _letters(sighting.entry)
    if shown.letters in (None, says):
        shown.letters = says
        return False
    article = session.get_one(ArticleRow, shown.article_id)
    if article.source_id != row.id or (article.edited is not None and now - article.edited < EDITS_APART):
        return False
    shown.letters, shown.title = says, sighting.entry.title
    article.edited, article.feed_text = now, _feed_text(sighting.entry)
    article.heading = sighting.entry.title or article.heading
    if article.state != "pending":
        article.state, article.due, article.attempts = "again", now, 0
    return True


def _readdress(
    session: Session, row: SourceRow, source: Source, sighting: Sighting, shown: SightingRow, now: datetime
) -> None:
    """Have an article that could not be read where it was read at the address that its entry has now."""
    article, url = session.get_one(ArticleRow, shown.article_id), sighting.entry.url
    unread = article.read_at is None or article.error is not None
    if url in (None, article.url, article.page_url) or article.source_id != row.id or not unread:
        return
    if article.edited is not None and now - article.edited < EDITS_APART:
        return
    article.page_url, article.polite = url, polite_key(url, source.polite, source.name)
    article.state, article.due, article.attempts, article.edited = "pending", now, 0, now


def _article(row: SourceRow, source: Source, sighting: Sighting, now: datetime) -> dict[str, Any]:
    """The values of a new article. They go to the database as they are: a row object of each costs ten times more."""
    entry = sighting.entry
    return {
        "url_key": sighting.url_key,
        "url": entry.url,
        "host": host_of(entry.url) if entry.url else None,
        "polite": polite_key(entry.url, source.polite, source.name) if entry.url else None,
        "source_id": row.id or 0,
        "title": entry.title,
        "heading": entry.title,
        "feed_text": _feed_text(entry),
        "author": entry.author,
        "published": entry.published or entry.updated,
        "language": entry.language,
        "outlet": entry.outlet,
        "found": now,
        "due": now,
        "state": "pending",
        "attempts": 0,
        "revision": 1,
        "verdicts": [],
        "notes": [],
    }


def _sighting_of(
    row: SourceRow, source: Source, key: str, article_id: int, sighting: Sighting, now: datetime
) -> dict[str, Any]:
    return {
        "source_id": row.id or 0,
        "key": key,
        "article_id": article_id,
        "guid": sighting.entry.guid,
        "title": sighting.entry.title,
        "published": sighting.entry.published,
        "seen": now,
        "control": source.control,
        "fingerprint": sighting.fingerprint,
        "letters": _letters(sighting.entry),
    }


def _feed_text(entry: Entry) -> str:
    return "\n\n".join(part for part in (entry.summary, entry.content) if part)


def _letters(entry: Entry) -> str:
    """Return a hash of what an entry says; counters in it (comments, views) do not matter, nor do spaces."""
    says = _NO_LETTERS.sub(" ", f"{entry.title}\n{_feed_text(entry)}".casefold())
    return sha256(says.encode("utf-8", "replace")).hexdigest()[:16]
