from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from make import SOURCES, found, link, poll, polled, routes, sighting, store_hit, verdict

from monitor.model import HitFilter
from monitor.store import ReadStore
from monitor.store.reads import NO_ROOM
from monitor.store.tables import ArticleRow


def test_an_article_is_claimed_once_with_what_the_feed_said(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    article = stores.reads.claim(clock())
    assert (article.title, article.feed_text, article.source) == ("Headline a", "A summary.", "Harbour Post")
    assert stores.reads.claim(clock.forward(seconds=5)) is None


def test_articles_of_one_host_keep_its_pace_and_others_do_not_wait(stores, clock):
    entries = [sighting("a"), sighting("b"), sighting("c", "https://metro.example/c")]
    poll(stores.polls, polled("Harbour Post", *entries), clock(), clock())
    assert stores.reads.claim(clock()).title == "Headline a"
    assert stores.reads.claim(clock()).title == "Headline c"
    assert stores.reads.claim(clock()) is None
    assert stores.reads.next_claim(clock()) == clock() + timedelta(seconds=1)
    assert stores.reads.claim(clock.forward(seconds=1)).title == "Headline b"


def test_hosts_that_bear_no_more_requests_hide_no_other_however_much_of_theirs_waits(stores, clock):
    hosts = [f"https://daily{number}.example" for number in range(20)]
    entries = [sighting(f"{host}/{number}", f"{host}/{number}") for host in hosts for number in range(30)]
    poll(stores.polls, polled("Harbour Post", *entries), clock(), clock())
    most = len(hosts) * SOURCES[0].connections
    taken = [stores.reads.claim(clock.forward(seconds=1)) for _ in range(most + 1)]
    borne = Counter(article.url.rpartition("/")[0] for article in taken[:most])
    assert borne == dict.fromkeys(hosts, SOURCES[0].connections)
    assert taken[most] is None


def test_a_hit_and_its_deliveries_are_stored_together(stores, clock):
    store_hit(stores, clock, alerts=("mail", "chat"))
    (hit,) = stores.review.hits(HitFilter())
    assert (hit.topic, hit.grade, hit.terms[0].form) == ("ramstein", "certain", "Ramstein")
    assert [(row.alert, row.state) for row in stores.review.alerts.deliveries()] == [
        ("chat", "pending"),
        ("mail", "pending"),
    ]


def test_nothing_is_stored_when_the_transaction_breaks(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    article = stores.reads.claim(clock())

    def broken(finding, article, now):
        return [*routes("mail", due=now)(finding, article, now), "not a delivery"]

    with pytest.raises(AttributeError):
        stores.reads.save(found(article), article, broken, clock())
    assert stores.review.counts()["hits"] == 0
    assert stores.review.why(article.url).state == "pending"


def test_a_page_read_later_refreshes_the_hit_and_alerts_no_second_time(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    first = stores.reads.claim(clock())
    again = found(first, extraction="none", error="http: 503", retry_in=timedelta(minutes=10))
    assert stores.reads.save(again, first, routes("mail", due=clock()), clock()) == 1
    assert stores.reads.claim(clock.forward(minutes=9)) is None
    second = stores.reads.claim(clock.forward(minutes=1))
    assert second.attempts == 1
    assert stores.reads.save(found(second), second, routes("mail", due=clock()), clock()) == 0
    (hit,) = stores.review.hits(HitFilter())
    assert hit.extraction == "full"
    assert len(stores.review.alerts.deliveries()) == 1
    assert stores.reads.claim(clock.forward(days=1)) is None


def test_a_try_is_counted_when_it_is_claimed_so_a_deadly_page_cannot_be_tried_for_ever(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    tries = [stores.reads.claim(clock.forward(minutes=5)).attempts for _ in range(4)]
    assert tries == [0, 1, 2, 3]


def test_a_page_that_names_a_known_article_as_its_canonical_address_alerts_no_second_time(stores, clock):
    store_hit(stores, clock, key="story")
    poll(stores.polls, polled("Metro Courier", sighting("m", "https://metro.example/amp")), clock(), clock())
    twin = stores.reads.claim(clock())
    finding = found(twin, canonical_url="https://harbour.example/story")
    assert stores.reads.save(finding, twin, routes("mail", due=clock()), clock()) == 1
    newest = stores.review.alerts.deliveries()[0]
    assert newest.state == "suppressed"
    assert "same article" in newest.error


def test_many_readings_are_stored_as_each_by_itself(stores, clock):
    """One each of what a reading can come to, the first ones as row objects: that is how it goes without room."""
    kinds = ("miss", "posts", "near", "unknown", "hit", "wall", "failed", "edited")
    entries = [
        sighting(f"{kind}-{way}", f"https://{kind}-{way}.example/{kind}") for way in ("one", "all") for kind in kinds
    ]
    poll(stores.polls, polled("Harbour Post", *entries), clock(), clock())
    claimed = {
        article.url.split("/")[2].removesuffix(".example"): article for article in stores.reads.claim_many(clock(), 99)
    }
    for way in ("one", "all"):
        again = sighting(f"edited-{way}", claimed[f"edited-{way}"].url, "Another headline")
        poll(stores.polls, polled("Harbour Post", again), clock(), clock())
    route, without_room = routes("mail", due=clock()), ReadStore(stores.database, SOURCES, link, lambda: False)
    for kind in kinds:
        article = claimed[f"{kind}-one"]
        without_room.save(_came_to(kind, article), article, route, clock())
    together = [(_came_to(kind, claimed[f"{kind}-all"]), claimed[f"{kind}-all"]) for kind in kinds]
    assert stores.reads.save_many(together, route, clock()) == [int(kind == "hit") for kind in kinds]
    rows = {name: _row(stores, article.id) for name, article in claimed.items()}
    for kind in kinds:
        assert rows[f"{kind}-one"] == rows[f"{kind}-all"], kind
    assert {kind: rows[f"{kind}-all"]["state"] for kind in kinds} == {
        **dict.fromkeys(kinds, "done"),
        **dict.fromkeys(("wall", "failed"), "pending"),
        **dict.fromkeys(("hit", "edited"), "again"),
    }


def _came_to(kind, article):
    miss = verdict(hit=False)
    more = {
        "miss": {"extraction": "skipped", "language": "en"},
        "posts": {"extraction": "none", "notes": ("a post",)},
        "near": {"extraction": "full", "author": "A. Writer"},
        "unknown": {"extraction": "full"},
        "hit": {},
        "wall": {"extraction": "none", "blocked": "a login", "error": "a login", "retry_in": timedelta(minutes=10)},
        "failed": {"extraction": "none", "error": "http: 503", "retry_in": timedelta(minutes=10)},
        "edited": {"extraction": "skipped", "language": "en"},
    }[kind]
    said = replace(miss, score=3.0) if kind == "near" else verdict() if kind == "hit" else miss
    return found(article, said, **more)


def _row(stores, number):
    """All that is stored of an article, but for what tells it from its twin, and for what it says of room."""
    own = {"id", "url", "url_key", "host", "polite", "title", "heading", "feed_text"}
    with stores.database.read() as session:
        row = session.get_one(ArticleRow, number).model_dump(exclude=own)
    return {**row, "notes": [note for note in row["notes"] if note != NO_ROOM]}


def test_the_ledger_says_why_an_article_was_no_hit(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a")), clock(), clock())
    article = stores.reads.claim(clock())
    stores.reads.save(found(article, verdict(hit=False)), article, routes(due=clock()), clock())
    ledger = stores.review.why(article.url)
    assert (ledger.state, ledger.verdicts[0].hit, ledger.verdicts[0].why) == ("done", False, ("named: +10",))
    assert ledger.hits == ()


def test_an_address_that_was_never_seen_has_no_ledger(stores):
    assert stores.review.why("https://harbour.example/unknown") is None
