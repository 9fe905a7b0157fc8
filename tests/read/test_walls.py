"""Each case is a page; its first line says what stands in front of the article, or that it is one."""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.read import gate, walls
from monitor.read.extract import FROM_DATA, read
from monitor.text import html_to_text

CASES = sorted((Path(__file__).parent / "walls").glob("*.html"))
WALLS = [case for case in CASES if not case.stem.startswith("article_")]
REAL = Path(__file__).resolve().parents[3] / "shared" / "real" / "pages"
PAID = {"0138.html.gz", "0205.html.gz"}
"""Of the real pages, those on which the outlet itself says that the article goes on for subscribers."""
URL = "https://outlet.example/news/talks-moved-1"
SENTENCE = "The talks planned for Wednesday will take place on Thursday, the ministry of defence said in a notice."


def told(html, url=URL, requested=URL):
    """What the gate says of a page, in the order of a look."""
    reading = read(html, url)
    whole = html_to_text(html)
    found = walls.wall(walls.Sight(html, whole, url, requested))
    if found != walls.GONE and FROM_DATA in reading.page.notes:
        found = None
    article = None if reading.page.extraction == "degraded" else reading.page.text
    return (
        found
        or walls.paywall(html, article, whole, reading.facts.words)
        or ("thin" if gate.refuse_text(reading.page.text) and len(whole) > 1_000 else None)
    )


def sight(html):
    return walls.Sight(html, html_to_text(html), URL, URL)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_case(case):
    html = case.read_text("utf-8")
    expected = re.match(r"<!-- expect: (.+) -->\n", html)[1]
    assert (told(html) or "article") == expected


@pytest.mark.parametrize("case", WALLS, ids=lambda case: case.stem)
def test_no_wall_passes_for_a_page_with_nothing_of_the_topic(case):
    assert walls.doubtful(sight(case.read_text("utf-8")))


@pytest.mark.parametrize(
    ("requested", "url", "expected"),
    [
        ("/news/talks-moved-1", "/", walls.GONE),
        ("/news/talks-moved-1", "/en/", walls.GONE),
        ("/news/talks-moved-1", "/index.html", walls.GONE),
        ("/?p=123", "/", walls.GONE),
        ("/2026/05/04/talks-moved-again", "/2026/05/04/talks-moved-again/", None),
        ("/news/the-talks-moved", "/news/", walls.GONE),
        ("/news/talks-moved-1/amp", "/news/talks-moved-1", None),
        ("/news/talks-moved-1", "/world/talks-moved-1", None),
        ("/news/talks-moved-1", "/zustimmung?url=%2Fnews%2Ftalks-moved-1", walls.CONSENT),
        ("/news/talks-moved-1", "https://consent.example.org/collect?x=1", walls.CONSENT),
        ("/news/talks-moved-1", "/login?next=%2Fnews%2Ftalks-moved-1", walls.LOGIN),
        ("/news/talks-moved-1", "https://sso.example.org/start", walls.LOGIN),
        ("/login-fails-again", "/login-fails-again/", None),
        ("/", "/en", None),
    ],
)
def test_where_a_redirect_ended(requested, url, expected):
    base = "https://outlet.example"
    page = f"<title>Outlet</title><article>{f'<p>{SENTENCE}</p>' * 15}</article>"
    full = url if url.startswith("https:") else base + url
    assert told(page, full, base + requested) == expected


def test_a_redirect_to_another_sites_home_page_may_be_the_page_that_is_meant():
    assert told(f"<p>{SENTENCE}</p>", "https://campaign.example.org/", URL) is None


@pytest.mark.parametrize("case", WALLS, ids=lambda case: case.stem)
def test_what_a_wall_shows_is_no_wall_beside_a_long_article(case):
    """Cookie banners, login forms and captchas stand on ordinary pages too; only a title says that a page is gone."""
    html = re.sub(r"<title>.*?</title>|<TITLE>.*?</TITLE>|<h1>.*?</h1>", "", case.read_text("utf-8"))
    article = "".join(f"<p>{number}. {SENTENCE}</p>" for number in range(20))
    assert told(f"{html}<article><h1>Talks moved</h1>{article}</article>") is None


words = st.lists(
    st.sampled_from(["troops", "talks", "access", "cookie", "robot", "login", "page", "found"]), min_size=12
)


@given(words, st.sampled_from(["", "uk", "de"]))
def test_a_notice_with_a_date_is_never_a_bot_wall_or_gone(some, language):
    text = " ".join(some).capitalize() + "."
    head = '<meta property="article:published_time" content="2026-05-04T07:00:00Z">'
    found = told(f'<html lang="{language}"><title>{text}</title>{head}<h1>{text}</h1><p>{SENTENCE}</p></html>')
    assert found is None


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_page_gets_an_answer(body, title):
    html = f"<title>{title}</title>{body}<script></script>"
    assert walls.wall(sight(html)) is None or isinstance(walls.wall(sight(html)), str)


@pytest.mark.skipif(not REAL.is_dir(), reason="the real pages are not part of the repository")
def test_no_real_article_is_refused():
    with (REAL / "index.csv").open(encoding="utf-8") as file:
        urls = {row["file"]: row["url"] for row in csv.DictReader(file)}
    refused, seen = set(), 0
    for path in sorted(REAL.glob("*.html.gz")):
        html = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        url = urls[path.name] or URL
        if len(html) < 1_000:  # an empty frame
            continue
        seen += 1
        if told(html, url, url):
            refused.add(path.name)
    assert seen > 200
    assert refused <= PAID
