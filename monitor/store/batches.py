"""Rows by their numbers, however many they are: a question to a database holds so many numbers and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlmodel import Session, col

_BATCH = 500


def rows_of(session: Session, query: Any, column: Any, ids: Iterable[int]) -> Iterator[Any]:
    """The rows in which ``column`` is one of these numbers, batch by batch in the order of the numbers."""
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), _BATCH):
        yield from session.execute(query.where(col(column).in_(wanted[start : start + _BATCH])))


def pairs_of(session: Session, query: Any, column: Any, ids: Iterable[int]) -> dict[int, Any]:
    """The same for a query of two columns: the first one to the second."""
    return {key: value for key, value in rows_of(session, query, column, ids)}  # noqa: C416 - a row is no pair to mypy
