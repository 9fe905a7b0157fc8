"""The configuration changes while the daemon runs: a good one is taken over, a bad one is told and kept out."""

import signal
from threading import Event

import httpx
import pytest
from channels import Webhook
from installation import SMALL
from news import news
from running import Running, until
from world import Answer

from monitor.passwords import hashed

EACH_SECOND = "defaults: {interval: 1s}\n"


@pytest.fixture
def watching(desk, outlet):
    outlet.publish(*news("monday"))
    return desk.write(outlet.feed, more=EACH_SECOND, topic=SMALL)


def rewrite(desk, daemon, *feeds, **more):
    desk.write(*feeds, **({"more": EACH_SECOND, "topic": SMALL} | more))
    daemon.process.send_signal(signal.SIGHUP)


def asked(daemon, **login):
    """How a page of the daemon answers."""
    auth = tuple(login.values()) or None
    return httpx.get(f"{daemon.page}/monitor/why", auth=auth, trust_env=False).status_code


def configuration(daemon, password):
    """The page that shows what is in force."""
    return httpx.get(f"{daemon.page}/configuration", auth=("anybody", password), trust_env=False).text


def chats(desk, words):
    return [message["text"] for message in desk.chats if words in message["text"]]


def test_a_changed_file_is_taken_over_by_itself_with_page_process_and_lock(watching, outlet, other):
    other.publish(*news("tuesday"))
    with Running(watching, MONITOR_ROOT_PATH="/monitor/") as daemon:
        until(lambda: chats(watching, "on Monday"))
        assert asked(daemon) == 200
        user = f'web: {{users: [{{name: olena, password: "{hashed("five words in a row", b"0" * 16)}"}}]}}\n'
        watching.write(outlet.feed, other.feed, more=EACH_SECOND + user, topic=SMALL)  # nobody says so
        until(lambda: chats(watching, "on Tuesday"), seconds=40)
        assert asked(daemon) == 401
        assert asked(daemon, name="olena", password="five words in a row") == 200
        code, _, err = watching.run("run")
        assert (code, f"pid {daemon.process.pid} on" in err) == (3, True)
        assert daemon.health()[0] == 200
        assert daemon.terminate() == 0
        assert "Traceback" not in daemon.text
    assert len(watching.chats) == len(watching.mails) == 2


@pytest.mark.fault("I5")
def test_a_bad_file_is_told_once_and_never_replaces_the_good_one(watching, outlet):
    secret = watching.folder / "password"
    secret.write_text("the first of five words\n")
    secret.chmod(0o600)
    with Running(watching, MONITOR_PASSWORD_FILE=str(secret)) as daemon:
        until(lambda: chats(watching, "on Monday"))
        good = watching.config.read_text()
        watching.config.write_text(good.replace("interval: 1s", "interval: soon"))
        daemon.process.send_signal(signal.SIGHUP)
        (told,) = until(lambda: chats(watching, "configuration"))
        assert f"{watching.config}:1: defaults.interval: expected a duration" in told
        daemon.process.send_signal(signal.SIGHUP)  # the same mistake again is no news
        outlet.publish(*news("tuesday"))
        until(lambda: chats(watching, "on Tuesday"))
        assert "defaults.interval" in configuration(daemon, "the first of five words")
        watching.config.write_text(good)
        secret.write_text("the second of five words\n")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(chats(watching, "configuration")) == 2)
        until(
            lambda: (
                "is refused" not in (page := configuration(daemon, "the second of five words")) and "In force" in page
            )
        )
        assert daemon.terminate() == 0
    assert "good again" in chats(watching, "configuration")[1]
    assert len(chats(watching, "expected a duration")) == 1


def test_a_mistake_in_a_topic_file_is_told_with_its_line_and_its_mending_is_seen(desk, outlet):
    outlet.publish(*news("monday"))
    topic = desk.folder / "topic.yaml"
    topic.write_text(SMALL)
    desk.write(outlet.feed, more=EACH_SECOND, topic="./topic.yaml")
    with Running(desk) as daemon:
        until(lambda: chats(desk, "on Monday"))
        topic.write_text(SMALL.replace("threshold: 3", "threshold: three"))
        (told,) = until(lambda: chats(desk, "configuration"), seconds=40)
        assert f"{topic}:1" in told
        topic.write_text(SMALL)
        until(lambda: len(chats(desk, "configuration")) == 2, seconds=40)
        assert daemon.terminate() == 0


@pytest.mark.fault("I5")
def test_a_file_that_is_gone_for_a_while_stops_nothing(watching, outlet):
    with Running(watching) as daemon:
        until(lambda: chats(watching, "on Monday"))
        away = watching.config.rename(watching.folder / "away.yaml")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: chats(watching, "no such file"))
        outlet.publish(*news("tuesday"))
        until(lambda: chats(watching, "on Tuesday"))
        away.rename(watching.config)
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: len(chats(watching, "configuration")) == 2)
        assert daemon.terminate() == 0


@pytest.mark.fault("F13")
def test_alerts_that_come_and_go_are_told_of_nothing_old(watching, outlet):
    with Webhook() as hook, Running(watching) as daemon:
        until(lambda: chats(watching, "on Monday") and watching.mails)
        new = f'  - {{name: hook, url: "{hook.url}", topics: [ramstein]}}\n'
        rewrite(watching, daemon, outlet.feed, extra=new)
        daemon.said("1 sources, 3 alerts")
        outlet.publish(*news("tuesday"))
        until(lambda: chats(watching, "on Tuesday") and hook.accepted)
        assert len(hook.accepted) == 1
        assert "Tuesday" in str(hook.accepted[0])
        assert daemon.terminate() == 0


def test_work_in_hand_is_finished_before_another_configuration_is_taken_over(watching, outlet, other):
    gate = outlet.answers["/monday"] = Answer(outlet.answers["/monday"].body, gate=Event())
    other.publish(*news("tuesday"))
    with Running(watching) as daemon:
        assert outlet.wait_for("/monday")
        rewrite(watching, daemon, outlet.feed, other.feed)
        daemon.said("finishing what is in hand")
        gate.gate.set()
        until(lambda: chats(watching, "on Monday") and chats(watching, "on Tuesday"))
        assert outlet.asked.count("/monday") == 1
        assert daemon.terminate() == 0


def test_a_signal_that_ends_it_is_heard_while_it_takes_over(watching, outlet):
    gate = outlet.answers["/monday"] = Answer(b"", gate=Event())
    with Running(watching) as daemon:
        assert outlet.wait_for("/monday")
        rewrite(watching, daemon, outlet.feed)
        daemon.said("finishing what is in hand")
        assert daemon.terminate() == 0
        gate.gate.set()


@pytest.mark.fault("I6", "J1")
def test_new_secrets_stay_out_of_the_log(watching, outlet):
    with Running(watching) as daemon:
        until(lambda: chats(watching, "on Monday"))
        secret = "canary-token-5521"
        rewrite(watching, daemon, outlet.feed, extra=f'  - {{name: hook, url: "json://127.0.0.1:9/{secret}/x"}}\n')
        daemon.said("1 sources, 3 alerts")
        outlet.publish(*news("tuesday"))
        daemon.said("deliver: hook")
        assert daemon.terminate() == 0
        assert secret not in daemon.text
