"""What the parent makes of a child's answer: values of the program's own types."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.model import Hints
from monitor.poll.kinds import feed, sitemap
from monitor.poll.kinds.answer import feed_from_json

HERE = Path(__file__).parent


def read(parse, path, url):
    answer = parse((HERE / path).read_bytes(), {"url": url, "content_type": ""})
    return feed_from_json(json.loads(json.dumps(answer)))


def test_hints_and_older_entries_of_a_feed():
    found = read(feed.parse, "cases/rss_hints.xml", "https://feed.example/dir/feed.xml")
    assert found.hints == Hints(timedelta(minutes=15), frozenset({0, 1}), frozenset({5, 6}))
    assert found.older == "https://feed.example/2023/01.xml"
    assert read(feed.parse, "cases/rss_hints_nonsense.xml", "https://feed.example/dir/feed.xml").hints == Hints()


def test_when_an_entry_was_changed():
    found = read(feed.parse, "cases/atom_updated.xml", "https://feed.example/dir/feed.xml")
    assert found.entries[0].updated == datetime(2023, 2, 14, 8, 30, tzinfo=UTC)
    assert found.entries[1].updated is None


def test_an_index_of_sitemaps_has_documents_and_no_entries():
    found = read(sitemap.parse, "sitemap/index.xml", "https://harbour.example/sitemap.xml")
    assert (found.entries, len(found.documents)) == ((), 6)


def test_a_feed_without_entries_is_a_feed():
    found = read(feed.parse, "cases/no_entries.xml", "https://feed.example/")
    assert (found.entries, found.documents) == ((), ())
