"""Deciding by forms and by our own script, taking back, two people at once; saved filters, new hits told."""

import re
import threading
from contextlib import ExitStack, closing
from dataclasses import replace
from html import unescape

import httpx
import pytest
from reading_house import ARTICLES, LEAD, Article, publish, reading
from web_house import NOW
from web_house import house as news_house

from monitor.model import HitFilter, Judgement, Target
from monitor.web import watcher

LATER = Article("Фокус", "Рамштайн: новий текст", "Контактна група з питань оборони України: Рамштайн.", 3, LEAD)
JSON = {"accept": "application/json"}


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with reading(tmp_path_factory.mktemp("reading"), watch=0.05) as running:
        yield running


@pytest.fixture(autouse=True)
def undecided(house):
    """Each test begins with hits that nobody has decided on."""
    yield
    for hit in house.review.hits(HitFilter(limit=None)):
        if (hit.state, hit.note, hit.tags) != ("new", "", ()):
            house.review.decisions.decide([Target(hit.id)], Judgement("new", "", ()), "", NOW)


def token(house):
    return re.search(r'name="monitor-token" content="([^"]+)"', house.get("/help").text)[1]


def target(house, title):
    """The target of a line in the list."""
    page = house.get("/list").text
    number = hit(house, title).id
    found = re.search(rf'data-hit="{number}" data-target="([^"]+)"', page)
    return found[1] if found else f"{number}..{hit(house, title).stamp}"


def hit(house, title):
    return next(one for one in house.review.hits(HitFilter(limit=None)) if one.title == title)


def head(house):
    return house.review.listing.stories(HitFilter(story=hit(house, LEAD).story)).stories[0]


def decide(house, *targets, path="/decide", headers=JSON, **fields):
    return house.post(path, data={"token": token(house), "target": list(targets), **fields}, headers=headers)


def states(house):
    return {one.title: one.state for one in house.review.hits(HitFilter(limit=None)) if one.state != "new"}


def test_a_line_of_the_list_is_about_its_whole_story(house):
    first = head(house)
    made = decide(house, target(house, first.head.title), state="relevant").json()
    assert len(states(house)) == first.articles == 5
    assert made["changed"][str(first.head.id)] == {"state": "relevant", "tags": []}
    assert made["stamp"] == head(house).stamp
    undone = house.post("/undo", data={"token": token(house), "done": made["done"]}, headers=JSON).json()
    assert states(house) == {}
    redone = house.post("/undo", data={"token": token(house), "done": undone["done"]}, headers=JSON)
    assert redone.status_code == 200
    assert len(states(house)) == 5


def test_a_form_decides_on_one_hit_and_its_story_if_that_is_ticked(house):
    one = head(house).head
    page = house.get(f"/hits/{one.id}").text
    whole, alone = (
        re.search('name="whole" value="([^"]+)"', page)[1],
        re.search('name="target" value="([^"]+)"', page)[1],
    )
    form = {"token": token(house), "target": alone, "hit": str(one.id), "state": "starred"}
    answer = house.post("/decide", data=form)
    assert (answer.status_code, list(states(house))) == (303, [one.title])
    assert re.fullmatch(rf"/hits/{one.id}\?said=starred&done=\d+", answer.headers["location"])
    stamp = hit(house, one.title).stamp
    house.post("/decide", data=form | {"whole": whole.rpartition(".")[0] + f".{stamp}", "state": "irrelevant"})
    assert set(states(house).values()) == {"irrelevant"}
    assert len(states(house)) == 5


def test_after_a_decision_comes_the_next_hit_of_the_list_and_undo(house):
    one = house.review.listing.stories(HitFilter()).stories[1].head
    page = house.get(f"/hits/{one.id}?from=list&state=new").text
    form = dict(re.findall('<input type="hidden" name="([a-z]+)" value="([^"]*)"', page.partition('class="decide"')[2]))
    following = house.review.listing.stories(HitFilter()).stories[2].head
    assert form["next"] == str(following.id)
    answer = house.post("/decide", data=form | {"state": "irrelevant"})
    assert answer.headers["location"].startswith(f"/hits/{following.id}?state=new&from=list&said=irrelevant&done=")
    page = house.get(answer.headers["location"]).text
    status = page.partition('id="status"')[2].partition("</form>")[0]
    assert "Marked irrelevant" in status
    back = dict(re.findall('name="([a-z]+)" value="([^"]*)"', status))
    assert (
        house.post("/undo", data=back)
        .headers["location"]
        .startswith(f"/hits/{following.id}?state=new&from=list&said=undone")
    )
    assert states(house) == {}


def test_what_came_after_the_list_was_shown_is_not_decided_with_it(house):
    shown = target(house, head(house).head.title)
    publish(house, (*ARTICLES, LATER)[-1:])
    decide(house, shown, state="irrelevant")
    assert hit(house, LATER.title).story == hit(house, LEAD).story
    assert hit(house, LATER.title).state == "new"
    assert "1 of 6 new" in house.get("/list").text
    house.review.stories.separate(hit(house, LATER.title).article_id, NOW)


def test_two_people_do_not_overwrite_each_other(house):
    one = hit(house, ARTICLES[6].title)
    shown = target(house, one.title)
    house.review.decisions.decide([Target(one.id)], Judgement("starred"), "Олена", NOW)
    answer = decide(house, shown, state="irrelevant")
    (told,) = answer.json()["overtaken"]
    assert (answer.status_code, told["hit"], told["state"]) == (409, one.id, "starred")
    assert told["words"].startswith("Олена marked it starred")
    page = decide(house, shown, headers={}, state="irrelevant")
    assert page.status_code == 409
    assert "Олена marked it starred" in page.text
    assert hit(house, one.title).state == "starred"
    again = dict(re.findall('name="([a-z]+)" value="([^"]*)"', page.text.partition('class="buttons"')[2]))
    assert house.post("/decide", data=again).status_code == 303
    assert hit(house, one.title).state == "irrelevant"


def test_of_many_lines_those_that_are_free_are_decided(house):
    free, held = hit(house, ARTICLES[7].title), hit(house, ARTICLES[8].title)
    shown = [target(house, one.title) for one in (free, held)]
    house.review.decisions.decide([Target(held.id)], Judgement("starred"), "Олена", NOW)
    answer = decide(house, *shown, state="relevant")
    assert answer.status_code == 200
    assert [one["hit"] for one in answer.json()["overtaken"]] == [held.id]
    assert states(house) == {free.title: "relevant", held.title: "starred"}


def test_tags_are_put_on_and_taken_off_many_and_written_on_one(house):
    one, two = hit(house, ARTICLES[7].title), hit(house, ARTICLES[8].title)
    decide(house, f"{one.id}..{one.stamp}", f"{two.id}..{two.stamp}", tag="air defence", do="tag")
    assert hit(house, two.title).tags == ("air defence",)
    assert "<bdi>air defence</bdi>" in house.get("/list?tag=air+defence").text
    one = hit(house, one.title)
    decide(house, f"{one.id}..{one.stamp}", tags="desk, підтверджено", note="see\nalso")
    assert (hit(house, one.title).tags, hit(house, one.title).note) == (("desk", "підтверджено"), "see\nalso")
    two = hit(house, two.title)
    decide(house, f"{two.id}..{two.stamp}", tag="air defence", do="untag")
    assert hit(house, two.title).tags == ()
    page = house.get(f"/hits/{one.id}").text
    assert "see\nalso</textarea>" in page
    assert 'value="desk, підтверджено"' in page
    assert "<bdi>підтверджено</bdi>" in page.partition('id="history"')[2]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"target": "1..0", "state": "deleted"}, 422),
        ({"target": "1..0"}, 422),
        ({"target": "x", "state": "new"}, 422),
        ({"state": "new"}, 422),
        ({"target": "999999..0", "state": "new"}, 404),
        ({"target": "1..0", "note": "n" * 2001}, 422),
        ({"target": "1..0", "tags": "t" * 200}, 422),
    ],
)
def test_what_cannot_be_decided_is_said_and_changes_nothing(house, fields, status):
    answer = house.post("/decide", data={"token": token(house), **fields}, headers=JSON)
    assert answer.status_code == status
    assert status == 404 or answer.json()["problem"]
    assert states(house) == {}


@pytest.mark.parametrize("path", ["/decide", "/undo", "/filters", "/filters/1/remove", "/view"])
def test_a_change_without_the_token_or_from_elsewhere_is_refused(house, path):
    fields = {"target": "1..0", "state": "new", "done": "1", "name": "x", "compact": "1"}
    assert house.post(path, data=fields).status_code == 403
    foreign = {"origin": "https://evil.example"}
    assert house.post(path, data=fields | {"token": token(house)}, headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "back", ["//evil.example", "https://evil.example", "\r\nx: y", "q=%0d%0aset-cookie:x", "/\\evil"]
)
def test_a_decision_leads_only_to_our_own_pages(house, back):
    one = hit(house, ARTICLES[7].title)
    for hit_field in ({}, {"hit": "//evil.example"}, {"hit": str(one.id), "next": "//evil.example"}):
        form = {
            "token": token(house),
            "target": f"{one.id}..{hit(house, one.title).stamp}",
            "state": "new",
            "back": back,
        }
        answer = house.post("/decide", data=form | hit_field)
        assert answer.status_code == 303
        assert re.fullmatch(r"/(hits/\d+)?(\?[\w.%+&=-]*)?", answer.headers["location"])


def test_what_was_decided_without_scripts_can_be_undone_from_the_list(house):
    shown = [target(house, ARTICLES[number].title) for number in (7, 8)]
    answer = decide(house, *shown, headers={}, state="relevant", back="language=ja")
    assert answer.headers["location"].startswith("/?language=ja&said=relevant&done=")
    page = house.get(answer.headers["location"]).text
    form = dict(re.findall('name="([a-z]+)" value="([^"]*)"', page.partition('id="status"')[2]))
    assert house.post("/undo", data=form).status_code == 303
    assert states(house) == {}


def test_a_filter_is_saved_shown_and_removed(house):
    form = {"token": token(house), "name": "Ранкова черга", "query": "?language=uk&state=new&junk=1"}
    answer = house.post("/filters", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?language=uk&state=new")
    page = unescape(house.get("/?state=new&language=uk").text)
    assert '<a class="chip" href="/?language=uk&state=new" aria-current="true"><bdi>Ранкова черга</bdi>' in page
    (saved,) = house.review.filters.all()
    assert house.post(f"/filters/{saved.id}/remove", data={"token": token(house)}).status_code == 303
    assert house.review.filters.all() == ()
    assert house.post(f"/filters/{saved.id}/remove", data={"token": token(house)}).status_code == 404
    assert house.post("/filters", data={"token": token(house), "name": " "}).status_code == 422


def test_how_one_likes_the_page_is_kept(house):
    answer = house.post("/view", data={"token": token(house), "compact": "1", "back": "language=uk"})
    assert answer.headers["location"] == "/?language=uk"
    assert "HttpOnly" in answer.headers["set-cookie"]
    with httpx.Client(trust_env=False, cookies={"monitor_view": "compact.nokeys"}) as client:
        page = client.get(f"{house.url}/").text
    assert '<html lang="en" data-compact>' in page
    assert "Switch single keys on" in page


def test_a_hit_page_explains_its_marks_and_shows_its_edits_and_its_line_of_dots(house):
    page = unescape(house.get(f"/hits/{hit(house, LEAD).id}").text)
    assert re.search('<mark title="base, form "рамштайн', page)
    assert re.search(r'<td class="number">\+10</td><td>group named', page)
    assert "+7 min" in page
    assert page.count('<mark title="') > 5
    assert "Tagesblatt am Morgen" in page
    courier = unescape(house.get(f"/hits/{hit(house, ARTICLES[4].title).id}").text)
    assert "Taken back:" in courier


def test_the_pane_is_the_hit_without_the_page_round_it(house):
    part = house.get(f"/hits/{hit(house, LEAD).id}/pane?from=list&language=uk").text
    assert part.startswith('<div class="reading"')
    assert "<header" not in part
    assert house.get("/hits/999999/pane").status_code == 404


def test_near_misses_have_a_list_of_their_own(house):
    page = house.get("/?near=1").text
    assert "No near misses" in page
    assert 'name="near" value="1" checked' in page


# --- live ----------------------------------------------------------------------------------------


def than(house, query=""):
    return re.search('data-newer="([^"]+)"', house.get(f"/list?{query}").text)[1]


def test_how_many_are_new_can_be_asked(house):
    top = than(house)
    assert house.get(f"/live/count?than={top}").json() == {"new": 0}
    assert house.get(f"/live/count?than={top[:-1]}0&language=en").json()["new"] in {0, 1}
    assert house.get("/live/count?than=20200101T000000.000000Z-1").json() == {
        "new": len(list(house.review.hits(HitFilter())))
    }
    assert house.get("/live/count?than=x").status_code == 422
    assert house.get("/live").status_code == 422


def test_an_open_list_is_told_of_what_comes_in(house):
    fresh = replace(
        LATER, source="Kyiv Courier", title="Ramstein: more news", text="At Ramstein the contact group met.", of=""
    )
    address = f"{house.url}/live?than={than(house)}"
    with httpx.Client(trust_env=False, timeout=10) as client, client.stream("GET", address) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 15000"
        publish(house, (fresh,))
        assert next(line for line in lines if line.startswith("data")) == "data: 1"


def test_when_all_places_are_taken_a_list_is_told_to_ask(house):
    address = f"{house.url}/live?than={than(house)}"
    with httpx.Client(trust_env=False, timeout=10) as client, ExitStack() as open_ones:
        for _ in range(watcher.PLACES):
            lines = open_ones.enter_context(client.stream("GET", address)).iter_lines()
            open_ones.enter_context(closing(lines))
            assert next(lines).startswith("retry")
        answer = client.get(address, headers=JSON)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "/live/count" in answer.json()["problem"]


def test_the_streams_end_with_the_server(tmp_path):
    with news_house(tmp_path, ()) as running:
        address = f"{running.url}/live?than=20200101T000000.000000Z-1"
        with httpx.Client(trust_env=False, timeout=30) as client, client.stream("GET", address) as stream:
            lines = stream.iter_lines()
            assert next(lines).startswith("retry")
            stopping = threading.Thread(target=running.server.stop)
            stopping.start()
            assert not [line for line in lines if line.startswith("data")]
            stopping.join(10)
            assert not stopping.is_alive()
