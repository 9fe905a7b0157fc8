"""A database moved to the other engine and back: every row, and then used; cut off and gone on with; refused."""

import json
import os
import shutil
import signal
import sqlite3
from contextlib import closing, suppress

import pytest
from installation import monitor
from make import store_hit
from moved import MANY, TEXTS, WORDS, fill, rows, tables
from old_schemas import load
from sqlalchemy import text

from monitor.errors import StoreError, UsageError
from monitor.model import HitFilter, Outcome
from monitor.store import Leadership, open_database
from monitor.store.copying import copy_database
from monitor.store.lock import InstanceLock

pytestmark = pytest.mark.needs("PostgreSQL")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("filled")


@pytest.fixture
def source(folder, stores_of, clock):
    """The URL of a database with every kind of row, filled once for all tests; they leave it as it is."""
    path = folder / "monitor.db"
    if not path.exists():
        fill(path, stores_of, clock)
    clock.forward(days=1)
    return f"sqlite:///{path}"


@pytest.fixture
def own_source(source, tmp_path):
    """A copy of it, which a test may change."""
    shutil.copy(source.removeprefix("sqlite:///"), tmp_path / "own.db")
    return f"sqlite:///{tmp_path}/own.db"


@pytest.fixture
def server(postgres):
    """The URL of an empty PostgreSQL database."""
    with postgres.fresh() as url:
        yield url


def raw(url):
    return closing(sqlite3.connect(url.removeprefix("sqlite:///")))


def without_nul(found):
    return {
        name: [tuple(v.replace("\0", "") if isinstance(v, str) else v for v in row) for row in kept]
        for name, kept in found.items()
    }


# --- what is there then ----------------------------------------------------------------------------


@pytest.mark.fault("E12")
def test_every_row_is_there_and_back_again(source, server, tmp_path):
    before = rows(source)
    assert not [name for name, kept in before.items() if not kept], "a table without rows shows nothing"
    made = copy_database(source, server)
    assert (made.same, made.resumed, made.cleaned) == (True, False, 1)
    assert {table.name: table.there for table in made.tables} == {name: len(kept) for name, kept in before.items()}
    assert rows(server) == without_nul(before)
    back = copy_database(server, f"sqlite:///{tmp_path}/back.db")
    assert (back.same, back.cleaned) == (True, 0)
    assert rows(f"sqlite:///{tmp_path}/back.db") == without_nul(before)
    assert rows(source) == before


def test_the_copy_is_worked_with(source, server, clock, stores_of):
    """Found in every script, sent what was not sent and nothing else, numbered on."""
    copy_database(source, server)
    with raw(source) as connection:
        waiting = connection.execute("SELECT count(*) FROM delivery WHERE state IN ('pending', 'failed')").fetchone()[0]
        sent = {key for (key,) in connection.execute("SELECT key FROM delivery WHERE state = 'sent'")}
        last = {name: connection.execute(f"SELECT max(id) FROM {name}").fetchone()[0] for name in ("article", "hit")}
    assert waiting
    assert len(sent) > 2
    database = open_database(server)
    stores = stores_of(database)
    for language, word in WORDS.items():
        assert [hit.title for hit in stores.review.listing.hits(HitFilter(search=word)).hits] == [TEXTS[language][0]]
    assert [one.note for one in stores.review.decisions.history(2)] == ["for the weekly"]
    given = []
    while (parcel := stores.outbox.claim(clock.forward(minutes=1))) is not None:
        given += [(parcel.alert, hit.id) for hit in parcel.hits]
        assert parcel.key not in sent
        stores.outbox.done(parcel, Outcome(ok=True), clock())
    assert len(given) == len(set(given)) == waiting
    store_hit(stores, clock, "afterwards", title="Contact group, afterwards")
    (hit,) = stores.review.listing.hits(HitFilter(search="afterwards")).hits
    assert hit.id == last["hit"] + 1
    with database.read() as session:
        assert session.execute(text("SELECT max(id) FROM article")).scalar_one() == last["article"] + 1
    database.close()
    assert monitor("--database", server, "check", "--thorough").code == 0


def test_the_command_says_what_it_copied(source, server, tmp_path):
    said = monitor("--database", source, "db", "copy", server)
    assert (said.code, said.err) == (0, "")
    (article,) = (line.split() for line in said.lines if line.startswith("article"))
    assert article == ["article", f"{MANY + 10:,}", f"{MANY + 10:,}", "-"]
    assert "NUL characters" in said.out
    told = json.loads(monitor("--database", server, "db", "copy", "--json", f"sqlite:///{tmp_path}/b.db").out)
    assert told["same"] is True
    assert {table["name"] for table in told["tables"]} == {table.name for table in tables()}


# --- cut off ---------------------------------------------------------------------------------------


def killed(source, target, words):
    """Copy in a process of its own that is killed when it says this; whether it was."""
    child = os.fork()
    if child == 0:

        def tell(said):
            if said.startswith(words):
                os.kill(os.getpid(), signal.SIGKILL)

        with suppress(BaseException):
            copy_database(source, target, tell)
        os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


CUTS = ("copying article: 1,000", "copying sighting: 500", "copying hit_text", "comparing sighting: 1")
"""Where a copy is cut off, one after the other."""


@pytest.mark.fault("E3")
@pytest.mark.parametrize("engine", ["postgresql", "sqlite"])
def test_killed_anywhere_it_is_refused_and_goes_on_where_it_was(source, server, tmp_path, engine):
    target = server if engine == "postgresql" else f"sqlite:///{tmp_path}/copy.db"
    for words in CUTS if engine == "postgresql" else CUTS[1:2]:
        assert killed(source, target, words)
        with pytest.raises(StoreError, match=r"unfinished copy of .*goes on where it stopped"):
            open_database(target)
    for command in (["poll"], ["hits"], ["check"], ["db", "copy", f"sqlite:///{tmp_path}/other.db"]):
        assert monitor("--database", target, *command).code == 1
    said = []
    made = copy_database(source, target, said.append)
    assert (made.same, made.resumed) == (True, True)
    copied = [words for words in said if words.startswith("copying")]
    assert not [words for words in copied if words.startswith("copying article")], "what was there was copied again"
    assert rows(target) == (without_nul(rows(source)) if engine == "postgresql" else rows(source))
    then = monitor("--database", target, "check", "--thorough")
    assert then.code == 0, then.out


@pytest.mark.fault("E3")
def test_a_source_that_was_changed_meanwhile_is_found_out_and_copied_anew(own_source, server):
    assert killed(own_source, server, "copying sighting: 500")
    with raw(own_source) as connection:
        connection.execute("UPDATE article SET title = 'edited' WHERE id = 1003")
        connection.execute("DELETE FROM channel")
        connection.commit()
    said = monitor("--database", own_source, "db", "copy", server)
    assert (said.code, "cannot be used" in " ".join(said.out.split())) == (1, True)
    assert [line.split()[3:] for line in said.lines if line.startswith("article")] == [["1", "1003"]]
    assert monitor("--database", server, "hits").code == 1
    again = monitor("--database", own_source, "db", "copy", server)
    assert (again.code, monitor("--database", server, "check", "--thorough").code) == (0, 0)
    assert rows(server) == without_nul(rows(own_source))


# --- refused ---------------------------------------------------------------------------------------


@pytest.mark.fault("E8")
def test_nobody_works_on_either_meanwhile(source, server):
    running = InstanceLock(source)
    running.demand()
    assert monitor("--database", source, "db", "copy", server).code == 3
    running.release()
    at_work = open_database(server)
    with at_work.read() as session:
        session.execute(text("SELECT 1"))
    said = monitor("--database", source, "db", "copy", server)
    assert (said.code, "another monitor works on this database" in said.err) == (3, True)
    at_work.close()

    def write(words):
        if words.startswith("copying"):
            tried.append(words)
            with raw(source) as other:
                other.execute("PRAGMA busy_timeout = 0")
                with pytest.raises(sqlite3.OperationalError, match="locked"):
                    other.execute("UPDATE channel SET told = 1")
            leading = Leadership(server)
            assert not leading.hold()
            leading.close()

    tried = []
    assert copy_database(source, server, write).same
    assert tried


def test_a_database_that_holds_something_is_left_as_it_is(source, server, tmp_path):
    load("0005", tmp_path / "used.db")
    for target in (server, f"sqlite:///{tmp_path}/used.db"):
        database = open_database(target)
        with database.write() as session:
            session.execute(text("INSERT INTO story (opened) VALUES ('2026-01-01 00:00:00')"))
        database.close()
        before = rows(target)
        with pytest.raises(UsageError, match=r"holds data of its own \(.*empty"):
            copy_database(source, target)
        assert rows(target) == before
        open_database(target).close()


def test_a_wrong_target_is_told_in_a_line(source, postgres, tmp_path):
    (tmp_path / "notes.txt").write_text("no database " * 200)
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as other:
        other.execute("CREATE TABLE mine (x)")
    wrong = {
        source: "is the database itself",
        "postgresql://monitor:hidden-word@127.0.0.1:1/x": "nothing listens there",
        postgres.url("nowhere"): "make the database and its user first",
        f"sqlite:///{tmp_path}/foreign.db": "another program",
        f"sqlite:///{tmp_path}/notes.txt": "not a monitor database",
        "mysql://x": "URL: expected a URL",
        "data/monitor.db": "URL: expected a URL",
    }
    for target, words in wrong.items():
        said = monitor("--database", source, "db", "copy", target)
        assert (said.code in (1, 2), words in said.err, len(said.errors)) == (True, True, 1), said
        assert "hidden-word" not in said.err
    absent = monitor("--database", f"sqlite:///{tmp_path}/absent.db", "db", "copy", f"sqlite:///{tmp_path}/x.db")
    assert (absent.code, "no database yet" in absent.err) == (2, True)


def test_an_earlier_schema_and_a_damaged_file_are_not_copied(source, own_source, tmp_path, server):
    load("0005", tmp_path / "old.db")
    before = (tmp_path / "old.db").read_bytes()
    with pytest.raises(StoreError, match="of an earlier version"):
        copy_database(f"sqlite:///{tmp_path}/old.db", server)
    assert (tmp_path / "old.db").read_bytes()[200:] == before[200:]
    with raw(own_source) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 3 WHERE name = 'ix_sighting_article_id'")
        connection.commit()
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        copy_database(own_source, server)
    assert copy_database(source, server).same, "nothing was begun"
