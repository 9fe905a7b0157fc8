"""kill -9 of the real command, with its processes that parse; tests/alerts kills at every step, and at random."""

import signal
import sys
import threading
from pathlib import Path

import pytest
from channels import Reply
from installation import SMALL
from world import BUDGET, GROUP, WEATHER

from monitor.model import HitFilter

CRASHER = str(Path(__file__).with_name("crasher.py"))
ITEMS = [
    ("meeting-0", "Contact group meets in Ramstein", GROUP),
    ("meeting-1", "Oslo pays for drones from Kharkiv, for the contact group", BUDGET),
    ("rain", "Rain until Sunday", WEATHER),
]


def crash(desk, name, point):
    process = desk.start(program=[sys.executable, CRASHER, str(desk.config), desk.database, name, point])
    _, err = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, err


@pytest.mark.parametrize("point", ["claimed", "worked", "saved"])
@pytest.mark.parametrize("name", ["poll", "read", "deliver"])
def test_a_kill_at_any_point_loses_nothing(desk, outlet, name, point):
    outlet.publish(*ITEMS)
    desk.write(outlet.feed, topic=SMALL)
    crash(desk, name, point)
    with desk.app() as app:
        app.round(everything=True)
        hits = list(app.review.hits(HitFilter(topic="ramstein")))
        rows = app.review.alerts.deliveries()
    assert sorted(hit.title for hit in hits) == sorted(title for _, title, text in ITEMS if text is not WEATHER)
    assert [row.state for row in rows] == ["sent"] * 4
    repeats = len(desk.chats) - 2, len(desk.mails) - 2
    assert min(repeats) >= 0
    assert sum(repeats) <= (1 if name == "deliver" else 0)
    assert sum(repeats) <= sum(row.unknown for row in rows)


def test_a_kill_between_the_channels_acceptance_and_our_record_repeats_one_message_and_says_so(desk, outlet):
    outlet.publish(ITEMS[0])
    desk.write(outlet.feed, topic=SMALL)
    desk.bot.plan.append(Reply(accept=True, hang=True))
    process = desk.start("poll")
    with_message = threading.Event()

    def watch():
        while process.poll() is None and not desk.chats:
            with_message.wait(0.02)
        with_message.set()

    threading.Thread(target=watch, daemon=True).start()
    assert with_message.wait(30)
    process.kill()
    process.communicate(timeout=10)
    with desk.app() as app:
        app.round()
        (row,) = [row for row in app.review.alerts.deliveries() if row.alert == "chat"]
    assert (row.state, row.unknown, len(desk.chats)) == ("sent", 1, 2)
    assert "possibly repeated" in desk.chats[1]["text"]
    assert len(desk.mails) in {1, 2}


def test_a_kill_while_a_feed_is_being_fetched_loses_nothing(desk, outlet):
    outlet.publish(*ITEMS)
    outlet.answers["/feed"].gate = threading.Event()
    process = desk.write(outlet.feed, topic=SMALL).start("poll")
    assert outlet.wait_for("/feed")
    process.kill()
    process.communicate(timeout=10)
    outlet.answers["/feed"].gate.set()
    with desk.app() as app:
        assert app.round().hits == 2
    assert len(desk.mails) == 2


def test_a_kill_while_pages_are_being_read_loses_nothing(desk, outlet):
    outlet.publish(*ITEMS)
    outlet.answers["/meeting-1"].gate = threading.Event()
    process = desk.write(outlet.feed, topic=SMALL).start("poll")
    assert outlet.wait_for("/meeting-1")
    process.kill()
    process.communicate(timeout=10)
    outlet.answers["/meeting-1"].gate.set()
    with desk.app() as app:
        app.round()
        assert len(list(app.review.hits(HitFilter(topic="ramstein")))) == 2
    assert len(desk.mails) == 2
    assert outlet.asked.count("/meeting-1") == 2
