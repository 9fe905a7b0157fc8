"""What the monitor says of itself: once a change of state, in words that say what to do."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.config.settings import WatchOptions
from monitor.errors import Problem
from monitor.keep import watch
from monitor.model import Facts, TopicHits, Waiting

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=3)
OPTIONS = WatchOptions(low_disk=500_000_000, backlog=timedelta(minutes=30))
NOTHING = Waiting(0, None)


def facts(free=10**12, hits=(), **waiting):
    names = ("polling", "reading", "delivering")
    return Facts(free, "/data", {name: waiting.get(name, NOTHING) for name in names}, tuple(hits))


def late(number, minutes):
    return Waiting(number, NOW - timedelta(minutes=minutes))


class Told:
    """What was said, one look after the other."""

    def __init__(self):
        self.known = {}

    def look(self, seen, now=NOW, awake=LONG_AGO):
        notices = watch.changes(seen, self.known, OPTIONS, awake, now)
        self.known |= {(one.kind, one.subject): one for one in notices}
        return [(one.subject, one.was, one.state) for one in notices]

    def words(self, kind, subject):
        return self.known[kind, subject].words


@pytest.fixture
def told():
    return Told()


def test_all_is_well_and_nothing_is_said(told):
    assert told.look(facts(hits=[TopicHits("ramstein", 12, 3.0)], reading=late(3, 5))) == []


def test_low_disk_is_said_once_and_its_end_not_before_there_is_room(told):
    assert told.look(facts(free=412_000_000)) == [("disk", "ok", "low")]
    assert "412 MB are free in /data, less than the 500 MB" in told.words("disk", "disk")
    for free in (400_000_000, 501_000_000, 499_000_000, 740_000_000):
        assert told.look(facts(free=free)) == []
    assert told.look(facts(free=760_000_000)) == [("disk", "low", "ok")]
    assert told.look(facts(free=520_000_000)) == []


@pytest.mark.fault("E5")
def test_a_log_that_a_long_reader_lets_grow_is_said_once_and_its_end(told):
    assert told.look(replace(facts(), log=490_000_000)) == []
    assert told.look(replace(facts(), log=510_000_000)) == [("log", "ok", "grown")]
    assert "some program reads the database without an end" in told.words("disk", "log")
    assert told.look(replace(facts(), log=9_000_000_000)) == []
    assert told.look(replace(facts(), log=260_000_000)) == []
    assert told.look(replace(facts(), log=67_000_000)) == [("log", "grown", "ok")]


def test_a_database_on_another_machine_has_no_disk_here(told):
    assert told.look(facts(free=None)) == []


@pytest.mark.parametrize("name", ["polling", "reading", "delivering"])
def test_a_backlog_is_said_with_number_and_age(told, name):
    assert told.look(facts(**{name: late(1234, 29)})) == []
    assert told.look(facts(**{name: late(1234, 31)})) == [(name, "ok", "waiting")]
    words = told.words("backlog", name)
    assert words.startswith("1,234 ")
    assert "the oldest since 2026-05-04 06:29 UTC, which is longer than 30m" in words
    assert told.look(facts(**{name: late(1300, 55)})) == []
    assert told.look(facts(**{name: late(20, 16)})) == []
    assert told.look(facts(**{name: late(20, 14)})) == [(name, "waiting", "ok")]


def test_what_waited_while_the_program_did_not_run_is_no_backlog_before_it_could_catch_up(told):
    seen = facts(polling=late(2000, 8 * 60))
    assert told.look(seen, awake=NOW) == []
    assert told.look(seen, awake=NOW - timedelta(minutes=29)) == []
    assert told.look(seen, awake=NOW - timedelta(minutes=31)) == [("polling", "ok", "waiting")]


@pytest.mark.fault("F15")
def test_a_topic_that_hits_too_much_is_said_once_until_it_is_as_usual(told):
    assert told.look(facts(hits=[TopicHits("ramstein", 200, 3.0)])) == []
    assert told.look(facts(hits=[TopicHits("ramstein", 1000, 3.4)])) == [("ramstein", "ok", "broad")]
    assert told.words("topic", "ramstein").startswith(
        "Topic ramstein hit 1,000 articles in an hour (usually 3): one of its rules may be too broad. "
    )
    for number in (1500, 300, 150, 100):
        assert told.look(facts(hits=[TopicHits("ramstein", number, 3.4)])) == []
    assert told.look(facts(hits=[TopicHits("ramstein", 99, 3.4)])) == [("ramstein", "broad", "ok")]


def test_a_topic_that_was_too_broad_and_is_gone_is_well(told):
    told.look(facts(hits=[TopicHits("test", 500, None)]))
    assert told.look(facts()) == [("test", "broad", "ok")]


def test_what_is_open_is_known(told):
    told.look(facts(free=1, reading=late(9, 90), hits=[TopicHits("test", 500, None)]))
    assert set(watch.open_troubles(told.known)) == {"disk", "reading"}
    told.look(facts())
    assert watch.open_troubles(told.known) == ()


# --- configuration ---------------------------------------------------------------------------------

FIRST = Problem("sources.yaml", 14, "sources[3].interval", 'expected a duration such as 15m or 2h, got "15"')
SECOND = Problem("sources.yaml", 20, "alerts[0].url", "is missing")


def config(known, *problems, now=NOW):
    notice = watch.config("sources.yaml", problems, known, now)
    if notice:
        known["config", "sources.yaml"] = notice
    return notice and (notice.was, notice.state)


def test_a_bad_configuration_is_said_once_a_content_and_when_it_is_mended():
    known = {}
    assert config(known) is None
    assert config(known, FIRST, SECOND) == ("ok", "refused")
    assert known["config", "sources.yaml"].words.startswith(
        'sources.yaml:14: sources[3].interval: expected a duration such as 15m or 2h, got "15" (and 1 more mistake). '
    )
    assert config(known, FIRST, SECOND) is None
    assert config(known, SECOND) == ("refused", "refused")
    assert config(known, now=NOW + timedelta(hours=1)) == ("refused", "ok")
    assert config(known) is None


# --- alive -----------------------------------------------------------------------------------------

BERLIN = "Europe/Berlin"


def said(line, start, hours):
    """When "still alive" is said, looked at each minute from ``start`` on."""
    first = datetime.fromisoformat(start).replace(tzinfo=UTC)
    last, times = None, []
    for minute in range(hours * 60):
        now = first + timedelta(minutes=minute)
        if watch.alive_due(line, last, first, BERLIN, now):
            last = now
            times.append(f"{now:%m-%d %H:%M}")
    return times


def test_alive_is_said_at_its_time_each_week():
    assert said("0 9 * * 1", "2026-05-01T00:00", 24 * 15) == ["05-04 07:00", "05-11 07:00"]


@pytest.mark.fault("G3")
def test_a_local_time_that_is_skipped_or_comes_twice_counts_once():
    assert said("30 2 * * *", "2026-03-28T12:00", 24 * 2) == ["03-29 01:00", "03-30 00:30"]
    assert said("30 2 * * *", "2026-10-24T12:00", 24 * 2) == ["10-25 00:30", "10-26 01:30"]


def test_a_missed_time_is_made_up_once():
    for days in (8, 40):
        last = NOW - timedelta(days=days)
        assert watch.alive_due("0 9 * * 1", last, None, BERLIN, NOW)
    assert not watch.alive_due("0 9 * * 1", NOW, None, BERLIN, NOW + timedelta(days=6))


def test_alive_is_not_said_before_anything_was_done_nor_where_it_is_not_wanted():
    assert not watch.alive_due("0 9 * * 1", None, None, BERLIN, NOW)
    assert not watch.alive_due(None, LONG_AGO, None, BERLIN, NOW + timedelta(days=90))


def test_a_filter_that_nobody_saved_is_said_once_until_it_is_there():
    known = {}

    def look(unsaved):
        made = list(watch.filters(unsaved, known, NOW))
        known.update({(one.kind, one.subject): one for one in made})
        return [(one.subject, one.was, one.state) for one in made]

    assert look({}) == []
    assert look({"Air defence": ("desk", "mail")}) == [("Air defence", "ok", "unsaved")]
    assert "so desk, mail gets everything that its other rules let pass" in known["filter", "Air defence"].words
    assert look({"Air defence": ("desk",)}) == []
    assert look({}) == [("Air defence", "unsaved", "ok")]
    assert look({}) == []
    assert look({"Air defence": ("desk",)}) == [("Air defence", "ok", "unsaved")]
