"""What is measured, on each engine: what is overdue, how everything stands, how late alerts were."""

from dataclasses import replace
from datetime import timedelta

from make import found, poll, polled, routes, sighting

from monitor.model import Outcome
from monitor.store import WatchStore
from monitor.store.metering import MeterStore

LATER = timedelta(hours=9)


def flow(stores, clock):
    """One article from its feed to two channels, one of which takes it. Returns when that was."""
    poll(stores.polls, polled("Harbour Post"), clock() + LATER, clock())  # what it holds later is new
    clock.forward(minutes=1)
    first = sighting("a")
    first = replace(first, entry=replace(first.entry, published=clock() - timedelta(minutes=2)))
    poll(stores.polls, polled("Harbour Post", first, sighting("b")), clock() + LATER, clock())
    article = stores.reads.claim(clock.forward(seconds=2))
    stores.reads.save(found(article), article, routes("mail", "chat", due=clock()), clock())
    parcel = stores.outbox.claim(clock())
    stores.outbox.done(parcel, Outcome(ok=True), clock.forward(minutes=5))
    return parcel.alert, clock()


def test_how_everything_stands(stores, clock):
    meter = MeterStore(stores.database)
    told, sent = flow(stores, clock)
    WatchStore(stores.database).prove_writable(clock())
    standings = meter.standings(clock.forward(minutes=1))
    post, sister = (next(one for one in standings.sources if one.name == name) for name in ("Harbour Post", "Sister"))
    assert (post.health, post.late, post.articles, post.failures) == ("ok", timedelta(0), 2, 0)
    assert post.last_ok == sent - timedelta(minutes=5, seconds=2)
    assert (sister.health, sister.late, sister.last_ok) == ("new", timedelta(minutes=7, seconds=2), None)
    assert standings.unlisted == 0
    by_alert = {one.alert: one for one in standings.channels}
    assert (by_alert[told].deliveries, by_alert[told].last_sent) == ({"sent": 1}, sent)
    other = by_alert[({"mail", "chat"} - {told}).pop()]
    assert (other.deliveries, other.waited) == ({"pending": 1}, timedelta(minutes=6))
    assert standings.articles["pending"] == 1
    assert (standings.queues["poll"].due, standings.queues["read"].due, standings.queues["deliver"].due) == (2, 1, 1)
    assert standings.written == sent
    assert standings.room.database > 0


def test_what_is_overdue(stores, clock):
    meter = MeterStore(stores.database)
    told, sent = flow(stores, clock)
    now = clock.forward(minutes=10)
    progress = meter.progress(now - timedelta(minutes=5), now)
    polling, delivering = progress.overdue
    assert (polling.what, polling.oldest, polling.last) == (
        "polling",
        sent - timedelta(minutes=6, seconds=2),
        sent - timedelta(minutes=5, seconds=2),
    )
    assert (delivering.what, delivering.oldest, delivering.last) == ("delivering", sent - timedelta(minutes=5), None)
    assert progress.reading is not None
    assert (progress.counts["articles"], progress.counts["pending"], progress.counts["hits"]) == (2, 1, 1)
    assert (progress.written, progress.disk) == (None, "ok")
    assert meter.progress(now - timedelta(hours=1), now).overdue == ()
    assert told in {"mail", "chat"}


def test_how_late_an_alert_was_is_told_for_the_time_in_which_it_was_sent(stores, clock):
    meter = MeterStore(stores.database)
    begun = clock()
    _, sent = flow(stores, clock)
    assert meter.delays(begun, sent) == ()
    assert meter.delays(sent, sent + timedelta(seconds=1)) == (timedelta(minutes=7, seconds=2).total_seconds(),)
    assert meter.delays(sent + timedelta(seconds=1), sent + LATER) == ()
