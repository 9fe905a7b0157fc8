"""What is asked of hits as conditions on rows, and the list of those that fit, newest first.

One list for page, exports and feeds. It is walked in its own order by the index ``hit_listed``, which holds whatever a
filter asks for, so nothing is sorted and the walk ends when enough is found. Words are looked for in the texts of the
newest hits first, where common ones are found soon; further down the search index says which texts are worth reading.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, tuple_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from monitor.errors import UsageError
from monitor.model import HitFilter, Position
from monitor.store.canary import canary_id
from monitor.store.folding import words_of
from monitor.store.review_tables import HitTagRow, HitTextRow
from monitor.store.search import likely
from monitor.store.tables import HitRow, SourceRow

UNKNOWN_LANGUAGE, UNKNOWN_COUNTRY = "und", "-"
_UNKNOWN = {"topic": "", "grade": "", "language": UNKNOWN_LANGUAGE, "country": UNKNOWN_COUNTRY, "state": ""}
_PLACE_OF = {"sqlite": "instr", "postgresql": "strpos"}
"""The function that says where one text stands in another."""
_MOST_WORDS = 100
_MANY = 4
"""One in so many of the newest hits makes a word a common one."""

Listed = tuple[Position, int | None]
"""Where a hit stands, and its story."""


@dataclass(frozen=True)
class Effort:
    """How a search goes about it; what it finds is always the same."""

    newest: tuple[int, ...] = (400, 4000)
    """Hits whose texts are read before the search index is asked; the further ones where many of the first fit."""
    few: int = 2000
    """Hits named by the index that are looked up one by one; for more of them, the list is walked."""


def listed(
    session: Session,
    wanted: HitFilter,
    after: Position | None,
    most: int | None,
    *,
    heads: bool = False,
    above: Position | None = None,
    effort: Effort = Effort(),
) -> list[Listed]:
    """The hits that fit, newest first, at most ``most``; with ``heads`` the newest of each story alone.

    Those below the position ``after`` and above the position ``above``. Raises UsageError for more words than can be
    looked for.
    """
    asked = _asked(session, wanted, above)
    if not asked.words:
        return [] if wanted.search else _walk(session, asked, after, None, most, heads=heads)
    found: list[Listed] = []
    for newest in effort.newest:
        border = _border(session, asked, after, newest)
        found += _walk(session, asked, after, border, _rest(most, found), heads=heads)
        if border is None or len(found) == most:
            return found
        after = border
        if len(found) < newest // _MANY:
            break
    narrowed = _narrowed(session, asked, effort.few)
    return found + _walk(session, narrowed, after, None, _rest(most, found), heads=heads)


@dataclass(frozen=True)
class _Asked:
    """A filter, its words in folded form, and what the index says of them."""

    wanted: HitFilter
    words: tuple[str, ...]
    place_of: str
    above: Position | None = None
    likely: Callable[[Any], ColumnElement[bool]] | None = None
    """Condition on the number of a hit that may hold the words; None where the index was not asked."""

    def of(self, hit: Any) -> list[ColumnElement[bool]]:
        """Conditions on HitRow, or an alias of it."""
        return [*self.plain(hit), *self._searched(hit)]

    def plain(self, hit: Any) -> list[ColumnElement[bool]]:
        """All of them but those on its text."""
        place = self.above
        above = [] if place is None else [tuple_(hit.found, hit.id) > (place.found, place.id)]
        return [*_plain(hit, self.wanted), *above]

    def _searched(self, hit: Any) -> list[ColumnElement[bool]]:
        if not self.words:
            return []
        place_of = getattr(func, self.place_of)
        holds = (place_of(HitTextRow.folded, word) > 0 for word in self.words)
        text = exists().where(col(HitTextRow.hit_id) == hit.id, *holds)
        return [text] if self.likely is None else [self.likely(hit.id), text]


def _rest(most: int | None, found: Sequence[Listed]) -> int | None:
    return None if most is None else most - len(found)


def _asked(session: Session, wanted: HitFilter, above: Position | None) -> _Asked:
    words = words_of(wanted.search or "")
    if len(words) > _MOST_WORDS:
        raise UsageError(f"a search has at most {_MOST_WORDS} words, this one has {len(words)}")
    return _Asked(wanted, words, _PLACE_OF[session.get_bind().dialect.name], above)


def _narrowed(session: Session, asked: _Asked, few: int) -> _Asked:
    """What is asked, with what the index names; as an expression, the number is looked up while the list is walked."""
    query = likely(session, asked.words)
    ids = list(session.execute(query.limit(few + 1)).scalars())
    if len(ids) > few:
        return replace(asked, likely=lambda number: (number + 0).in_(query))
    if asked.place_of != _PLACE_OF["sqlite"]:
        return replace(asked, likely=lambda number: number.in_(ids))
    some = func.json_each(json.dumps(ids)).table_valued("value")
    return replace(asked, likely=lambda number: number.in_(sa_select(some.c.value)))


def _border(session: Session, asked: _Asked, after: Position | None, newest: int) -> Position | None:
    """Where the newest hits end; None when there are no more."""
    places = _places(asked.plain(HitRow), after, None)
    row = session.execute(places.offset(newest - 1).limit(1)).first()
    return None if row is None else Position(row[0], row[1])


def _walk(
    session: Session, asked: _Asked, after: Position | None, last: Position | None, most: int | None, *, heads: bool
) -> list[Listed]:
    conditions = asked.of(HitRow)
    query = _places([*conditions, _is_newest(asked)] if heads else conditions, after, last).limit(most)
    return [(Position(found, number), story) for found, number, story in session.execute(query)]


def _places(conditions: Sequence[Any], after: Position | None, last: Position | None) -> Any:
    """Newest first; after one position, and down to another one."""
    found, number = col(HitRow.found), col(HitRow.id)
    query: Any = sa_select(found, number, col(HitRow.story_id)).where(*conditions)
    if after is not None:
        query = query.where(tuple_(found, number) < (after.found, after.id))
    if last is not None:
        query = query.where(tuple_(found, number) >= (last.found, last.id))
    return query.order_by(found.desc(), number.desc())


def _is_newest(asked: _Asked) -> ColumnElement[bool]:
    """Condition on HitRow: no newer hit of its story fits."""
    newer: Any = aliased(HitRow)
    above = tuple_(newer.found, newer.id) > tuple_(HitRow.found, HitRow.id)
    return ~exists().where(newer.story_id == HitRow.story_id, above, and_(*asked.of(newer)))


def _plain(hit: Any, wanted: HitFilter) -> list[ColumnElement[bool]]:
    """All that a filter asks but its words; a column as an expression, so that the list's own index is taken."""
    given = [(getattr(wanted, name), getattr(hit, name), unknown) for name, unknown in _UNKNOWN.items()]
    same = [func.coalesce(column, unknown) == value for value, column, unknown in given if value is not None]
    return [hit.withdrawn.is_(False), *same, *_of_source(hit, wanted), *_more(hit, wanted)]


def _of_source(hit: Any, wanted: HitFilter) -> list[ColumnElement[bool]]:
    """The canary's are shown to those alone who ask for them."""
    if wanted.source is None:
        return [hit.source_id.is_distinct_from(canary_id())]
    named = sa_select(col(SourceRow.id)).where(col(SourceRow.name) == wanted.source)
    return [hit.source_id == named.scalar_subquery()]


def _more(hit: Any, wanted: HitFilter) -> list[ColumnElement[bool]]:
    tagged = select(HitTagRow.hit_id).where(HitTagRow.tag == wanted.tag)
    return [
        *([hit.story_id == wanted.story] if wanted.story is not None else []),
        *([(hit.id + 0).in_(tagged)] if wanted.tag is not None else []),
        *([hit.found >= wanted.since] if wanted.since is not None else []),
        *([hit.found < wanted.until] if wanted.until is not None else []),
    ]
