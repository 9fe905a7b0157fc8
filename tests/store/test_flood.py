"""A day on which sixty outlets print five hundred versions of forty stories."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from make import poll, polled, verdict
from stores import Outbox, lay_out, read_store
from wire import START, day

from monitor.deliver.routing import deliveries
from monitor.model import Alert, Entry, Finding, HitFilter, Outcome, Sighting, Source
from monitor.read.stories import fingerprint
from monitor.store import PollStore, ReviewStore, open_database
from monitor.urls import url_key

OUTLETS = tuple(
    Source(f"Outlet {number}", f"https://outlet{number}.example/feed", pace=timedelta(0)) for number in range(60)
)
WINDOW = timedelta(hours=6)
CHAT = Alert("chat", "tgram://token/1", ("ramstein",), updates=WINDOW, max_per_hour=1000)


class Day:
    """The desks of a day: what is printed is polled, read, linked and sent within the minute."""

    def __init__(self, database):
        self.polls, self.reads = PollStore(database, OUTLETS), read_store(database, OUTLETS)
        self.outbox, self.review = Outbox(database, [CHAT]), ReviewStore(database)
        self.now = START
        self.polls.sync(self.now)
        self.sent = []

    def prints(self, number, item):
        self.now = max(self.now, item.at)
        self.send()
        outlet = OUTLETS[number % len(OUTLETS)].name
        key = f"https://{outlet.replace(' ', '').lower()}.example/{number}"
        entry = Sighting(key, url_key(key), Entry(key, key, item.title, "", published=item.at))
        poll(self.polls, polled(outlet, entry, etag=key), self.now, self.now)
        self.read(key, item)

    def read(self, url, item):
        while (article := self.reads.claim(self.now)).url != url:
            self.save(article, Finding(article.id, article.title, "", "none", (verdict(),), error="not again"))
        finding = Finding(article.id, item.title, item.text, "full", (verdict(),), item.language, published=item.at)
        self.save(article, finding)

    def save(self, article, finding):
        made = fingerprint(finding.title, finding.text, finding.language, finding.published, article.found)
        self.reads.save(replace(finding, print=made), article, self.route, self.now)

    def route(self, finding, article, now):
        common = {"source": OUTLETS[0], "found": article.found, "backlog": timedelta(days=1), "now": now}
        return deliveries(finding, ["ramstein"], [CHAT], **common)

    def send(self):
        while (parcel := self.outbox.claim(self.now)) is not None:
            self.sent.append((self.now, parcel))
            self.outbox.done(parcel, Outcome(ok=True), self.now)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    path = tmp_path_factory.mktemp("day") / "monitor.db"
    lay_out(path)
    database = open_database(f"sqlite:///{path}")
    one = Day(database)
    items = day(stories=40, copies=500, seed=1)
    for number, item in enumerate(items):
        one.prints(number, item)
    one.now += timedelta(days=1)
    one.send()
    yield one, items
    database.close()


def test_each_story_alerts_once(lived):
    one, _ = lived
    first = [parcel for _, parcel in one.sent if not any(item.update for item in parcel.items)]
    assert [len(parcel.items) for parcel in first] == [1] * 40


def test_what_is_new_goes_out_at_most_once_a_window(lived):
    one, _ = lived
    told = {}
    for at, parcel in one.sent:
        for story in {item.hit.story for item in parcel.items}:
            assert story not in told or at - told[story] >= WINDOW
            told[story] = at
    assert len(told) == 40


def test_all_five_hundred_are_linked_told_and_visible(lived):
    one, items = lived
    hits = list(one.review.hits(HitFilter(limit=None)))
    assert len(hits) == len(items) == 500
    assert sorted(Counter(hit.story for hit in hits).values()) == sorted(Counter(item.story for item in items).values())
    assert all(len(hit.others) == Counter(one.story for one in hits)[hit.story] - 1 for hit in hits)
    told = Counter(hit.id for _, parcel in one.sent for hit in parcel.hits)
    assert set(told) == {hit.id for hit in hits}
    assert set(told.values()) == {1}
