"""What a story has, in numbers: summed by the database, for a story may have hundreds of articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import distinct, func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from monitor.model import HitView, StoryView
from monitor.store.tables import DecisionRow, HitRow

_STORY = col(HitRow.story_id)
_ARTICLES = func.count(distinct(col(HitRow.article_id)))


def story_views(session: Session, heads: Sequence[HitView]) -> list[StoryView]:
    """Each head with its story's numbers, in the order given."""
    stories = [head.story for head in heads if head.story is not None]
    sums, stamps = _sums(session, stories), _stamps(session, stories)
    languages, states = _languages(session, stories), _states(session, stories)
    return [
        _alone(head)
        if head.story is None
        else StoryView(
            head,
            **sums[head.story],
            languages=_head_first(head.language, languages.get(head.story, ())),
            states=states[head.story],
            stamp=stamps.get(head.story, 0),
        )
        for head in heads
    ]


def _alone(head: HitView) -> StoryView:
    languages = () if head.language is None else (head.language,)
    return StoryView(head, languages=languages, states={head.state: 1}, newest=head.id, stamp=head.stamp)


def _head_first(language: str | None, others: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (language, *others))))


def _rows(session: Session, stories: Sequence[int], *columns: Any, by: Any = None) -> Any:
    """These columns of the standing hits of each story, and of each value of ``by``."""
    standing = (_STORY.in_(stories), col(HitRow.withdrawn).is_(False))
    groups = [_STORY] if by is None else [_STORY, by]
    return session.execute(sa_select(*groups, *columns).where(*standing).group_by(*groups).order_by(*groups))


def _sums(session: Session, stories: Sequence[int]) -> dict[int, dict[str, int]]:
    outlets, newest = func.count(distinct(col(HitRow.source_id))), func.max(HitRow.id)
    rows = _rows(session, stories, _ARTICLES, outlets, newest)
    return {story: {"articles": some, "outlets": of, "newest": last} for story, some, of, last in rows}


def _languages(session: Session, stories: Sequence[int]) -> dict[int, list[str]]:
    """Those of most articles first."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for story, language, articles in _rows(session, stories, _ARTICLES, by=col(HitRow.language)):
        if language is not None:
            found[story].append((-articles, language))
    return {story: [language for _, language in sorted(counts)] for story, counts in found.items()}


def _states(session: Session, stories: Sequence[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for story, state, hits in _rows(session, stories, func.count(), by=col(HitRow.state)):
        found[story][state] = hits
    return found


def _stamps(session: Session, stories: Sequence[int]) -> dict[int, int]:
    decided = sa_select(_STORY, func.max(DecisionRow.id)).join_from(
        HitRow, DecisionRow, col(DecisionRow.hit_id) == col(HitRow.id)
    )
    standing = (_STORY.in_(stories), col(HitRow.withdrawn).is_(False))
    return {story: number for story, number in session.execute(decided.where(*standing).group_by(_STORY))}  # noqa: C416
