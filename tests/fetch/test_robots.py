"""robots.txt as RFC 9309 has it, with our two stated exceptions."""

from __future__ import annotations

import time

import pytest
from raw_server import response, site

from monitor.errors import FetchError
from monitor.fetch.robots import FRESH, PATIENCE, RETRY, Robots
from monitor.model import Document

AGENT = "RamsteinMonitor"
URL = "https://news.example/a/b?c"


class Web:
    """A site whose robots.txt is a text or an error; counts who asks."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self.now = 0.0

    def __call__(self, url, seconds):
        self.asked.append(url)
        if isinstance(self.answer, Exception):
            raise self.answer
        return Document(url, url, 200, {}, self.answer)

    def robots(self):
        return Robots(self, lambda: self.now)


def http(status):
    return FetchError("http", "", status=status)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        (b"", True),
        (b"User-agent: *\nDisallow: /", False),
        (b"\xef\xbb\xbfUser-agent: *\nDisallow: /", False),
        (b"User-agent: *\nDisallow: /a/\nAllow: /a/b", True),
        (b"User-agent: *\nDisallow: /other", True),
        (b"User-agent: *\nDisallow: /*?c", False),
        (b"User-agent: RAMSTEINMONITOR/2.0\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        (b"User-agent: RamsteinMonitor\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        (b"User-agent: Monitor\nDisallow: /", True),
        (b"User-agent: googlebot\nUser-agent: bingbot\nUser-agent: *\nDisallow: /", False),
        (b"User-agent: googlebot\nDisallow: /", True),
        (b"\xff\xfe\x00garbage\n\nDisallow: /", True),
    ],
)
def test_rules(text, allowed):
    assert Web(text).robots().allowed(URL, AGENT) == allowed


def test_a_rule_is_for_ever_and_says_so():
    with pytest.raises(FetchError) as caught:
        Web(b"User-agent: *\nDisallow: /").robots().check(URL, AGENT)
    assert (caught.value.kind, caught.value.permanent) == ("robots", True)


def test_a_copy_serves_a_day():
    web = Web(b"")
    robots = web.robots()
    for web.now in (0.0, 10.0, FRESH - 1, FRESH):
        robots.allowed(URL, AGENT)
    assert web.asked == ["https://news.example/robots.txt"] * 2


@pytest.mark.parametrize(
    "error", [http(404), http(401), FetchError("too_many_redirects", ""), FetchError("too_large", "")]
)
def test_no_file_allows_everything(error):
    assert Web(error).robots().allowed(URL, AGENT)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_server_error_forbids_everything_for_a_day_at_most(status):
    web = Web(http(status))
    robots = web.robots()
    with pytest.raises(FetchError) as caught:
        robots.check(URL, AGENT)
    assert (caught.value.kind, caught.value.permanent, caught.value.retry_after) == ("robots", False, RETRY)
    for web.now in (1.0, RETRY, PATIENCE - 1):
        assert not robots.allowed(URL, AGENT)
    web.now = PATIENCE
    assert robots.allowed(URL, AGENT)


def test_a_server_error_is_asked_again_after_ten_minutes():
    web = Web(http(503))
    robots = web.robots()
    assert not robots.allowed(URL, AGENT)
    web.answer = b""
    assert not robots.allowed(URL, AGENT)
    web.now = RETRY
    assert robots.allowed(URL, AGENT)


@pytest.mark.parametrize("error", [http(503), FetchError("timeout", "")])
def test_an_older_copy_goes_on_counting(error):
    web = Web(b"User-agent: *\nDisallow: /a")
    robots = web.robots()
    assert not robots.allowed(URL, AGENT)
    web.answer = error
    for web.now in (FRESH, FRESH * 2, FRESH * 5):
        assert not robots.allowed(URL, AGENT)
        assert robots.allowed("https://news.example/free", AGENT)


def test_a_site_that_cannot_be_reached_says_why():
    with pytest.raises(FetchError) as caught:
        Web(FetchError("dns", "no address")).robots().check(URL, AGENT)
    assert caught.value.kind == "dns"


@pytest.mark.parametrize("field", [b"User-agent: ", b"user agent ", b" USERAGENT:"])
def test_ten_thousand_robots_over_ten_thousand_rules_cost_no_time(field):
    names = b"".join(field + b"bot%d\n#\n" % number for number in range(10_000))
    rules = b"".join(b"Disallow: /x%d\n" % number for number in range(10_000))
    web = Web(names + rules)
    began = time.process_time()
    assert web.robots().allowed(URL, AGENT)
    assert time.process_time() - began < 5  # a hundred million rules take minutes


def test_the_fetcher_asks_only_where_it_is_told_to(serve, fetcher):
    server = serve(
        site({"/robots.txt": response(b"User-agent: *\nDisallow: /x"), "/x": response(b"x"), "/y": response(b"y")}),
    )
    assert fetcher.fetch(server.url + "/x").body == b"x"
    assert fetcher.fetch(server.url + "/y", robots=True).body == b"y"
    with pytest.raises(FetchError, match=r"^robots: "):
        fetcher.fetch(server.url + "/x", robots=True)
    assert [head.split()[1] for head in server.heads] == [b"/x", b"/robots.txt", b"/y"]
