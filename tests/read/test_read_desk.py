"""What the desk makes of a page, and what it tries next. Only the web is made up: pages by address."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_redirecting_links import ARTICLE, NEW, google

from monitor.errors import FetchError
from monitor.model import Document, DueArticle, Manner
from monitor.pool import Pool
from monitor.read.desk import POST, ReadDesk
from monitor.read.outcome import DETOUR, RETRIES

SETUP = {"topics": [{"file": "topic.yaml", "text": (Path(__file__).parent / "topic.yaml").read_text("utf-8")}]}
WALLS = Path(__file__).parent / "walls"
URL = "https://outlet.example/news/talks-moved-1"
AMP = "https://outlet.example/amp/talks-moved-1"
HIT = "<p>The contact group met at Ramstein on Tuesday, and more than fifty countries were there.</p>"
FILLER = "<p>The ministers of more than fifty countries spoke for several hours about what is needed next.</p>"
FULL = f"<html><title>Talks moved</title><article>{FILLER * 4}{HIT}</article></html>"


class Web:
    """Pages by address: HTML, an error, or a pair of the address it is redirected to and HTML."""

    def __init__(self):
        self.pages = {}
        self.asked = []

    def __call__(self, url, *, manner, **_):
        self.asked.append((url, manner))
        page = self.pages.get(url, FetchError("http", "the server answered 404", status=404))
        if isinstance(page, FetchError):
            raise page
        final, html = page if isinstance(page, tuple) else (url, page)
        return Document(final, url, 200, {"content-type": "text/html; charset=utf-8"}, html.encode())


class Unasked:
    """The desk's store: nothing here claims or saves."""

    claim = claim_many = next_claim = offer = take_up = None


@pytest.fixture(scope="module")
def pool():
    with Pool(1, wall=10.0) as pool:
        yield pool


@pytest.fixture
def web():
    return Web()


@pytest.fixture
def desk(web, pool):
    return ReadDesk(Unasked(), web, pool.run, None, setup=SETUP, obey_robots=True)


def due(url=URL, **more):
    plain = DueArticle(
        id=1,
        url=url,
        title="Talks moved",
        feed_text="",
        author=None,
        published=None,
        language="en",
        source="Outlet",
        found=datetime(2026, 5, 4, tzinfo=UTC),
        attempts=0,
        backlog=timedelta(days=1),
    )
    return replace(plain, **more)


def wall(name):
    return (WALLS / f"{name}.html").read_text("utf-8")


def hits(finding):
    return any(verdict.hit for verdict in finding.verdicts)


@pytest.mark.parametrize(
    ("case", "blocked"),
    [
        ("cloudflare_managed", "a bot wall (Cloudflare)"),
        ("ddos_guard_russian", "a bot wall (DDoS-Guard)"),
        ("consent_german", "a consent page"),
        ("login_english", "a login"),
        ("paywall_french", "a paywall"),
        ("shell_vue", "a page that only scripts fill"),
        ("gone_ukrainian", "the page is gone (soft 404)"),
    ],
)
@pytest.mark.fault("C4")
def test_what_stands_in_front_is_named_matched_on_the_feed_and_tried_again(desk, web, case, blocked):
    web.pages[URL] = wall(case)
    found = desk.work(due(title="Contact group", feed_text="It met at Ramstein."))
    assert (found.blocked, found.extraction, found.retry_in) == (blocked, "none", RETRIES[0])
    assert hits(found)
    assert blocked in found.error
    assert found.text == "It met at Ramstein."
    assert found.page_url is found.canonical_url is None


def test_a_wall_is_named_when_nothing_is_of_the_topic(desk, web):
    web.pages[URL] = wall("perimeterx")
    found = desk.work(due())
    assert (found.blocked, found.extraction) == ("a bot wall (PerimeterX)", "none")


def test_the_last_try_is_the_last(desk, web):
    web.pages[URL] = wall("cloudflare_managed")
    waits = [desk.work(due(attempts=attempts)).retry_in for attempts in range(len(RETRIES) + 2)]
    assert waits == [*RETRIES, None, None]
    assert len(web.asked) == len(RETRIES) + 1


def test_a_teaser_that_hits_is_kept_and_is_no_article(desk, web):
    web.pages[URL] = wall("paywall_json_ld").replace("The ministers met", "The contact group met at Ramstein")
    found = desk.work(due())
    assert hits(found)
    assert (found.blocked, found.extraction) == ("a paywall", "degraded")


def test_what_the_head_of_an_empty_shell_says_counts(desk, web):
    head = '<meta property="og:description" content="The contact group met at Ramstein on Tuesday.">'
    web.pages[URL] = wall("shell_react").replace("</head>", head + "</head>")
    found = desk.work(due())
    assert hits(found)
    assert found.blocked == "a page that only scripts fill"


def test_what_a_page_says_that_took_the_articles_place_does_not_count(desk, web):
    web.pages[URL] = wall("gone_english").replace("A headline of the day", "The contact group met at Ramstein")
    found = desk.work(due())
    assert not hits(found)
    assert found.blocked == "the page is gone (soft 404)"


def test_the_home_page_is_not_the_article(desk, web):
    web.pages[URL] = ("https://outlet.example/", FULL)
    found = desk.work(due())
    assert not hits(found)
    assert (found.blocked, found.canonical_url) == ("the page is gone (soft 404)", None)


@pytest.mark.parametrize("case", ["shell_react", "paywall_json_ld", "login_english", "datadome"])
def test_an_article_in_the_pages_data_is_read_whatever_stands_in_front(desk, web, case):
    body = "The contact group met at Ramstein on Tuesday and spoke for hours about what is needed next. " * 20
    data = json.dumps({"@type": "NewsArticle", "articleBody": body})
    html = wall(case)
    script = f'<script type="application/ld+json">{data}</script>'
    web.pages[URL] = html.replace("</head>", script + "</head>")
    found = desk.work(due())
    assert hits(found)
    assert (found.blocked, found.extraction, found.retry_in) == (None, "full", None)


def linked(html, link):
    return html.replace("</head>", f"{link}</head>")


AMP_LINK = f'<link rel="amphtml" href="{AMP}">'


@pytest.mark.parametrize("link", [AMP_LINK, f'<link rel="alternate" media="print" href="{AMP}">'])
@pytest.mark.parametrize("case", ["shell_react", "paywall_json_ld", "article_photo"])
def test_another_version_is_the_next_try_and_not_fetched_at_once(desk, web, case, link):
    web.pages |= {URL: linked(wall(case), link), AMP: FULL}
    first = desk.work(due())
    assert (first.page_url, first.retry_in, first.error) == (AMP, DETOUR, None)
    assert [url for url, _ in web.asked] == [URL]
    second = desk.work(due(attempts=1, page_url=first.page_url))
    assert hits(second)
    assert (second.page_url, second.extraction, second.retry_in, second.blocked) == (AMP, "full", None, None)


def test_the_one_print_link_of_a_page_is_a_version(desk, web):
    web.pages[URL] = wall("paywall_english").replace("</article>", '<a href="/print/talks-moved-1">Print</a></article>')
    assert desk.work(due()).page_url == "https://outlet.example/print/talks-moved-1"


@pytest.mark.parametrize("version", [FetchError("timeout", "no answer"), "cloudflare_managed"])
def test_when_the_other_version_fails_too_the_articles_own_page_is_tried_again_and_then_no_other(desk, web, version):
    web.pages |= {URL: linked(wall("paywall_json_ld"), AMP_LINK), AMP: wall(version) if version in CASES else version}
    second = desk.work(due(attempts=1, page_url=AMP))
    assert (second.page_url, second.retry_in) == (None, RETRIES[1])
    third = desk.work(due(attempts=2))
    assert (third.page_url, third.retry_in, third.blocked) == (None, RETRIES[2], "a paywall")


CASES = {"cloudflare_managed"}


def test_a_version_on_a_foreign_site_is_not_followed(desk, web):
    web.pages[URL] = linked(wall("paywall_json_ld"), '<link rel="amphtml" href="https://elsewhere.example/a-1">')
    found = desk.work(due())
    assert (found.page_url, found.retry_in) == (None, RETRIES[0])


def test_thin_text_without_a_wall_is_final_and_not_blocked(desk, web):
    web.pages[URL] = wall("article_photo")
    found = desk.work(due())
    assert (found.blocked, found.error, found.retry_in) == (None, None, None)
    assert any(note.startswith("thin text") for note in found.notes)


@pytest.mark.parametrize(
    ("status", "blocked"), [(403, "a refusal (HTTP 403)"), (401, "a login (HTTP 401)"), (404, None), (503, None)]
)
@pytest.mark.fault("C9")
def test_a_refused_page_is_tried_again(desk, web, status, blocked):
    web.pages[URL] = FetchError("http", f"the server answered {status}", status=status, permanent=status == 410)
    found = desk.work(due(title="Contact group", feed_text="It met at Ramstein."))
    assert (found.blocked, found.retry_in) == (blocked, RETRIES[0])
    assert hits(found)


@pytest.mark.fault("C9")
def test_a_page_that_is_gone_for_good_is_tried_again_too(desk, web):
    web.pages[URL] = FetchError("http", "the server answered 410", status=410, permanent=True)
    assert [desk.work(due(attempts=n)).retry_in for n in range(4)] == [*RETRIES, None]
    assert sum(RETRIES, timedelta()) < timedelta(hours=24)


def test_what_robots_txt_forbids_is_not_tried_again(desk, web):
    web.pages[URL] = FetchError("robots", "robots.txt forbids it", permanent=True)
    assert desk.work(due()).retry_in is None


def test_the_wait_a_server_asks_for_is_kept(desk, web):
    web.pages[URL] = FetchError("http", "the server answered 429", status=429, retry_after=7200)
    found = desk.work(due())
    assert (found.retry_in, found.blocked) == (timedelta(hours=2), "a refusal (HTTP 429)")


def test_pages_are_asked_for_in_the_sources_manner(desk, web):
    manner = Manner(user_agent="Reader/1")
    web.pages[URL] = FULL
    desk.work(due(manner=manner))
    assert web.asked == [(URL, manner)]


@pytest.mark.parametrize("link", [google(ARTICLE), f"https://www.bing.com/news/apiclick.aspx?url={ARTICLE}"])
def test_a_link_that_carries_its_target_is_read_there(desk, web, link):
    web.pages[ARTICLE] = FULL
    first = desk.work(due(link, title="Contact group", feed_text="It met at Ramstein."))
    assert hits(first)
    assert (first.page_url, first.canonical_url, first.retry_in) == (ARTICLE, ARTICLE, DETOUR)
    assert web.asked == []
    second = desk.work(due(link, attempts=1, page_url=ARTICLE))
    assert (second.page_url, second.canonical_url, second.extraction) == (ARTICLE, ARTICLE, "full")


def test_where_a_redirecting_link_led_is_tried_again_there(desk, web):
    web.pages[ARTICLE] = FetchError("timeout", "no answer")
    found = desk.work(due(google(ARTICLE), attempts=1, page_url=ARTICLE))
    assert (found.page_url, found.retry_in) == (ARTICLE, RETRIES[1])


def test_a_go_betweens_page_that_names_the_article_leads_there(desk, web):
    web.pages[NEW] = f'<c-wiz data-n-au="{ARTICLE}"></c-wiz>'
    found = desk.work(due(NEW))
    assert (found.page_url, found.canonical_url, found.retry_in) == (ARTICLE, ARTICLE, DETOUR)


@pytest.mark.parametrize(
    "page",
    [
        '<c-wiz data-n-a-id="CBMi" data-n-a-sg="x" data-n-a-ts="1"></c-wiz><script></script>',
        ("https://consent.google.com/m?continue=x", wall("consent_english")),
        FetchError("robots", "robots.txt forbids it", permanent=True),
    ],
    ids=["signed", "consent", "robots"],
)
def test_a_link_that_keeps_its_target_is_a_second_net(desk, web, page):
    web.pages[NEW] = page
    found = desk.work(due(NEW, title="Contact group", feed_text="It met at Ramstein."))
    assert hits(found)
    assert (found.blocked, found.error, found.retry_in, found.page_url) == (None, None, None, None)
    assert "the link leads through Google News; only its headline was read" in found.notes


def test_a_go_between_that_leads_to_a_home_page_leads_to_no_article(desk, web):
    web.pages[NEW] = ("https://outlet.example/", FULL)
    found = desk.work(due(NEW))
    assert (hits(found), found.blocked) == (False, "the page is gone (soft 404)")


def test_a_go_between_that_has_the_article_itself_is_read_there(desk, web):
    link, final = "https://r.search.yahoo.com/RU=none/RK=2", "https://news.yahoo.com/talks-moved-1.html"
    web.pages[link] = (final, FULL)
    found = desk.work(due(link))
    assert hits(found)
    assert (found.extraction, found.canonical_url) == ("full", final)


def test_a_link_that_redirects_by_http_is_the_article_it_leads_to(desk, web):
    short = "https://short.example/x1"
    web.pages[short] = (ARTICLE, FULL)
    found = desk.work(due(short))
    assert hits(found)
    assert (found.canonical_url, found.page_url) == (ARTICLE, None)


@pytest.mark.parametrize("end", ["https://parked.example/", "https://parked.example/index.php"])
def test_a_redirect_to_a_page_that_all_articles_could_lead_to_is_no_identity(desk, web, end):
    web.pages[URL] = (end, FULL)
    assert desk.work(due()).canonical_url is None


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<link rel="canonical" href="https://www.outlet.example/news/talks-moved-1">', "same site"),
        ('<link rel="canonical" href="https://elsewhere.example/news/talks-moved-1">', None),
        ('<meta http-equiv="refresh" content="0; url=https://elsewhere.example/">', None),
    ],
)
@pytest.mark.fault("C6")
def test_canonical_and_refresh_to_another_host(desk, web, head, expected):
    web.pages[URL] = FULL.replace("</title>", "</title>" + head)
    found = desk.work(due())
    assert found.canonical_url == ("https://www.outlet.example/news/talks-moved-1" if expected else None)
    assert [url for url, _ in web.asked] == [URL]
    assert found.page_url is None


@pytest.mark.parametrize(
    "canonical", ["https://outlet.example/", "/", "/news/", "/index.php", "https://outlet.example"]
)
@pytest.mark.fault("C7")
def test_one_canonical_for_all_articles_merges_none(desk, web, canonical):
    web.pages[URL] = FULL.replace("</title>", f'</title><link rel="canonical" href="{canonical}">')
    assert desk.work(due()).canonical_url is None


def test_a_post_needs_no_page(desk, web):
    found = desk.work(due("https://t.me/ministry/1234", feed_text="The contact group met at Ramstein."))
    assert hits(found)
    assert (found.extraction, found.notes, found.error) == ("none", (POST,), None)
    assert web.asked == []
