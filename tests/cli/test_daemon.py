"""The daemon as its user sees it: a process, its page, its signals."""

import os
import re
import signal
import threading
import time
from urllib.parse import urlsplit

import pytest
from channels import BotApi, Reply, SmtpServer
from installation import SMALL, Desk
from news import news
from running import Running, until
from world import GROUP, Answer, Outlet

NEWS = ("first", "Contact group meets", GROUP)
EACH_SECOND = "defaults: {interval: 1s}\n"


@pytest.fixture
def watching(desk, outlet):
    """An installation that polls one outlet each second."""
    return desk.write(outlet.feed, more=EACH_SECOND, topic=SMALL)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A daemon at work, the outlet it watches, and its installation."""
    with Outlet() as outlet, SmtpServer() as smtp, BotApi() as bot:
        desk = Desk(tmp_path_factory.mktemp("house"), smtp, bot).write(outlet.feed, more=EACH_SECOND, topic=SMALL)
        with Running(desk) as daemon:
            yield daemon, outlet, desk
            assert daemon.terminate() == 0
            assert "0 pieces of work are left" in daemon.log[-1]
            assert "Traceback" not in daemon.text


def alerted(desk, headline):
    """True when each of the two channels has this headline."""
    chats = sum(headline in message["text"] for message in desk.chats)
    mails = sum(headline.encode() in mail.content for mail in desk.mails)
    assert max(chats, mails) <= 1
    return chats == mails == 1


def test_new_articles_are_found_and_alerted_without_a_restart(house):
    daemon, outlet, desk = house
    assert daemon.health()[0] == 200
    for item in news("monday", "tuesday"):
        outlet.publish(item)
        until(lambda item=item: alerted(desk, item[1]))
    status, body = daemon.health()
    assert (status, body["status"], body["counts"]["hits"]) == (200, "ok", 2)
    assert daemon.ask("/readyz")[0] == 200
    figures = daemon.ask("/metrics")[1]
    for shown in ('monitor_work_total{desk="read",outcome="hit"} 2.0', "monitor_hits_total 2.0", "monitor_healthy 1.0"):
        assert shown in figures
    assert 'monitor_reading_seconds_count{stage="extract"}' in figures


@pytest.mark.fault("G1", "G7")
def test_a_process_that_stood_still_catches_up(house):
    """A suspended machine, a stalled scheduler: ticks that came too late are not dropped."""
    daemon, outlet, desk = house
    daemon.process.send_signal(signal.SIGSTOP)
    outlet.publish(*news("sunday"))
    threading.Event().wait(4)  # the fault itself: several ticks and polls long
    daemon.process.send_signal(signal.SIGCONT)
    until(lambda: alerted(desk, "Contact group on Sunday"))
    assert daemon.health()[1]["status"] == "ok"


@pytest.mark.fault("G8", "E8")
def test_a_second_daemon_ends_with_3_and_names_the_first(house):
    daemon, _, desk = house
    port = str(urlsplit(daemon.page).port)  # in use as well, which is not the news
    code, out, err = desk.run("run", MONITOR_PORT=port)
    assert (code, out) == (3, "")
    assert re.fullmatch(rf"already running on this database \(pid {daemon.process.pid} on .+\); stop .+\n", err)
    assert daemon.health()[1]["status"] == "ok"


def test_a_round_beside_the_daemon_repeats_nothing(house):
    _, outlet, desk = house
    outlet.publish(*news("friday"))
    code, _, err = desk.run("poll", "--all")
    assert (code, err) == (0, "")
    until(lambda: alerted(desk, "Contact group on Friday"))


@pytest.mark.fault("J4")
@pytest.mark.fault("G6")
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
    said = watching.monitor("poll")
    assert said.code == 0
    assert said.lines[-1].endswith("articles 1, hits 1, delivered 2, failed 0")


@pytest.mark.fault("G6")
def test_a_second_sigterm_ends_it_at_once(watching, outlet):
    outlet.publish(NEWS)
    outlet.answers["/feed"].gate = threading.Event()
    with Running(watching) as daemon:
        assert outlet.wait_for("/feed")
        daemon.process.send_signal(signal.SIGTERM)
        daemon.said("stopping")
        assert daemon.terminate(3) == 0
        assert "stopped" not in daemon.text


@pytest.mark.fault("J3")
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


def test_ctrl_c_ends_a_round_at_once_while_a_server_is_silent(desk, outlet):
    outlet.publish(NEWS)
    outlet.answers["/first"].gate = threading.Event()
    process = desk.write(outlet.feed, topic=SMALL).start("poll")
    assert outlet.wait_for("/first")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=8)
    assert process.returncode == 130
    outlet.answers["/first"].gate.set()
    code, out, _ = desk.run("poll")
    assert (code, out.splitlines()[-1]) == (0, "sources 0, articles 1, hits 1, delivered 2, failed 0")


@pytest.mark.fault("F14")
def test_the_heartbeat_is_heard_while_all_is_well_and_not_while_the_disk_is_low(desk, outlet, other):
    outlet.publish(NEWS)
    other.answers["/canary-ping-7731"] = Answer(b"OK")
    address = f"heartbeat_url: {other.base}/canary-ping-7731, heartbeat_every: 1s"
    desk.write(outlet.feed, more=f"{EACH_SECOND}watch: {{{address}}}\n", topic=SMALL)
    with Running(desk) as daemon:
        assert other.wait_for("/canary-ping-7731", 3)
        desk.write(outlet.feed, more=f"{EACH_SECOND}watch: {{{address}, low_disk: 900TB}}\n", topic=SMALL)
        daemon.process.send_signal(signal.SIGHUP)
        daemon.said("withheld, not well: disk")
        until(lambda: [message for message in desk.chats if "free in" in message["text"]])
        heard = len(other.asked)
        desk.write(outlet.feed, more=f"{EACH_SECOND}watch: {{{address}, low_disk: 1MB}}\n", topic=SMALL)
        daemon.process.send_signal(signal.SIGHUP)
        assert other.wait_for("/canary-ping-7731", heard + 2)
        assert daemon.terminate() == 0
        assert "canary-ping" not in daemon.text


@pytest.mark.fault("G6")
def test_sigterm_ends_it_while_everything_hangs(desk, outlet, other):
    """A feed, a page, a message and the heartbeat are in hand, and none of them gets an answer."""
    outlet.publish(NEWS, ("second", "Contact group meets again", GROUP))
    other.answers = {"/feed": Answer(b"", gate=threading.Event()), "/ping": Answer(b"", gate=threading.Event())}
    desk.bot.plan.append(Reply(hang=True))
    more = f"{EACH_SECOND}watch: {{heartbeat_url: {other.base}/ping, heartbeat_every: 1s}}\n"
    outlet.answers["/second"].gate = threading.Event()
    with Running(desk.write(outlet.feed, other.feed, more=more, topic=SMALL)) as daemon:
        assert other.wait_for("/feed")
        assert outlet.wait_for("/second")
        until(lambda: desk.bot.requests)
        assert other.wait_for("/ping")
        started = time.monotonic()
        assert daemon.terminate() == 0
        assert time.monotonic() - started < 10
    for answer in (outlet.answers["/second"], *other.answers.values()):
        answer.gate.set()
    desk.write(outlet.feed, topic=SMALL)
    code, out, _ = desk.run("poll", "--all")
    assert (code, out.splitlines()[-1].split(", ")[-1]) == (0, "failed 0")
    assert any("possibly repeated" in message["text"] for message in desk.chats)


@pytest.fixture
def with_fastapi(watching, tmp_path):
    """Start a daemon whose FastAPI is this module, found before the real one."""

    def start(text):
        (tmp_path / "before").mkdir()
        (tmp_path / "before" / "fastapi.py").write_text(text)
        path = filter(None, (str(tmp_path / "before"), os.environ.get("PYTHONPATH")))
        return Running(watching, PYTHONPATH=os.pathsep.join(path))

    return start


def test_a_page_that_cannot_be_made_ends_the_desks_and_says_why(watching, with_fastapi):
    with with_fastapi('raise ImportError("half of it is missing")') as daemon:
        assert daemon.process.wait(20) == 1
        assert daemon.said("ImportError: half of it is missing")
    with Running(watching) as daemon:
        assert daemon.health()[0] == 200
        assert daemon.terminate() == 0


def test_the_desks_begin_before_the_page_is_made_and_rest_when_it_is_to_end_meanwhile(watching, outlet, with_fastapi):
    with with_fastapi("import time; time.sleep(4); raise ImportError") as daemon:
        assert outlet.wait_for("/feed")
        daemon.process.send_signal(signal.SIGTERM)
        threading.Event().wait(0.3)
        asked = len(outlet.asked)
        assert daemon.process.wait(20) == 1
        assert len(outlet.asked) == asked
