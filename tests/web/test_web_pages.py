import re
from datetime import timedelta
from html import unescape

import pytest
from web_house import NEWS, NOW, News, house

MANY = tuple(
    News("Tagesschau", "de", f"Treffen Nummer {number:03}", "In Ramstein.", ("Ramstein",), minutes=number + 1)
    for number in range(120)
)


def headlines(page):
    return [re.sub("<[^>]+>", "", line) for line in re.findall(r'<h2 lang=".*?" dir="auto">(.*?)</h2>', page)]


def test_hits_stand_newest_first_in_their_own_script(open_house):
    page = open_house.get("/").text
    assert [line.replace("&#34;", '"').replace("&#39;", "'") for line in headlines(page)] == [
        item.title for item in sorted(NEWS, key=lambda item: item.minutes)
    ]
    assert '<h2 lang="ar" dir="auto">' in page
    assert "<mark>контактної групи з питань оборони</mark>" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("language=uk", 1),
        ("topic=ukraine-aid", 1),
        ("source=Tagesschau", 1),
        ("state=new", 6),
        ("state=starred", 0),
        ("q=РАМШТАЙН", 1),
        ("q=Ramstein", 2),
        ("since=1h", 2),
        ("since=2026-02-12", 5),
        ("since=1h&language=de", 1),
        ("language=&topic=", 6),
    ],
)
def test_each_filter_narrows_the_list(open_house, query, count):
    assert len(headlines(open_house.get(f"/?{query}").text)) == count


def test_pages_of_fifty_hold_every_hit_once(tmp_path):
    with house(tmp_path, MANY) as running:
        pages, part = [running.get("/?source=Tagesschau").text], running.get("/list?source=Tagesschau").text
        while found := re.search('rel="next" href="([^"]+)"', pages[-1]):
            pages.append(running.get(unescape(found[1])).text)
    lines = [headlines(page) for page in pages]
    assert [len(page) for page in lines] == [50, 50, 20]
    assert len({line for page in lines for line in page}) == 120
    assert headlines(part) == lines[0]
    assert "<html" not in part
    assert "To the newest" in pages[1]


def test_a_hit_shows_text_reasons_and_ledger(open_house):
    page = open_house.get("/hits/6").text
    assert re.search('<mark title="group[^>]*>контактної групи з питань оборони</mark>', page)
    assert re.search('«<mark title="group[^>]*>Рамштайн</mark>»', page)
    assert 'href="https://news.example/5" rel="noopener noreferrer"' in page
    for words in ("group named with", "Kyiv Independent", "Seen in Фокус", "7 min after publication", "score 14"):
        assert words in page


def test_a_page_that_could_not_be_read_says_so(open_house):
    page = open_house.get("/hits/3").text
    assert "The page could not be read" in page
    assert "the page answered 403" in page


def test_a_decision_is_stored_and_shown(tmp_path):
    with house(tmp_path) as running:
        form = {
            "token": token(running, 2),
            "hit": "2",
            "target": "2..0",
            "state": "starred",
            "note": "first line\r\nсекунда",
        }
        answer = running.post("/decide", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/hits/2?said=starred&done=1")
        hit = running.review.hit(2)
        page = running.get("/hits/2").text
    assert (hit.state, hit.note) == ("starred", "first line\nсекунда")
    assert "first line\nсекунда</textarea>" in page
    assert "★" in page


def test_a_note_alone_keeps_the_state_and_the_state_alone_the_note(tmp_path):
    with house(tmp_path) as running:
        running.review.mark(1, "relevant", "kept", NOW)
        running.post("/decide", data={"token": token(running, 1), "target": "1..1", "state": "irrelevant"})
        assert (running.review.hit(1).state, running.review.hit(1).note) == ("irrelevant", "kept")


def test_why_answers_for_any_form_of_an_address_and_for_an_unknown_one(open_house):
    known = open_house.get("/why", params={"url": "http://www.news.example/5?utm_source=x#top"}).text
    assert "Matched ramstein, certain" in known
    assert "No match for other" in known
    assert "no term of this topic" in known
    assert "never seen" in open_house.get("/why?url=https://nowhere.example/1").text
    assert "<form" in open_house.get("/why").text


def test_sources_say_what_is_wrong_first(open_house):
    page = open_house.get("/sources").text
    assert page.index("RBC-Україна") < page.index("Not Yet Polled") < page.index("Tagesschau")
    assert "failed 4 times in a row, has never answered: http: answers 503" in page
    assert "encoding guessed: windows-1251" in page


def test_the_key_in_a_feed_address_is_never_shown(open_house):
    for path in ("/", "/sources", "/alerts", "/hits/4"):
        assert "feed-secret" not in open_house.get(path).text


def test_alerts_show_the_outbox(open_house):
    page = open_house.get("/alerts").text
    for words in ("failed, will be tried again", "smtp: connection refused", "not sent on purpose", "older than the"):
        assert words in page


def test_empty_pages_say_what_to_do(tmp_path):
    with house(tmp_path, ()) as running:
        assert "sources.yaml" in running.get("/").text
        assert "sources.yaml" in running.get("/sources").text
        assert "monitor alerts test" in running.get("/alerts").text


def test_a_list_without_a_fit_offers_the_way_back(open_house):
    page = open_house.get("/?q=nothing-like-it").text
    assert "No hit fits this filter" in page
    assert 'href="/">show all' in page
    assert "The list ends here" in open_house.get("/?after=20200101T000000.000000Z-1").text


def test_times_are_relative_under_a_day_and_name_both_zones(open_house):
    page = open_house.get("/").text
    assert "11 min ago" in page
    assert "11 Feb, 08:40" in page
    assert "14:28 Berlin (13:28 UTC)" in page


def test_times_in_another_zone(tmp_path):
    with house(tmp_path, NEWS[:1], timezone="Asia/Kathmandu") as running:
        assert "19:13 Kathmandu (13:28 UTC)" in running.get("/hits/1").text


def test_the_configured_topics_can_be_chosen_before_they_have_a_hit(tmp_path):
    with house(tmp_path, (), topics=["ramstein", "tempest"]) as running:
        assert '<option value="tempest"' in running.get("/").text


def token(running, hit_id):
    return re.search(r'name="token" value="([^"]+)"', running.get(f"/hits/{hit_id}").text)[1]


def test_a_hit_older_than_a_day_keeps_its_year_when_it_is_another(tmp_path):
    old = News(
        "Tagesschau", "de", "Alt", "Ramstein", ("Ramstein",), minutes=int(timedelta(days=400) / timedelta(minutes=1))
    )
    with house(tmp_path, (old,)) as running:
        assert "8 Jan 2025, " in running.get("/").text


def test_a_page_loads_only_what_is_ours(open_house):
    for path in ("/", "/hits/1", "/sources", "/alerts", "/why"):
        page = open_house.get(path).text
        loaded = re.findall(r'<(?:link rel="stylesheet"|img|script|iframe)[^>]*(?:src|href)="([^"]*)"', page)
        assert loaded
        assert {address.rpartition("/")[0] for address in loaded} == {"/static"}
        assert {open_house.get(address).status_code for address in loaded} == {200}


def test_a_static_file_is_sent_again_only_when_it_is_another(open_house):
    first = open_house.get("/static/hits.js")
    assert first.headers["content-type"].startswith("text/javascript")
    again = open_house.get("/static/hits.js", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
