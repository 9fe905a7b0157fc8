from collections import Counter
from datetime import timedelta

from make import SOURCES, poll, polled, sighting

from monitor.model import Cursor, PollResult, Source
from monitor.store import PollStore

LATER = timedelta(minutes=15)


def titles(stores, clock):
    names = []
    while (article := stores.reads.claim(clock())) is not None:
        names.append(article.title)
        clock.forward(seconds=2)
    return names


def test_a_new_source_is_due_at_once_and_each_one_is_claimed_once(stores, clock):
    first, second = stores.polls.claim(clock()), stores.polls.claim(clock())
    assert {first.source.name, second.source.name} == {"Harbour Post", "Metro Courier"}
    assert first.first
    assert stores.polls.claim(clock()) is None


def test_two_sources_on_one_host_keep_its_pace(stores, clock):
    while stores.polls.claim(clock()):
        pass
    assert stores.polls.next_claim(clock()) == clock() + timedelta(seconds=1)
    clock.forward(seconds=1)
    assert stores.polls.claim(clock()).source.name == "Sister"


def test_hosts_that_bear_no_more_requests_hide_no_other(stores, clock):
    feeds = [(host, feed) for host in range(20) for feed in range(9)]
    sources = [Source(f"{host} {feed}", f"https://{host}.example/{feed}", pace=timedelta(0)) for host, feed in feeds]
    polls = PollStore(stores.database, sources)
    polls.sync(clock())
    claimed = [due.source.name.split()[0] for due in iter(lambda: polls.claim(clock()), None)]
    assert Counter(claimed) == {str(host): sources[0].connections for host in range(20)}


def test_a_lost_lease_runs_out(stores, clock):
    while stores.polls.claim(clock()) or (clock.forward(seconds=1) and stores.polls.claim(clock())):
        pass
    assert stores.polls.claim(clock()) is None
    clock.forward(minutes=3)
    assert stores.polls.claim(clock()) is not None


def test_the_cursor_and_the_articles_are_stored_together(stores, clock):
    due = stores.polls.claim(clock())
    new = poll(stores.polls, polled(due.source.name, sighting("a"), sighting("b")), clock() + LATER, clock(), due)
    assert new == 2
    clock.forward(minutes=15)
    again = next(d for d in iter(lambda: stores.polls.claim(clock.forward(seconds=1)), None) if d.source == due.source)
    assert again.cursor == Cursor("v1", None, "hash")
    assert not again.first


def test_failed_polls_keep_the_cursor_and_count(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    failed = PollResult("Harbour Post", "failed", error="http: 503", error_kind="http", status=503)
    for _ in range(4):
        poll(stores.polls, failed, clock(), clock())
    view = next(view for view in stores.review.sources() if view.name == "Harbour Post")
    assert (view.health, view.failures, view.error) == ("failing", 4, "http: 503")
    due = next(
        d for d in iter(lambda: stores.polls.claim(clock.forward(seconds=1)), None) if d.source.name == view.name
    )
    assert due.cursor.etag == "v1"


def test_the_same_entries_again_are_not_new(stores, clock):
    entries = (sighting("a"), sighting("b"))
    assert poll(stores.polls, polled("Harbour Post", *entries), clock(), clock()) == 2
    assert poll(stores.polls, polled("Harbour Post", *entries), clock(), clock()) == 0
    assert stores.review.counts()["articles"] == 2


def test_one_article_in_two_sources_is_one_article_seen_twice(stores, clock):
    shared = "https://agency.example/story"
    assert poll(stores.polls, polled("Harbour Post", sighting("a", shared)), clock(), clock()) == 1
    assert poll(stores.polls, polled("Metro Courier", sighting("x9", shared)), clock(), clock()) == 0
    ledger = stores.review.why(shared)
    assert [seen.source for seen in ledger.seen_in] == ["Harbour Post", "Metro Courier"]


def test_a_guid_that_changes_at_every_poll_makes_no_new_article_and_no_new_row(stores, clock):
    url = "https://harbour.example/story"
    for number in range(4):
        poll(stores.polls, polled("Harbour Post", sighting(f"guid-{number}", url, "Same")), clock(), clock())
    assert len(stores.review.why(url).seen_in) == 1


def test_a_guid_used_again_for_another_article_is_a_new_article(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("latest", "https://h.example/1", "One")), clock(), clock())
    second = polled("Harbour Post", sighting("latest", "https://h.example/2", "Two"))
    assert poll(stores.polls, second, clock(), clock()) == 1
    assert poll(stores.polls, second, clock(), clock()) == 0


def test_a_guid_whose_address_was_corrected_is_the_same_article(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("7", "https://h.example/typo", "One")), clock(), clock())
    corrected = polled("Harbour Post", sighting("7", "https://h.example/right", "One"))
    assert poll(stores.polls, corrected, clock(), clock()) == 0


def test_a_source_that_left_the_configuration_rests_with_its_history(database, stores, clock):
    from monitor.store import PollStore

    poll(stores.polls, polled("Metro Courier", sighting("a")), clock(), clock())
    remaining = PollStore(database, SOURCES[:1])
    remaining.sync(clock())
    assert remaining.claim(clock()).source.name == "Harbour Post"
    assert remaining.claim(clock()) is None
    views = {view.name: view for view in stores.review.sources()}
    assert not views["Metro Courier"].active
    assert views["Metro Courier"].entries == 1


def test_a_source_at_a_new_address_forgets_its_validators(database, stores, clock):
    from monitor.model import Source
    from monitor.store import PollStore

    poll(stores.polls, polled("Harbour Post", sighting("a")), clock() + LATER, clock())
    moved = PollStore(database, (Source("Harbour Post", "https://new.example/feed"),))
    moved.sync(clock())
    due = moved.claim(clock())
    assert due.source.url == "https://new.example/feed"
    assert due.cursor == Cursor()


def test_recovery_frees_what_a_dead_process_had_in_hand(stores, clock):
    while stores.polls.claim(clock()):
        pass
    stores.polls.recover()
    clock.forward(seconds=1)
    assert stores.polls.claim(clock()) is not None
