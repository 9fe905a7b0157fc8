import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from make import poll, polled, sighting
from sqlmodel import SQLModel

from monitor.errors import AlreadyRunningError, StoreError
from monitor.store import Database, ReviewStore, open_database
from monitor.store.lock import InstanceLock


def test_the_migrations_make_the_tables_of_the_program(database):
    with database.connection() as connection:
        opts = {"compare_type": False, "include_name": lambda name, *_: not str(name).startswith("hit_search")}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, SQLModel.metadata) == []


def test_sqlite_is_set_up_for_one_writer_and_many_readers(sqlite_database):
    with sqlite_database.write() as session:
        raw = session.connection().connection.cursor()
        values = {
            name: raw.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        }
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 10000, "synchronous": 2}


def test_a_reader_cannot_write(database):
    from sqlalchemy import text

    with pytest.raises(StoreError, match=r"readonly|read-only"), database.read() as session:
        session.execute(text("DELETE FROM article"))


@pytest.mark.fault("E1")
def test_concurrent_read_modify_write_loses_no_update(tmp_path):
    """With SQLModel as it comes, most of these vanish without an error."""
    from sqlalchemy import text

    url = f"sqlite:///{tmp_path}/m.db"
    databases = [open_database(url) for _ in range(3)]
    with databases[0].write() as session:
        session.execute(text("INSERT INTO pace (key, next_at) VALUES ('host:counter', '2026-01-01 00:00:00')"))
        session.execute(text("CREATE TABLE counter (n INTEGER)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))

    def count(database):
        for _ in range(50):
            with database.write() as session:
                value = session.execute(text("SELECT n FROM counter")).scalar_one()
                session.execute(text("UPDATE counter SET n = :n"), {"n": value + 1})

    threads = [threading.Thread(target=count, args=(database,)) for database in databases for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with databases[0].read() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 300
    for database in databases:
        database.close()


def refused(url):
    with pytest.raises(StoreError) as caught:
        open_database(url)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_newer_database_is_refused_untouched(tmp_path):
    path = tmp_path / "m.db"
    open_database(f"sqlite:///{path}").close()
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in refused(f"sqlite:///{path}")


def test_another_programs_database_is_refused_untouched(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("CREATE TABLE customers (id INTEGER)")
    before = path.read_bytes()
    assert "another program" in refused(f"sqlite:///{path}")
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_untouched(tmp_path):
    path = tmp_path / "notes.db"
    path.write_bytes(b"these are my notes, not a database at all" * 200)
    assert "not a monitor database" in refused(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"these are my notes")


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    assert "cannot make the folder" in refused(f"sqlite:///{tmp_path}/file/data/m.db")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "nonsense"])
def test_a_database_that_keeps_nothing_is_refused(url):
    assert "expected such as sqlite:///" in refused(url)


def test_the_lock_names_its_holder_and_dies_with_it(tmp_path):
    url = f"sqlite:///{tmp_path}/m.db"
    first, second = InstanceLock(url), InstanceLock(url)
    assert first.take()
    assert not second.take()
    with pytest.raises(AlreadyRunningError, match=r"pid \d+ on"):
        second.demand()
    first.release()
    assert second.demand()
    second.release()


def test_text_with_a_nul_or_a_lone_surrogate_never_reaches_the_database_from_a_poll(stores, clock):
    """It is cleaned before; should one slip through, the poll fails loudly and stores nothing of it."""
    with pytest.raises(Exception, match="surrogates"):
        poll(stores.polls, polled("Harbour Post", sighting("a", title="\ud800")), clock() + timedelta(1), clock())
    assert stores.review.counts()["articles"] == 0


def test_a_database_of_the_first_schema_is_brought_up_to_date_with_what_it_holds(tmp_path):
    from alembic import command

    from monitor.store.migrate import _config

    url = f"sqlite:///{tmp_path}/m.db"
    old = Database(url)
    with old.connection() as connection:
        command.upgrade(_config(connection), "0001")
        connection.exec_driver_sql(
            "INSERT INTO source (id, name, url, kind, host, active, due, failures, notes, entries)"
            " VALUES (1, 'Old', 'https://old.example/feed', 'feed', 'old.example', 1, '2026-01-01', 0, '[]', 7)"
        )
        connection.commit()
    old.close()
    opened = open_database(url)
    (view,) = ReviewStore(opened).sources()
    assert (view.name, view.entries) == ("Old", 7)
    opened.close()
