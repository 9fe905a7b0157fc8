"""What second nets have shown: which sources they are, and who had what was missed. Part of other reads.

Each question is answered by the index of what second nets showed, or by the few articles it is about; the sightings
of a year are never walked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from monitor.model import CANARY, Covered, Missed
from monitor.store.tables import HitRow, SightingRow, SourceRow

_OF_NETS = select(SightingRow.source_id).where(col(SightingRow.control).is_(True)).distinct()


def nets(session: Session) -> tuple[str, ...]:
    """The sources that have shown something as second nets, by name."""
    query = select(SourceRow.name).where(col(SourceRow.id).in_(_OF_NETS), SourceRow.name != CANARY)
    return tuple(session.exec(query.order_by(col(SourceRow.name))))


def started(session: Session) -> datetime | None:
    """When the first of our own sources was read; None before that."""
    own = (col(SourceRow.id).not_in(_OF_NETS), SourceRow.name != CANARY, SourceRow.entries > 0)
    return session.exec(select(func.min(SourceRow.first_poll)).where(*own)).one()


def missed(session: Session, rows: Sequence[Covered]) -> tuple[Missed, ...]:
    """Rulings with the hit of each, the second nets that showed it, and our sources that did so too late."""
    numbers = [row.article.article_id for row in rows]
    hit = select(HitRow.article_id, func.min(HitRow.id)).where(col(HitRow.article_id).in_(numbers))
    hits = dict(session.exec(hit.group_by(col(HitRow.article_id))).all())
    shown = select(SightingRow.article_id, SightingRow.control, SourceRow.name, SightingRow.seen)
    shown = shown.join(SourceRow, col(SourceRow.id) == col(SightingRow.source_id))
    by: dict[tuple[int, bool], list[tuple[str, datetime]]] = defaultdict(list)
    for number, control, name, seen in session.exec(
        shown.where(col(SightingRow.article_id).in_(numbers)).order_by(col(SightingRow.seen))
    ):
        by[number, control].append((name, seen))
    return tuple(
        Missed(row.article, row.published, hits.get(number), tuple(by[number, True]), tuple(by[number, False]))
        for number, row in zip(numbers, rows, strict=True)
    )
