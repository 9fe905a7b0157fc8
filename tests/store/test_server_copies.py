"""Backups of a PostgreSQL database: one file that fills either engine; what was there is set aside and comes back."""

import json
import sqlite3
from contextlib import closing

import pytest
from installation import monitor
from make import store_hit
from old_schemas import load
from sqlalchemy import text
from test_backup import Writer

from monitor.model import HitFilter
from monitor.store import ReviewStore, open_database
from monitor.store.schema import head
from monitor.store.server_copies import back_up_server

pytestmark = pytest.mark.needs("PostgreSQL")


@pytest.fixture
def url(postgres):
    with postgres.fresh() as made:
        yield made


@pytest.fixture
def database(url):
    opened = open_database(url)
    yield opened
    opened.close()


def titles(url):
    database = open_database(url)
    try:
        return sorted(hit.title for hit in ReviewStore(database).listing.hits(HitFilter()).hits)
    finally:
        database.close()


def tell(*arguments, code=0):
    said = monitor(*arguments)
    assert said.code == code, said
    return said


def schemas(url):
    database = open_database(url)
    with database.read() as session:
        found = session.execute(text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'before%'")).scalars().all()
    database.close()
    return found


@pytest.mark.fault("E6")
def test_a_copy_made_while_others_write_is_of_one_moment_and_fills_either_engine(
    stores, clock, database, url, postgres, tmp_path
):
    store_hit(stores, clock)
    copy = tmp_path / "copy.db"
    with Writer(database) as writer:
        before = writer.pairs
        made = back_up_server(url, copy)
        assert writer.pairs >= before
    with closing(sqlite3.connect(copy)) as raw:
        keys = [key for (key,) in raw.execute("SELECT key FROM pace WHERE key GLOB '[ab][0-9]*'")]
    assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}
    assert len(keys) >= 2 * before
    assert (made.held.hits, made.held.articles, made.held.size) == (1, 1, copy.stat().st_size)
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["copy.db"]
    then = copy.read_bytes()
    tell("--database", f"sqlite:///{tmp_path}/file.db", "restore", copy)
    assert titles(f"sqlite:///{tmp_path}/file.db") == ["Headline a"]
    with postgres.fresh() as other:
        tell("--database", other, "restore", copy)
        assert titles(other) == ["Headline a"]
        tell("--database", other, "check", "--thorough")
        assert schemas(other) == []
    assert copy.read_bytes() == then


def test_copies_of_a_server_are_kept_in_a_folder_and_go_over_nothing(database, url, tmp_path):
    database.close()
    copies = tmp_path / "copies"
    copies.mkdir()
    tell("--database", url, "backup", "--keep", "7", copies)
    (one,) = copies.iterdir()
    assert "is there already" in tell("--database", url, "backup", one, code=2).err
    tell("--database", url, "backup", "--force", one)


def test_what_a_dead_process_left_beside_a_copy_is_not_taken_for_its_own(database, url, tmp_path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("CREATE TABLE left_over (x)")
        raw.commit()
        (tmp_path / ".copy.db.partial-wal").write_bytes((tmp_path / "other.db-wal").read_bytes())
    back_up_server(url, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as raw:
        assert raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'left_over'").fetchone() == (0,)


@pytest.mark.fault("J10")
def test_what_was_there_is_set_aside_and_can_be_gone_back_to(stores, clock, database, url, tmp_path):
    store_hit(stores, clock)
    copy = tmp_path / "copy.db"
    back_up_server(url, copy)
    store_hit(stores, clock, "later")
    assert "stop it first" in tell("--database", url, "restore", "--force", copy, code=3).err  # it is open here
    database.close()
    said = tell("--database", url, "restore", copy, code=2)
    assert "holds 2 articles and 2 hits" in said.err
    assert titles(url) == ["Headline a", "Headline later"]
    aside = json.loads(tell("--database", url, "restore", "--force", "--json", copy).out)["aside"]
    assert (titles(url), schemas(url)) == (["Headline a"], [aside])
    back = json.loads(tell("--database", url, "restore", "--json", aside).out)
    assert titles(url) == ["Headline a", "Headline later"]
    assert schemas(url) == [back["aside"]]
    tell("--database", url, "check", "--thorough")
    assert "nothing was set aside" in tell("--database", url, "restore", "before_20200101t000000000000z", code=2).err


def test_a_copy_of_an_earlier_schema_is_brought_up_to_date_and_stays_as_it_is(database, url, tmp_path):
    database.close()
    load("0005", tmp_path / "old.db")
    before = (tmp_path / "old.db").read_bytes()
    tell("--database", url, "restore", tmp_path / "old.db")
    assert "ok      schema       " + head() in tell("--database", url, "check", "--thorough").out
    assert (tmp_path / "old.db").read_bytes() == before


def test_a_counter_that_lags_is_found_and_mended(stores, clock, database, url):
    store_hit(stores, clock)
    with database.write() as session:
        session.execute(text("SELECT setval(pg_get_serial_sequence('article', 'id'), 1, false)"))
    database.close()
    said = tell("--database", url, "check", code=1)
    assert "would give a number again: article" in said.out
    tell("--database", url, "check", "--repair")
    tell("--database", url, "check")


def test_a_server_without_our_tables_has_nothing_to_copy_or_check(postgres, tmp_path):
    bare = postgres.create("bare", "template0")
    assert "no monitor database was made here yet" in tell("--database", bare, "check", code=1).out
    assert "is empty" in tell("--database", bare, "backup", tmp_path / "x.db", code=1).err
    assert (
        "nothing listens there"
        in tell("--database", "postgresql://x@127.0.0.1:1/x", "backup", tmp_path / "x.db", code=1).err
    )
    assert list(tmp_path.iterdir()) == []


def test_tables_of_another_program_are_not_set_aside(postgres, stores, clock, database, url, tmp_path):
    back_up_server(url, tmp_path / "copy.db")
    with database.write() as session:
        for statement in ("DROP TABLE coverage, sighting", "CREATE TABLE theirs (x INTEGER)"):
            session.execute(text(statement))
    database.close()
    said = tell("--database", url, "restore", "--force", tmp_path / "copy.db", code=1)
    assert "another program" in said.err
    assert schemas(url) == []
