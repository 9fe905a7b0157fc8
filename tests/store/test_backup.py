"""Copies made under a steady writer, and put back."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest
from installation import monitor
from make import store_hit
from sqlalchemy import text

from monitor.errors import StoreError, UsageError
from monitor.model import HitFilter
from monitor.store import ReviewStore, open_database
from monitor.store.backup import back_up, back_up_into
from monitor.store.lock import InstanceLock
from monitor.store.restore import put_back

NOW = datetime(2026, 11, 23, 7, 30, 12, tzinfo=UTC)


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def path(stores, clock, tmp_path):
    """A database with a hit, open in this process as a daemon has it."""
    store_hit(stores, clock)
    return tmp_path / "monitor.db"


def titles(path):
    database = open_database(f"sqlite:///{path}")
    try:
        return [hit.title for hit in ReviewStore(database).listing.hits(HitFilter()).hits]
    finally:
        database.close()


class Writer:
    """Commits pairs of rows as fast as it can: a copy that holds half a pair is not of one moment."""

    def __init__(self, database):
        self.database = database
        self.done = threading.Event()
        self.pairs = 0
        self.going = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        assert self.going.wait(10)
        return self

    def __exit__(self, *_):
        self.done.set()
        self._thread.join()

    def _work(self):
        say = text("INSERT INTO pace (key, next_at) VALUES (:key, '2026-01-01 00:00:00')")
        while not self.done.is_set():
            with self.database.write() as session:
                session.execute(say, {"key": f"a{self.pairs}"})
                session.execute(say, {"key": f"b{self.pairs}"})
            self.pairs += 1
            self.going.set()


@pytest.mark.fault("E6")
def test_a_copy_made_while_others_write_is_of_one_moment_and_can_be_put_back(path, database, tmp_path):
    copy, other = tmp_path / "copy.db", tmp_path / "elsewhere" / "monitor.db"
    with Writer(database) as writer:
        before = writer.pairs
        made = back_up(path, copy)
        assert writer.pairs >= before
    with closing(sqlite3.connect(copy)) as raw:
        keys = [key for (key,) in raw.execute("SELECT key FROM pace WHERE key GLOB '[ab][0-9]*'")]
    assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}
    assert len(keys) >= 2 * before
    assert (made.held.hits, made.held.articles, made.held.size) == (1, 1, copy.stat().st_size)
    put_back(copy, other, NOW)
    assert titles(other) == ["Headline a"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir() if "copy" in file.name) == ["copy.db"]


def test_a_copy_goes_over_nothing_that_is_there(path, tmp_path):
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(UsageError, match=r"there already.*--force"):
        back_up(path, copy)
    assert copy.read_text() == "precious"
    assert back_up(path, copy, force=True).held.hits == 1


@pytest.mark.parametrize("end", ["", "-wal", "-shm", ".lock"])
def test_a_copy_never_goes_over_the_database_itself(path, end):
    with pytest.raises(UsageError, match="database itself"):
        back_up(path, path.with_name(path.name + end), force=True)


def test_a_folder_holds_so_many_copies_and_nothing_else_in_it_is_touched(path, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    (folder / "monitor-notes.db").write_text("mine")
    for second in range(4):
        made = back_up_into(path, folder, 2, NOW.replace(second=second), lambda _words: None)
    assert made.removed == (str(folder / "monitor-20261123T073001Z.db"),)
    assert sorted(file.name for file in folder.iterdir()) == [
        "monitor-20261123T073002Z.db",
        "monitor-20261123T073003Z.db",
        "monitor-notes.db",
    ]


def test_what_a_dead_process_left_is_written_over_and_a_living_one_is_left_alone(path, tmp_path):
    import fcntl

    partial = tmp_path / ".copy.db.partial"
    partial.write_bytes(b"half a copy")
    back_up(path, tmp_path / "copy.db")
    assert not partial.exists()
    with partial.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(StoreError, match="another process makes this copy"):
            back_up(path, tmp_path / "copy.db", force=True)


def test_a_link_laid_in_the_way_is_not_followed(path, tmp_path):
    (tmp_path / "victim").write_text("mine")
    (tmp_path / ".copy.db.partial").symlink_to(tmp_path / "victim")
    with pytest.raises(StoreError, match="cannot be written"):
        back_up(path, tmp_path / "copy.db")
    assert (tmp_path / "victim").read_text() == "mine"


def test_a_copy_of_a_damaged_database_is_not_made(path, database, tmp_path):
    database.close()
    harm(path)
    with pytest.raises(StoreError, match=r"malformed|damaged"):
        back_up(path, tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy*"))


def harm(path, page=5, size=4096):
    """Write over a page as a failing disk does."""
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


# --- putting back ------------------------------------------------------------------------------


def test_the_database_that_was_there_is_kept_and_can_be_gone_back_to(path, stores, database, clock, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    store_hit(stores, clock, "later")
    database.close()
    done = put_back(copy, path, NOW)
    assert done.aside == f"{path}.replaced-20261123T073012Z"
    assert titles(path) == ["Headline a"]
    put_back(tmp_path / "monitor.db.replaced-20261123T073012Z", path, NOW.replace(second=13))
    assert sorted(titles(path)) == ["Headline a", "Headline later"]


def test_a_log_that_belongs_to_the_old_database_does_not_reach_the_new_one(path, stores, clock, database, tmp_path):
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    store_hit(stores, clock, "later")  # stands in the log beside the file, which the living process holds open
    assert path.with_name("monitor.db-wal").stat().st_size
    done = put_back(copy, path, NOW)
    assert not path.with_name("monitor.db-wal").exists()
    assert titles(path) == ["Headline a"]
    assert sorted(titles(done.aside)) == ["Headline a", "Headline later"]


@pytest.mark.parametrize("kind", ["text", "foreign", "short", "harmed", "newer", "empty"])
def test_what_is_no_whole_copy_is_refused_and_changes_nothing(path, database, tmp_path, kind):
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    database.close()
    spoil(copy, kind)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        put_back(copy, path, NOW)
    assert path.read_bytes() == before
    assert not list(tmp_path.glob("*replaced*")) + list(tmp_path.glob(".*"))


def spoil(copy, kind):
    if kind == "text":
        copy.write_text("no database " * 500)
    elif kind == "empty":
        copy.write_bytes(b"")
    elif kind == "short":
        os.truncate(copy, copy.stat().st_size - 8192)
    elif kind == "harmed":
        harm(copy)
    else:
        said = {
            "foreign": ["DROP TABLE alembic_version"],
            "newer": ["UPDATE alembic_version SET version_num = '9999'"],
        }
        with closing(sqlite3.connect(copy)) as raw:
            for statement in said[kind]:
                raw.execute(statement)
            raw.commit()


# --- the commands ------------------------------------------------------------------------------


@pytest.mark.fault("J10")
def test_the_commands_say_what_they_did_and_how_to_go_back(path, database, tmp_path):
    database.close()
    url, copy = f"sqlite:///{path}", tmp_path / "copy.db"
    said = monitor("--database", url, "backup", copy)
    assert said.code == 0
    assert "1 articles, 1 hits, schema" in " ".join(said.out.split())
    assert monitor("--database", url, "backup", copy).code == 2
    said = monitor("--database", url, "restore", copy)
    assert said.code == 0
    (back,) = [line.removeprefix("To go back: monitor ") for line in said.lines if line.startswith("To go back")]
    assert monitor("--database", url, *back.split()).code == 0
    assert titles(path) == ["Headline a"]


def test_nothing_is_put_back_under_a_running_monitor(path, tmp_path):
    url, copy = f"sqlite:///{path}", tmp_path / "copy.db"
    back_up(path, copy)
    running = InstanceLock(url)
    running.demand()
    said = monitor("--database", url, "restore", copy)
    assert (said.code, "already running" in said.err) == (3, True)
    assert monitor("--database", url, "backup", "--json", tmp_path / "meanwhile.db").code == 0
    running.release()


@pytest.mark.fault("E6")
def test_the_papers_say_what_cp_does_wrong():
    from pathlib import Path

    paper = Path(__file__).parents[2] / "docs/backup.md"
    assert "never copy the file with `cp`" in " ".join(paper.read_text("utf-8").split())
