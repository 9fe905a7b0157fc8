"""What is PostgreSQL's own: writers queue across processes, a lost server comes back, the wrong database is refused."""

import subprocess
import sys
import threading
from contextlib import suppress

import pytest
from sqlalchemy import text
from stores import lay_out

from monitor.errors import StoreError
from monitor.store import Database, open_database
from monitor.store.engines import WRITERS

pytestmark = pytest.mark.needs("PostgreSQL")
COUNTER = "INSERT INTO pace (key, next_at) VALUES ('host:counter', '2026-01-01 00:00:00')"
COUNT_UP = """
import sys
from datetime import timedelta
from sqlalchemy import text
from monitor.store import Database
database = Database(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with database.write() as session:
        at = session.execute(text("SELECT next_at FROM pace")).scalar_one()
        session.execute(text("UPDATE pace SET next_at = :at"), {"at": at + timedelta(seconds=1)})
database.close()
"""


@pytest.fixture
def url(postgres):
    with postgres.fresh() as made:
        yield made


def counted(database):
    with database.read() as session:
        return session.execute(text("SELECT next_at FROM pace")).scalar_one().timestamp() % 86400


@pytest.mark.fault("E1")
def test_processes_that_read_and_write_lose_no_update(url):
    database = open_database(url)
    with database.write() as session:
        session.execute(text(COUNTER))
    began = counted(database)
    for process in [subprocess.Popen([sys.executable, "-c", COUNT_UP, url, "60"]) for _ in range(3)]:
        assert process.wait(60) == 0
    assert counted(database) - began == 180
    database.close()


@pytest.mark.fault("E9")
def test_processes_that_start_at_once_on_an_empty_database_make_its_tables_once(postgres):
    url = postgres.create("empty", "template0")
    start = "import sys; from monitor.store import open_database; open_database(sys.argv[1]).close()"
    processes = [subprocess.Popen([sys.executable, "-c", start, url]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]


def test_a_reader_sees_one_state_while_others_write(url):
    database = open_database(url)
    with database.read() as session:
        before = session.execute(text("SELECT count(*) FROM pace")).scalar_one()
        with database.write() as other:
            other.execute(text(COUNTER))
        assert session.execute(text("SELECT count(*) FROM pace")).scalar_one() == before
    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM pace")).scalar_one() == before + 1
    database.close()


def test_a_writer_that_dies_in_its_transaction_holds_up_nobody(url):
    database, other = open_database(url), Database(url)
    inside, done = threading.Event(), threading.Event()

    def die():
        with suppress(StoreError), other.write() as session:
            session.execute(text(COUNTER))
            inside.set()
            done.wait(10)

    dying = threading.Thread(target=die)
    dying.start()
    assert inside.wait(10)
    with database.read() as session:
        holders = f"SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = {WRITERS & 0xFFFFFFFF} AND granted"
        (pid,) = session.execute(text(holders)).scalars()
    with database.read() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    with database.write() as session:
        assert session.execute(text("SELECT count(*) FROM pace")).scalar_one() == 0
    done.set()
    dying.join()
    database.close()
    other.close()


def test_a_server_that_went_away_is_told_in_one_line_and_used_again_when_it_is_back(postgres, url):
    database = open_database(url)
    postgres.stop("fast")
    try:
        with pytest.raises(StoreError) as told, database.write() as session:
            session.execute(text(COUNTER))
        assert "\n" not in str(told.value)
        assert "monitor" in str(told.value)
    finally:
        postgres.start()
    with database.write() as session:
        session.execute(text(COUNTER))
    database.close()


def test_a_database_that_orders_text_by_a_language_is_refused(postgres):
    url = postgres.create("by-language", "template0", "LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'")
    with pytest.raises(StoreError, match=r"orders text by a language.*LOCALE 'C.UTF-8'"):
        open_database(url)


def test_a_password_is_in_no_message():
    with pytest.raises(StoreError) as told:
        open_database("postgresql://monitor:hidden-word@127.0.0.1:1/monitor")
    assert "hidden-word" not in str(told.value)
    assert "nothing listens there" in str(told.value)


@pytest.mark.fault("E12")
def test_texts_are_ordered_and_found_as_on_sqlite(postgres, url, tmp_path):
    """Case, accents, other scripts: by code point, on both."""
    words = ["b", "B", "a", "é", "z", "Ж", "ж", "中", "가", "ß", "İ", "i", "_", "%", "\\", "'", "😀", " "]
    lay_out(tmp_path / "monitor.db")
    found = []
    for where in (url, f"sqlite:///{tmp_path}/monitor.db"):
        database = open_database(where)
        with database.write() as session:
            session.execute(
                text("INSERT INTO pace (key, next_at) VALUES (:key, '2026-01-01 00:00:00')"),
                [{"key": w} for w in words],
            )
            rows = session.execute(text("SELECT key FROM pace WHERE key >= 'a' ORDER BY key")).scalars().all()
        found.append(list(rows))
        database.close()
    assert found[0] == found[1] == sorted(word for word in words if word >= "a")
