"""``monitor check``: what it finds, what it mends, and what it says where only a copy helps."""

import json
import sqlite3
from contextlib import closing

import pytest
from harm import cut_short, empty_index, page_of, write_over
from installation import monitor
from make import found, poll, polled, routes, sighting, store_hit, verdict
from sqlalchemy import text

from monitor.model import HitFilter
from monitor.store import ReviewStore
from monitor.store.checking import CheckStore
from monitor.store.lock import InstanceLock

CHECKS = ("search", "hits", "source days", "leases")


@pytest.fixture
def filled(stores, clock):
    """Three hits, two of one story, and an article without one."""
    for key, story in (("a", 1), ("b", 1), ("c", 2)):
        store_hit(stores, clock, key, story=story)
    poll(stores.polls, polled("Metro Courier", sighting("miss", "https://metro.example/miss")), clock(), clock())
    article = stores.reads.claim(clock())
    stores.reads.save(found(article, verdict(hit=False)), article, routes(due=clock()), clock())
    return stores


def looked(stores, clock):
    checks = CheckStore(stores.database)
    return {name: checks.look(name, clock(), thorough=True).wrong for name in checks.names()}


def test_all_is_well(filled, clock):
    assert looked(filled, clock) == dict.fromkeys(CHECKS, 0)


HARM = {
    "a text that is not searched": ("search", ["DELETE FROM hit_text WHERE hit_id = 2"]),
    "days counted wrongly": ("source days", ["UPDATE source_day SET hits = 9", "UPDATE source_day SET entries = 0"]),
    "a day that is gone": ("source days", ["DELETE FROM source_day WHERE hits = 0"]),
    "another story": ("hits", ["UPDATE hit SET story_id = NULL WHERE id = 1"]),
    "another country": ("hits", ["UPDATE hit SET country = 'FR' WHERE id = 3"]),
    "another source": ("hits", ["UPDATE hit SET source_id = NULL WHERE id = 3"]),
    "a lease of years": ("leases", ["UPDATE article SET lease_until = '2099-01-01 00:00:00' WHERE id = 1"]),
    "sent by nobody": ("leases", ["UPDATE delivery SET state = 'sending', lease_until = NULL WHERE id = 1"]),
}


@pytest.mark.parametrize("harm", HARM)
def test_what_is_out_of_step_is_found_and_mended(filled, clock, harm):
    name, statements = HARM[harm]
    with filled.database.write() as session:
        for statement in statements:
            session.execute(text(statement))
    wrong = looked(filled, clock)
    assert {one for one, number in wrong.items() if number} >= {name}
    for one in CHECKS:
        CheckStore(filled.database).mend(one, clock())
    assert looked(filled, clock) == dict.fromkeys(CHECKS, 0)
    assert len(filled.review.listing.hits(HitFilter(search="headline")).hits) == 3


# --- a file -----------------------------------------------------------------------------------------


@pytest.fixture
def path(request, sqlite_database, stores_of, clock, tmp_path):
    """A closed database file with hits."""
    stores = stores_of(sqlite_database)
    for key in "abcdefgh":
        store_hit(stores, clock, key)
    sqlite_database.close()
    return tmp_path / "monitor.db"


def check(path, *options):
    said = monitor("--database", f"sqlite:///{path}", "check", "--json", *options)
    return said.code, {one["name"]: one for one in json.loads(said.out)}


def test_each_thing_is_a_line_with_its_time(path):
    code, lines = check(path)
    assert (code, list(lines)) == (0, ["file", "references", "schema", *CHECKS])
    assert all(one["seconds"] >= 0 and not one["wrong"] for one in lines.values())
    shown = monitor("--database", f"sqlite:///{path}", "check")
    assert [line.split()[0] for line in shown.lines] == ["ok"] * 7


@pytest.mark.fault("E7")
def test_a_damaged_page_is_told_with_the_command_to_restore(path):
    write_over(path, page_of(path, "hit"))
    before = path.read_bytes()
    code, lines = check(path, "--repair")
    assert (code, list(lines)) == (1, ["file"])
    assert "monitor restore FILE" in lines["file"]["mend"]
    assert path.read_bytes() == before


@pytest.mark.fault("E7")
def test_a_file_that_was_cut_short_is_told_too(path):
    cut_short(path)
    code, lines = check(path)
    assert (code, "shorter" in lines["file"]["words"]) == (1, True)


def test_an_index_that_lost_rows_is_made_anew(path):
    empty_index(path, "hit_kind")
    code, lines = check(path)
    assert (code, lines["file"]["mend"]) == (1, "monitor check --repair")
    code, lines = check(path, "--repair")
    assert (code, lines["file"]["mended"]) == (0, True)
    assert check(path)[0] == 0


def test_rows_that_name_what_is_not_there_are_told(path):
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DELETE FROM article WHERE id = 1")
        raw.commit()
    code, lines = check(path)
    assert code == 1
    assert "name a article that is not there" in lines["references"]["words"]


def test_a_search_index_that_lost_its_texts_is_made_anew(path):
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("INSERT INTO hit_search (hit_search) VALUES ('delete-all')")
        raw.commit()
    assert check(path)[1]["search"]["wrong"] == 8
    assert check(path, "--repair")[0] == 0
    from monitor.store import open_database

    database = open_database(f"sqlite:///{path}")
    assert len(ReviewStore(database).listing.hits(HitFilter(search="headline")).hits) == 8
    database.close()


def test_nothing_is_mended_under_a_running_monitor_but_it_may_be_looked_at(path):
    running = InstanceLock(f"sqlite:///{path}")
    running.demand()
    assert check(path)[0] == 0
    assert monitor("--database", f"sqlite:///{path}", "check", "--repair").code == 3
    running.release()


def test_a_database_of_an_earlier_schema_is_looked_at_and_not_brought_up_to_date(tmp_path):
    from old_schemas import load

    load("0004", tmp_path / "old.db")
    before = (tmp_path / "old.db").read_bytes()
    code, lines = check(tmp_path / "old.db")
    assert (code, list(lines)) == (0, ["file", "references", "schema"])
    assert (tmp_path / "old.db").read_bytes() == before


def test_no_database_is_made_by_looking_at_it(tmp_path):
    assert monitor("--database", f"sqlite:///{tmp_path}/none.db", "check").code == 2
    assert not list(tmp_path.iterdir())
