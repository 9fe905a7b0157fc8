"""Group C of the faults: bad pages, through the whole program on loopback. C4, C6, C7 and C9 also in test_read_desk."""

from __future__ import annotations

import pytest
from installation import SMALL
from world import WEATHER, Answer

HEAD = '<!doctype html><html lang="en"><head><title>Ministers meet</title></head><body>'
FILLER = f"<p>{WEATHER}</p>" * 6
NAMED = "<p>The contact group came together on Tuesday, and more than fifty countries were there.</p>"
MANY = " ".join(f'a{number}="1"' for number in range(100_000))


@pytest.fixture
def read(desk, outlet):
    """Read one page beside a good article; returns what became of it."""

    def read(body, title="Ministers meet", *, kind="text/html; charset=utf-8", status=200, summary="", more=""):
        outlet.publish(("bad", title, ""), ("good", "Contact group meets", WEATHER), summary=summary)
        raw = body if isinstance(body, bytes) else body.encode()
        outlet.answers["/bad"] = Answer(raw, kind, status)
        with desk.write(outlet.feed, topic=SMALL, more=more).app() as app:
            app.round()
            assert app.review.why(f"{outlet.base}/good").hits, "another article was stopped"
            return app.review.why(f"{outlet.base}/bad")

    return read


@pytest.mark.fault("C1")
@pytest.mark.parametrize("depth", [255, 300, 2_000])
def test_a_keyword_nested_too_deep_for_the_parser_is_found(read, depth):
    ledger = read(f"{HEAD}{FILLER}{'<div>' * depth}{NAMED}{'</div>' * depth}")
    assert ledger.hits
    assert ledger.extraction == "degraded"
    assert any("255" in note for note in ledger.notes)


@pytest.mark.fault("C2")
@pytest.mark.parametrize("body", [b"<br>" * 5_000_000, b"<a href=x>y</a>" * 350_000], ids=["20 MB", "5 MB of links"])
def test_a_page_of_megabytes_is_not_read_and_the_feed_is(read, body):
    ledger = read(body, "Contact group meets again")
    assert ledger.hits
    assert "too_large" in ledger.error


@pytest.mark.fault("C3")
@pytest.mark.parametrize(
    "body", [f"<p {MANY}>{NAMED}</p>", "<meta name=author content=x>" * 100_000], ids=["attributes", "metas"]
)
def test_a_page_that_needs_minutes_ends_and_the_feed_is_matched(read, body):
    ledger = read(f"{HEAD}{body}", "Contact group meets again")
    assert ledger.hits
    assert ledger.read_at is not None


@pytest.mark.fault("C4")
def test_behind_a_wall_title_and_summary_are_matched(read):
    page = f'{HEAD}<noscript>Enable JavaScript</noscript><div id="root"></div><script src="/a.js"></script>'
    ledger = read(page, summary="The contact group met on Tuesday.")
    assert ledger.hits
    assert ledger.extraction == "none"
    assert "a page that only scripts fill" in ledger.error
    assert ledger.next_try is not None


@pytest.mark.fault("C5")
@pytest.mark.parametrize(
    ("body", "kind", "what"),
    [
        (b"%PDF-1.7\n" + b"\x00" * 2_000, "text/html", "a PDF file"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 2_000, "", "a JPEG image"),
        (b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 2_000, "text/html", "a video file"),
    ],
)
def test_what_is_no_page_is_not_parsed(read, body, kind, what):
    ledger = read(body, "Contact group meets again", kind=kind)
    assert ledger.hits
    assert f"not a page: {what}" in ledger.notes


@pytest.mark.fault("C6")
def test_a_refresh_is_not_followed_and_a_foreign_canonical_not_believed(read, outlet):
    head = (
        f'<meta http-equiv="refresh" content="0; url={outlet.base}/other"><link rel="canonical" href="//x.example/a">'
    )
    ledger = read(f"{HEAD}{head}{FILLER}{NAMED}")
    assert ledger.hits
    assert "/other" not in outlet.asked


@pytest.mark.fault("C7")
def test_two_articles_with_the_home_page_as_canonical_stay_two(desk, outlet):
    outlet.publish(("one", "Contact group meets", ""), ("two", "Contact group speaks", ""))
    for slug in ("one", "two"):
        body = f'{HEAD}<link rel="canonical" href="{outlet.base}/">{FILLER}<p>{slug}</p>{NAMED}'
        outlet.answers[f"/{slug}"] = Answer(body.encode())
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        assert app.round().hits == 2


@pytest.mark.fault("C8")
def test_a_keyword_in_the_menu_or_beside_the_article_is_no_hit(read):
    menu = "<nav><a href='/t'>Contact group</a></nav>"
    article = "".join(f"<p>Day {number}: {WEATHER}</p>" for number in range(6))
    aside = "<aside><h3>Related</h3><ul><li><a href='/x'>The contact group in pictures</a></li></ul></aside>"
    ledger = read(f"{HEAD}{menu}<article>{article}</article>{aside}<footer>Contact group</footer>")
    assert not ledger.hits
    assert ledger.extraction == "full"


@pytest.mark.fault("C8")
def test_where_the_whole_page_stands_in_for_the_article_the_hit_says_so(read):
    ledger = read(f"{HEAD}<nav><a href='/t'>Contact group</a></nav>{'<div>' * 300}{FILLER}")
    assert [hit.extraction for hit in ledger.hits] == ["degraded"]
    assert "the whole page's text stands in for the article" in ledger.notes


@pytest.mark.fault("C9")
def test_a_page_that_is_missing_hits_now_and_is_read_within_a_day(desk, outlet, clock):
    outlet.publish(("late", "Contact group meets", ""))
    page = outlet.answers.pop("/late")
    quiet = "defaults: {alerts: {notices: false}}\n"
    with desk.write(outlet.feed, more=quiet, topic=SMALL).app(now=clock) as app:
        assert app.round().hits == 1
        for hours in (1, 2):
            clock.forward(hours=hours)
            app.round()
        assert outlet.asked.count("/late") == 3
        outlet.answers["/late"] = page
        clock.forward(hours=7)
        app.round()
        ledger = app.review.why(f"{outlet.base}/late")
        clock.forward(hours=100)
        app.round()
    assert (outlet.asked.count("/late"), ledger.error, ledger.next_try) == (4, None, None)
    assert len(desk.mails) == 1


@pytest.mark.fault("C10")
def test_a_page_that_has_changed_at_the_next_reading_alerts_no_second_time(desk, outlet, clock):
    outlet.publish(("edited", "Contact group meets", ""))
    outlet.answers["/edited"] = Answer(b"", status=503)
    with desk.write(outlet.feed, topic=SMALL).app(now=clock) as app:
        assert app.round().delivered == 2
        outlet.answers["/edited"] = Answer(f"{HEAD}<article>{FILLER}{NAMED}<p>Edited.</p></article>".encode())
        clock.forward(minutes=11)
        done = app.round()
        ledger = app.review.why(f"{outlet.base}/edited")
    assert (done.hits, done.delivered) == (0, 0)
    assert ledger.extraction == "full"
    assert len(desk.mails) == len(desk.chats) == 1
