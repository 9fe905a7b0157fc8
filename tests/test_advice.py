"""What the state of a source means: a reason and a mend for every state in which a person is needed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.advice import (
    CALM,
    SIGNS,
    advice,
    by_need,
    channel_advice,
    channels_by_need,
    gap_words,
    open_gaps,
    span,
    state,
)
from monitor.model import ChannelView, GapView, SourceView
from monitor.poll.health import HEALTH

NOW = datetime(2026, 2, 12, 13, 40, tzinfo=UTC)
GAP = GapView("Post", NOW, NOW - timedelta(hours=3), NOW - timedelta(hours=1), "reading", 41, "")
WELL = SourceView(
    name="Harbour Post",
    url="https://a.example/rss",
    kind="feed",
    language="en",
    active=True,
    health="ok",
    outcome="new",
    error=None,
    failures=0,
    last_poll=NOW,
    last_ok=NOW,
    last_new=NOW,
    next_poll=NOW,
    entries=5,
    hits=1,
)
FAILED = {"outcome": "failed", "failures": 4, "last_ok": None}


def told(moment):
    return f"{moment:%H:%M}"


def said(**changes):
    found = advice(replace(WELL, **changes), told)
    return found.reason, found.mend


def test_every_state_has_a_sign():
    assert set(SIGNS) == {*HEALTH, "paused", "off"}


@pytest.mark.parametrize("health", [health for health in HEALTH if health not in CALM])
def test_every_state_that_is_not_calm_has_a_reason_and_a_mend(health):
    assert all(said(health=health))


@pytest.mark.parametrize(
    ("changes", "reason", "mend"),
    [
        ({"health": "failing", "error": "http: answers 503", **FAILED}, "4 times in a row, has never answered", ""),
        ({"health": "failing", "failures": 1}, "failed once, last answered 13:40: no reason", "check 'Harbour Post'"),
        ({"health": "gone", "error": "http: answers 410", **FAILED}, "gone for good", "take it out of sources.yaml"),
        ({"health": "blocked", "error": "http: answers 403", **FAILED}, "it refuses us", "`user_agent`"),
        ({"health": "blocked", "error": "robots: /news is not allowed", **FAILED}, "its robots.txt forbids", "sitemap"),
        ({"health": "blocked", "walls": 7}, "7 article pages in a row behind a bot check", "`monitor why`"),
        ({"health": "silent"}, "nothing new since 13:40", "monitor sources add"),
        ({"health": "moved", "address": "https://b.example/f"}, "now at https://b.example/f", "sources.yaml"),
        ({"health": "rotated", "gaps": (GAP,)}, "10:40 to 12:40, noticed 13:40: 41 entries read back", "interval_min"),
        ({"health": "late", "lateness": timedelta(minutes=12)}, "12 min after it was due", "`pace`"),
        ({"health": "failing", "active": False}, "no longer in sources.yaml", ""),
        ({"moving_to": "https://c.example/f"}, "a permanent redirect leads to https://c.example/f", ""),
        ({"outcome": "failed", "error": "timeout: 30 s"}, "not counted as an outage yet: timeout: 30 s", ""),
        ({}, "", ""),
    ],
)  # fmt: skip
def test_the_reason_and_the_mend(changes, reason, mend):
    why, what = said(**changes)
    assert reason in why
    assert mend in what
    assert bool(why) == bool(reason)


def test_what_needs_a_person_most_comes_first():
    views = [
        replace(WELL, name=health, health=health) for health in ("ok", "late", "failing", "new", "blocked", "gone")
    ]
    views.append(replace(WELL, name="away", health="gone", active=False))
    assert [view.name for view in by_need(views)] == ["gone", "failing", "blocked", "late", "new", "ok", "away"]
    assert state(views[-1]) == "off"


def test_closed_gaps_are_not_open():
    closed, stays = replace(GAP, state="closed"), replace(GAP, state="open", read_back=1)
    assert open_gaps(replace(WELL, gaps=(GAP, closed, stays))) == (GAP, stays)
    assert gap_words(stays, told).endswith("1 entry read back; stays open: the site offers no more")


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86400, "1 day"), (200000, "2 days")]
)
def test_spans_in_words(seconds, words):
    assert span(timedelta(seconds=seconds)) == words


GOOD = ChannelView("desk mail", "ok", None, None, None, waiting=0, dead=0, oldest=None, last_sent=NOW)
REFUSED = replace(GOOD, health="refused", error="chat not found", next_at=NOW + timedelta(minutes=59), waiting=3)


def test_a_channel_that_works_says_nothing_and_one_in_trouble_says_what_and_the_mend():
    assert channel_advice(GOOD, told).reason == channel_advice(GOOD, told).mend == ""
    refused = channel_advice(REFUSED, told)
    assert refused.reason.startswith("it takes no messages: chat not found. What comes is kept")
    assert refused.reason.endswith("next try 14:39")
    assert "`monitor alerts test 'desk mail'`" in refused.mend
    failing = channel_advice(replace(REFUSED, health="failing"), told)
    assert "Nothing is lost" in failing.reason
    assert failing.mend == ""
    assert "--alert 'desk mail' --state dead" in channel_advice(replace(GOOD, dead=2), told).mend


def test_channels_in_trouble_come_first():
    failing, dead = replace(REFUSED, alert="a", health="failing"), replace(GOOD, alert="z", dead=1)
    ordered = [GOOD, dead, replace(GOOD, alert="b"), failing, REFUSED]
    assert [one.alert for one in channels_by_need(ordered)] == ["desk mail", "a", "z", "b", "desk mail"]
