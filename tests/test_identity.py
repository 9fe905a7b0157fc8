"""Identity of entries: guids lie, addresses do not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Entry
from monitor.poll.identity import sightings
from monitor.urls import url_key

DAY = datetime(2023, 2, 14, tzinfo=UTC)


def keys(*entries: Entry) -> list[str]:
    return [one.key for one in sightings("s", entries)]


def articles(*entries: Entry) -> list[str]:
    return [one.url_key for one in sightings("s", entries)]


def entry(guid=None, url=None, title="t", **more) -> Entry:
    return Entry(guid=guid, url=url, title=title, **more)


def test_a_guid_that_tells_entries_apart_is_the_key():
    found = sightings("s", [entry("a", "https://x.example/1"), entry("b", "https://x.example/2")])
    assert [(one.key, one.url_key) for one in found] == [("a", "https://x.example/1"), ("b", "https://x.example/2")]


@pytest.mark.fault("B10")
def test_without_guid_the_address_is_the_key():
    assert keys(entry(None, "https://www.x.example/1?utm_source=rss")) == ["https://x.example/1"]


@pytest.mark.fault("B10")
def test_one_guid_for_all_entries_is_no_guid():
    assert keys(entry("g", "https://x.example/1"), entry("g", "https://x.example/2")) == [
        "https://x.example/1",
        "https://x.example/2",
    ]


def test_one_guid_for_all_entries_without_address_falls_back_to_title_and_date():
    one, two = entry("g", title="one"), entry("g", title="two")
    assert len(set(keys(one, two))) == 2
    assert keys(one, two) == keys(one, two)


def test_an_absurd_guid_is_no_guid():
    assert keys(entry("g" * 1_000_000, "https://x.example/1")) == ["https://x.example/1"]


@pytest.mark.fault("B10")
def test_a_guid_that_changes_each_poll_stays_one_article():
    first, second = (articles(entry(guid, "https://x.example/1")) for guid in ("poll-1", "poll-2"))
    assert first == second


def test_two_sources_with_one_address_have_one_article():
    one = sightings("a", [entry("a1", "https://x.example/1?utm_medium=feed")])[0]
    two = sightings("b", [entry("b7", "http://www.x.example/1")])[0]
    assert one.url_key == two.url_key
    assert one.key != two.key


def test_entries_without_address_are_articles_of_their_own_source():
    one, two = (sightings(source, [entry(title="same", published=DAY)])[0].url_key for source in ("a", "b"))
    assert one.startswith("entry:a:")
    assert one != two


def test_an_edited_title_under_a_good_guid_is_the_same_article():
    assert articles(entry("g", title="old")) == articles(entry("g", title="new"))


def test_duplicates_collapse_into_the_first():
    first, again = entry("g", "https://x.example/1", "first"), entry("g", "https://x.example/1", "again")
    assert [one.entry.title for one in sightings("s", [first, again])] == ["first"]


def test_one_address_under_two_guids_is_one_article():
    found = sightings("s", [entry("a", "https://x.example/1"), entry("b", "https://x.example/1#top")])
    assert [one.key for one in found] == ["a"]


def test_entries_without_anything_but_text_are_told_apart_by_it():
    assert len(keys(entry(title="", summary="one"), entry(title="", summary="two"))) == 2


names = st.sampled_from([None, "", "g", "h", "x" * 2_000])
addresses = st.sampled_from([None, "https://x.example/1", "https://x.example/2", "http://www.x.example/1?utm_source=a"])
entries = st.lists(st.builds(entry, guid=names, url=addresses, title=st.sampled_from(["", "a", "b"])), max_size=12)


@given(entries)
def test_keys_are_unique_and_stable(found):
    once = sightings("s", found)
    assert len({one.key for one in once}) == len({one.url_key for one in once}) == len(once)
    assert all(one.key for one in once)
    assert once == sightings("s", found)


@given(entries)
def test_every_article_of_the_feed_is_kept_once(found):
    kept = sightings("s", found)
    pages = {one.url_key for one in kept}
    headlines = {(url_key(one.entry.url), one.entry.title) for one in kept if one.entry.url}
    for one in filter(lambda one: one.url, found):
        assert url_key(one.url) in pages or (url_key(one.url), one.title) in headlines


def test_entries_that_all_lead_to_the_front_page_are_articles_of_their_own():
    found = sightings("s", [entry("same", "https://x.example/", title) for title in ("a", "b", "c")])
    assert [one.entry.title for one in found] == ["a", "b", "c"]
