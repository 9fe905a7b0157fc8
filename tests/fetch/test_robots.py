"""robots.txt as RFC 9309 has it, with our two stated exceptions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protego import Protego
from raw_server import response, site

from monitor.errors import FetchError
from monitor.fetch.robots import FRESH, PATIENCE, RETRY, Robots, for_robot
from monitor.model import Document

AGENT = "RamsteinMonitor"
URL = "https://news.example/a/b?c"


class Web:
    """A site whose robots.txt is a text or an error; counts who asks."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []
        self.now = 0.0

    def __call__(self, url, seconds, manner):
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


LINES = st.sampled_from(
    [
        *("User-agent: *", "User-agent: RamsteinMonitor", "User-agent: bingbot", "useragent: -", "User agent *"),
        *("Disallow: /a", "Disallow: /", "Disallow:", "Allow: /a/b", "Dissalow: /a", "diasllow: /", "disallaw: /a/b"),
        *("Crawl-delay: 5", "Sitemap: https://news.example/s.xml", "Host: news.example", "", "# a word", "# Allow: /"),
        *("Noindex: /a", "garbage", "disclaimer: none", "allow /a", "Visit-time: 0600-0845", "  Disallow : /a"),
    ]
)


@given(st.lists(LINES, max_size=12))
def test_what_is_left_out_changes_no_answer(lines):
    """The rules for other robots are not kept; the same parser on the whole file gives the same answer."""
    text = "\n".join(lines)
    whole, ours = Protego.parse(text), Protego.parse(for_robot(text, AGENT))
    for path in ("/a", "/a/b", "/c"):
        url = f"https://news.example{path}"
        assert ours.can_fetch(url, AGENT) == whole.can_fetch(url, AGENT)


def test_what_is_kept_of_all_sites_together_has_an_end():
    rules = b"User-agent: *\n" + b"Disallow: /forbidden\n" * 20_000  # 420 KB, and twenty times as much parsed
    web = Web(rules)
    robots = web.robots()
    for number in range(4):
        assert not robots.allowed(f"https://site{number}.example/forbidden", AGENT)
    assert not robots.allowed("https://site3.example/forbidden", AGENT)
    assert len(web.asked) == 4
    assert not robots.allowed("https://site0.example/forbidden", AGENT)
    assert len(web.asked) == 5  # the oldest had to go


def test_other_robots_rules_take_no_room():
    others = b"".join(b"User-agent: bot%d\nDisallow: /%d\n\n" % (number, number) for number in range(1000))
    assert len(for_robot((others + b"User-agent: *\nDisallow: /x").decode(), AGENT)) < 100


def test_a_redirected_robots_txt_counts_for_the_site_that_was_asked(serve, fetcher):
    away = serve(site({"/rules": response(b"User-agent: *\nDisallow: /x")}))
    moved = response(status="301 Moved", Location=f"{away.url}/rules")
    server = serve(site({"/robots.txt": moved, "/x": response(b"x"), "/y": response(b"y")}))
    assert fetcher.fetch(server.url + "/y", robots=True).body == b"y"
    with pytest.raises(FetchError, match=r"^robots: "):
        fetcher.fetch(server.url + "/x", robots=True)


def test_where_a_redirect_leads_its_own_rules_count(serve, fetcher):
    closed = serve(site({"/robots.txt": response(b"User-agent: *\nDisallow: /"), "/x": response(b"x")}))
    server = serve(site({"/x": response(status="302 Found", Location=f"{closed.url}/x")}))
    with pytest.raises(FetchError, match=r"^robots: "):
        fetcher.fetch(server.url + "/x", robots=True)


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
