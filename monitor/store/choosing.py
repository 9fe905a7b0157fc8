"""What the filters of the lists can be set to. Only reads; the caller gives the session."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists
from sqlmodel import Session, col, select

from monitor.model import CANARY, Choices
from monitor.store.canary import canary_id
from monitor.store.filtering import UNKNOWN_COUNTRY, UNKNOWN_LANGUAGE
from monitor.store.review_tables import HitTagRow
from monitor.store.tables import HitRow, SourceRow


def choices(session: Session) -> Choices:
    """The values that standing hits have; what stands for an unknown one comes last."""
    standing = (col(HitRow.withdrawn).is_(False), col(HitRow.source_id).is_distinct_from(canary_id()))
    kinds = session.exec(select(HitRow.topic, HitRow.language).where(*standing).distinct()).all()
    brought = exists().where(col(HitRow.source_id) == col(SourceRow.id), col(HitRow.withdrawn).is_(False))
    sources = session.exec(select(SourceRow.name, SourceRow.country).where(brought, SourceRow.name != CANARY)).all()
    return Choices(
        topics=tuple(sorted({topic for topic, _ in kinds})),
        languages=_known_first((language for _, language in kinds), UNKNOWN_LANGUAGE),
        countries=_known_first((country for _, country in sources), UNKNOWN_COUNTRY),
        sources=tuple(sorted((name for name, _ in sources), key=str.casefold)),
        tags=tuple(session.exec(select(HitTagRow.tag).distinct().order_by(HitTagRow.tag))),
    )


def _known_first(values: Iterable[str | None], unknown: str) -> tuple[str, ...]:
    found = set(values)
    return (*sorted(value for value in found if value), *([unknown] if None in found else []))
