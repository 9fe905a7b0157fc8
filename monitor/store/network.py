"""What our own network failed is not held against the sources. The caller gives the transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, update
from sqlmodel import Session, col, select

from monitor.model import Notice
from monitor.store.history_tables import NoticeRow
from monitor.store.standing import notice_row
from monitor.store.tables import SourceRow

NETWORK = "network"
_UNREACHED = ("dns", "connect", "timeout", "reset")


def down(session: Session, since: datetime, now: datetime) -> None:
    """Take back the failures counted since then, with the notices they made, and notice our own network instead."""
    rows = session.exec(select(SourceRow).where(_unreached(since))).all()
    for row in rows:
        row.failures, row.passing = max(row.failures - 1, 0), max(row.passing - 1, 0)
        if row.health_since is not None and row.health_since >= since:
            row.health, row.health_since = ("new" if row.last_ok is None else "ok"), None
    names = [row.name for row in rows]
    session.execute(delete(NoticeRow).where(col(NoticeRow.at) >= since, col(NoticeRow.subject).in_(names)))
    words = f"{len(names)} sources in a row cannot be reached: our own network is down; nothing is counted against them"
    session.add(notice_row(Notice(NETWORK, "ok", "down", words), now))


def back(session: Session, since: datetime, now: datetime) -> None:
    """Make due at once what could not be reached since then."""
    session.execute(update(SourceRow).where(_unreached(since)).values(due=now))
    words = f"our own network is back; it was down since {since:%Y-%m-%d %H:%M} UTC"
    session.add(notice_row(Notice(NETWORK, "down", "ok", words), now))


def _unreached(since: datetime) -> ColumnElement[bool]:
    return and_(
        col(SourceRow.outcome) == "failed",
        col(SourceRow.error_kind).in_(_UNREACHED),
        col(SourceRow.last_poll) >= since,
    )
