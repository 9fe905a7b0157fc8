"""The log: which piece of work a line is about, at every desk and in every request; secrets and forgeries in it."""

import contextlib
import io
import json
import logging
import re

import httpx
import pytest
from installation import SMALL
from world import GROUP

from monitor.cli.logs import configure
from monitor.clockwork import log_event
from monitor.model import Access
from monitor.trail import about
from monitor.web.pulse import Pulse
from monitor.web.server import WebServer


@pytest.fixture
def logged():
    """Begin a log of a kind, all that the program says; returns what hides secrets, and what the log says."""
    root, ours = logging.getLogger(), logging.getLogger("monitor")
    before, level = root.handlers[:], root.level

    def begin(kind):
        with contextlib.redirect_stderr(io.StringIO()) as said:
            mask = configure(kind, verbose=True)
        ours.setLevel(logging.DEBUG)
        return mask, said

    yield begin
    root.handlers[:] = before
    root.setLevel(level)
    ours.setLevel(logging.NOTSET)


def lines(said):
    return [json.loads(line) for line in said.getvalue().splitlines()]


def rounds(desk, outlet):
    """A round with one hit, its events logged as the daemon does."""
    outlet.publish(("group", "Contact group meets at Ramstein", GROUP))
    desk.write(outlet.feed, topic=SMALL)
    with desk.app() as app:
        app.round(log_event)
        return app.meter


def test_one_search_shows_the_way_of_an_article_through_the_desks(desk, outlet, logged):
    _, said = logged("text")
    rounds(desk, outlet)
    mine = [line.split()[3] for line in said.getvalue().splitlines() if re.search(r"article=1\b", line)]
    assert [word for word in mine if word in {"read:", "deliver:"}] == ["read:", "deliver:", "deliver:"]
    polled = next(line for line in said.getvalue().splitlines() if " poll: " in line)
    assert polled.endswith('1 new of 1 source="Outlet 1"')


def test_json_has_it_as_fields(desk, outlet, logged):
    _, said = logged("json")
    rounds(desk, outlet)
    by_desk = {line["message"].partition(":")[0]: line for line in lines(said) if line["logger"] == "monitor"}
    assert by_desk["poll"]["source"] == "Outlet 1"
    assert (by_desk["read"]["article"], by_desk["read"]["source"]) == (1, "Outlet 1")
    assert (by_desk["deliver"]["article"], by_desk["deliver"]["channel"]) == ([1], by_desk["deliver"]["channel"])
    assert {len(line["delivery"]) for line in lines(said) if "delivery" in line} == {1}


def test_what_a_round_did_is_counted(desk, outlet):
    from monitor.meter import HITS, READING, WORK, WORKING

    meter = rounds(desk, outlet)
    assert meter.counts(WORK) == {("poll", "new"): 1, ("read", "hit"): 1, ("deliver", "sent"): 2}
    assert meter.counts(HITS) == {(): 1}
    assert {labels: found.number for labels, found in meter.times(WORKING).items()} == {
        ("poll",): 1, ("read",): 1, ("deliver",): 2,
    }  # fmt: skip
    assert {stage for (stage,) in meter.times(READING)} == {"prefilter", "extract", "match"}


@pytest.mark.fault("J1", "J2")
@pytest.mark.parametrize("kind", ["text", "json"])
def test_what_a_line_is_about_holds_no_secret_and_begins_no_line(logged, kind):
    mask, said = logged(kind)
    mask.hide(frozenset({"canary-secret"}))
    with about({"source": "Post canary-secret\n2026-01-01 error forged\x1b[2J\u2028", "article": 7}):
        logging.getLogger("monitor").warning("look")
    (line,) = said.getvalue().splitlines()
    assert "canary" not in line
    assert not re.search("[\x1b\u2028]", line)
    assert ("article=7" in line) if kind == "text" else (json.loads(line)["article"] == 7)


def test_what_a_line_is_about_cannot_take_the_place_of_what_it_says(logged):
    _, said = logged("json")
    with about({"message": "forged", "level": "debug"}):
        logging.getLogger("monitor").error("true")
    assert (lines(said)[0]["message"], lines(said)[0]["level"]) == ("true", "error")


@pytest.fixture
def page(desk, outlet):
    desk.write(outlet.feed, topic=SMALL)
    with desk.app() as app:
        server = WebServer("127.0.0.1", 0, app.review, Pulse(), access=Access(), now=app._now, monotonic=lambda: 0.0)
        server.start()
        yield app, server
        server.stop()


@pytest.mark.fault("J2")
def test_every_request_has_a_number_in_its_answer_and_in_the_log(page, logged):
    app, server = page
    _, said = logged("json")
    with app.review._database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE hit")
    with httpx.Client(trust_env=False, base_url=server.url) as client:
        given = client.get("/hits/1", headers={"X-Request-Id": "proxy-17_a"})
        assert (given.status_code, given.headers["x-request-id"]) == (500, "proxy-17_a")
        for hostile in ("", "a b", "x" * 65, "a;b", '"', "ї".encode()):
            mine = client.get("/healthz", headers={"X-Request-Id": hostile}).headers["x-request-id"]
            assert re.fullmatch("[0-9a-f]{16}", mine)
        numbers = {client.get("/healthz").headers["x-request-id"] for _ in range(5)}
    assert len(numbers) == 5
    assert {line["request"] for line in lines(said) if "GET" in line["message"]} == {"proxy-17_a"}
