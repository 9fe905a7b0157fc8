"""The monitor speaks about itself on its own channels, in whole rounds."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from installation import SMALL
from world import GROUP, WEATHER

from monitor.loading import load

RAIN = ("rain", "Rain until Sunday", WEATHER)
FULL = "watch: {low_disk: 900TB}\n"
ROOMY = "watch: {low_disk: 1MB}\n"


def told(desk):
    """The messages of the monitor about itself that arrived, in each of the two channels."""
    return [message["text"] for message in desk.chats if "Contact group" not in message["text"]]


def test_low_disk_arrives_in_the_same_round_once_and_its_end(desk, outlet):
    outlet.publish(RAIN)
    for _ in range(2):
        with desk.write(outlet.feed, more=FULL, topic=SMALL).app() as app:
            app.round()
            app.round()
            assert app.watcher.wrong == ("disk",)
    (message,) = told(desk)
    assert f"free in {desk.folder}" in message
    with desk.write(outlet.feed, more=ROOMY, topic=SMALL).app() as app:
        app.round()
        assert app.watcher.wrong == ()
    assert len(told(desk)) == 2
    assert len(desk.mails) == 2


def test_before_it_has_looked_nothing_is_called_well(desk, outlet):
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        assert app.watcher.wrong


def test_a_database_that_could_not_be_written_is_told_when_it_can_be(desk, outlet, clock, caplog):
    outlet.publish(RAIN)
    with desk.write(outlet.feed, topic=SMALL).app(now=clock) as app:
        app.round()
        app.watch()
        rename(desk, "pace", "gone")
        for _ in range(3):
            clock.forward(minutes=1)
            app.watcher.look(clock())
        assert app.watcher.wrong == ("database",)
        assert caplog.text.count("the database cannot be used") == 1
        rename(desk, "gone", "pace")
        clock.forward(minutes=1)
        app.round()
        assert app.watcher.wrong == ()
    (message,) = told(desk)
    assert "could not be written from 2026-05-04 07:01 to 07:04 UTC" in message


def rename(desk, name, other):
    """Take a table away under the running program, or put it back."""
    with closing(sqlite3.connect(desk.folder / "monitor.db")) as connection:
        connection.execute(f"ALTER TABLE {name} RENAME TO {other}")


@pytest.mark.fault("F15")
def test_a_rule_that_hits_everything_is_told(desk, outlet, clock):
    outlet.publish(*((f"meeting-{number}", f"Contact group meets, {number}", "") for number in range(210)))
    with desk.write(outlet.feed, topic=SMALL).app(now=clock) as app:
        app.crews.poll.drain(lambda _event: None)
        app.crews.read.drain(lambda _event: None)
        app.watch()
        known = app.review.notices()
    assert [(notice.kind, notice.subject, notice.state) for notice in known] == [("topic", "ramstein", "broad")]


@pytest.mark.fault("F13")
def test_an_alert_that_comes_has_nothing_old_and_one_that_goes_loses_what_waits_until_it_is_back(desk, outlet, clock):
    outlet.publish(("group", "Contact group meets", GROUP))
    first = desk.write(outlet.feed, topic=SMALL).config.read_text()
    digest = first.replace("name: chat,", 'name: chat, when: "0 0 1 1 *",')
    desk.config.write_text(digest)
    app = desk.app(now=clock)
    app.round()
    renamed = digest.replace("name: chat,", "name: other,")
    with again(desk, app, renamed) as new:
        new.round()
        assert states(new) == {"mail": "sent", "chat": "cancelled"}
        back = again(desk, new, digest)
        assert states(back)["chat"] == "pending"
        back.close()
    assert (len(desk.mails), desk.chats) == (1, [])


def again(desk, app, text):
    desk.config.write_text(text)
    app.stop.set()
    return app.again(load(desk.config, {}))


def states(app):
    return {row.alert: row.state for row in app.review.alerts.deliveries()}


def test_a_program_that_is_over_gives_back_what_is_its_own_and_keeps_the_lock(desk, outlet, clock):
    outlet.publish(RAIN)
    app = desk.write(outlet.feed, topic=SMALL).app(now=clock)
    new = again(desk, app, desk.config.read_text())
    app.close()  # does nothing any more
    clock.forward(seconds=1)
    assert new.round().sources == 1
    code, _, err = desk.run("run", MONITOR_PORT="0")
    assert (code, "already running" in err) == (3, True)
    new.close()


def test_alive_is_made_up_for_once_and_goes_out(desk, outlet, clock):
    outlet.publish(("group", "Contact group meets", GROUP))
    with desk.write(outlet.feed, more='watch: {alive: "0 9 * * 1"}\n', topic=SMALL).app(now=clock) as app:
        app.round()
        clock.forward(days=30)
        started = clock() - timedelta(minutes=5)
        assert app.watcher.say_alive(started, clock()) is not None
        assert app.watcher.say_alive(started, clock()) is None
        app.crews.deliver.drain(lambda _event: None)
    (message,) = told(desk)
    assert "1 of 1 sources answer; 1 article read since 2026-05-04 07:00 UTC" in message
    assert "running for 5 minutes" in message
