"""Hits and their deliveries: stored together, refreshed in place, alerted once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlmodel import Session, col, select

from monitor.model import CANARY, Finding, NewDelivery, Verdict
from monitor.store.folding import fold
from monitor.store.nets import is_held
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.review_tables import HitTextRow
from monitor.store.search import add, index
from monitor.store.source_days import Spot, recount, spot
from monitor.store.story_tables import PrintRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow
from monitor.store.telling import after_first, told_of
from monitor.urls import url_key


def store_deliveries(
    session: Session,
    row: ArticleRow,
    finding: Finding,
    deliveries: Sequence[NewDelivery],
    new: Mapping[str, HitRow],
    now: datetime,
    batch: str | None = None,
) -> int:
    """Put the deliveries of new hits into the outbox; those with one ``batch`` go out together. Returns how many.

    An alert that was told of the story already gets what is new to it as an update, at most one in a window.
    """
    made = session.get(PrintRow, row.id)
    story = made.story_id if made else None
    wanted = _wanted(session, row, finding, deliveries, new)
    for delivery in wanted:
        told = [] if story is None else told_of(session, story, delivery.alert)
        stored = _delivery_row(row, new[delivery.topic], delivery if batch else after_first(delivery, told, now), now)
        stored.batch, stored.story_id, stored.is_update = batch, story, bool(told)
        session.add(stored)
    return len(wanted)


def _twin(session: Session, row: ArticleRow, finding: Finding) -> ArticleRow | None:
    """Another stored article that this page names as its canonical address, unless nobody was told of that one."""
    if not finding.canonical_url:
        return None
    key = url_key(finding.canonical_url)
    twin = session.exec(select(ArticleRow).where(ArticleRow.url_key == key, ArticleRow.id != row.id)).first()
    return None if twin is None or is_held(session, twin.id or 0) else twin


def _wanted(
    session: Session, row: ArticleRow, finding: Finding, deliveries: Sequence[NewDelivery], new: Mapping[str, HitRow]
) -> list[NewDelivery]:
    """Deliveries of new hits on channels that do not have this article; a twin's are stored but not sent."""
    known = set(session.exec(select(DeliveryRow.alert).where(DeliveryRow.article_id == row.id)))
    wanted = [delivery for delivery in deliveries if delivery.topic in new and delivery.alert not in known]
    twin = _twin(session, row, finding)
    alerted = {verdict["topic"] for verdict in twin.verdicts if verdict["hit"]} if twin else set()
    reason = f"the same article as number {twin.id}" if twin else None
    return [
        replace(delivery, suppressed=delivery.suppressed or reason) if delivery.topic in alerted else delivery
        for delivery in wanted
    ]


def store_hits(session: Session, row: ArticleRow, finding: Finding, now: datetime) -> dict[str, HitRow]:
    """Store or refresh the hits. Returns the new ones by topic."""
    if not any(verdict.hit for verdict in finding.verdicts):
        return {}
    known = {hit.topic: hit for hit in session.exec(select(HitRow).where(HitRow.article_id == row.id))}
    folded = fold(f"{finding.title}\n{finding.text}")
    source = session.get_one(SourceRow, row.source_id)
    new: dict[str, HitRow] = {}
    stored: list[tuple[HitRow, Spot]] = []
    for verdict in finding.verdicts:
        if verdict.hit:
            hit = known.get(verdict.topic)
            if hit is None or hit.withdrawn:
                hit = new[verdict.topic] = hit or HitRow(
                    article_id=row.id or 0, topic=verdict.topic, grade="", score=0, found=now
                )
                hit.revision = row.revision
            stored.append((hit, spot(hit)))
            _refresh(hit, verdict)
            hit.source_id, hit.language, hit.country = row.source_id, row.language, source.country
            session.add(hit)
    session.flush()
    _make_searchable(session, [hit.id or 0 for hit, _ in stored], folded)
    for hit, was in stored:
        if source.name != CANARY:
            recount(session, was, spot(hit))
    return new


def _make_searchable(session: Session, hits: Sequence[int], folded: str) -> None:
    """Let all hits of an article be found by what it says now."""
    known = session.exec(select(HitTextRow).where(col(HitTextRow.hit_id).in_(hits))).all()
    for row in known:
        index(session, row.hit_id, row.folded, folded)
        row.folded = folded
    new = set(hits) - {row.hit_id for row in known}
    if new:
        add(session.connection(), dict.fromkeys(new, folded))
        session.add_all(HitTextRow(hit_id=hit, folded=folded) for hit in new)


def _refresh(hit: HitRow, verdict: Verdict) -> None:
    hit.withdrawn = False
    hit.grade = verdict.grade or "probable"
    hit.score = verdict.score
    hit.terms = [asdict(term) for term in verdict.terms]
    hit.why = list(verdict.why)


def _delivery_row(row: ArticleRow, hit: HitRow, delivery: NewDelivery, now: datetime) -> DeliveryRow:
    identity = f"{row.url_key}\n{delivery.alert}"
    return DeliveryRow(
        hit_id=hit.id or 0,
        article_id=row.id or 0,
        alert=delivery.alert,
        key=hashlib.sha256(identity.encode()).hexdigest()[:20],
        state="suppressed" if delivery.suppressed else "held" if delivery.held else "pending",
        urgent=delivery.urgent,
        created=now,
        due=delivery.due,
        expires=delivery.expires,
        error=delivery.suppressed,
        held=None if delivery.suppressed else delivery.held,
    )
