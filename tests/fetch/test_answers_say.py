"""A16, A18: what answers say besides their bodies: moved for good, fresh for how long, when to come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from raw_server import response, sends, site

from monitor.errors import FetchError
from monitor.fetch.answers import fresh_for, permanent_target
from monitor.fetch.headers import rate_reset
from monitor.model import Document

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DATE = "Fri, 01 May 2026 12:00:00 GMT"
SOON = "Fri, 01 May 2026 12:05:00 GMT"


@pytest.mark.fault("A18")
@pytest.mark.parametrize(
    ("hops", "permanent"),
    [
        ((), False),
        ((301,), True),
        ((308,), True),
        ((301, 308, 301), True),
        ((302,), False),
        ((303,), False),
        ((307,), False),
        ((301, 302), False),
        ((302, 301), False),
        ((308, 307, 301), False),
    ],
)
def test_only_a_way_that_is_permanent_throughout_is_a_move(serve, fetcher, hops, permanent):
    pages = {f"/{n}": response(status=f"{hop} Moved", Location=f"/{n + 1}#part") for n, hop in enumerate(hops)}
    server = serve(site({**pages, f"/{len(hops)}": response(b"feed")}))
    document = fetcher.fetch(server.url + "/0")
    assert document.body == b"feed"
    assert permanent_target(document) == (f"{server.url}/{len(hops)}" if permanent else None)


def test_a_304_at_the_new_place_is_a_move_too():
    document = Document("http://b.example/", "http://a.example/", 304, {}, b"", ((301, "http://b.example/"),))
    assert permanent_target(document) == "http://b.example/"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": ""}, None),
        ({"cache-control": "public"}, None),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": "public, MAX-AGE = 300, must-revalidate"}, 300),
        ({"cache-control": 'max-age="300"'}, 300),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, 0),
        ({"cache-control": "max-age=300", "age": "old"}, 300),
        ({"cache-control": "max-age=300, max-age=9"}, 300),
        ({"cache-control": "max-age=0"}, 0),
        ({"cache-control": "max-age=-5"}, 0),
        ({"cache-control": "max-age=soon"}, 0),
        ({"cache-control": "max-age"}, 0),
        ({"cache-control": "max-age=" + "9" * 5000}, 365 * 86400),
        ({"cache-control": "no-cache, max-age=300"}, 0),
        ({"cache-control": 'no-cache="set-cookie", max-age=300'}, 0),
        ({"cache-control": "max-age=300, no-store"}, 0),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "x-max-age=300"}, None),
        ({"cache-control": "max-age=300", "expires": "0"}, 300),
        ({"expires": SOON, "date": DATE}, 300),
        ({"expires": SOON}, 300),
        ({"expires": SOON, "date": "yesterday"}, 300),
        ({"expires": DATE, "date": SOON}, 0),
        ({"expires": "0", "date": DATE}, 0),
        ({"expires": "-1"}, 0),
        ({"expires": "Fri, 01 May 9999 12:00:00 GMT", "date": DATE}, 365 * 86400),
        ({"cache-control": ",;=\"'" * 20_000}, None),
        ({"cache-control": "a" * 100_000}, None),
    ],
)
def test_how_long_an_answer_is_fresh(headers, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert fresh_for(headers, NOW) == expected


@pytest.mark.fault("A16")
@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"a";r=0; t=30, "b";r=5;t=900'}, 30),
        ({"ratelimit-reset": "45"}, 45),
        ({"x-ratelimit-reset": "120.5"}, 120.5),
        ({"x-ratelimit-reset": "1777637100"}, 300),  # a Unix time, five minutes after DATE
        ({"x-ratelimit-reset": "1777636000"}, 1),
        ({"x-ratelimit-reset": "999999999"}, 86_400),
        ({"x-ratelimit-reset": "9" * 500}, None),
        ({"x-ratelimit-reset": "-5"}, None),
        ({"x-ratelimit-reset": "soon"}, None),
        ({}, None),
    ],
)
def test_when_a_rate_limit_resets(headers, seconds):
    assert rate_reset(headers, DATE) == seconds


@pytest.mark.fault("A16")
@pytest.mark.parametrize(("status", "wait"), [("429 Too Many", 60), ("503 Busy", 60), ("403 No", None)])
def test_a_rate_limit_counts_where_nothing_else_is_said(serve, fetcher, status, wait):
    server = serve(sends(response(status=status, RateLimit_Reset="60")))
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(server.url)
    assert caught.value.retry_after == wait
    server = serve(sends(response(status=status, RateLimit_Reset="60", Retry_After="5")))
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(server.url)
    assert caught.value.retry_after == 5
