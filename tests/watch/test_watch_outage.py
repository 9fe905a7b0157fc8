"""Our own network: when most sources fail at once nothing is counted, and it is told once that it went and came."""

from __future__ import annotations

from datetime import timedelta

import pytest
from small_web import CUT, RAIN, SmallHouse, item, page, rss

from monitor.errors import FetchError
from monitor.model import Cursor, DueSource, Source, Standing
from monitor.poll.outage import Outage
from monitor.store.history_tables import NoticeRow
from monitor.store.tables import ArticleRow

NAMES = [f"Source {number}" for number in range(12)]


def url_of(name):
    return f"https://host{name.split()[1]}.example/feed"


@pytest.fixture
def house(database, clock):
    sources = [Source(name, url_of(name), pace=timedelta(0)) for name in NAMES]
    house = SmallHouse(database, clock, *sources)
    for name in NAMES:
        house.web[url_of(name)] = rss(item(name, clock()))
        house.poll(name)
    return house


def poll_all(house, names=NAMES):
    for name in names:
        house.clock.forward(seconds=5)
        house.poll(name)


def cut(house, names=NAMES):
    good = {url_of(name): house.web[url_of(name)] for name in names}
    house.web.update(dict.fromkeys(good, CUT))
    return good


def told(house):
    return [(row.subject, row.state) for row in house.rows(NoticeRow)]


def test_when_all_fail_nothing_is_counted_and_it_is_told_once(house):
    good = cut(house)
    for _ in range(6):
        house.clock.forward(minutes=20)
        poll_all(house)
    views = [house.view(name) for name in NAMES]
    assert {view.health for view in views} == {"ok"}
    assert {view.failures for view in views} == {0}
    assert told(house) == [("network", "down")]
    house.web.update(good)
    house.clock.forward(minutes=20)
    house.poll(NAMES[0])
    assert told(house) == [("network", "down"), ("network", "ok")]
    assert all(house.view(name).next_poll <= house.clock() for name in NAMES[1:])
    poll_all(house)
    assert told(house) == [("network", "down"), ("network", "ok")]
    assert {house.view(name).health for name in NAMES} == {"ok"}


def test_one_bad_host_is_not_our_network(house):
    cut(house, NAMES[:1])
    for _ in range(5):
        house.clock.forward(minutes=20)
        poll_all(house)
    assert told(house) == [(NAMES[0], "failing")]
    assert house.view(NAMES[0]).failures == 5


def test_what_was_failing_before_stays_so_and_is_not_told_again(house):
    cut(house, NAMES[:2])
    for _ in range(5):
        house.clock.forward(minutes=20)
        poll_all(house)
    before = told(house)
    good = cut(house, NAMES[2:])
    for _ in range(3):
        poll_all(house)
    assert told(house) == [*before, ("network", "down")]
    house.web.update(good)
    poll_all(house)
    assert {house.view(name).health for name in NAMES[:2]} == {"failing"}
    assert told(house) == [*before, ("network", "down"), ("network", "ok")]


def test_a_source_on_our_own_side_does_not_hide_it(house):
    cut(house, NAMES[1:])
    for _ in range(2):
        for name in NAMES[1:]:
            house.poll(name)
            if house.rows(NoticeRow):
                house.poll(NAMES[0])
    assert told(house) == [("network", "down")]


@pytest.mark.parametrize("kind", ["robots", "blocked_address", "tls"])
def test_what_was_refused_before_it_was_asked_is_no_answer(house, kind):
    cut(house)
    house.web[url_of(NAMES[0])] = FetchError(kind, "refused", permanent=True)
    poll_all(house)
    poll_all(house)
    assert told(house)[0] == ("network", "down")
    assert ("network", "ok") not in told(house)


def test_a_restart_in_the_outage_neither_tells_it_again_nor_forgets_the_end(house):
    good = cut(house)
    poll_all(house)
    house.start()
    poll_all(house)
    assert {house.view(name).failures for name in NAMES} == {0}
    assert told(house) == [("network", "down")]
    house.start()
    house.web.update(good)
    poll_all(house)
    assert told(house) == [("network", "down"), ("network", "ok")]


def test_a_page_that_failed_meanwhile_has_all_its_tries_again_when_it_is_over(house):
    address = "https://harbour.example/story/0"
    good = cut(house) | {address: page("A story", RAIN)}
    good[url_of(NAMES[0])] = rss(item(0, house.clock()))
    house.web |= {address: CUT, url_of(NAMES[0]): good[url_of(NAMES[0])]}
    house.poll(NAMES[0])
    house.web[url_of(NAMES[0])] = CUT
    poll_all(house)
    for _ in range(4):
        house.read()
        house.clock.forward(hours=7)
    (article,) = house.rows(ArticleRow, ArticleRow.url == address)
    assert (article.state, article.error) == ("done", str(CUT))
    house.web.update(good)
    poll_all(house)
    house.read()
    (article,) = house.rows(ArticleRow, ArticleRow.url == address)
    assert (article.extraction, article.error) == ("skipped", None)


def due(name, passing=0):
    return DueSource(
        Source(name, url_of(name)),
        Cursor(),
        first=False,
        at=None,
        due=None,
        standing=Standing(health="ok", passing=passing),
    )


@pytest.mark.parametrize(("hosts", "needed"), [(1, 3), (3, 3), (10, 6), (12, 8), (60, 10), (2000, 10)])
def test_how_many_hosts_it_takes(clock, hosts, needed):
    outage, failed = Outage(hosts), 0
    while not outage.down and failed < 50:
        outage.failed(due(f"Source {failed}"), clock())
        failed += 1
    assert failed == needed


def test_an_answer_in_between_begins_anew(clock):
    outage = Outage(10)
    for number in range(50):
        outage.failed(due(f"Source {number % 3}"), clock())
        if number % 3 == 2:
            assert outage.answered(due("Source 9")) is None
    assert not outage.down
