"""Articles of second nets: whose they are, and when they may alert. Part of other transactions; the caller has it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlmodel import Session, col, select

from monitor.store.coverage_table import CoverageRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import HitRow, SightingRow


def only_in_nets(session: Session, article_ids: Collection[int]) -> set[int]:
    """Those of the articles that nothing but second nets has shown."""
    mine = col(SightingRow.article_id).in_(list(article_ids))
    shown = session.exec(select(SightingRow.article_id, SightingRow.control).where(mine).distinct()).all()
    return {number for number, control in shown if control} - {number for number, control in shown if not control}


def is_held(session: Session, article_id: int) -> bool:
    """Whether nobody was or will be told of this article before it is ruled on."""
    return bool(only_in_nets(session, [article_id])) and not is_told(session, article_id)


def awaits_ruling(session: Session, article_id: int) -> bool:
    """Whether it hit, is held, and is yet to be ruled on."""
    standing = (HitRow.article_id == article_id, col(HitRow.withdrawn).is_(False))
    if session.exec(select(HitRow.id).where(*standing)).first() is None:
        return False
    return is_held(session, article_id) and session.get(CoverageRow, article_id) is None


def alertable(session: Session, article_id: int, new: Mapping[str, HitRow]) -> Mapping[str, HitRow]:
    """The hits that may alert now, by topic, out of the ``new`` ones.

    None of an article that only second nets have shown; all of one that was held and has now come from another
    source; else the new ones.
    """
    if only_in_nets(session, [article_id]):
        return {}
    return {**_were_held(session, article_id), **new}


def _were_held(session: Session, article_id: int) -> dict[str, HitRow]:
    of_net = select(SightingRow.article_id).where(SightingRow.article_id == article_id, col(SightingRow.control))
    if session.exec(of_net).first() is None or is_told(session, article_id):
        return {}
    standing = (HitRow.article_id == article_id, col(HitRow.withdrawn).is_(False))
    return {hit.topic: hit for hit in session.exec(select(HitRow).where(*standing))}


def is_told(session: Session, article_id: int) -> bool:
    """Whether there are deliveries of this article, or it was ruled missed, which is when they are made."""
    told = session.exec(select(DeliveryRow.id).where(DeliveryRow.article_id == article_id)).first()
    missed = select(CoverageRow.caught).where(CoverageRow.article_id == article_id, CoverageRow.caught == "missed")
    return told is not None or session.exec(missed).first() is not None
