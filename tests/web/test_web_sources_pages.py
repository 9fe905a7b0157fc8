"""The pages of the sources: which are shown, in what order, with what; and one source with all that is known of it."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sources_house import NOW, plain, shop
from stores import read_store
from web_house import house

from monitor.model import Cursor, Entry, Finding, PollResult, Sighting, Source, Verdict
from monitor.poll.standing import after
from monitor.store import PollStore
from monitor.urls import url_key

DAY = timedelta(days=1)
BUSY = Source("Busy Bee", "https://bee.example/rss", language="en", country="GB", pace=timedelta(0))
HOSTILE = Source("<b>Bold</b> & evil", "https://bold.example/rss", language="uk", country="UA")
CROWD = tuple(
    Source(f"Crowd {number:03}", f"https://crowd{number}.example/rss", language="pt-BR") for number in range(205)
)


def bring(polls, reads, number, at, *, hit):
    """One poll with one new entry, and its reading."""
    claimed = polls.claim_named(BUSY.name, at)
    url = f"https://bee.example/{number}"
    entry = Entry(f"g{number}", url, f"Headline {number}", "")
    known = Entry("g0", "https://bee.example/0", "Headline 0", "")
    shown = [Sighting(one.guid, url_key(one.url), one) for one in {entry.guid: entry, known.guid: known}.values()]
    result = PollResult(BUSY.name, "new", tuple(shown), Cursor())
    polls.save(claimed, result, lambda tally: replace(after(claimed, result, tally, 0.5, at), due=at + DAY), at)
    while (article := reads.claim(at)) is not None:
        verdict = Verdict("ramstein", hit, "certain" if hit else None, 9.0 if hit else 0.0)
        finding = Finding(article.id, article.title, "Words.", "full", (verdict,), "en")
        reads.save(finding, article, lambda *_: (), at)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """Many sources; one of them with eleven days of entries, two of them hits, and one that is paused."""
    sources = (BUSY, HOSTILE, *CROWD)
    with house(tmp_path_factory.mktemp("sources"), ()) as running:
        polls, reads = PollStore(running.database, sources), read_store(running.database, sources)
        polls.sync(NOW - 12 * DAY)
        for number in range(11):
            bring(polls, reads, number, NOW - (10 - number) * DAY, hit=number in {3, 9})
        running.review.watched.pause("Crowd 007", "Olha", NOW - 2 * DAY)
        yield running


def words(house, path):
    answer = house.get(path)
    assert answer.status_code == 200
    return plain(answer.text)


def names(house, path):
    return re.findall(r'class="named"[^>]*><bdi>([^<]*)</bdi>', house.get(path).text)


def number(house, name):
    return next(head.id for head in house.review.watched.heads() if head.name == name)


def test_sums_are_on_top_and_a_page_holds_two_hundred(full):
    page = words(full, "/sources")
    assert "1 paused · 205 not polled yet · 1 ok" in page
    assert "Page 1 of 2, 200 sources each After →" in page
    first, second = names(full, "/sources"), names(full, "/sources?page=2")
    assert (len(first), len(second)) == (200, 7)
    assert not set(first) & set(second)
    assert first[0] == "Crowd 007"
    assert "The list ends before page 9" in words(full, "/sources?page=9")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=paused", ["Crowd 007"]),
        ("state=ok", ["Busy Bee"]),
        ("language=en", ["Busy Bee"]),
        ("country=UA", ["&lt;b&gt;Bold&lt;/b&gt; &amp; evil"]),
        ("q=BEE", ["Busy Bee"]),
        ("q=crowd+18&state=new", ["Crowd 018", *(f"Crowd {number}" for number in (118, *range(180, 190)))]),
        ("q=crowd199.example", ["Crowd 199"]),
        ("q=no+such", []),
        ("state=nonsense", []),
        ("q=%00%ff&page=-1&language=%27", []),
    ],
)
def test_filters(full, query, found):
    assert names(full, f"/sources?{query}") == found
    assert f"{len(found)} of 207 sources" in words(full, f"/sources?{query}")


def test_a_paused_source_says_who_paused_it_and_since_when(full):
    page = words(full, "/sources?state=paused")
    assert "‖ paused for 2 days" in page
    assert "paused by Olha since 10 Feb, 14:40; it is not polled" in page
    assert "Go on" in page


def test_the_chart_has_a_sentence_and_a_bar_for_each_day_with_something(full):
    page = full.get("/sources?q=bee").text
    assert "11 new entries and 2 hits in 30 days; most entries on 2 Feb: 1" in page
    (chart,) = re.findall('<svg class="days".*?</svg>', page)
    assert [path.count("M") for path in re.findall('class="(?:entries|hits)" d="([^"]*)"', chart)] == [11, 2]
    assert "style=" not in page
    assert 'role="img"' in chart


def test_the_page_of_a_source_has_the_numbers_behind_the_chart(full):
    page = words(full, f"/sources/{number(full, 'Busy Bee')}")
    assert "12 Feb 2026 1 0 11 Feb 2026 1 1 10 Feb 2026 1 0" in page
    assert "In all 11 2" in page
    assert "Its 2 hits" in page
    assert "usually every 1 day; longest pause 1 day" in page
    assert "Headline 10 no hit" in page
    assert "Headline 9 hit" in page


def test_its_hits_are_a_link_to_the_list_of_them(full):
    page = full.get(f"/sources/{number(full, 'Busy Bee')}").text
    assert 'href="/?source=Busy+Bee"' in page
    assert re.search(r'href="/hits/\d+">Headline 3</a>', page)
    assert 'href="/why?url=https%3A%2F%2Fbee.example%2F10"' in page


def test_a_name_is_words_whatever_it_holds(full):
    page = full.get(f"/sources/{number(full, HOSTILE.name)}").text
    assert "<b>Bold" not in page
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page


@pytest.mark.parametrize("source", ["0", "9999", "x", "-1", "1%2f2", "9" * 30])
def test_there_is_no_such_source(full, source):
    assert full.get(f"/sources/{source}").status_code == 404


def test_without_a_sources_yaml_nothing_can_be_tried_or_added(full):
    assert "sources cannot be added here" in words(full, "/sources/add")
    assert "Test it" not in words(full, f"/sources/{number(full, 'Busy Bee')}")


def test_no_sources_at_all_says_what_to_do(tmp_path):
    with house(tmp_path, ()) as empty:
        assert "No sources yet. Add one by the address of any page" in words(empty, "/sources")


def test_what_stands_in_sources_yaml_is_shown_with_its_place_and_without_secrets(tmp_path):
    with shop(tmp_path) as one:
        page = one.page(f"/sources/{one.number('Outlet One')}")
        assert "sources.yaml, line 4." in page
        assert "language en country GB" in page
        assert "headers X-Key: ***" in page
        assert f"url {one.outlet.feed}?key=***" in page
        assert "canary" not in page
        assert "very-hidden" not in page
