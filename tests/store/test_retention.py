"""What is dropped in time, and what never is: a hit with all that is its own, what tells an entry from a new one."""

from dataclasses import replace
from datetime import timedelta

import pytest
from make import found, poll, polled, routes, sighting, store_hit, verdict
from sqlalchemy import text

from monitor.keep.retention import drop_old
from monitor.model import HitFilter, KeepFor, Login, Notice, Outcome
from monitor.store import RetentionStore
from monitor.store.logins import LoginStore

DAY = timedelta(days=1)
MONTH = timedelta(days=31)
SHORT = KeepFor(MONTH, MONTH, MONTH, MONTH, MONTH, MONTH)
LONG = KeepFor(DAY * 3650, None, None, None, None, None)


def read(stores, clock, key, *verdicts, **more):
    poll(stores.polls, polled("Metro Courier", sighting(key, f"https://metro.example/{key}")), clock(), clock())
    article = stores.reads.claim(clock())
    stores.reads.save(found(article, *verdicts, **more), article, routes(due=clock()), clock())
    clock.forward(seconds=2)
    return article


def tidy(stores, clock, keep=SHORT):
    return drop_old(RetentionStore(stores.database), keep, clock())


def ask(stores, question):
    with stores.database.read() as session:
        return session.execute(text(question)).all()


def edit(stores, clock, key, words):
    """The entry of an article says something else, so it is read again."""
    clock.forward(hours=2)
    shown = sighting(key, f"https://metro.example/{key}", title=words)
    poll(stores.polls, polled("Metro Courier", shown, etag=words), clock(), clock())
    article = stores.reads.claim(clock())
    finding = replace(found(article, verdict(hit=False)), text=f"{words} in full")
    stores.reads.save(finding, article, routes(due=clock()), clock())


def test_an_article_without_a_hit_becomes_brief_and_what_tells_it_apart_stays(stores, clock):
    read(stores, clock, "miss", verdict(hit=False), error=None)
    edit(stores, clock, "miss", "Another headline")
    clock.forward(days=32)
    assert tidy(stores, clock) == {
        "text": 1,
        "revisions": 1,
        "articles": 1,
        "attempts": 0,
        "notices": 0,
        "source_days": 1,
    }
    ledger = stores.review.why("https://metro.example/miss")
    assert [(one.topic, one.hit, one.why) for one in ledger.verdicts] == [("ramstein", False, ())]
    assert ledger.notes == ("details dropped: keep.articles",)
    assert ask(stores, "SELECT feed_text, author, heading, state FROM article") == [("", None, None, "done")]
    assert ask(stores, "SELECT count(*) FROM sighting") == [(1,)]
    assert sum(tidy(stores, clock).values()) == 0


def test_an_old_entry_that_a_feed_shows_again_is_neither_read_nor_alerted_again(stores, clock):
    read(stores, clock, "miss", verdict(hit=False))
    clock.forward(days=400)
    tidy(stores, clock)
    shown = sighting("miss", "https://metro.example/miss")
    assert poll(stores.polls, polled("Metro Courier", shown, etag="v2"), clock(), clock()) == 0
    elsewhere = sighting("other-guid", "https://metro.example/miss")
    assert poll(stores.polls, polled("Harbour Post", elsewhere, etag="v2"), clock(), clock()) == 0
    assert stores.reads.claim(clock()) is None


def test_an_old_entry_that_says_something_else_is_read_again_and_becomes_brief_again(stores, clock):
    read(stores, clock, "miss", verdict(hit=False))
    clock.forward(days=40)
    tidy(stores, clock)
    edit(stores, clock, "miss", "The group met after all")
    assert ask(stores, "SELECT feed_text FROM article") == [("A summary.",)]
    assert tidy(stores, clock)["articles"] == 0
    clock.forward(days=32)
    assert tidy(stores, clock)["articles"] == 1


def test_a_hit_stays_with_all_that_belongs_to_it(stores, clock):
    store_hit(stores, clock, story=1)
    parcel = stores.outbox.claim(clock())
    stores.outbox.done(parcel, Outcome(ok=True), clock())
    before = {
        table: ask(stores, f"SELECT * FROM {table}")
        for table in ("hit", "article", "sighting", "text", "delivery", "story", "print")
    }
    clock.forward(days=4000)
    dropped = tidy(stores, clock)
    assert {kind for kind, number in dropped.items() if number} == {"attempts", "source_days"}
    assert {table: ask(stores, f"SELECT * FROM {table}") for table in before} == before
    assert [hit.title for hit in stores.review.listing.hits(HitFilter(search="ramstein")).hits] == ["Headline a"]


def test_a_hit_that_was_withdrawn_stays_too(stores, clock):
    store_hit(stores, clock)
    with stores.database.write() as session:
        session.execute(text("UPDATE hit SET withdrawn = true"))
    clock.forward(days=4000)
    assert (tidy(stores, clock)["text"], tidy(stores, clock)["articles"]) == (0, 0)


def test_an_article_that_still_waits_to_be_read_is_left_alone(stores, clock):
    poll(stores.polls, polled("Metro Courier", sighting("a", "https://metro.example/a")), clock(), clock())
    clock.forward(days=4000)
    assert tidy(stores, clock)["articles"] == 0
    assert stores.reads.claim(clock()).feed_text == "A summary."


def notice(clock, subject, state, was="ok", kind="source"):
    return Notice(subject, was, state, f"{subject} is {state}", clock(), kind=kind)


def test_of_each_subject_the_last_notice_stays_for_it_is_how_things_stand(stores, clock):
    from monitor.store import WatchStore

    watch = WatchStore(stores.database)
    for state in ("low", "ok", "low"):
        watch.tell([notice(clock, "disk", state, kind="disk"), notice(clock, "reading", state, kind="backlog")])
        stores.outbox.claim(clock.forward(minutes=1))
    ask_told = "SELECT count(*) FROM notice"
    with stores.database.write() as session:
        session.execute(text("UPDATE notice SET told = true"))
        session.execute(text("UPDATE delivery SET state = 'sent' WHERE notice_id IS NOT NULL"))
    clock.forward(days=400)
    assert tidy(stores, clock)["notices"] == 4
    assert ask(stores, ask_told) == [(2,)]
    assert {key: one.state for key, one in watch.known(("disk", "backlog")).items()} == {
        ("disk", "disk"): "low",
        ("backlog", "reading"): "low",
    }


def test_what_is_still_to_be_sent_stays_with_its_tries(stores, clock):
    store_hit(stores, clock, expires=timedelta(days=1000))
    parcel = stores.outbox.claim(clock())
    stores.outbox.done(parcel, Outcome(ok=False, error="451 later"), clock())
    clock.forward(days=400)
    assert tidy(stores, clock)["attempts"] == 0
    stores.outbox.done(stores.outbox.claim(clock()), Outcome(ok=True), clock())
    clock.forward(days=40)
    assert tidy(stores, clock)["attempts"] == 2


def test_logins_that_are_over_and_hosts_that_nobody_calls_go(stores, clock):
    LoginStore(stores.database).add(Login("key", "Olena", "", clock(), clock() + DAY), clock())
    read(stores, clock, "a", verdict(hit=False))
    clock.forward(days=2)
    tidy(stores, clock, LONG)
    assert ask(stores, "SELECT count(*) FROM login") + ask(stores, "SELECT count(*) FROM pace") == [(0,), (0,)]


def test_what_is_kept_for_ever_is_not_looked_for(stores, clock):
    read(stores, clock, "a", verdict(hit=False))
    clock.forward(days=3000)
    assert tidy(stores, clock, LONG) == {"text": 0}


@pytest.mark.fault("E10")
@pytest.mark.parametrize("kind", ["text", "articles"])
def test_others_get_to_write_between_two_batches_and_it_ends_there_when_it_is_told_to(stores, clock, kind):
    for key in "abc":
        read(stores, clock, key, verdict(hit=False))
    old, written = RetentionStore(stores.database, batch=2), []

    def rest():
        with stores.database.write() as session:
            written.append(session.execute(text("DELETE FROM pace")))
        return True

    assert old.drop(kind, clock() + DAY, rest) == 2
    assert len(written) == 1
    assert old.drop(kind, clock() + DAY, rest) == 1


@pytest.mark.fault("E10")
def test_each_drop_is_said_with_its_number(stores, clock, caplog):
    read(stores, clock, "a", verdict(hit=False))
    clock.forward(days=40)
    with caplog.at_level("INFO", "monitor.keep"):
        tidy(stores, clock)
    assert "dropped 1 texts of articles without a hit, from before 2026-05-13 (keep.text)" in caplog.text
