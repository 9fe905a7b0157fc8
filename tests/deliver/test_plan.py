"""What goes out next on one alert: by examples, and laws that hold for any."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.deliver.plan import decide, latest_due
from monitor.deliver.routing import deliveries
from monitor.model import Alert, ChannelState, Finding, Plan, Queue, Verdict

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOW = datetime(2026, 2, 15, 12, tzinfo=UTC)
ALERT = Alert("desk", "json://h", ("ramstein",), timezone="Europe/Berlin")
FAILED = ChannelState("desk", "failing", since=datetime(2026, 2, 12, 13, 20, tzinfo=UTC), failures=88)


def minutes_ago(*ago):
    return tuple(NOW - minutes * MINUTE for minutes in sorted(ago, reverse=True))


def queue(messages=1, sent=(), channel=None, oldest=NOW):
    return Queue(messages, tuple(sent), channel or ChannelState("desk"), oldest)


def test_a_few_alerts_go_out_one_by_one():
    assert decide(ALERT, queue(20), NOW) == Plan()
    assert decide(ALERT, queue(3, minutes_ago(*range(1, 20))), NOW) == Plan()


def test_quiet_hours_hold_whatever_waits():
    alert = replace(ALERT, quiet="22:00-06:00")
    night = datetime(2026, 2, 15, 22, 30, tzinfo=UTC)
    held = Plan(hold=datetime(2026, 2, 16, 5, tzinfo=UTC), why="quiet hours until 06:00 Berlin")
    assert decide(alert, queue(1), night) == held
    assert decide(replace(alert, when="*/30 * * * *"), queue(100), night) == held
    assert decide(alert, queue(1), held.hold) == Plan()


def test_a_digest_goes_out_whole_at_its_time():
    digest = replace(ALERT, when="0 8 * * *", cooldown=HOUR, max_per_hour=1)
    assert decide(digest, queue(300, minutes_ago(1, 2)), NOW) == Plan(together=True)


def test_the_cooldown_holds_and_what_came_within_goes_out_as_one():
    alert = replace(ALERT, cooldown=10 * MINUTE)
    held = Plan(hold=NOW + 4 * MINUTE, why="cooldown of 10m until 13:04 Berlin")
    assert decide(alert, queue(1, minutes_ago(30, 6)), NOW) == held
    assert decide(alert, queue(1, minutes_ago(10)), NOW) == Plan()
    together = decide(alert, queue(4, minutes_ago(10), oldest=NOW - 9 * MINUTE), NOW)
    assert together == Plan(together=True, reason="4 alerts came within the cooldown of 10m")


def test_what_comes_at_once_after_the_cooldown_is_not_said_to_have_waited():
    alert = replace(ALERT, cooldown=10 * MINUTE)
    together = decide(alert, queue(4, minutes_ago(50)), NOW)
    assert together == Plan(together=True, reason="4 alerts at once, with a cooldown of 10m")


def test_a_cooldown_may_be_longer_than_an_hour():
    alert = replace(ALERT, cooldown=3 * HOUR)
    assert decide(alert, queue(1, minutes_ago(120)), NOW).hold == NOW + HOUR


def test_the_last_message_of_the_hour_takes_all_that_waits():
    reason = "more than 30 alerts an hour: these 12 are in one message"
    assert decide(ALERT, queue(12, minutes_ago(*range(1, 30))), NOW) == Plan(together=True, reason=reason)
    assert decide(ALERT, queue(1, minutes_ago(*range(1, 30))), NOW) == Plan()
    assert decide(ALERT, queue(12, minutes_ago(*range(1, 29))), NOW) == Plan()


def test_beyond_the_hours_limit_it_is_held():
    held = Plan(hold=NOW + 15 * MINUTE, why="30 alerts went out within an hour; the next at 13:15 Berlin")
    assert decide(ALERT, queue(12, minutes_ago(*range(16, 46))), NOW) == held
    assert decide(ALERT, queue(12, minutes_ago(*range(16, 46))), held.hold).together
    one = replace(ALERT, max_per_hour=1)
    assert decide(one, queue(2, minutes_ago(59)), NOW).hold == NOW + MINUTE
    assert decide(one, queue(2, minutes_ago(60)), NOW).reason == (
        "more than 1 alert an hour: these 2 are in one message"
    )


def test_urgent_messages_beyond_the_limit_make_the_wait_longer():
    assert decide(replace(ALERT, max_per_hour=2), queue(1, minutes_ago(50, 20, 10)), NOW).hold == NOW + 40 * MINUTE


def test_a_backlog_goes_out_as_one_and_says_why():
    reasons = {
        "137 alerts waited: the channel failed since 12 Feb, 14:20 Berlin": queue(137, channel=FAILED),
        "21 alerts waited, the oldest since 15 Feb, 09:00 Berlin": queue(21, oldest=NOW - 4 * HOUR),
        "21 alerts at once": queue(21, oldest=NOW - 59 * MINUTE),
        "22 alerts at once": queue(22, oldest=None),
    }
    assert {decide(ALERT, waiting, NOW) for waiting in reasons.values()} == {
        Plan(together=True, reason=reason) for reason in reasons
    }


def test_several_that_were_held_go_out_as_one_and_one_by_itself():
    held = replace(queue(5), put_off=2, why="quiet hours until 06:00 Berlin")
    assert decide(ALERT, held, NOW) == Plan(together=True, reason="5 alerts waited: quiet hours until 06:00 Berlin")
    assert decide(ALERT, replace(held, put_off=1), NOW) == Plan()


def test_few_alerts_go_out_one_by_one_after_an_outage_too():
    assert decide(ALERT, queue(20, channel=FAILED), NOW) == Plan()


@pytest.mark.fault("G2")
def test_messages_sent_in_the_future_do_not_count():
    """The clock was put back by three days."""
    sent = tuple(NOW + 3 * DAY + minutes * MINUTE for minutes in range(40))
    assert decide(ALERT, queue(1, sent), NOW) == Plan()
    assert decide(replace(ALERT, cooldown=HOUR), queue(1, sent), NOW) == Plan()


# --- laws ------------------------------------------------------------------------------------------

TIMES = st.times().map(lambda time: f"{time:%H:%M}").filter(lambda text: text != "00:00")
ZONES = st.sampled_from(["UTC", "Europe/Kyiv", "America/New_York", "America/Havana", "Asia/Kathmandu"])
NEAR = st.sampled_from(
    [NOW, *(datetime(2024, 10, day, 22, tzinfo=UTC) for day in (5, 26)), datetime(2024, 3, 30, 22, tzinfo=UTC)]
)
MOMENTS = st.builds(
    lambda day, seconds: day + timedelta(seconds=seconds), NEAR, st.integers(-DAY.total_seconds(), 86_400)
)
QUIET = st.one_of(
    st.none(),
    # At least two hours a day are free: fewer can be skipped by a change of the clocks.
    st.builds(lambda end, hours: f"{(end - hours) % 24:02}:15-{end:02}:45", st.integers(0, 23), st.integers(0, 21)),
)
ALERTS = st.builds(
    Alert,
    name=st.just("desk"),
    url=st.just("json://h"),
    topics=st.just(("ramstein",)),
    when=st.sampled_from(["now", "now", "0 8 * * 1-5", "30 3 * * *"]),
    quiet=QUIET,
    timezone=ZONES,
    cooldown=st.sampled_from([timedelta(0), 10 * MINUTE, 5 * HOUR, DAY]),
    max_per_hour=st.integers(1, 40),
    updates=st.one_of(st.none(), st.sampled_from([HOUR, 6 * HOUR])),
)


@st.composite
def situations(draw):
    now = draw(MOMENTS)
    ago = draw(st.lists(st.integers(-7200, 90_000), max_size=60))
    sent = sorted(now - timedelta(seconds=seconds) for seconds in ago)
    channel = draw(st.sampled_from([FAILED, ChannelState("desk")]))
    oldest = now - draw(st.timedeltas(timedelta(0), 3 * DAY))
    messages = draw(st.integers(1, 200))
    waiting = Queue(messages, tuple(sent), channel, oldest, min(messages, draw(st.integers(0, 3))), "quiet hours")
    return draw(ALERTS), waiting, now


@pytest.mark.fault("G3")
@settings(max_examples=300, deadline=None)
@given(situations())
def test_a_hold_lies_ahead_within_a_day_and_a_plan_is_one_thing(situation):
    plan = decide(*situation)
    now = situation[2]
    assert plan.hold is None or now < plan.hold <= now + timedelta(hours=25)
    assert bool(plan.hold) == bool(plan.why)
    assert not (plan.hold and plan.together)
    assert plan.together or not plan.reason


@pytest.mark.fault("G3", "G2")
@settings(max_examples=300, deadline=None)
@given(situations())
def test_what_held_does_not_hold_again(situation):
    alert, waiting, now = situation
    plan = decide(alert, waiting, now)
    if plan.hold:
        cause = plan.why.split()[0]
        # The messages sent in the future are those of a clock put back: they are sent by nobody until then.
        past = replace(waiting, sent=tuple(at for at in waiting.sent if at <= now))
        assert decide(alert, past, plan.hold).why.split()[:1] != [cause]


@pytest.mark.fault("G3")
@settings(max_examples=300, deadline=None)
@given(situations())
def test_no_plan_holds_for_ever(situation):
    """With nothing else sent, it is held three times at most: quiet hours, the cooldown, quiet hours once more."""
    alert, waiting, now = situation
    waiting = replace(waiting, sent=tuple(at for at in waiting.sent if at <= now))
    for _ in range(4):
        plan = decide(alert, waiting, now)
        if not plan.hold:
            break
        now = plan.hold
    assert not plan.hold


@settings(max_examples=200, deadline=None)
@given(situations())
def test_a_flood_is_out_within_two_hours_and_the_limit_is_kept(situation):
    """The last message that an hour has room for takes all that waits."""
    alert, waiting, now = situation
    alert = replace(alert, quiet=None, cooldown=timedelta(0))
    sent, left, end = [at for at in waiting.sent if at <= now], waiting.messages, now + 2 * HOUR
    while left and now < end:
        plan = decide(alert, Queue(left, tuple(sent), waiting.channel, waiting.oldest), now)
        if plan.hold:
            now = plan.hold
            continue
        left = 0 if plan.together else left - 1
        sent.append(now)
        now += timedelta(seconds=1)
        if alert.when == "now":
            since = [at for at in sent if at > now - HOUR]
            assert len(since) <= max(alert.max_per_hour, len([at for at in waiting.sent if at > now - HOUR]))
    assert not left


# --- the clock jumped ------------------------------------------------------------------------------


HIT = Verdict("ramstein", hit=True, grade="certain", score=9)


def made(alert, now):
    finding = Finding(1, "t", "x", "full", (HIT,), published=now)
    (delivery,) = deliveries(finding, ["ramstein"], [alert], source=None, found=now, backlog=DAY, now=now)
    return delivery


@pytest.mark.fault("G2")
@settings(max_examples=300, deadline=None)
@given(situations(), st.timedeltas(timedelta(0), 2 * DAY))
def test_nothing_is_brought_back_that_waits_rightly(situation, later):
    """Whatever made a row wait at some time, the row is never later than what is sensible at any later time."""
    alert, waiting, now = situation
    plan = decide(alert, waiting, now)
    soon = now + later
    for due in filter(None, (made(alert, now).due, plan.hold, now + timedelta(hours=1, minutes=6))):
        assert due <= max(soon, latest_due(alert, update=False, now=soon))
    assert now + (alert.updates or timedelta(0)) <= max(soon, latest_due(alert, update=True, now=soon))


@pytest.mark.fault("G2")
def test_what_a_wrong_clock_put_off_for_days_is_brought_back():
    latest = {
        (when, update): latest_due(replace(ALERT, when=when), update, NOW) - NOW
        for when in ("now", "0 14 * * *", "0 8 * * 1-5")
        for update in (False, True)
    }
    assert latest == {
        ("now", False): timedelta(hours=1, minutes=10),
        ("now", True): 6 * HOUR,
        ("0 14 * * *", False): timedelta(hours=1, minutes=10),
        ("0 14 * * *", True): 25 * HOUR,
        ("0 8 * * 1-5", False): 19 * HOUR,
        ("0 8 * * 1-5", True): 19 * HOUR,
    }
