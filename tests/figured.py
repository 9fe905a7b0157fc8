"""A database filled row by row: hits, stories, deliveries and decisions, each with what a test says of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete

from monitor.model import CANARY
from monitor.store.coverage_table import CoverageRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.story_tables import StoryRow
from monitor.store.tables import ArticleRow, DecisionRow, HitRow, SightingRow, SourceRow

BEGAN = datetime(2020, 1, 1, tzinfo=UTC)
SOURCES = ("Фокус", "Tagesschau", "صحيفة", CANARY)


@dataclass(frozen=True)
class Sent:
    """A delivery: when it was sent, as hours after its article was found; None for one that waits."""

    alert: str
    after: float | None
    update: bool = False
    batch: str | None = None


@dataclass(frozen=True)
class Told:
    """An article with a hit; times in hours before ``now``."""

    ago: float
    source: int = 0
    language: str | None = "uk"
    country: str | None = "UA"
    topic: str = "ramstein"
    story: int | None = None
    state: str = "new"
    withdrawn: bool = False
    published: float | None = None
    """Hours before it was found; less than none for a date to come."""
    sent: Sequence[Sent] = ()
    decided: Sequence[tuple[float, str, bool]] = ()
    """Hours ago, who, whether it takes another one back."""
    title: str = "Headline"
    site: str | None = None
    """Where its page is; its source's own by default."""
    net: str | None = None
    """Shown by a second net, and what was ruled: ``found``, ``later`` or ``missed``; ``waiting`` for nothing."""


def fill(database, articles: Iterable[Told], now: datetime, sources=SOURCES) -> None:
    """Put these in place of all that there is."""
    with database.write() as session:
        for table in (DecisionRow, DeliveryRow, CoverageRow, SightingRow, HitRow, ArticleRow, StoryRow, SourceRow):
            session.execute(delete(table))
        for number, name in enumerate(sources, 1):
            url = f"https://s{number}.example/feed"
            known = {"first_poll": BEGAN, "last_poll": now, "last_ok": now, "entries": 1, "health": "ok"}
            session.add(
                SourceRow(id=number, name=name, url=url, kind="feed", host=f"s{number}.example", due=now, **known)
            )
        told = sorted(articles, key=lambda one: -one.ago)
        session.add_all(StoryRow(id=story, opened=now) for story in {one.story for one in told} - {None})
        for make in (_articles, _hits, _rest):  # each refers to those before it
            session.flush()
            for number, one in enumerate(told, 1):
                session.add_all(make(number, one, now))


def _articles(number, one, now):
    found, source = now - timedelta(hours=one.ago), one.source + 1
    published = None if one.published is None else found - timedelta(hours=one.published)
    url = f"https://{one.site or f's{source}.example'}/{number}"
    yield ArticleRow(
        id=number,
        url_key=url,
        url=url,
        source_id=source,
        title=one.title,
        language=one.language,
        state="done",
        published=published,
        found=found,
        due=found,
    )


def _hits(number, one, now):
    yield HitRow(
        id=number,
        article_id=number,
        source_id=one.source + 1,
        story_id=one.story,
        language=one.language,
        country=one.country,
        topic=one.topic,
        grade="certain",
        score=10,
        found=now - timedelta(hours=one.ago),
        state=one.state,
        withdrawn=one.withdrawn,
    )


def _rest(number, one, now):
    found = now - timedelta(hours=one.ago)
    shown = {"source_id": one.source + 1, "key": str(number), "article_id": number, "seen": found}
    yield SightingRow(**shown, control=one.net is not None)
    if one.net not in {None, "waiting"}:
        came = found + timedelta(hours=2) if one.net == "later" else None
        yield CoverageRow(article_id=number, seen=found, caught=one.net, came=came, ruled=now)
    for sent in one.sent:
        at = None if sent.after is None else found + timedelta(hours=sent.after)
        yield DeliveryRow(
            hit_id=number,
            article_id=number,
            alert=sent.alert,
            key=f"{number}-{sent.alert}",
            created=found,
            due=found,
            expires=now,
            state="sent" if at else "pending",
            sent=at,
            is_update=sent.update,
            batch=sent.batch,
        )
    for ago, who, undo in one.decided:
        at = now - timedelta(hours=ago)
        yield DecisionRow(hit_id=number, at=at, state=one.state, who=who, undoes=1 if undo else None)
