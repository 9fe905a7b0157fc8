"""What the lists keep of a hit follows what it is taken from: story, country, text, source."""

from dataclasses import replace
from datetime import timedelta

from listed import START, Hit, fill
from make import SOURCES, found, poll, polled, sighting, store_hit

from monitor.model import CANARY, HitFilter, Source
from monitor.store import CanaryStore, PollStore, ReviewStore
from monitor.store.search import likely


def listed(review, **wanted):
    return [hit.id for hit in review.listing.hits(HitFilter(**wanted)).hits]


def heads(review, **wanted):
    return [(story.head.id, story.articles) for story in review.listing.stories(HitFilter(**wanted)).stories]


def named_by_the_index(database, word):
    with database.read() as session:
        return list(session.execute(likely(session, (word,))).scalars())


def test_a_hit_follows_its_story(stores, clock):
    for key, story, maybe in (("a", 1, None), ("b", 2, 1), ("c", 2, None)):
        store_hit(stores, clock, key, story=story, maybe=maybe)
    assert heads(stores.review) == [(3, 2), (1, 1)]
    (suggestion,) = stores.review.stories.suggestions()
    assert (suggestion.hit_id, suggestion.story_hit_id) == (2, 1)
    stores.review.stories.decide(suggestion.id, same=True, now=clock())
    assert heads(stores.review) == [(3, 3)]
    alone = stores.review.stories.separate(3, clock())
    assert heads(stores.review) == [(3, 1), (2, 2)]
    assert listed(stores.review, story=alone) == [3]


def test_suggestions_are_counted_without_those_that_are_settled_otherwise(stores, clock):
    store_hit(stores, clock, "a", story=1)
    store_hit(stores, clock, "b", story=2, maybe=1)
    store_hit(stores, clock, "c", story=3, maybe=1)
    (first, _) = stores.review.stories.suggestions()
    stores.review.stories.decide(first.id, same=True, now=clock())
    assert [one.hit_id for one in stores.review.stories.suggestions(limit=1)] == [3]
    assert [one.hit_id for one in stores.review.stories.suggestions(article_id=1)] == [3]
    assert stores.review.stories.suggestions(article_id=99) == []


def test_hits_are_listed_under_the_country_that_their_source_has_now(stores, clock):
    store_hit(stores, clock, "a")
    assert listed(stores.review, country="-") == [1]
    moved = Source("Harbour Post", SOURCES[0].url, country="ua")
    PollStore(stores.database, (moved, *SOURCES[1:])).sync(clock())
    assert (listed(stores.review, country="ua"), listed(stores.review, country="-")) == ([1], [])
    assert stores.review.listing.choices().countries == ("ua",)


def test_an_edited_text_is_found_by_what_it_says_now(stores, clock):
    store_hit(stores, clock, "a", title="Drones for Kyiv")
    clock.forward(hours=7)
    again = stores.reads.claim(clock())
    stores.reads.save(replace(found(again), title="Tanks for Kyiv"), again, lambda *_: [], clock())
    assert (listed(stores.review, search="tanks"), listed(stores.review, search="drones")) == ([1], [])
    assert (named_by_the_index(stores.database, "tanks"), named_by_the_index(stores.database, "drones")) == ([1], [])


def test_what_the_canary_brought_is_seen_by_nobody_and_leaves_nothing_in_the_index(database):
    fill(database, [Hit(text="yellow feathers"), Hit(text="yellow feathers", source=CANARY, tags=("x",))])
    review = ReviewStore(database)
    assert (listed(review, search="feathers"), listed(review, source=CANARY)) == ([1], [2])
    assert sorted(named_by_the_index(database, "feathers")) == [1, 2]
    CanaryStore(database).end((), START + timedelta(days=4), START + timedelta(days=3))
    assert (named_by_the_index(database, "feathers"), listed(review, source=CANARY)) == ([1], [])
    assert review.listing.choices().tags == ()


def test_the_articles_of_each_source_are_counted_once(stores, clock):
    poll(stores.polls, polled("Harbour Post", sighting("a"), sighting("b")), clock(), clock())
    poll(stores.polls, polled("Metro Courier", sighting("b"), sighting("c")), clock(), clock())
    assert stores.review.counts()["articles"] == 3


def test_an_article_that_shares_its_page_is_found_by_the_address(stores, clock):
    page = "https://harbour.example/"
    for title in ("Monday", "Tuesday"):
        one = replace(sighting(title, page, title), url_key=f"entry:Harbour Post:{title}")
        poll(stores.polls, polled("Harbour Post", one), clock(), clock())
    assert stores.review.why(page).title == "Tuesday"
    assert stores.review.why("https://harbour.example/nothing") is None
