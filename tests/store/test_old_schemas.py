"""Upgrades: from every schema that was released, after a copy, by one process at a time, whole or not at all."""

import os
import signal
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from harm import mounted
from installation import monitor
from make import SOURCES, found, poll, polled, routes, sighting
from old_schemas import BODY, FILES, TITLE, load
from sqlalchemy import Engine, event
from sqlmodel import SQLModel

from monitor.errors import AlreadyRunningError, StoreError
from monitor.model import HitFilter, Outcome
from monitor.store import open_database
from monitor.store.lock import InstanceLock
from monitor.store.schema import head

REVISIONS = sorted(file.stem for file in FILES.glob("*.sql"))
EARLIER = REVISIONS[:-1]
KEPT = ("source", "article", "sighting", "text", "hit", "decision", "delivery", "attempt")
"""Tables of the first schema whose rows all stay."""


def test_every_schema_up_to_the_present_one_is_there():
    assert REVISIONS[-1] == head(), f"python tests/store/old_schemas.py {head()} writes it"


def ask(path, *questions):
    with closing(sqlite3.connect(path)) as raw:
        return [raw.execute(question).fetchall() for question in questions]


def numbers(path):
    return ask(path, *(f"SELECT count(*) FROM {table}" for table in KEPT))


def schema(path):
    return ask(path, "SELECT version_num FROM alembic_version")[0][0][0]


@pytest.fixture(params=REVISIONS)
def old(request, tmp_path):
    path = tmp_path / "monitor.db"
    load(request.param, path)
    return path


@pytest.mark.fault("E9")
def test_what_was_found_told_and_decided_then_is_there_now(old, stores_of):
    before = numbers(old)
    database = open_database(f"sqlite:///{old}")
    stores = stores_of(database)
    listing = stores.review.listing
    assert TITLE in [hit.title for hit in listing.hits(HitFilter(search="рамштайн")).hits]
    assert {hit.id for hit in listing.hits(HitFilter(search="протиповітряної оборони")).hits} == {1, 2}
    assert [hit.id for hit in listing.hits(HitFilter(state="starred")).hits] == [2]
    assert [hit.id for hit in listing.hits(HitFilter(language="uk")).hits] == [1]
    assert [one.note for one in stores.review.decisions.history(2)] == ["for the weekly"]
    assert {row.state for row in stores.review.alerts.deliveries()} == {"sent", "failed"}
    with database.connection() as connection:
        hidden = {"compare_type": False, "include_name": lambda name, *_: not str(name).startswith("hit_search")}
        assert compare_metadata(MigrationContext.configure(connection, opts=hidden), SQLModel.metadata) == []
    database.close()
    assert numbers(old) == [
        [(n + len(SOURCES),)] if t == "source" else [(n,)] for t, [(n,)] in zip(KEPT, before, strict=True)
    ]
    assert ask(old, "PRAGMA integrity_check", "PRAGMA foreign_key_check") == [[("ok",)], []]


@pytest.mark.fault("E9")
def test_work_goes_on_where_it_stood(old, clock, stores_of):
    """What was seen is not new, what waits is read, what failed is sent once more, what was sent is not."""
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("UPDATE delivery SET expires = '2030-01-01 00:00:00.000000'")
        raw.execute("UPDATE source SET name = 'Harbour Post', url = 'https://harbour.example/feed' WHERE id = 1")
        raw.commit()
    database = open_database(f"sqlite:///{old}")
    stores = stores_of(database)
    known = sighting("guid-2", "https://courier.example/2", "Rain until Sunday")
    assert poll(stores.polls, polled("Harbour Post", known, sighting("fresh")), clock(), clock()) == 1
    read = []
    while (article := stores.reads.claim(clock())) is not None:
        read.append(article.title)
        stores.reads.save(found(article), article, routes("mail", due=clock()), clock())
        clock.forward(seconds=2)
    assert set(read) == {"Not read yet", "Headline fresh"}
    parcels = []
    while (parcel := stores.outbox.claim(clock.forward(minutes=1))) is not None:
        parcels += [hit.title for hit in parcel.hits]
        stores.outbox.done(parcel, Outcome(ok=True), clock())
    assert sorted(parcels) == ["A second report", "Headline fresh", "Not read yet"]
    database.close()


@pytest.mark.fault("E9")
@pytest.mark.parametrize("revision", EARLIER)
def test_a_copy_from_before_the_upgrade_lies_beside_it(tmp_path, revision, caplog):
    path = tmp_path / "monitor.db"
    load(revision, path)
    with caplog.at_level("INFO", "monitor"):
        open_database(f"sqlite:///{path}").close()
    (copy,) = tmp_path.glob("monitor.db.before-*")
    assert copy.name.startswith(f"monitor.db.before-{head()}-20")
    assert (schema(copy), schema(path), numbers(copy)) == (revision, head(), numbers(path))
    assert str(copy) in caplog.text
    assert f"schema {head()}:" in caplog.text
    caplog.clear()
    open_database(f"sqlite:///{path}").close()
    assert (len(list(tmp_path.glob("*.before-*"))), caplog.text) == (1, "")
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted([copy.name, "monitor.db", "monitor.db.lock"])


@pytest.mark.fault("J10")
def test_the_way_back_is_the_copy_from_before_put_back(tmp_path):
    path = tmp_path / "monitor.db"
    load("0005", path)
    before = numbers(path)
    open_database(f"sqlite:///{path}").close()
    (copy,) = tmp_path.glob("*.before-*")
    said = monitor("--database", f"sqlite:///{path}", "restore", copy)
    assert (said.code, "the next start brings it up to date" in " ".join(said.out.split())) == (0, True)
    assert (schema(path), numbers(path)) == ("0005", before)
    open_database(f"sqlite:///{path}").close()
    assert schema(path) == head()


def test_three_copies_are_kept(tmp_path):
    path = tmp_path / "monitor.db"
    for number in range(5):
        path.unlink(missing_ok=True)
        load("0005", path)
        os.utime(path, (1_700_000_000 + number * 3600,) * 2)
        open_database(f"sqlite:///{path}").close()
    assert len(list(tmp_path.glob("*.before-*"))) == 3


def test_a_new_database_needs_no_copy_and_one_that_holds_nothing_neither(tmp_path):
    open_database(f"sqlite:///{tmp_path}/new.db").close()
    load("0004", tmp_path / "bare.db")
    with closing(sqlite3.connect(tmp_path / "bare.db")) as raw:
        raw.execute("PRAGMA foreign_keys = OFF")
        for table in (*KEPT, "notice", "gap", "revision", "coverage"):
            raw.execute(f"DELETE FROM {table}")
        raw.commit()
    open_database(f"sqlite:///{tmp_path}/bare.db").close()
    assert not list(tmp_path.glob("*.before-*"))


@pytest.mark.fault("E9")
def test_processes_that_start_at_once_upgrade_once(tmp_path, caplog):
    path = tmp_path / "monitor.db"
    load("0001", path)
    ready, failed = threading.Barrier(3), []

    def start():
        ready.wait()
        try:
            open_database(f"sqlite:///{path}").close()
        except Exception as error:  # noqa: BLE001 - shown below
            failed.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    with caplog.at_level("INFO", "monitor"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert failed == []
    assert (caplog.text.count("is done"), len(list(tmp_path.glob("*.before-*")))) == (1, 1)
    assert schema(path) == head()


def die_at(statement):
    """Kill this process at its n-th statement."""
    left = iter(range(statement))

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_):
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.fault("E9")
@pytest.mark.parametrize("revision", ["0001", "0005"])
def test_killed_in_mid_upgrade_it_has_the_old_schema_and_the_next_start_upgrades_it(tmp_path, revision):
    path = tmp_path / "monitor.db"
    load(revision, path)
    before, killed = numbers(path), 0
    for statement in (3, 8, 20, 35, 50, 80, 120, 170):
        child = os.fork()
        if child == 0:
            try:
                die_at(statement)
                open_database(f"sqlite:///{path}")
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            killed += 1
            assert (schema(path), numbers(path)) == (revision, before)
            assert ask(path, "PRAGMA integrity_check") == [[("ok",)]]
    assert killed > 3
    open_database(f"sqlite:///{path}").close()
    assert (schema(path), numbers(path)) == (head(), before)


@pytest.mark.fault("E9")
def test_without_room_for_the_copy_nothing_is_changed(tmp_path):
    with mounted(tmp_path / "disk", "size=400k") as disk:
        path = disk / "monitor.db"
        load("0005", tmp_path / "made.db")
        path.write_bytes((tmp_path / "made.db").read_bytes())
        with pytest.raises(StoreError, match=r"waits: .* are free, .* are needed; free some space"):
            open_database(f"sqlite:///{path}")
        assert (schema(path), sorted(disk.glob("*before*"))) == ("0005", [])


def test_no_upgrade_under_a_running_earlier_version(tmp_path):
    path = tmp_path / "monitor.db"
    load("0005", path)
    running = InstanceLock(f"sqlite:///{path}")
    running.demand()
    with pytest.raises(AlreadyRunningError, match="stop that one first"):
        open_database(f"sqlite:///{path}")
    running.release()
    assert schema(path) == "0005"


@pytest.mark.fault("E9")
def test_a_newer_database_is_refused_and_no_copy_is_made(old):
    with closing(sqlite3.connect(old)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
        raw.commit()
    before = old.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        open_database(f"sqlite:///{old}")
    assert old.read_bytes()[100:] == before[100:]
    assert not list(old.parent.glob("*.before-*"))


def test_the_text_is_the_one_that_was_read(old, clock):
    from stores import keep_store

    database = open_database(f"sqlite:///{old}")
    texts = keep_store(database).texts("ramstein", clock() - timedelta(days=365))
    assert [one.text for one in texts] == [BODY] * 3
    database.close()
