"""What our own network failed is not held against the sources. The caller gives the transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from monitor.errors import ON_THE_WAY
from monitor.model import Notice, Standing
from monitor.store.history_tables import NoticeRow
from monitor.store.notices import notice_row, take_back
from monitor.store.standing import store_standing
from monitor.store.tables import ArticleRow, SourceRow

NETWORK = "network"
_EARLIER = timedelta(minutes=30)
"""Pages may have failed before the first source did."""


def down(session: Session, since: datetime, before: Mapping[str, Standing], now: datetime) -> Notice:
    """Put the sources back to what they were ``before`` they failed, by name, and notice our own network instead."""
    for row in session.exec(select(SourceRow).where(col(SourceRow.name).in_(list(before)))):
        store_standing(row, before[row.name])
    early = and_(col(NoticeRow.at) >= since, col(NoticeRow.kind) == "source", col(NoticeRow.subject).in_(list(before)))
    take_back(session, [number for number in session.exec(select(NoticeRow.id).where(early)) if number is not None])
    words = f"{len(before)} sources cannot be reached: our own network is down; nothing is counted against them"
    notice = Notice(NETWORK, "ok", "down", words, now, kind="network")
    session.add(notice_row(notice))
    return notice


def down_since(session: Session) -> datetime | None:
    """Return since when our own network is down by the last notice of it; None while it is up."""
    of_network = select(NoticeRow).where(NoticeRow.subject == NETWORK).order_by(col(NoticeRow.id).desc())
    last = session.exec(of_network).first()
    return last.at if last is not None and last.state == "down" else None


def back(session: Session, since: datetime, now: datetime) -> Notice:
    """Make due at once what could not be reached since then, sources and pages, with all their tries."""
    unreached = and_(col(SourceRow.outcome) == "failed", col(SourceRow.error_kind).in_(ON_THE_WAY))
    session.execute(update(SourceRow).where(unreached, col(SourceRow.last_poll) >= since).values(due=now))
    of_pages = or_(*(col(ArticleRow.error).startswith(f"{kind}:") for kind in sorted(ON_THE_WAY)))
    pages = update(ArticleRow).where(of_pages, col(ArticleRow.read_at) >= since - _EARLIER)
    session.execute(pages.values(state="pending", due=now, attempts=0))
    words = f"our own network is back; it was down since {since:%Y-%m-%d %H:%M} UTC"
    notice = Notice(NETWORK, "down", "ok", words, now, kind="network")
    session.add(notice_row(notice))
    return notice
