"""Group A of the faults in whole rounds: what a bad answer leaves behind of a source that was good."""

from __future__ import annotations

import gzip

import pytest
from installation import SMALL
from world import GROUP, Answer

NEWS = ("group-meets", "Contact group meets", GROUP)
CUT = gzip.compress(b"<rss>" + bytes(range(256)) * 200)[:-20]


def after(desk, outlet, bad):
    """A good poll, one with this answer, and a good one again: how the source stood after the last two."""
    outlet.publish(NEWS)
    good = outlet.answers["/feed"]
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        app.round()
        outlet.answers["/feed"] = bad
        app.round(everything=True)
        (between,) = app.review.sources()
        outlet.answers["/feed"] = good
        app.round(everything=True)
        (end,) = app.review.sources()
    return between, end


@pytest.mark.fault("A13", "A15", "A17")
@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (Answer(CUT, "text/xml", headers={"Content-Encoding": "gzip"}), "protocol"),
        (Answer(b"", status=503, headers={"Retry-After": "1000000000"}), "http"),
        (Answer(b"x", "text/xml", headers={"Content-Encoding": "br"}), "bad_encoding"),
        (Answer(b"", status=302, headers={"Location": "file:///etc/passwd"}), "bad_scheme"),
        (Answer(b"", status=302, headers={"Location": "/feed"}), "too_many_redirects"),
        (Answer(b"", "text/xml"), "empty"),
        (Answer(b"<html><body><form>Log in</form></body></html>"), "not_a_feed"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_went_wrong_is_said_and_the_validators_stay(desk, outlet, bad, kind):
    between, end = after(desk, outlet, bad)
    assert between.error.startswith(f"{kind}: ")
    assert between.failures == 1
    assert between.next_poll is not None
    assert (end.outcome, end.failures, end.error) == ("unchanged", 0, None)  # 304: the validators of the first poll
    assert end.entries == 1


@pytest.mark.fault("A18")
@pytest.mark.parametrize("status", [301, 308, 410])
def test_a_source_that_moves_or_goes_is_neither_rewritten_nor_dropped(desk, outlet, other, status):
    other.publish(NEWS)
    location = {"Location": other.feed} if status != 410 else {}
    outlet.answers["/feed"] = Answer(b"", status=status, headers=location)
    desk.write(outlet.feed, topic=SMALL)
    written = desk.config.read_text()
    with desk.app() as app:
        app.round()
        app.round(everything=True)
        (view,) = app.review.sources()
    assert desk.config.read_text() == written
    assert view.active
    assert view.next_poll is not None
    assert (view.entries, view.failures) == ((0, 2) if status == 410 else (1, 0))
    assert outlet.asked.count("/feed") == 2
