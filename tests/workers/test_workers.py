"""Real workers on a real PostgreSQL: they share the work, take over from each other, and alert once."""

import signal

import psycopg
import pytest
from installation import SMALL
from running import Running, until
from world import BUDGET, GROUP, WEATHER

from monitor.model import HitFilter
from monitor.store import Leadership, ReviewStore, open_database

pytestmark = pytest.mark.needs("PostgreSQL")


@pytest.fixture
def house(desk, postgres, outlet):
    with postgres.fresh() as url:
        desk.database = url
        desk.parsers = None
        desk.write(outlet.feed, topic=SMALL, more="defaults: {interval: 1m}\n")
        yield desk


def titles(desk):
    database = open_database(desk.database)
    try:
        return sorted(hit.title for hit in ReviewStore(database).hits(HitFilter()))
    finally:
        database.close()


def in_hand(desk):
    """How much is leased, or waits to be."""
    leased = "(SELECT count(*) FROM {} WHERE lease_until IS NOT NULL{})"
    tables = (("source", ""), ("article", " OR state = 'pending'"), ("channel", ""))
    with psycopg.connect(desk.database) as connection:
        return connection.execute(f"SELECT {' + '.join(leased.format(*one) for one in tables)}").fetchone()[0]


def told(desk, word):
    """How many messages of the chat say so; a notice may be among them."""
    return sum(word in str(chat) for chat in desk.chats)


@pytest.mark.timeout(240)
def test_workers_share_the_work_and_one_takes_over_from_one_that_was_killed(house, outlet):
    outlet.publish(("one", "Contact group meets", GROUP), ("rain", "Rain", WEATHER))
    with Running(house, command="worker") as first, Running(house, command="worker") as second:
        until(lambda: len(house.chats) == len(house.mails) == 1, 60)
        leader, other = (first, second) if "this worker leads" in first.text else (second, first)
        assert "this worker leads" not in other.text
        until(lambda: not in_hand(house), 60)  # what the dead one has in hand is done when its lease is over
        leader.process.send_signal(signal.SIGKILL)
        until(lambda: "this worker leads" in other.text, 60)
        outlet.publish(("two", "Oslo pays for drones, for the contact group", BUDGET))
        assert house.monitor("sources", "poll", "Outlet 1").code == 0
        until(lambda: told(house, "Oslo") == 1 and len(house.mails) >= 2, 100)
        other.said("health and metrics at http")
        assert other.terminate() == 0
        assert "this worker leads no more" in other.text
    assert titles(house) == ["Contact group meets", "Oslo pays for drones, for the contact group"]
    assert (told(house, "Oslo"), told(house, "Contact group meets")) == (1, 1)


def test_one_leads_and_another_when_it_is_gone(postgres):
    with postgres.fresh() as url:
        first, second = Leadership(url), Leadership(url)
        assert (first.hold(), second.hold(), first.hold()) == (True, False, True)
        first.release()
        assert (second.hold(), first.hold()) == (True, False)
        postgres.stop("fast")
        assert not second.hold()
        postgres.start()
        assert first.hold()
        assert not second.hold()
        first.close()
        second.close()


@pytest.mark.parametrize("command", [["worker"], ["run", "--page"]])
def test_a_file_is_no_database_for_many(desk, outlet, command):
    said = desk.write(outlet.feed, topic=SMALL).monitor(*command)
    assert said.code == 2
    assert "needs a PostgreSQL database" in said.err


@pytest.mark.timeout(120)
def test_the_page_alone_shows_what_the_workers_do_and_does_nothing_itself(house, outlet):
    outlet.publish(("one", "Contact group meets", GROUP))
    with Running(house, command="run", more=["--page"]) as page:
        assert "<h1" in page.ask("/")[1]
        assert outlet.asked == []
        assert page.terminate() == 0
