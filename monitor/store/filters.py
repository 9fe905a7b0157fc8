"""Filters that people saved under a name. Must not: know what a query means."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from monitor.errors import UsageError
from monitor.model import SavedFilter
from monitor.model.review import LONGEST_FILTER_NAME, LONGEST_QUERY, MOST_FILTERS
from monitor.store.database import Database
from monitor.store.review_tables import FilterRow
from monitor.text import clean


class FilterStore:
    """The saved filters of everybody who uses this monitor."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> tuple[SavedFilter, ...]:
        """Every saved filter, by name."""
        with self._database.read() as session:
            rows = session.exec(select(FilterRow)).all()
        return tuple(sorted(map(_saved, rows), key=lambda one: (one.name.casefold(), one.name)))

    def named(self, name: str) -> SavedFilter | None:
        """The filter of this name; None when there is none."""
        with self._database.read() as session:
            row = _row(session, _name(name))
            return None if row is None else _saved(row)

    def save(self, name: str, query: str, who: str, now: datetime) -> SavedFilter:
        """Save a filter; one of the same name is replaced and keeps its number.

        Raises UsageError for a name that is empty or too long, a query that is too long, and when there are too many.
        """
        name = _checked(_name(name), query)
        with self._database.write() as session:
            row = _row(session, name)
            if row is None:
                _refuse_too_many(session)
                row = FilterRow(name=name, query=query, created=now)
            row.query, row.who, row.created = query, who, now
            session.add(row)
            session.flush()
            return _saved(row)

    def remove(self, filter_id: int) -> bool:
        """Forget a filter; False when there is no such number."""
        with self._database.write() as session:
            row = session.get(FilterRow, filter_id)
            if row is not None:
                session.delete(row)
            return row is not None


def _name(name: str) -> str:
    return " ".join(clean(name).split())


def _checked(name: str, query: str) -> str:
    if not name:
        raise UsageError("a saved filter needs a name")
    if len(name) > LONGEST_FILTER_NAME:
        raise UsageError(f"the name of a filter has at most {LONGEST_FILTER_NAME} characters, this one has {len(name)}")
    if len(query) > LONGEST_QUERY:
        raise UsageError(f"a filter has at most {LONGEST_QUERY} characters, this one has {len(query)}")
    return name


def _refuse_too_many(session: Session) -> None:
    if session.exec(select(func.count(col(FilterRow.id)))).one() >= MOST_FILTERS:
        raise UsageError(f"there are {MOST_FILTERS} saved filters already; remove one that nobody needs")


def _row(session: Session, name: str) -> FilterRow | None:
    return session.exec(select(FilterRow).where(FilterRow.name == name)).first()


def _saved(row: FilterRow) -> SavedFilter:
    return SavedFilter(row.id or 0, row.name, row.query, row.who, row.created)
