"""The facts that the monitor's words about itself rest on."""

from datetime import timedelta

import pytest
from make import found, poll, polled, routes, sighting, store_hit
from sqlalchemy import delete
from sqlmodel import select

from monitor.errors import StoreError
from monitor.model import Notice, Outcome
from monitor.store import WatchStore
from monitor.store.history_tables import GapRow
from monitor.store.outbox_tables import DeliveryRow
from monitor.store.tables import ArticleRow, HitRow, SourceRow

LATER = timedelta(hours=9)


@pytest.fixture
def watch(stores):
    return WatchStore(stores.database)


def waiting(watch, now):
    return {name: item.number for name, item in watch.facts(now).waiting.items()}


def test_what_is_due_and_not_taken_up_waits(stores, watch, clock):
    assert waiting(watch, clock()) == {"polling": 3, "reading": 0, "delivering": 0}
    assert watch.facts(clock.forward(hours=1)).waiting["polling"].oldest == clock() - timedelta(hours=1)
    claimed = stores.polls.claim(clock())
    assert waiting(watch, clock()) == {"polling": 2, "reading": 0, "delivering": 0}  # one is in hand
    poll(stores.polls, polled(claimed.source.name, sighting("a")), clock() + LATER, clock(), claimed)
    assert waiting(watch, clock()) == {"polling": 2, "reading": 1, "delivering": 0}
    article = stores.reads.claim(clock.forward(seconds=2))
    assert waiting(watch, clock())["reading"] == 0
    stores.reads.save(found(article), article, routes("mail", due=clock()), clock())
    assert waiting(watch, clock())["delivering"] == 1


def test_what_is_held_waits_for_its_own_time(stores, watch, clock):
    store_hit(stores, clock, alerts=("digest",))
    assert waiting(watch, clock())["delivering"] == 1
    with stores.database.write() as session:
        row = session.exec(select(DeliveryRow)).one()
        row.state, row.due = "held", clock() + timedelta(hours=1)
    assert waiting(watch, clock.forward(minutes=59))["delivering"] == 0


def test_a_channel_that_is_known_to_fail_is_no_backlog(stores, watch, clock):
    store_hit(stores, clock)
    down = Outcome(ok=False, error="connection refused")
    for _ in range(12):
        if (parcel := stores.outbox.claim(clock())) is not None:
            stores.outbox.done(parcel, down, clock())
        clock.forward(minutes=20)
    assert watch.known(("channel",))["channel", "mail"].state == "failing"
    assert waiting(watch, clock())["delivering"] == 0


def test_the_last_notice_of_a_kind_and_subject_is_what_is_known(stores, watch, clock):
    first = Notice("disk", "ok", "low", "little", clock(), kind="disk")
    last = Notice("disk", "low", "ok", "enough", clock.forward(hours=1), kind="disk")
    other = Notice("reading", "ok", "waiting", "much", clock(), kind="backlog")
    watch.tell([first, other])
    watch.tell([last, Notice("Harbour Post", "ok", "failing", "x", clock())])
    assert watch.known(("disk", "backlog")) == {("disk", "disk"): last, ("backlog", "reading"): other}


def hits(watch, now):
    return {item.topic: (item.hour, item.usual) for item in watch.facts(now).hits}


@pytest.mark.fault("F15")
def test_the_hits_of_the_hour_are_counted_by_topic_beside_those_of_a_usual_hour(stores, watch, clock):
    for number in range(5):
        store_hit(stores, clock, f"old{number}")
    clock.forward(days=2)
    for number in range(3):
        store_hit(stores, clock, f"new{number}")
    (topic, (hour, usual)) = hits(watch, clock()).popitem()
    assert (topic, hour) == ("ramstein", 3)
    assert usual == pytest.approx(5 / 47, rel=0.01)
    assert hits(watch, clock.forward(hours=1)) == {}


def test_before_a_day_nobody_knows_a_usual_hour_and_old_articles_are_no_flood(stores, watch, clock):
    store_hit(stores, clock, "a")
    store_hit(stores, clock, "b")
    assert hits(watch, clock()) == {"ramstein": (2, None)}
    with stores.database.write() as session:
        for row in session.exec(select(ArticleRow)):
            row.published = clock() - timedelta(days=2)
    assert hits(watch, clock()) == {}


@pytest.mark.fault("G10")
def test_the_figures_of_a_week(stores, watch, clock):
    start = clock()
    assert watch.first_poll() is None
    for number in range(6):
        store_hit(stores, clock, f"a{number}", ("mail", "chat"))
    stores.outbox.done(stores.outbox.claim(clock()), Outcome(ok=True), clock())
    with stores.database.write() as session:
        metro = session.exec(select(SourceRow).where(SourceRow.name == "Metro Courier")).one()
        metro.health, metro.health_since = "blocked", clock() - timedelta(days=8)
        for row in session.exec(select(ArticleRow)):
            row.published, row.language = row.found - timedelta(hours=3), "uk"
        session.exec(select(HitRow)).first().withdrawn = True
        session.execute(delete(GapRow))
        times = {"noticed": clock(), "since": start, "until": clock()}
        session.add_all([GapRow(source_id=1, state=state, **times) for state in ("open", "closed")])
    figures = watch.figures(start, clock())
    assert (figures.sources, figures.answering, figures.articles) == (3, 1, 6)  # one was never asked
    assert figures.hits == {"uk": 5}
    assert [(one.alert, one.sent, one.waiting) for one in figures.channels] == [("chat", 0, 6), ("mail", 1, 5)]
    assert figures.slowest == (("Harbour Post", timedelta(hours=3)),)
    assert (figures.gaps, figures.open_gaps) == (2, 1)
    assert figures.dead == (("Metro Courier", "blocked"),)
    assert figures.size > 10_000
    assert watch.first_poll() == start


def test_what_a_wrong_clock_has_dated_later_does_not_count_as_said(watch, clock):
    watch.tell([Notice("monitor", "alive", "alive", "x", clock(), kind="alive")])
    watch.tell([Notice("monitor", "alive", "alive", "x", clock() + timedelta(days=3000), kind="alive")])
    assert watch.last_alive(clock.forward(days=7)) == clock() - timedelta(days=7)


def test_a_database_that_cannot_be_written_says_so(watch, database, clock):
    watch.prove_writable(clock())
    with database.write() as session:
        session.connection().exec_driver_sql("ALTER TABLE pace RENAME TO gone")
    with pytest.raises(StoreError):
        watch.prove_writable(clock())
