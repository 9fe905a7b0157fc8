"""Rotation gaps: noticed when nothing known is left, read back from what the site offers, closed or left open."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_web import FEED, SmallHouse, item, rss

from monitor.errors import FetchError
from monitor.model import Document, Source
from monitor.poll.gap import STEPS, paged

BUSY = FetchError("http", "answers 503", status=503)
WINDOW = 20


class Newspaper:
    """A feed that shows its last twenty stories; a story a minute was published, the first number at the start."""

    def __init__(self, house, first):
        self.house, self.start, self.count = house, house.clock() - timedelta(minutes=first), first
        self.offers = set()
        house.web[FEED] = lambda: rss(*self.items(self.count), head=self.head(self.count))

    def items(self, end):
        shown = range(end, max(end - WINDOW, 0), -1)
        return [item(number, self.start + timedelta(minutes=number)) for number in shown]

    def head(self, end):
        if "archive" not in self.offers:
            return ""
        url = f"https://harbour.example/archive/{end - WINDOW}"
        self.house.web[url] = lambda: rss(*self.items(end - WINDOW), head=self.head(end - WINDOW))
        return f'<atom:link rel="prev-archive" href="{url}"/>'

    def publish(self, number):
        self.count += number
        self.house.clock.forward(minutes=number)
        for page in range(2, 9):
            if "pages" in self.offers:
                self.house.web[paged(FEED, page)] = rss(*self.items(self.count - WINDOW * (page - 1)))
        if "sitemap" in self.offers:
            self.house.web["https://harbour.example/news-sitemap.xml"] = self.sitemap()

    def sitemap(self):
        urls = "".join(
            f"<url><loc>https://harbour.example/story/{number}</loc><news:news><news:title>Story {number}</news:title>"
            f"<news:publication_date>{(self.start + timedelta(minutes=number)).isoformat()}</news:publication_date>"
            "</news:news></url>"
            for number in range(self.count, max(self.count - 100, 0), -1)
        )
        spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/x"'
        return f"<urlset {spaces}>{urls}</urlset>".encode()

    def missing(self):
        return {f"Story {number}" for number in range(1, self.count + 1)} - set(self.house.titles())


@pytest.fixture
def house(database, clock):
    return SmallHouse(database, clock)


@pytest.fixture
def paper(house):
    paper = Newspaper(house, WINDOW)
    house.poll()
    assert paper.missing() == set()
    return paper


@pytest.mark.fault("B12")
@pytest.mark.parametrize("offer", ["pages", "archive", "sitemap"])
def test_sixty_entries_between_two_polls_are_read_back(house, paper, offer):
    paper.offers.add(offer)
    noticed_since = house.clock()
    paper.publish(60)
    house.poll()
    assert paper.missing() == set()
    (gap,) = house.gaps()
    assert (gap.state, gap.read_back, gap.since) == ("closed", 40, noticed_since)
    assert house.view().health == "rotated"
    assert house.notices() == ["rotated"]
    assert house.view().interval == house.sources[0].interval_min
    paper.publish(5)
    house.poll()
    paper.publish(5)
    house.poll()
    assert (house.view().health, house.notices()) == ("ok", ["rotated", "back"])


@pytest.mark.fault("B12")
def test_a_site_that_offers_nothing_leaves_the_gap_open_and_says_so(house, paper):
    paper.publish(60)
    assert house.poll() == 1 + 4
    (gap,) = house.gaps()
    assert (gap.state, gap.read_back) == ("open", 0)
    lost = {int(title.split()[1]) for title in paper.missing()}
    assert lost == set(range(21, 61))
    assert all(gap.since <= paper.start + timedelta(minutes=number) <= gap.until for number in lost)
    assert house.notices() == ["rotated"]


def test_a_site_that_offered_nothing_is_not_asked_again_for_a_day_and_told_of_once(house, paper):
    requests = []
    for _ in range(5):
        paper.publish(60)
        requests.append(house.poll())
    assert requests == [5, 1, 1, 1, 1]
    assert [gap.state for gap in house.gaps()] == ["open"] * 5
    assert house.notices() == ["rotated"]
    house.clock.forward(days=1)
    paper.publish(60)
    assert house.poll() == 5


def test_reading_back_survives_a_restart(house, paper):
    paper.offers.add("pages")
    paper.publish(60)
    due = house.polls.claim_named("Harbour", house.clock())
    house.poll_desk.save(due, house.poll_desk.work(due), house.clock())
    house.start()
    house.clock.forward(seconds=2)
    house.poll()
    assert paper.missing() == set()


def test_what_fails_in_passing_is_tried_again_and_does_not_end_the_gap(house, paper):
    paper.offers.add("pages")
    paper.publish(60)
    good, house.web[paged(FEED, 2)] = house.web[paged(FEED, 2)], BUSY
    house.poll()
    assert [gap.state for gap in house.gaps()] == ["reading"]
    house.web[paged(FEED, 2)] = good
    house.clock.forward(minutes=4)
    house.poll()
    assert [gap.state for gap in house.gaps()] == ["closed"]
    assert paper.missing() == set()


def test_what_fails_for_long_does_not_keep_the_source_from_its_own_polls(house, paper):
    paper.publish(60)
    house.web[paged(FEED, 2)] = BUSY
    for polls in range(10):  # noqa: B007
        house.poll()
        house.clock.forward(minutes=3)
        if house.gaps()[0].state != "reading":
            break
    assert polls <= STEPS // 4
    assert [gap.state for gap in house.gaps()] == ["open"]


@pytest.mark.parametrize("loop", ["self", "pair", "ever new"])
def test_an_archive_that_never_ends_is_left_after_some_steps(house, paper, loop):
    house.clock.forward(hours=1)
    at = house.clock()
    numbers = iter(range(1000, 9000))

    def archive(url, onward):
        head = f'<atom:link rel="prev-archive" href="{onward}"/>'
        house.web[url] = lambda: rss(item(next(numbers), at), head=head)

    base = "https://harbour.example/archive"
    if loop == "ever new":
        for step in range(100):
            archive(f"{base}/{step}", f"{base}/{step + 1}")
    else:
        archive(f"{base}/0", f"{base}/{0 if loop == 'self' else 1}")
        archive(f"{base}/1", f"{base}/0")
    head = f'<atom:link rel="prev-archive" href="{base}/0"/>'
    house.web[FEED] = rss(item(999, at), head=head)
    assert house.poll() <= 1 + STEPS
    assert [gap.state for gap in house.gaps()] == ["open"]


def test_an_archive_of_another_site_is_not_followed(house, paper):
    head = '<atom:link rel="prev-archive" href="https://elsewhere.example/archive"/>'
    house.web[FEED] = rss(item(999, house.clock()), head=head)
    house.poll()
    assert not any("elsewhere" in url for url in house.asked)


def test_one_old_entry_that_is_pinned_closes_nothing(house, paper):
    pinned = item("pinned", paper.start - timedelta(days=400))
    paper.offers.add("pages")
    paper.publish(60)
    house.web[paged(FEED, 2)] = rss(pinned, *paper.items(paper.count - WINDOW))
    house.poll()
    assert paper.missing() == set()


def test_the_gap_reaches_back_to_when_the_document_was_last_had(house, paper):
    """A server that says "not modified" for ever proves nothing of the time in which it says so."""
    had = house.clock()
    good = house.web[FEED]
    house.web[FEED] = Document(FEED, FEED, 304, {}, b"")
    for _ in range(3):
        paper.publish(10)
        house.poll()
    house.web[FEED] = good
    paper.publish(10)
    house.poll()
    (gap,) = house.gaps()
    assert gap.since == had


def test_a_server_that_says_not_modified_for_ever_is_caught_and_not_believed_again(house):
    asked, stories = [], [item(0, house.clock())]

    def lying(url, *, etag=None, **_):
        asked.append(etag)
        shown = b"" if etag else rss(*reversed(stories))
        return Document(FEED, FEED, 304 if etag else 200, {"etag": "for ever"}, shown)

    house.fetch = lying
    house.start()
    house.poll()
    for number in range(1, 16):
        stories.append(item(number, house.clock()))
        house.clock.forward(minutes=15)
        house.poll()
    assert asked[:2] == [None, "for ever"]
    caught = asked.index(None, 1)
    assert caught <= 9
    assert asked[caught:] == [None] * (len(asked) - caught)
    assert len(house.titles()) == 16


def test_a_source_given_another_address_has_no_gap(house, paper):
    house.sources = (Source("Harbour", "https://harbour.example/other", pace=timedelta(0)),)
    house.web["https://harbour.example/other"] = rss(item("of another kind", house.clock()))
    house.start()
    house.poll()
    assert house.gaps() == []


def test_an_index_of_sitemaps_is_read_part_by_part_and_again_when_it_hides_what_changed(database, clock):
    index = "https://harbour.example/sitemap.xml"
    house = SmallHouse(database, clock, Source("Harbour", index, kind="sitemap", pace=timedelta(0)))
    parts = [f"https://harbour.example/sitemap-{number}.xml" for number in (1, 2)]
    locs = "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in (*parts, index))
    house.web[index] = f"<sitemapindex>{locs}</sitemapindex>".encode()

    def publish(part, *numbers):
        urls = "".join(f"<url><loc>https://harbour.example/story/{number}</loc></url>" for number in numbers)
        house.web[part] = f"<urlset>{urls}</urlset>".encode()

    publish(parts[0], 1, 2)
    publish(parts[1], 3)
    assert house.poll() <= 1 + 3
    assert len(house.titles()) == 3
    publish(parts[1], 3, 4)
    clock.forward(hours=2)
    house.poll()
    assert len(house.titles()) == 4
    assert house.gaps() == []
