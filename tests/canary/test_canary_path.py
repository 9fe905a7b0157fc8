"""The canary on a real installation: it comes out for every script; where a stage is broken, the notice says which."""

from datetime import timedelta

import pytest
from geese import GEESE, GREEK, MINE
from world import Answer

from monitor.canary import Canary, CanaryServer
from monitor.loading import load
from monitor.model import CANARY, HitFilter
from monitor.store.canary import KEPT
from monitor.store.outbox_tables import AttemptRow, DeliveryRow
from monitor.store.tables import ArticleRow, HitRow, SightingRow, SourceRow, TextRow


class Server(CanaryServer):
    """A server that the test can break: what it does not serve, and whether its channel takes messages."""

    hidden = ""
    refuses = False

    def page(self, path):
        return None if self.hidden and path.endswith(self.hidden) else super().page(path)

    def take(self, path, body):
        return False if self.refuses else super().take(path, body)


@pytest.fixture
def server(clock):
    with Server(clock) as one:
        yield one


@pytest.fixture
def house(desk, outlet):
    """An installation that watches one outlet and has two channels."""
    outlet.publish(MINE)
    return desk.write(outlet.feed, topic=GEESE % "")


def begun(app, server, clock):
    """A canary that has just gone out."""
    canary = Canary(server)
    assert canary.step(app, clock()) == ()
    clock.until(app.canary.due())
    assert canary.step(app, clock()) == ()
    return canary


def at_the_end(app, canary, clock):
    """Let it take all the time that it has. Returns each family with how far it came."""
    app.round()
    clock.forward(minutes=16)
    return {fate.article.family: fate.words for fate in canary.step(app, clock())}


def notices(app):
    return [(one.subject, one.state) for one in app.review.notices() if one.kind == "canary"]


def rows(app, table):
    from sqlmodel import select

    with app.review._database.read() as session:
        return session.exec(select(table)).all()


# --- it comes out ----------------------------------------------------------------------------------


def test_the_shipped_topics_come_out_in_every_script(desk, outlet, server, clock):
    outlet.publish(MINE)
    with desk.write(outlet.feed, topic="ramstein, ukraine-aid").app(now=clock, canary=server.place) as app:
        canary = begun(app, server, clock)
        app.round()
        fates = canary.step(app, clock())
    assert {fate.words for fate in fates} == {"came out"}
    assert len({fate.article.family for fate in fates}) >= 20


def test_nobody_sees_it(house, server, clock):
    with house.app(now=clock, canary=server.place) as app:
        canary = begun(app, server, clock)
        app.round()
        assert {fate.out for fate in canary.step(app, clock())} == {True}
        assert [hit.title for hit in app.review.hits(HitFilter())] == ["Contact group meets"]
        assert app.review.near_misses(HitFilter()) == []
        assert [source.name for source in app.review.sources()] == ["Outlet 1"]
        assert {delivery.alert for delivery in app.review.alerts.deliveries()} == {"mail", "chat"}
        assert {channel.alert for channel in app.review.alerts.channels()} == {"mail", "chat"}
        assert [text.source for text in app.kept.texts("ramstein", clock() - timedelta(days=1))] == ["Outlet 1"]
        counts = app.review.counts()
        assert (counts["articles"], counts["hits"], counts["deliveries_sent"]) == (1, 1, 2)
        assert notices(app) == []
        assert len(list(app.review.hits(HitFilter(source=CANARY)))) == 3
        assert {hit.story for hit in app.review.hits(HitFilter(source=CANARY))} == {None}
    assert len(house.mails) == len(house.chats) == 1
    assert not any("Contact group meets" in text for text, _ in server.arrived)


def test_it_goes_out_by_the_calendar_and_comes_back_as_soon_as_all_is_there(house, server, clock):
    house.config.write_text(
        house.config.read_text() + "watch: {canary: '30 5 * * *'}\ndefaults: {timezone: Europe/Kyiv}\n"
    )
    with house.app(now=clock, canary=server.place) as app:
        canary = Canary(server)
        canary.step(app, clock())
        assert f"{app.canary.due():%d %H:%M}" == "05 02:30"  # 05:30 in Kyiv, in summer
        clock.forward(hours=12)
        assert canary.step(app, clock()) == ()
        app.round()
        assert len(server.arrived) == 0
        clock.until(app.canary.due())
        canary.step(app, clock())
        assert canary.step(app, clock()) == ()
        app.round()
        assert len(canary.step(app, clock())) == 3
        assert f"{app.canary.due():%d %H:%M}" == "06 02:30"


def test_a_topic_without_examples_sends_nothing(house, server, clock):
    house.write(topic="ramstein")
    house.write("http://127.0.0.1:9/feed", topic=(GEESE % "").partition("examples:")[0].rstrip().rstrip(",") + "}")
    with house.app(now=clock, canary=server.place) as app:
        begun(app, server, clock)
        app.round()
        assert notices(app) == []
        assert app.canary.due() > clock()


def test_never_means_never(house, server, clock):
    house.config.write_text(house.config.read_text() + "watch: {canary: never}\n")
    with house.app(now=clock, canary=server.place) as app:
        canary = Canary(server)
        for _ in range(3):
            assert canary.step(app, clock.forward(days=400)) == ()
        assert app.canary.due() > clock()


# --- it gets stuck ---------------------------------------------------------------------------------


def test_a_feed_that_is_not_served(house, server, clock):
    server.hidden = "/feed"
    with house.app(now=clock, canary=server.place) as app:
        words = at_the_end(app, begun(app, server, clock), clock)
        assert set(words) == {"Latin", "Cyrillic", "Han"}
        assert all(word.startswith("not polled: ") and "404" in word for word in words.values())
        assert notices(app) == [("canary", "failing")]
        app.round()
    assert sum("test article" in chat["text"] for chat in house.chats) == 1


def test_a_page_that_is_not_served(house, server, clock):
    server.hidden = "/1"
    with house.app(now=clock, canary=server.place) as app:
        words = at_the_end(app, begun(app, server, clock), clock)
        assert words.pop("Latin").startswith("not read: ")
        assert set(words.values()) == {"came out"}
        assert notices(app) == [("Latin", "failing")]


def test_a_script_that_the_topic_lost(house, server, clock):
    house.write(topic=GEESE % GREEK)
    house.config.write_text(
        house.config.read_text().replace("sources:\n", "sources:\n  - {name: A, url: 'http://127.0.0.1:9/'}\n")
    )
    with house.app(now=clock, canary=server.place) as app:
        words = at_the_end(app, begun(app, server, clock), clock)
        assert words.pop("Greek").startswith("no hit")
        assert set(words.values()) == {"came out"}
        assert notices(app) == [("Greek", "failing")]


def test_a_channel_that_refuses(house, server, clock):
    server.refuses = True
    with house.app(now=clock, canary=server.place) as app:
        words = at_the_end(app, begun(app, server, clock), clock)
        assert all(word.startswith("not delivered: ") for word in words.values())
        assert notices(app) == [("canary", "failing")]
        assert [one.kind for one in app.review.notices()] == ["canary"]


def test_what_stays_lost_is_told_once_and_what_is_back_once(house, server, clock):
    server.hidden = "/1"
    with house.app(now=clock, canary=server.place) as app:
        canary = begun(app, server, clock)
        at_the_end(app, canary, clock)
        for hidden in ("/1", "", ""):
            server.hidden = hidden
            clock.until(app.canary.due())
            canary.step(app, clock())
            at_the_end(app, canary, clock)
        assert notices(app) == [("Latin", "ok"), ("Latin", "failing")]
        app.round()
    said = [chat["text"] for chat in house.chats]
    assert sum("Latin" in text for text in said) == 2


# --- restarts, reloads, other processes ------------------------------------------------------------


def test_after_two_days_nothing_is_left(house, server, clock):
    with house.app(now=clock, canary=server.place) as app:
        canary = begun(app, server, clock)
        at_the_end(app, canary, clock)
        first = {row.id for row in rows(app, ArticleRow) if "geese" not in (row.url or "")}
        assert len(first) == 3
        for _ in range(3):
            clock.until(app.canary.due())
            canary.step(app, clock())
            at_the_end(app, canary, clock)
        assert clock() - timedelta(days=3) < app.canary.due() - KEPT
        left = {row.id for row in rows(app, ArticleRow)}
        assert not first & left
        for table in (HitRow, DeliveryRow, SightingRow, TextRow):
            assert {row.article_id for row in rows(app, table) if row.article_id} <= left
        assert {row.delivery_id for row in rows(app, AttemptRow)} <= {row.id for row in rows(app, DeliveryRow)}
        assert not [row for row in rows(app, ArticleRow) if row.state != "done" and "geese" not in (row.url or "")]


def test_after_a_restart_it_goes_out_again_at_its_new_place(house, clock):
    with Server(clock) as gone, house.app(now=clock, canary=gone.place) as app:
        begun(app, gone, clock)
        app.crews.poll.drain(lambda _event: None)
        mine = [row for row in rows(app, ArticleRow) if row.url.startswith(gone.place.page(""))]
        assert [row.state for row in mine] == ["pending"] * 3
    clock.forward(minutes=3)
    with Server(clock) as moved, house.app(now=clock, canary=moved.place) as app:
        canary = Canary(moved)
        app.round()
        assert moved.arrived == ()
        canary.step(app, clock())
        app.round()
        assert {fate.words for fate in canary.step(app, clock())} == {"came out"}
        assert notices(app) == []


def test_a_reload_in_between_loses_nothing(house, server, clock):
    with house.app(now=clock, canary=server.place) as first:
        canary = begun(first, server, clock)
        first.crews.poll.drain(lambda _event: None)
        first.stop.set()
        second = first.again(load(house.config, {}))
    with second:
        second.round()
        assert {fate.words for fate in canary.step(second, clock())} == {"came out"}


def test_another_process_leaves_it_alone(house, server, clock):
    with house.app(now=clock, canary=server.place) as app:
        canary = begun(app, server, clock)
        with house.app(now=clock) as other:
            assert other.round(everything=True).sources == 1
        app.crews.poll.drain(lambda _event: None)
        with house.app(now=clock) as other:
            assert other.round(everything=True).articles == 0
        app.crews.read.drain(lambda _event: None)
        with house.app(now=clock) as other:
            assert other.round(everything=True).delivered == 0
        app.round()
        assert {fate.words for fate in canary.step(app, clock())} == {"came out"}


def test_the_network_is_not_back_because_the_canary_answers(house, server, clock, outlet):
    outlet.answers["/feed"] = Answer(b"", status=500)
    with house.app(now=clock, canary=server.place) as app:
        outage = app.desks.poll._outage
        begun(app, server, clock)
        outage.since, outage.down = clock(), True
        app.crews.poll._desk._store.claim(clock())  # the outlet stays in hand
        app.crews.poll.drain(lambda _event: None)
        assert len([row for row in rows(app, SourceRow) if row.last_ok]) == 1
        assert outage.down
