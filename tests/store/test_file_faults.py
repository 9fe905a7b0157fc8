"""Files that cannot be used, disks that cannot be written, others in the way: a clear word, and nothing half done."""

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from harm import cut_short, mounted, page_of, remount, write_over
from make import poll, polled, sighting, store_hit
from sqlalchemy import event, text
from stores import lay_out

from monitor.errors import StoreError
from monitor.store import open_database
from monitor.store.file_checks import demand_whole
from monitor.store.volume import network_of, refuse_network
from monitor.store.watching import WatchStore


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture
def file(tmp_path):
    lay_out(tmp_path / "monitor.db")
    return tmp_path / "monitor.db"


def refused(path):
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as caught:
        open_database(f"sqlite:///{path}")
    assert "\n" not in str(caught.value)
    assert before is None or path.read_bytes() == before
    return str(caught.value)


# --- damaged and foreign files ----------------------------------------------------------------------


@pytest.mark.fault("E7")
def test_a_file_that_was_cut_short_is_refused_with_the_command_to_restore(file):
    cut_short(file)
    assert "monitor restore FILE" in refused(file)


@pytest.mark.fault("E7")
@pytest.mark.parametrize(
    "content", [b"my notes " * 600, b"SQLite format 3\x00 and no more", b"PK\x03\x04" + b"\0" * 5000]
)
def test_a_file_of_something_else_is_refused(tmp_path, content):
    path = tmp_path / "monitor.db"
    path.write_bytes(content)
    refused(path)


@pytest.mark.fault("E7")
def test_a_damaged_page_is_found_before_work_begins_on_what_was_not_closed_in_order(stores, clock, tmp_path):
    path, url = tmp_path / "monitor.db", f"sqlite:///{tmp_path}/monitor.db"
    store_hit(stores, clock)
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store_hit(stores, clock, "b")  # in the log, which is still there
    demand_whole(url)
    write_over(path, page_of(path, "saved_filter"))
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is damaged: .*monitor restore FILE"):
        demand_whole(url)
    assert path.read_bytes() == before


@pytest.mark.fault("E7")
@pytest.mark.parametrize("harm", ["truncated", "gone", "garbage"])
def test_of_a_broken_log_what_was_committed_before_stays(tmp_path, harm, stores, clock):
    store_hit(stores, clock)
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as raw:
        raw.execute("PRAGMA wal_checkpoint(PASSIVE)")
    copy = tmp_path / "crashed.db"
    for end in ("", "-wal"):
        Path(f"{copy}{end}").write_bytes((tmp_path / f"monitor.db{end}").read_bytes())
    log = Path(f"{copy}-wal")
    {
        "truncated": lambda: os.truncate(log, 1000),
        "gone": log.unlink,
        "garbage": lambda: log.write_bytes(b"\xa5" * 70_000),
    }[harm]()
    opened = open_database(f"sqlite:///{copy}")
    with opened.read() as session:
        assert session.execute(text("SELECT count(*) FROM hit")).scalar_one() == 1
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    opened.close()


# --- places that cannot be written ------------------------------------------------------------------


@pytest.mark.fault("E11")
def test_a_read_only_volume_is_named(tmp_path):
    with mounted(tmp_path / "disk", "size=4m") as disk:
        lay_out(disk / "monitor.db")
        remount(disk, "ro")
        assert "not writable" in refused(disk / "monitor.db") or "cannot be opened" in refused(disk / "monitor.db")
        assert str(disk) in refused(disk / "monitor.db")
        assert "cannot make the folder" in refused(disk / "sub" / "monitor.db")


@pytest.mark.fault("E11", "E6")
def test_a_copy_on_a_read_only_volume_can_be_put_back(tmp_path, clock, stores):
    from monitor.store.backup import back_up
    from monitor.store.restore import put_back

    store_hit(stores, clock)
    with mounted(tmp_path / "disk", "size=4m") as disk:
        back_up(tmp_path / "monitor.db", disk / "copy.db")
        remount(disk, "ro")
        with pytest.raises(StoreError, match="cannot be written"):
            back_up(tmp_path / "monitor.db", disk / "other.db")
        assert put_back(disk / "copy.db", tmp_path / "back.db", clock()).held.hits == 1


@contextmanager
def somebody_else(number=65534):
    """Rights bind root as little as locks do; so these lines run as nobody."""
    os.seteuid(number)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.fault("E11")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("folder", [0o755, 0o700])
def test_a_volume_of_another_owner_is_named(tmp_path, folder):
    place = tmp_path / "data"
    place.mkdir()
    lay_out(place / "monitor.db")
    (place / "monitor.db").chmod(0o644)
    place.chmod(folder)
    for parent in place.parents:
        if parent.stat().st_uid == 0 and parent != Path(parent.anchor) and "pytest" in str(parent):
            parent.chmod(0o755)
    with somebody_else(), pytest.raises(StoreError) as caught:
        open_database(f"sqlite:///{place}/monitor.db")
    assert "check" in str(caught.value)
    assert str(place) in str(caught.value)


MOUNTS = """22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw
31 22 0:44 / /data rw,relatime shared:7 - nfs4 server:/export rw,vers=4.2
32 31 0:45 / /data/local rw - ext4 /dev/vdb rw
33 22 0:46 / /mnt/our\\040share rw - cifs //server/share rw
34 22 0:47 / /mnt/far rw - fuse.sshfs host: rw
35 22 0:48 / /mnt/mac rw - virtiofs share rw
"""


@pytest.mark.fault("E11")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/srv/monitor.db", None),
        ("/data/monitor.db", "nfs4"),
        ("/data/local/monitor.db", None),
        ("/database/monitor.db", None),
        ("/mnt/our share/x/monitor.db", "cifs"),
        ("/mnt/far/monitor.db", "sshfs"),
        ("/mnt/mac/monitor.db", None),
    ],
)
def test_a_network_file_system_is_told_by_the_kernels_list(path, kind):
    assert network_of(Path(path), MOUNTS) == kind


@pytest.mark.fault("E11")
def test_a_database_on_a_network_file_system_is_refused_with_the_mend(tmp_path):
    listed = tmp_path / "mountinfo"
    listed.write_text(f"22 1 0:44 / {tmp_path} rw - nfs server:/x rw\n")
    with pytest.raises(StoreError, match=r"network file system \(nfs\).*or use PostgreSQL"):
        refuse_network(tmp_path / "data", listed)
    refuse_network(tmp_path / "data", tmp_path / "there is no such list")


# --- others in the way ------------------------------------------------------------------------------


@pytest.mark.fault("E2")
def test_a_writer_waits_for_another_program_and_then_does_all_of_it(stores, clock, tmp_path):
    other = sqlite3.connect(tmp_path / "monitor.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    began, done = threading.Event(), []

    def work():
        began.set()
        shown = [sighting("a"), sighting("b")]
        done.append(poll(stores.polls, polled("Harbour Post", *shown), clock(), clock()))

    writer = threading.Thread(target=work)
    writer.start()
    assert began.wait(10)
    assert done == []
    other.execute("COMMIT")
    other.close()
    writer.join(10)
    assert done == [2]


@pytest.mark.fault("E5")
def test_a_long_reader_keeps_nobody_from_writing_and_the_log_it_lets_grow_is_measured(stores, clock, tmp_path):
    watch = WatchStore(stores.database)
    with closing(sqlite3.connect(tmp_path / "monitor.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM article").fetchone()
        for number in range(5):
            store_hit(stores, clock, f"a{number}")
        grown = watch.facts(clock()).log
        assert grown == (tmp_path / "monitor.db-wal").stat().st_size > 0
        with closing(sqlite3.connect(tmp_path / "monitor.db", timeout=0)) as raw:
            assert raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 1  # busy
    with closing(sqlite3.connect(tmp_path / "monitor.db")) as raw:
        assert raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    assert watch.facts(clock()).log == 0


@pytest.mark.fault("E13")
def test_validators_never_run_ahead_of_the_entries_wherever_a_poll_breaks_off(stores, clock):
    """At each statement of the transaction: the ETag is stored with the entries, or neither is."""
    engine = stores.database.connection().engine
    broken = 0
    for breaks_at in range(1, 40):
        left = iter(range(breaks_at - 1))

        def fail(*_, left=left):
            if next(left, None) is None:
                raise sqlite3.OperationalError("disk I/O error")

        claimed = stores.polls.claim_named("Harbour Post", clock.forward(hours=1))
        event.listen(engine, "before_cursor_execute", fail)
        try:
            poll(stores.polls, polled("Harbour Post", sighting("a"), sighting("b")), clock(), clock(), claimed)
            break
        except (StoreError, sqlite3.OperationalError):
            broken += 1
        finally:
            event.remove(engine, "before_cursor_execute", fail)
        with stores.database.read() as session:
            cursor = session.execute(text("SELECT etag FROM source WHERE name = 'Harbour Post'")).scalar_one()
            articles = session.execute(text("SELECT count(*) FROM article")).scalar_one()
        assert (cursor, articles) == (None, 0)
    assert broken > 5
    assert stores.polls.claim_named("Harbour Post", clock.forward(hours=1)).cursor.etag == "v1"
