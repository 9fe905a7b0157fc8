"""One look at one article, through a real child process: the page, the feed's words, and what hides behind walls."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.errors import WorkerError
from monitor.pool import Pool
from monitor.read.answer import look_from_json, look_to_json

TOPIC = Path(__file__).parent / "topic.yaml"
SETUP = {"topics": [{"file": "topic.yaml", "text": TOPIC.read_text("utf-8")}]}
FILLER = "<p>The ministers of more than fifty countries spoke for several hours about what is needed next.</p>" * 5
HIT = "<p>The contact group met at Ramstein on Tuesday, and more than fifty countries were there.</p>"


@pytest.fixture(scope="module")
def pool():
    with Pool(1, wall=10.0) as pool:
        yield pool


@pytest.fixture(scope="module")
def impatient():
    with Pool(1, wall=2.5) as pool:
        yield pool


@pytest.fixture
def look(pool):
    def look(body: bytes = b"", **meta):
        told = {
            "url": "https://news.example/a/1",
            "content_type": "text/html; charset=utf-8",
            "title": "Ministers meet",
            "feed_text": "",
            "language": None,
            "published": None,
            "has_page": True,
        }
        return look_from_json(pool.run("monitor.read.look:factory", body, told | meta, SETUP))

    return look


def page(body: str, head: str = "") -> bytes:
    return (
        f"<html><head><title>Ministers meet</title>{head}</head><body><article>{body}</article></body></html>".encode()
    )


def test_a_page_that_hits(look):
    found = look(page(FILLER + HIT))
    assert found.page.extraction == "full"
    assert found.verdicts[0].hit
    whole = f"{found.title}\n\n{found.text}"
    assert [whole[term.start : term.end] for term in found.verdicts[0].terms] == [
        term.form for term in found.verdicts[0].terms
    ]


def test_a_page_with_nothing_of_the_topic_is_a_miss(look):
    found = look(page(FILLER))
    assert not found.verdicts[0].hit
    assert found.verdicts[0].why


def test_without_page_the_feeds_words_are_matched(look):
    found = look(has_page=False, title="Contact group", feed_text="It met at Ramstein.")
    assert found.page.extraction == "none"
    assert found.verdicts[0].hit
    assert found.text == "It met at Ramstein."


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"%PDF-1.7", "not a page"),
        (
            b"<title>Just a moment...</title><p>Checking your browser before you go on to news.example, a moment.",
            "a bot wall",
        ),
        (b"<div id=app></div><script>go()</script>", "a page that only scripts fill"),
        (b'<p a="' + b'" b="'.join(b"x" for _ in range(9000)) + b'">', "not parsed"),
    ],
    ids=["pdf", "bot wall", "script shell", "attributes"],
)
def test_what_is_no_article_falls_back_to_the_feed_and_says_why(look, body, reason):
    found = look(body, title="Contact group", feed_text="It met at Ramstein.")
    assert found.page.extraction == "none"
    assert found.verdicts[0].hit
    assert any(note.startswith(reason) for note in found.page.notes)


def test_what_the_feed_says_counts_when_the_page_does_not_say_it(look):
    found = look(page(FILLER), feed_text="The contact group met at Ramstein.")
    assert found.verdicts[0].hit
    assert "fifty countries" in found.text
    assert found.text.endswith("The contact group met at Ramstein.")
    assert "the feed's text was matched with the page's" in found.page.notes


def test_the_title_of_the_page_counts_when_the_feed_has_another(look):
    found = look(page(FILLER, '<meta property="og:title" content="Contact group at Ramstein">'), title="Live blog")
    assert found.verdicts[0].hit
    assert found.title == "Live blog"


def test_a_page_without_feed_title_brings_its_own(look):
    assert look(page(FILLER + HIT), title="").title == "Ministers meet"


@pytest.mark.parametrize(
    "body",
    [
        page(FILLER + HIT.replace("Ramstein", "Ram<b>stein</b>")),
        page(FILLER + HIT.replace("Ramstein", "&#82;amstein")),
        page(FILLER + "<div>" * 300 + HIT),
        page(
            "",
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "articleBody": HIT * 6})
            + "</script>",
        ),
        page(
            "",
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "articleBody": "Контактна група на базі Рамштайн у вівторок. " * 9})
            + "</script>",
        ),
        page(FILLER + "<p>Контактна група зустрілася на базі Рамштайн.</p>").decode().encode("windows-1251"),
        page(FILLER + "<p>Контактна група зустрілася на базі Рамштайн.</p>").decode().encode("utf-16"),
    ],
    ids=["inline tag", "reference", "deep", "json-ld", "json-ld escapes", "windows-1251", "utf-16"],
)
def test_however_the_page_says_it(look, body):
    assert look(body, content_type="text/html").verdicts[0].hit


def test_the_language_of_the_text_beats_the_template(look):
    text = "".join(f"<p>{n}: Контактна група зустрілася на авіабазі Рамштайн у вівторок.</p>" for n in range(5))
    assert look(f'<html lang="en"><article>{text}'.encode(), language="en").page.language == "uk"


def test_a_page_of_one_short_sentence_that_hits_is_not_lost(look):
    found = look(page("<p>Contact group met at Ramstein.</p>"))
    assert found.verdicts[0].hit
    assert any(note.startswith("thin text") for note in found.page.notes)


@pytest.mark.parametrize(
    "body",
    [b"<div>" * 400_000, b"<p>" + b"<a href=x>y</a>" * 200_000, b"<meta name=author content=x>" * 100_000],
    ids=["nesting", "links", "metas"],
)
def test_hostile_pages_end_one_way_or_the_other_and_the_next_is_read(impatient, body):
    assert ended(impatient, body) in {"no hit", "timeout", "crashed", "failed"}
    sound = page("<p>Контактна група зустрілася на базі Рамштайн, повідомило міністерство у вівторок.</p>")
    assert ended(impatient, sound) == "hit"


def ended(pool: Pool, body: bytes) -> str:
    meta = {"url": "https://x.example/", "title": "t", "feed_text": "", "has_page": True}
    try:
        answer = look_from_json(pool.run("monitor.read.look:factory", body, meta, SETUP))
    except WorkerError as error:
        return error.kind
    return "hit" if answer.verdicts[0].hit else "no hit"


def test_a_look_survives_json(look):
    found = look(page(FILLER + HIT, '<meta property="article:published_time" content="2023-02-14T10:00:00Z">'))
    assert look_from_json(json.loads(json.dumps(look_to_json(found)))) == found
