"""Rows offered to other processes: one a host, until a time, taken up once, and never sooner than the host allows."""

from datetime import timedelta

import pytest
from make import SOURCES, found, poll, polled, routes, sighting, store_hit

from monitor.model import CANARY, CanaryPlace, Offered
from monitor.store import CanaryStore, PollStore, ReadStore

MINUTE = timedelta(minutes=1)


def names(due):
    return [one.source.name for one in due]


def titles(due):
    return sorted(one.title for one in due)


@pytest.fixture
def articles(stores, clock):
    """Two of one host, one of another."""
    entries = [sighting("a"), sighting("b"), sighting("c", "https://metro.example/c")]
    poll(stores.polls, polled("Harbour Post", *entries), clock() + timedelta(days=1), clock())
    return stores.reads


def test_one_source_a_host_is_offered_and_only_to_be_taken_up_by_its_offer(stores, clock):
    until = clock() + MINUTE
    offered = stores.polls.offer(until, clock(), 10)
    assert offered == [Offered(1, own=False), Offered(2, own=False)], "the third one is of the first one's host"
    assert stores.polls.offer(until, clock(), 10) == [Offered(3, own=False)], "its host bears more, each in its turn"
    assert stores.polls.offer(until, clock(), 10) == []
    assert stores.polls.claim_named("Harbour Post", clock()) is None, "nor can it be claimed past the offer"
    assert stores.polls.take_up([1, 2], until + MINUTE, clock) == [], "another offer"
    assert names(stores.polls.take_up([1], until, clock)) == ["Harbour Post"]
    assert stores.polls.take_up([1], until, clock) == [], "once"
    assert names(stores.polls.take_up([2, 3], until, clock)) == ["Metro Courier"], "the first host is not free yet"
    clock.forward(seconds=2.5)  # its pace, and a little more, for what lies between a claim and its request
    assert [one.number for one in stores.polls.offer(until, clock(), 10)] == [3]


def test_what_nobody_takes_up_is_offered_again_and_its_late_job_finds_nothing(stores, clock):
    first = clock() + MINUTE
    stores.polls.offer(first, clock(), 1)
    clock.forward(minutes=1)
    second = clock() + MINUTE
    assert [one.number for one in stores.polls.offer(second, clock(), 1)] == [1]
    assert stores.polls.take_up([1], first, clock) == []
    assert names(stores.polls.take_up([1], second, clock)) == ["Harbour Post"]


def test_a_host_that_is_not_free_any_more_gets_its_source_offered_again_later(stores, clock):
    until = clock() + MINUTE
    stores.polls.offer(until, clock(), 1)
    poll(stores.polls, polled("Metro Courier", sighting("x", "https://harbour.example/x")), clock() + MINUTE, clock())
    assert stores.reads.claim(clock()).title == "Headline x"  # which takes the host
    assert stores.polls.take_up([1], until, clock) == []
    assert stores.polls.offer(until, clock(), 10) == []
    clock.forward(seconds=1)
    assert [one.number for one in stores.polls.offer(until, clock(), 10)] == [1]


def test_a_source_that_was_paused_meanwhile_is_not_taken_up(stores, clock):
    until = clock() + MINUTE
    stores.polls.offer(until, clock(), 1)
    stores.review.watched.pause("Harbour Post", "", clock())
    assert stores.polls.take_up([1], until, clock) == []


def test_articles_are_offered_one_a_host_and_their_tries_counted_when_they_are_taken_up(articles, clock):
    until = clock() + MINUTE
    assert [one.number for one in articles.offer(until, clock(), 10)] == [1, 3]
    assert [one.number for one in articles.offer(until, clock(), 10)] == [2]
    taken = articles.take_up([1, 3], until, clock)
    assert titles(taken) == ["Headline a", "Headline c"]
    assert {one.attempts for one in taken} == {0}
    clock.forward(minutes=5)
    again = clock() + MINUTE
    assert [one.number for one in articles.offer(again, clock(), 10)] == [1, 3]
    clock.forward(minutes=2)
    last = clock() + MINUTE
    articles.offer(last, clock(), 10)
    assert {one.attempts for one in articles.take_up([1, 3], last, clock)} == {1}, "an offer alone is no try"


def test_what_was_taken_up_is_saved_as_ever(articles, stores, clock):
    until = clock() + MINUTE
    articles.offer(until, clock(), 1)
    (article,) = articles.take_up([1], until, clock)
    assert articles.save(found(article), article, routes("chat", due=clock()), clock()) == 1
    assert [row.alert for row in stores.review.alerts.deliveries()] == ["chat"]


def test_several_are_saved_together_or_not_at_all(articles, stores, clock):
    until = clock() + MINUTE
    articles.offer(until, clock(), 10)
    taken = articles.take_up([1, 3], until, clock)
    calls = []

    def breaking(finding, article, now):
        calls.append(article.id)
        if len(calls) == 2:
            raise ValueError(article.id)
        return []

    with pytest.raises(ValueError, match=r"\d"):
        articles.save_many([(found(one), one) for one in taken], breaking, clock())
    assert stores.review.counts()["hits"] == 0
    assert articles.save_many([(found(one), one) for one in taken], lambda *_: [], clock()) == [1, 1]


def test_the_canary_is_for_the_process_that_serves_it_alone(stores, clock):
    CanaryStore(stores.database).begin(CanaryPlace("127.0.0.1", 1, "x"), clock())
    serving = PollStore(
        stores.database, (*SOURCES, stores.polls._sources["Sister"].__class__(CANARY, "http://127.0.0.1:1/"))
    )
    assert not any(one.own for one in stores.polls.offer(clock() + MINUTE, clock(), 10))
    assert any(one.own for one in serving.offer(clock() + MINUTE, clock(), 10))


def test_alerts_are_ready_when_something_is_due_and_their_channel_open(stores, clock):
    assert stores.outbox.ready(clock()) == []
    store_hit(stores, clock, alerts=("mail", "chat"))
    assert sorted(stores.outbox.ready(clock())) == ["chat", "mail"]
    parcel = stores.outbox.claim(clock(), "mail")
    assert (parcel.alert, stores.outbox.claim(clock(), "mail")) == ("mail", None)
    assert stores.outbox.ready(clock()) == ["chat"], "one message a channel is in hand at a time"


def test_reading_stays_apart_for_every_engine(articles, clock, database):
    """A second process on the same database gets what the first one has not."""
    other = ReadStore(database, SOURCES, lambda *_: None)
    until = clock() + MINUTE
    mine, others = articles.offer(until, clock(), 1), other.offer(until + MINUTE, clock(), 10)
    assert {one.number for one in mine} & {one.number for one in others} == set()
