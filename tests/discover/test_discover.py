"""What a page says of its feeds; where feeds and sitemaps stand. A case is a page with what is found on it."""

import json
from pathlib import Path

import pytest

from monitor.poll.discover import MAX_FEEDS, common_places, known_site, page_from_json, read_page, sitemaps

CASES = sorted((Path(__file__).parent / "cases").glob("*.html"))
HTML = "text/html; charset=utf-8"


def on(body, url="https://site.example/"):
    return page_from_json(read_page(body, {"url": url, "content_type": HTML}))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_what_a_page_names(case):
    expected = json.loads(case.with_suffix(".json").read_text("utf-8"))
    page = on(case.read_bytes(), expected.pop("url"))
    found = [[one.url, one.remarks] for one in page.candidates]
    assert {"title": page.title, "language": page.language, "candidates": found} == expected


@pytest.mark.parametrize(
    "title",
    ["Kommentar-Feed", "Flux des commentaires", "стрічка коментарів", "Лента комментариев", "コメントフィード", "评论"],
)
def test_readers_comments_come_last_in_every_language(title):
    links = "".join(
        f'<link rel=alternate type="application/rss+xml" title="{name}" href="/{number}">'
        for number, name in enumerate([title, "News"])
    )
    assert [one.url[-1] for one in on(links.encode()).candidates] == ["1", "0"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00\xff\xfe<",
        b"<" * 100_000,
        b"<div>" * 5_000,
        b"<a " + b"x=1 " * 100_000 + b"href=/rss>",
        b"<a href='" * 20_000,
        b'<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">',
    ],
    ids=["empty", "bytes", "brackets", "deep", "attributes", "quotes", "script"],
)
def test_hostile_bytes_name_nothing(body):
    assert on(body).candidates == ()


def test_endless_feeds_are_capped_and_said():
    page = on(b"".join(b'<a href="/rss/%d">x</a>' % number for number in range(3_000)))
    assert len(page.candidates) == MAX_FEEDS
    assert page.notes == ("2950 more feeds not shown",)


@pytest.mark.parametrize(
    ("url", "kind", "place"),
    [
        ("https://t.me/ministry_example", "telegram", "https://t.me/s/ministry_example"),
        ("https://telegram.me/s/ministry_example/", "telegram", "https://t.me/s/ministry_example"),
        ("https://t.me/ministry_example/123?single", "telegram", "https://t.me/s/ministry_example"),
        (
            "https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
            "feed",
            "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
        ),
        (
            "https://youtube.com/playlist?list=PLabcdefghijkl",
            "feed",
            "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabcdefghijkl",
        ),
    ],
)
def test_sites_of_a_known_make(url, kind, place):
    found = known_site(url)
    assert (found.kind, found.url) == (kind, place)


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/+AbCdEfGh",
        "https://t.me/joinchat/abcdef",
        "https://not-t.me/ministry",
        "https://www.youtube.com/watch?v=abc",
        "https://news.example/t.me/ministry_example",
    ],
)
def test_other_sites_are_of_no_known_make(url):
    assert known_site(url) is None


def test_common_places_are_few_and_on_the_site():
    at_root = [one.url for one in common_places("https://news.example/")]
    below = [one.url for one in common_places("https://news.example/world/page.html?x=1")]
    assert at_root[:2] == ["https://news.example/feed", "https://news.example/rss"]
    assert below == ["https://news.example/world/feed", "https://news.example/world/rss", *at_root]
    assert len(at_root) < 10


def test_sitemaps_of_news_come_before_archives():
    robots = (
        "User-agent: *\nDisallow: /x\nSitemap: https://news.example/sitemap.xml\r\n"
        "SITEMAP:/map/google-news.xml\n# Sitemap: https://news.example/no.xml\nsitemap: ftp://news.example/x\n"
    )
    found = sitemaps(robots, "https://news.example/some/page")
    assert [one.url.removeprefix("https://news.example") for one in found] == [
        "/map/google-news.xml",
        "/news-sitemap.xml",
        "/sitemap_news.xml",
        "/sitemap-news.xml",
        "/sitemap.xml",
    ]
    assert {one.kind for one in found} == {"sitemap"}
