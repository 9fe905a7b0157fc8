"""Still alive: the figures of a week as they are said."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.keep.alive import alive, span
from monitor.model import ChannelFigures, Figures

NOW = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
EMPTY = Figures(NOW - timedelta(days=7), 0, 0, 0, {}, (), (), 0, 0, 40_960, ())
FULL = Figures(
    since=NOW - timedelta(days=7),
    sources=120,
    answering=118,
    articles=48_210,
    hits={"uk": 120, "en": 80, "": 1},
    channels=(ChannelFigures("desk", 190, 2, 0), ChannelFigures("mail", 12, 0, 3)),
    slowest=(("Slow Herald", timedelta(hours=4)), ("Late News", timedelta(minutes=50))),
    gaps=3,
    open_gaps=1,
    size=812_000_000,
    dead=(("Old Gazette", "gone"), ("RBC", "blocked")),
)


def test_each_line_is_one_matter():
    notice = alive(FULL, ["Resting Post"], NOW - timedelta(days=6), NOW)
    assert (notice.kind, notice.subject) == ("alive", "monitor")
    assert notice.words.splitlines() == [
        "118 of 120 sources answer; 48,210 articles read since 2026-05-04 07:00 UTC.",
        "201 hits: uk 120, en 80, unknown 1.",
        "desk: 190 alerts sent, 2 waiting.",
        "mail: 12 alerts sent, 0 waiting, 3 given up (monitor alerts lists them).",
        "2 sources dead for more than a week: Old Gazette (gone), RBC (blocked). monitor sources says why.",
        "Switched off in sources.yaml: Resting Post.",
        "Found latest after publication: Slow Herald (4 hours), Late News (50 minutes).",
        "3 gaps in what sources showed, 1 still open (monitor sources --gaps).",
        "Database 812 MB; running for 6 days.",
    ]


def test_what_is_not_there_has_no_line():
    assert alive(EMPTY, (), NOW, NOW).words.splitlines() == [
        "0 of 0 sources answer; 0 articles read since 2026-05-04 07:00 UTC.",
        "No hits.",
        "Database 41 kB; running for 0 minutes.",
    ]


@pytest.mark.fault("G10")
def test_many_dead_sources_are_counted_and_the_first_named():
    dead = tuple((f"Source {number}", "failing") for number in range(50))
    words = alive(Figures(**(_fields(FULL) | {"dead": dead})), (), NOW, NOW).words
    assert "50 sources dead for more than a week: Source 0 (failing), " in words
    assert "Source 19 (failing) and 30 more." in words


@pytest.mark.fault("G10")
def test_a_paused_source_is_named_each_week():
    words = alive(Figures(**(_fields(FULL) | {"paused": ("Quiet Post", "Rest")})), (), NOW, NOW).words
    assert "Paused: Quiet Post, Rest; monitor sources resume lets them go on." in words


def _fields(figures):
    return {name: getattr(figures, name) for name in Figures.__slots__}


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=20), "0 minutes"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=1, minutes=20), "1 hour"),
        (timedelta(days=6, hours=3), "6 days"),
    ],
)
def test_a_length_of_time_has_one_unit(time, words):
    assert span(time) == words
