"""Reviewers at their pages, in every order: what each was shown, what he says, and what must then be stored."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from judged import add_hits
from sqlmodel import select

from monitor.model import Judgement, Target
from monitor.store import Database, ReviewStore, open_database
from monitor.store.tables import REVIEW_STATES, HitRow

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
STORIES = (1, 1, 1, 0, 0)
HITS = range(1, len(STORIES) + 1)
BROWSERS = {"anna": "anna", "ben": "ben", "left": "", "right": ""}
"""Each browser with the name of who sits at it; two of them have none."""
TAGS = ("aid", "Aid", "rail")

browsers = st.sampled_from(sorted(BROWSERS))
hits = st.sampled_from(HITS)
tags = st.lists(st.sampled_from(TAGS), max_size=2).map(tuple)
judgements = st.builds(
    Judgement,
    state=st.none() | st.sampled_from(REVIEW_STATES),
    note=st.none() | st.sampled_from(("", "ask the desk")),
    tags=st.none() | tags,
    add=tags,
    remove=tags,
)


@cache
def empty() -> Path:
    """A database with the hits and no decision."""
    path = Path(tempfile.mkdtemp()) / "hits.db"
    database = open_database(f"sqlite:///{path}")
    add_hits(database, START, *STORIES)
    database.close()
    return path


def fresh(folder):
    """A copy of it."""
    shutil.copy(empty(), folder)
    return Database(f"sqlite:///{folder}/hits.db")


class Reviewers(RuleBasedStateMachine):
    """What was shown to whom is known here; what was decided is looked up."""

    def __init__(self):
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.database = fresh(self.folder)
        self.review, self.now = ReviewStore(self.database), START
        self.shown = {browser: dict.fromkeys(HITS, 0) for browser in BROWSERS}
        self.made: list[tuple[int, int, str]] = []

    def teardown(self):
        self.database.close()
        shutil.rmtree(self.folder)

    @property
    def decisions(self):
        return self.review.decisions

    def all_said(self):
        with self.database.read() as session:
            rows = session.exec(select(HitRow)).all()
        tags = self.decisions.tags_of(HITS)
        return {row.id: (row.state, row.note, tags.get(row.id, ())) for row in rows}

    def said(self, hit):
        return self.all_said()[hit]

    def of(self, hit, *, story):
        return [one for one in HITS if story and STORIES[hit - 1] and STORIES[one - 1] == STORIES[hit - 1]] or [hit]

    def learn(self, browser, decided):
        self.now += timedelta(seconds=1)
        for one in decided.done:
            self.made.append((one.id, one.hit_id, browser))
            self.shown[browser][one.hit_id] = one.id

    @rule(browser=browsers)
    def looks(self, browser):
        self.shown[browser] = dict.fromkeys(HITS, 0) | self.decisions.stamps(HITS)

    @rule(browser=browsers, hit=hits, story=st.booleans(), said=judgements)
    def decides(self, browser, hit, story, said):
        meant, before = self.of(hit, story=story), self.all_said()
        stamp = max(self.shown[browser][one] for one in meant)
        unseen = [who for number, one, who in self.made if one in meant and number > stamp]
        others = [who for who in unseen if BROWSERS[who] != BROWSERS[browser] or not BROWSERS[who]]
        target = Target(hit, story=story, newest=len(HITS), stamp=stamp)
        decided = self.decisions.decide([target], said, BROWSERS[browser], self.now)
        assert bool(decided.overtaken) == bool(others), (
            "what another person decided unseen is not overruled, else it is"
        )
        assert [one.hit_id for one in decided.done] == ([] if others else meant)
        now = self.all_said()
        left = HITS if others else set(HITS) - set(meant)
        assert all(now[one] == before[one] for one in left), "nothing else is changed"
        self.learn(browser, decided)

    @rule(browser=browsers, chosen=st.lists(hits, min_size=1, max_size=4), said=judgements)
    def decides_and_takes_it_back_and_does_it_after_all(self, browser, chosen, said):
        before, who = self.all_said(), BROWSERS[browser]
        decided = self.decisions.decide([Target(one) for one in chosen], said, who, self.now)
        after = self.all_said()
        undone = self.decisions.undo([one.id for one in decided.done], who, self.now)
        assert self.all_said() == before
        redone = self.decisions.undo([one.id for one in undone.done], who, self.now)
        assert self.all_said() == after
        for step in (decided, undone, redone):
            assert len(step.done) == len(set(chosen))
            assert not step.overtaken
            self.learn(browser, step)

    @rule(browser=browsers, back=st.integers(0, 6), story=st.booleans())
    def takes_something_back(self, browser, back, story):
        if back >= len(self.made):
            return
        number, hit, _ = self.made[-1 - back]
        before, history = self.said(hit), self.decisions.history(hit)[::-1]
        place = [one.id for one in history].index(number)
        decided = self.decisions.undo([number], BROWSERS[browser], self.now)
        if decided.overtaken:
            assert decided.overtaken[0].id > number
            assert self.said(hit) == before
        else:
            was = history[place - 1] if place else None
            assert self.said(hit) == ((was.state, was.note, was.tags) if was else ("new", "", ()))
            assert before == (history[place].state, history[place].note, history[place].tags)
        assert number != history[-1].id or decided.done, "the last decision can always be taken back"
        self.learn(browser, decided)

    @invariant()
    def the_history_replayed_gives_what_is_said_now_and_nothing_is_lost(self):
        histories = {hit: self.decisions.history(hit)[::-1] for hit in HITS}
        stored = [(one.id, one.hit_id) for history in histories.values() for one in history]
        assert sorted(stored) == sorted((number, hit) for number, hit, _ in self.made)
        now = self.all_said()
        for hit, history in histories.items():
            assert [one.was for one in history] == ["new", *(one.state for one in history)][: len(history)]
            last = history[-1] if history else None
            assert now[hit] == ((last.state, last.note, last.tags) if last else ("new", "", ()))
