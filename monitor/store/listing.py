"""The lists that people read: stories, hits and near misses, newest first, in pieces; how many fit; what to choose.

Must not: change anything; load more than the rows that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlmodel import Session, col, select

from monitor.model import Choices, Count, HitFilter, HitPage, HitView, NearMiss, Position, StoryPage
from monitor.store.choosing import choices
from monitor.store.database import Database
from monitor.store.filtering import Effort, Listed, listed
from monitor.store.nearness import near_misses
from monitor.store.sums import story_views
from monitor.store.tables import HitRow
from monitor.store.views import listed_views


class ListingStore:
    """Pieces of lists. A piece begins after a position, so that what comes in meanwhile moves nothing."""

    def __init__(self, database: Database, effort: Effort = Effort()) -> None:  # noqa: B008 - a constant
        self._database = database
        self._listed = partial(listed, effort=effort)

    def stories(
        self, wanted: HitFilter, after: Position | None = None, limit: int = 50, most: int | None = None
    ) -> StoryPage:
        """Stories by their newest hit that fits; each stands in one piece of the list alone.

        With ``most``, how many there are in all as well, counted to that many hits: cheaper than to ask for it apart.
        """
        with self._database.read() as session:
            hits = [] if most is None else self._listed(session, wanted, None, most + 1)
            heads = _heads(hits)
            if most is None or after is not None or (len(hits) > most and len(heads) <= limit):
                heads = self._listed(session, wanted, after, limit + 1, heads=True)
            views = story_views(session, _views(session, heads[:limit]))
            return StoryPage(tuple(views), _next(heads, limit), None if most is None else _count(hits, most))

    def hits(self, wanted: HitFilter, after: Position | None = None, limit: int = 50) -> HitPage:
        """Hits, whatever their story; without the others of their stories."""
        with self._database.read() as session:
            places = self._listed(session, wanted, after, limit + 1)
            return HitPage(tuple(_views(session, places[:limit])), _next(places, limit))

    def count(self, wanted: HitFilter, most: int = 1000) -> Count:
        """How many hits fit, and of how many stories they are; nobody counts further than ``most`` hits."""
        with self._database.read() as session:
            return _count(self._listed(session, wanted, None, most + 1), most)

    def newer(self, wanted: HitFilter, than: Position, most: int = 100) -> int:
        """How many hits that fit stand above a position; nobody counts further than ``most``."""
        with self._database.read() as session:
            return len(self._listed(session, wanted, None, most, above=than))

    def near(
        self, wanted: HitFilter, after: Position | None = None, limit: int = 50
    ) -> tuple[list[NearMiss], Position | None]:
        """Articles that were no hit but may be worth a look; asked are language, country, source and time alone."""
        with self._database.read() as session:
            found = near_misses(session, wanted, after, limit + 1)
        last = found[limit - 1] if len(found) > limit else None
        return found[:limit], None if last is None else Position(last.found, last.article_id)

    def choices(self) -> Choices:
        """What the filters can be set to."""
        with self._database.read() as session:
            return choices(session)


def _heads(places: Sequence[Listed]) -> list[Listed]:
    """The first one of each story."""
    first: dict[int, Listed] = {}
    for place, story in places:
        first.setdefault(story or -place.id, (place, story))
    return list(first.values())


def _count(places: Sequence[Listed], most: int) -> Count:
    return Count(min(len(places), most), len(_heads(places[:most])), more=len(places) > most)


def _views(session: Session, places: Sequence[Listed]) -> list[HitView]:
    ids = [place.id for place, _ in places]
    rows = {row.id: row for row in session.exec(select(HitRow).where(col(HitRow.id).in_(ids)))}
    return listed_views(session, [rows[number] for number in ids])


def _next(places: Sequence[Listed], limit: int) -> Position | None:
    return places[limit - 1][0] if len(places) > limit else None
