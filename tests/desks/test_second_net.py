"""Second nets: held at first sight, handed over, compared with what the others brought, and told when missed."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from installation import SMALL
from world import GROUP, WEATHER, Answer, page, rss

from monitor.model import ONLY_BY_NET, HitFilter

NEWS = ("group-meets", "Contact group meets at Ramstein on Friday", GROUP)
MORE = ("second-day", "Ministers of the contact group go on to Brussels", GROUP)
RAIN = ("rain", "Rain until Sunday", WEATHER)


@pytest.fixture
def house(desk, outlet, other, clock):
    """An ordinary source that is silent, a second net, and a clock near the present; channels for hits alone."""
    clock.now = datetime.now(UTC)
    outlet.publish(RAIN)
    desk.write(outlet.feed, more="defaults: {alerts: {notices: false}}\n", topic=SMALL)
    text = desk.config.read_text()
    net = f'  - {{name: Net, url: "{other.base}/search", control: true}}\n'
    desk.config.write_text(text.replace("alerts:\n", net + "alerts:\n"))
    return desk


def search(other, outlet, *items):
    """The second net shows pages of the outlet, under their own addresses."""
    other.answers["/search"] = Answer(rss(outlet.base, items), "application/rss+xml")
    for slug, title, text in items:
        outlet.answers[f"/{slug}"] = Answer(page(title, text).encode())


def ruled(app, clock):
    return [row.caught for row in app.coverage.coverage(clock() - timedelta(days=30)).rows]


def test_at_first_sight_it_is_stored_and_nobody_is_told(house, outlet, other, clock):
    search(other, outlet, NEWS)
    with house.app(now=clock) as app:
        assert app.round().hits == 1
        assert [hit.source for hit in app.review.hits(HitFilter())] == ["Net"]
        assert app.review.alerts.deliveries() == []
        assert app.coverage.coverage(clock() - timedelta(days=1)).waiting == 1
    assert house.mails == []


def test_what_nobody_else_brings_in_a_day_is_told_once_and_says_so(house, outlet, other, clock):
    search(other, outlet, NEWS, MORE)
    with house.app(now=clock) as app:
        app.round()
        clock.forward(hours=23)
        app.round()
        assert house.mails == []
        clock.forward(hours=1)
        app.round()
        app.round()
        clock.forward(hours=5)
        app.round()
        assert ruled(app, clock) == ["missed", "missed"]
        assert "second net: missed by the other sources" in app.review.why(f"{outlet.base}/group-meets").notes
        assert all(hit.why[0] == ONLY_BY_NET for hit in app.review.hits(HitFilter()))
    assert len(house.mails) == len(house.chats) == 1
    assert "(second net only)" in house.chats[0]["text"]


def test_what_was_ours_already_is_found(house, outlet, other, clock):
    outlet.publish(NEWS)
    with house.app(now=clock) as app:
        app.round()
        other.answers["/search"] = outlet.answers["/feed"]
        clock.forward(hours=1)
        app.round(everything=True)
        assert ruled(app, clock) == ["found"]
    assert len(house.mails) == 1


def test_what_another_source_brings_later_is_handed_over_and_told_at_once(house, outlet, other, clock):
    search(other, outlet, NEWS)
    with house.app(now=clock) as app:
        app.round()
        outlet.publish(NEWS)
        clock.forward(hours=3)
        app.round(everything=True)
        assert ruled(app, clock) == ["later"]
        assert [hit.source for hit in app.review.hits(HitFilter())] == ["Outlet 1"]
        clock.forward(days=2)
        app.round(everything=True)
        assert ruled(app, clock) == ["later"]
    assert len(house.mails) == len(house.chats) == 1


def test_what_is_handed_over_and_reads_otherwise_by_then_is_told_all_the_same(house, outlet, other, clock):
    search(other, outlet, NEWS)
    with house.app(now=clock) as app:
        app.round()
        outlet.publish(("group-meets", "", WEATHER))
        clock.forward(hours=3)
        app.round(everything=True)
        assert ruled(app, clock) == ["later"]
    assert len(house.mails) == 1


def test_a_page_that_names_a_held_article_as_its_own_address_is_told(house, outlet, other, clock):
    search(other, outlet, NEWS)
    with house.app(now=clock) as app:
        app.round()
        outlet.publish(("group-meets-print", NEWS[1], GROUP))
        named = page(NEWS[1], GROUP).replace(
            "</head>", f'<link rel="canonical" href="{outlet.base}/group-meets"></head>'
        )
        outlet.answers["/group-meets-print"] = Answer(named.encode())
        clock.forward(hours=3)
        app.round(everything=True)
        assert len(house.mails) == 1
        clock.forward(days=2)
        app.round(everything=True)
        assert ruled(app, clock) == ["later"]
    assert len(house.mails) == 1


def test_two_nets_that_show_one_article_count_and_tell_it_once(house, outlet, other, clock):
    search(other, outlet, NEWS)
    text = house.config.read_text()
    net = f'  - {{name: Another net, url: "{other.base}/news", control: true}}\n'
    house.config.write_text(text.replace("alerts:\n", net + "alerts:\n"))
    item = f"{NEWS[1]} - Harbour Post"
    other.answers["/news"] = Answer(rss(other.base, (("redirect", item, ""),)), "application/rss+xml")
    other.answers["/redirect"] = Answer(page(NEWS[1], GROUP).encode())
    with house.app(now=clock) as app:
        app.round()
        clock.forward(hours=25)
        app.round(everything=True)
        assert ruled(app, clock) == ["missed"]
    assert len(house.mails) == 1


def test_a_net_that_is_taken_out_leaves_its_articles_to_be_ruled_on(house, outlet, other, clock):
    search(other, outlet, NEWS)
    with house.app(now=clock) as app:
        app.round()
    house.write(outlet.feed)
    clock.forward(hours=25)
    with house.app(now=clock) as app:
        app.round()
        assert ruled(app, clock) == ["missed"]
        app.round()
    assert len(house.mails) == 1


def test_what_is_older_than_the_backlog_is_ruled_on_and_not_told(house, outlet, other, clock):
    other.answers["/search"] = Answer(
        rss(outlet.base, (NEWS,), date="Mon, 02 Sep 2024 10:00:00 GMT"), "application/rss+xml"
    )
    outlet.answers["/group-meets"] = Answer(page(NEWS[1], GROUP).encode())
    with house.app(now=clock) as app:
        app.round()
        clock.forward(hours=25)
        app.round()
        assert ruled(app, clock) == ["missed"]
        assert {row.state for row in app.review.alerts.deliveries()} == {"suppressed"}
    assert house.mails == []


def test_coverage_tells_recall_and_what_to_add(house, outlet, other, clock):
    search(other, outlet, NEWS)
    other.answers["/search"] = Answer(rss(outlet.base, ((*NEWS[:1], f"{NEWS[1]} - Harbour Post", ""),)), "text/xml")
    assert house.monitor("coverage").code == 2
    with house.app(now=clock) as app:
        app.round()
        clock.forward(hours=25)
        app.round()
    said = house.monitor("coverage")
    assert said.code == 0
    assert said.lines[1].split() == ["en", "0%", "0%", "to", "79%", "0", "0", "1", "1", "-"]
    told = json.loads(house.monitor("coverage", "--json").out)
    assert told["total"]["missed"] == told["total"]["size"] == 1
    assert told["total"]["share"] == 0
    assert told["outlets"][0]["command"] == "monitor sources add https://127.0.0.1/"


def test_coverage_without_a_second_net_says_what_one_is(desk, outlet):
    outlet.publish(RAIN)
    with desk.write(outlet.feed, topic=SMALL).app() as app:
        app.round()
    assert "control: true" in desk.monitor("coverage").out
