"""The heartbeat: heard while all is well, withheld while something is not, and never a word of its address."""

import logging

import pytest
from world import Answer, Outlet

from monitor.fetch import Fetcher, FetchSettings
from monitor.keep.heartbeat import Heartbeat
from monitor.model import Manner

SECRET = "canary-heartbeat-8842"


@pytest.fixture
def ear():
    with Outlet() as one:
        one.answers[f"/{SECRET}"] = Answer(b"OK", "text/plain")
        yield one


@pytest.fixture
def heart(ear, caplog):
    caplog.set_level(logging.INFO)
    made = Heartbeat(Fetcher(FetchSettings(allow_private_addresses=True)), f"{ear.base}/{SECRET}", Manner())
    yield made
    made.close()
    assert SECRET not in caplog.text
    assert "127.0.0.1" not in caplog.text


def said(caplog):
    return [record.getMessage() for record in caplog.records]


def test_it_is_heard_and_that_is_said_once(heart, ear, caplog):
    assert [heart.beat(()) for _ in range(3)] == [True] * 3
    assert ear.asked == [f"/{SECRET}"] * 3
    assert said(caplog) == ["heartbeat: heard"]


@pytest.mark.fault("F14")
def test_it_is_withheld_while_something_is_wrong(heart, ear, caplog):
    heart.beat(())
    assert [heart.beat(["disk"]), heart.beat(["disk"]), heart.beat(())] == [False, False, True]
    assert len(ear.asked) == 2
    assert said(caplog) == ["heartbeat: heard", "heartbeat: withheld, not well: disk", "heartbeat: heard"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"", status=500), "heartbeat: not heard (status 500); tried again each time"),
        (Answer(b"", status=404), "heartbeat: not heard (status 404); tried again each time"),
        (Answer(b"", status=302, headers={"Location": "/elsewhere"}), "heartbeat: not heard (status 404); tried again"),
        (Answer(b"", status=204), "heartbeat: heard"),
        (Answer(b"x" * 200_000), "heartbeat: heard"),
    ],
)
def test_what_the_other_side_says(heart, ear, caplog, answer, words):
    ear.answers[f"/{SECRET}"] = answer
    heart.beat(())
    heart.beat(())
    assert len(said(caplog)) == 1
    assert said(caplog)[0].startswith(words)


def test_nobody_there_is_no_more_than_a_word_in_the_log(caplog):
    heart = Heartbeat(Fetcher(FetchSettings(allow_private_addresses=True)), f"http://127.0.0.1:9/{SECRET}", Manner())
    assert heart.beat(()) is False
    assert said(caplog) == ["heartbeat: not heard (connect); tried again each time"]
    heart.close()
