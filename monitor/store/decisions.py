"""Decisions on hits: made, taken back, and never overwritten unseen. The history is append-only.

Who decides says what he was shown: the number of the last decision on it (``Target.stamp``). A later decision by
another person is not overruled: the target stays as it is, and the answer says who decided what. A later decision of
his own does not stand in his way. Where nobody has a name (no password, one password for all) nobody can tell two
people from one: any later decision then counts as another's. A browser is not held up by itself, since the answer to
each of its decisions is its next stamp.

Must not: look at an article; know where a decision comes from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import delete, func, update
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from monitor.model import Decided, DecisionView, Judgement, Target
from monitor.store.batches import pairs_of, rows_of
from monitor.store.database import Database
from monitor.store.judging import Judged, Tags, after, checked, in_order, in_the_way
from monitor.store.review_tables import HitTagRow
from monitor.store.tables import DecisionRow, HitRow
from monitor.text import clean

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class _Step:
    """One decision that is to be stored."""

    hit_id: int
    before: Judged
    now: Judged
    undoes: int | None = None


class DecisionStore:
    """The decisions on hits, with their tags and notes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def decide(self, targets: Sequence[Target], judgement: Judgement, who: str, now: datetime) -> Decided:
        """Decide on all targets in one transaction; one that another person has decided on since stays as it is.

        Raises UsageError for a judgement that cannot be; nothing is changed then.
        """
        said, who = checked(judgement), clean(who, LONGEST_NAME)
        with self._database.write() as session:
            meant, missing = _meant(session, targets)
            judged = _judged(session, chain.from_iterable(meant.values()))
            overtaken = _overtaken(session, meant, who)
            free = chain.from_iterable(hits for target, hits in meant.items() if target not in overtaken)
            spelt = _spelt(session) if said.tags or said.add else {}
            steps = [_Step(hit, judged[hit], after(judged[hit], said, spelt)) for hit in dict.fromkeys(free)]
            done = _store(session, steps, who, now)
            since = tuple(_view(session, decision) for decision in dict.fromkeys(overtaken.values()))
        return Decided(done, since, missing)

    def undo(self, decision_ids: Sequence[int], who: str, now: datetime) -> Decided:
        """Take decisions back, an undo too; what somebody has decided on since stays as it is."""
        who = clean(who, LONGEST_NAME)
        with self._database.write() as session:
            made_on = sa_select(col(DecisionRow.id), col(DecisionRow.hit_id))
            hits = pairs_of(session, made_on, DecisionRow.id, decision_ids)
            _judged(session, hits.values())
            histories = {hit: _history(session, hit) for hit in set(hits.values())}
            newest_first = sorted(hits, reverse=True)
            tries = [_undo(session, histories[hits[number]], number, who, now) for number in newest_first]
        done = tuple(made for made, _ in tries if made)
        overtaken = {stands.id: stands for _, stands in tries if stands}
        missing = tuple(dict.fromkeys(number for number in decision_ids if number not in hits))
        return Decided(done, tuple(overtaken.values()), missing)

    def history(self, hit_id: int) -> tuple[DecisionView, ...]:
        """Every decision on a hit, newest first."""
        with self._database.read() as session:
            return tuple(reversed(_history(session, hit_id)))

    def stamps(self, hit_ids: Sequence[int]) -> dict[int, int]:
        """The number of the last decision on each hit that has one."""
        with self._database.read() as session:
            return stamps_of(session, hit_ids)

    def tags_of(self, hit_ids: Sequence[int]) -> dict[int, Tags]:
        """The tags of each hit that has some, in order."""
        with self._database.read() as session:
            return tags_of(session, hit_ids)


def stamps_of(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """The number of the last decision on each hit that has one."""
    return pairs_of(session, _last(), DecisionRow.hit_id, ids)


def tags_of(session: Session, ids: Iterable[int]) -> dict[int, Tags]:
    """The tags of each hit that has some, in order."""
    tags: dict[int, list[str]] = defaultdict(list)
    for hit, tag in rows_of(session, sa_select(col(HitTagRow.hit_id), col(HitTagRow.tag)), HitTagRow.hit_id, ids):
        tags[hit].append(tag)
    return {hit: in_order(words) for hit, words in tags.items()}


def _last() -> Any:
    """Hits with the number of the last decision on each."""
    return sa_select(col(DecisionRow.hit_id), func.max(DecisionRow.id)).group_by(col(DecisionRow.hit_id))


def _meant(session: Session, targets: Sequence[Target]) -> tuple[dict[Target, list[int]], tuple[int, ...]]:
    """The hits of each target, and the targets' numbers that there are not."""
    stories = sa_select(col(HitRow.id), col(HitRow.story_id))
    story_of = pairs_of(session, stories, HitRow.id, (target.hit_id for target in targets))
    members = _members(session, {story_of.get(target.hit_id) for target in targets if target.story} - {None})
    known = [target for target in targets if target.hit_id in story_of]
    missing = dict.fromkeys(target.hit_id for target in targets if target.hit_id not in story_of)
    return {target: _shown(target, members.get(story_of[target.hit_id], [])) for target in known}, tuple(missing)


def _members(session: Session, stories: set[Any]) -> dict[int | None, list[int]]:
    query = sa_select(col(HitRow.story_id), col(HitRow.id)).where(col(HitRow.withdrawn).is_(False))
    members: dict[int | None, list[int]] = defaultdict(list)
    for story, hit in rows_of(session, query, HitRow.story_id, stories):
        members[story].append(hit)
    return members


def _shown(target: Target, members: Sequence[int]) -> list[int]:
    if not target.story:
        return [target.hit_id]
    shown = {hit for hit in members if target.newest is None or hit <= target.newest}
    return sorted(shown | {target.hit_id})


def _overtaken(session: Session, meant: Mapping[Target, Sequence[int]], who: str) -> dict[Target, int]:
    """The targets on which another person has decided since they were shown, with that decision's number."""
    asked = {target: hits for target, hits in meant.items() if target.stamp is not None}
    others = _last().where(col(DecisionRow.who) != who) if who else _last()
    last = pairs_of(session, others, DecisionRow.hit_id, chain.from_iterable(asked.values()))
    since = {target: max((last.get(hit, 0) for hit in hits), default=0) for target, hits in asked.items()}
    return {target: number for target, number in since.items() if number > (target.stamp or 0)}


def _judged(session: Session, ids: Iterable[int]) -> dict[int, Judged]:
    """What is said of these hits now; they are held until the end of the transaction."""
    query = sa_select(col(HitRow.id), col(HitRow.state), col(HitRow.note)).order_by(col(HitRow.id)).with_for_update()
    rows = list(rows_of(session, query, HitRow.id, ids))
    tags = tags_of(session, (hit for hit, _, _ in rows))
    return {hit: Judged(state, note, tags.get(hit, ())) for hit, state, note in rows}


def _spelt(session: Session) -> dict[str, str]:
    """Every tag in use by its casefolded form: one tag is spelt one way, as it was written first."""
    return {tag.casefold(): tag for tag in session.exec(select(HitTagRow.tag).distinct().order_by(HitTagRow.tag))}


def _store(session: Session, steps: Sequence[_Step], who: str, now: datetime) -> tuple[DecisionView, ...]:
    """Change the hits and add a row to the history of each."""
    rows = [
        DecisionRow(
            hit_id=step.hit_id,
            at=now,
            state=step.now.state,
            note=step.now.note,
            who=who,
            tags=list(step.now.tags),
            undoes=step.undoes,
        )
        for step in steps
    ]
    session.add_all(rows)
    session.flush()
    if steps:
        values = [{"id": step.hit_id, "state": step.now.state, "note": step.now.note} for step in steps]
        session.execute(update(HitRow), values)
    for step in steps:
        _tag(session, step)
    return tuple(_seen(row, step.before.state) for row, step in zip(rows, steps, strict=True))


def _tag(session: Session, step: _Step) -> None:
    gone, new = set(step.before.tags) - set(step.now.tags), set(step.now.tags) - set(step.before.tags)
    if gone:
        session.execute(delete(HitTagRow).where(col(HitTagRow.hit_id) == step.hit_id, col(HitTagRow.tag).in_(gone)))
    session.add_all(HitTagRow(hit_id=step.hit_id, tag=tag) for tag in sorted(new))


def _history(session: Session, hit_id: int) -> list[DecisionView]:
    """Oldest first."""
    rows = session.exec(select(DecisionRow).where(DecisionRow.hit_id == hit_id).order_by(col(DecisionRow.id))).all()
    states = [Judged().state, *(row.state for row in rows)]
    return [_seen(row, was) for row, was in zip(rows, states[:-1], strict=True)]


def _view(session: Session, decision: int) -> DecisionView:
    row = session.get_one(DecisionRow, decision)
    return next(one for one in _history(session, row.hit_id) if one.id == decision)


def _undo(
    session: Session, history: list[DecisionView], number: int, who: str, now: datetime
) -> tuple[DecisionView | None, DecisionView | None]:
    """Take back a decision that is the last one standing: returns the undo, or what stands in its way."""
    place = next(place for place, one in enumerate(history) if one.id == number)
    stands = in_the_way(history[place + 1 :])
    if stands is not None:
        return None, stands
    before = _said(history[place - 1]) if place else Judged()
    made = _store(session, [_Step(history[place].hit_id, _said(history[-1]), before, number)], who, now)
    history += made
    return made[0], None


def _said(one: DecisionView) -> Judged:
    return Judged(one.state, one.note, one.tags)


def _seen(row: DecisionRow, was: str) -> DecisionView:
    return DecisionView(row.id or 0, row.hit_id, row.at, row.who, row.state, was, row.note, tuple(row.tags), row.undoes)
