"""The daemon as its user sees it: a process, its page, its signals."""

import re
import signal
import threading
import time
from urllib.parse import urlsplit

import pytest
from running import Running, until
from world import GROUP

NEWS = ("first", "Contact group meets", GROUP)
LATER = ("second", "Contact group meets again", GROUP)
EACH_SECOND = "defaults: {interval: 1s}\n"


@pytest.fixture
def watching(desk, outlet):
    """An installation that polls one outlet each second."""
    return desk.write(outlet.feed, more=EACH_SECOND)


def headlines(desk):
    return sorted(message["text"].splitlines()[0] for message in desk.chats)


def test_new_articles_are_found_and_alerted_until_sigterm(watching, outlet):
    outlet.publish(NEWS)
    with Running(watching) as daemon:
        assert daemon.health()[0] == 200
        assert daemon.health()[1]["status"] == "ok"
        until(lambda: len(watching.mails) == len(watching.chats) == 1)
        outlet.publish(LATER, NEWS)
        until(lambda: len(watching.mails) == len(watching.chats) == 2)
        assert daemon.health()[1]["counts"]["hits"] == 2
        assert daemon.terminate() == 0
        assert "0 pieces of work are left" in daemon.log[-1]
    assert "Traceback" not in daemon.text
    assert len(set(headlines(watching))) == 2


def test_sigterm_ends_it_while_a_server_is_silent(watching, outlet):
    outlet.publish(NEWS)
    outlet.answers["/feed"].gate = threading.Event()
    with Running(watching) as daemon:
        assert outlet.wait_for("/feed")
        started = time.monotonic()
        assert daemon.terminate() == 0
        assert time.monotonic() - started < 10
        assert "1 pieces of work are left" in daemon.text
    outlet.answers["/feed"].gate.set()
    code, out, _ = watching.run("poll")
    assert (code, out.splitlines()[-1]) == (0, "sources 1, articles 1, hits 1, delivered 2, failed 0")


def test_a_second_sigterm_ends_it_at_once(watching, outlet):
    outlet.publish(NEWS)
    outlet.answers["/feed"].gate = threading.Event()
    with Running(watching) as daemon:
        assert outlet.wait_for("/feed")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.said("stopping")
        assert daemon.terminate(3) == 0
        assert "stopped" not in daemon.text


def test_a_second_daemon_ends_with_3_and_names_the_first(watching, outlet):
    outlet.publish(NEWS)
    with Running(watching) as daemon:
        port = str(urlsplit(daemon.page).port)
        for taken in ("0", port):
            code, out, err = watching.run("run", MONITOR_PORT=taken)
            assert (code, out) == (3, "")
            assert re.fullmatch(rf"already running on this database \(pid {daemon.process.pid} on .+\); stop .+\n", err)
        assert daemon.health()[1]["status"] == "ok"
        assert daemon.terminate() == 0


def test_a_round_beside_the_daemon_repeats_nothing(watching, outlet):
    outlet.publish(NEWS)
    with Running(watching) as daemon:
        until(lambda: watching.mails)
        outlet.publish(LATER, NEWS)
        rounds = [watching.start("poll", "--all") for _ in range(2)]
        for process in rounds:
            _, err = process.communicate(timeout=60)
            assert (process.returncode, err) == (0, "")
        until(lambda: len(watching.mails) == len(watching.chats) == 2)
        assert daemon.terminate() == 0
        assert "Traceback" not in daemon.text
    assert len(set(headlines(watching))) == len(watching.chats) == len(watching.mails) == 2


def test_after_kill_9_a_new_daemon_starts_at_once_and_goes_on(watching, outlet):
    outlet.publish(NEWS)
    outlet.answers["/first"].gate = threading.Event()
    with Running(watching) as daemon:
        assert outlet.wait_for("/first")
        daemon.process.kill()
        daemon.process.wait()
    outlet.answers["/first"].gate.set()
    with Running(watching) as daemon:
        until(lambda: len(watching.mails) == len(watching.chats) == 1)
        assert daemon.health()[1]["status"] == "ok"
        assert daemon.terminate() == 0
