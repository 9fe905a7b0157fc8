"""Databases of every schema that was released, as SQL: ``python tests/store/old_schemas.py 0007`` writes a new one.

The files stay as they are once their version is out. Their rows are those of a small newsroom: what was found and
alerted, what waits, what a person decided, what the monitor said of itself.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
import zlib
from contextlib import closing
from pathlib import Path

from monitor.store.folding import fold

FILES = Path(__file__).parent / "cases/schemas"
TITLE = "Контактна група з оборони України зібралася в Рамштайні"
BODY = "Міністри домовилися про нові системи протиповітряної оборони для Києва."
LATER = "2026-02-12 09:30:00.000000"
FOLDED = f"{TITLE}\n{BODY}".casefold()
TEXT = {"body": zlib.compress(BODY.encode(), 9)}
VERDICTS = json.dumps(
    [{"topic": "ramstein", "hit": True, "grade": "certain", "score": 10, "terms": [], "why": ["named: +10"]}]
)
HIT = {"topic": "ramstein", "grade": "certain", "score": 10.0, "terms": "[]", "why": '["named: +10"]', "found": LATER}
DELIVERY = {"alert": "mail", "created": LATER, "due": LATER, "expires": "2026-02-19 09:30:00.000000"}
ROWS = (
    ("source", {"id": 1, "name": "Courier", "url": "https://courier.example/feed", "host": "courier.example"}),
    ("source", {"id": 2, "name": "Вісник", "url": "https://visnyk.example/rss", "country": "UA", "language": "uk"}),
    ("article", {"id": 1, "url_key": "https://visnyk.example/1", "source_id": 2, "title": TITLE, "language": "uk"}),
    ("article", {"id": 2, "url_key": "https://courier.example/2", "source_id": 1, "title": "Rain until Sunday"}),
    (
        "article",
        {"id": 3, "url_key": "https://courier.example/3", "source_id": 1, "title": "Not read yet", "state": "pending"},
    ),
    ("article", {"id": 4, "url_key": "entry:4", "source_id": 1, "title": "A live page", "near": "score 2"}),
    ("article", {"id": 5, "url_key": "https://courier.example/5", "source_id": 1, "title": "A second report"}),
    *(("sighting", {"source_id": 1 + (n == 1), "key": f"guid-{n}", "article_id": n}) for n in range(1, 6)),
    ("sighting", {"source_id": 1, "key": "guid-1", "article_id": 1}),
    ("text", {"article_id": 1, **TEXT}),
    ("text", {"article_id": 2, **TEXT}),
    ("text", {"article_id": 5, **TEXT}),
    ("story", {"id": 3, "opened": LATER}),
    ("print", {"article_id": 1, "story_id": 3, "at": LATER, "title": TITLE}),
    ("print", {"article_id": 5, "story_id": 3, "at": LATER, "title": "A second report", "how": "copy"}),
    ("hit", {"id": 1, "article_id": 1, "source_id": 2, "story_id": 3, "language": "uk", "country": "UA", **HIT}),
    ("hit", {"id": 2, "article_id": 5, "source_id": 1, "story_id": 3, "language": None, "state": "starred", **HIT}),
    ("hit_text", {"hit_id": 1}),
    ("hit_text", {"hit_id": 2}),
    ("hit_tag", {"hit_id": 2, "tag": "air defence"}),
    ("decision", {"id": 1, "hit_id": 2, "state": "starred", "note": "for the weekly"}),
    ("notice", {"id": 1, "subject": "Courier", "was": "ok", "state": "failing", "words": "http 503", "kind": "source"}),
    ("delivery", {"id": 1, "hit_id": 1, "article_id": 1, "key": "k1", "state": "sent", "sent": LATER, **DELIVERY}),
    ("delivery", {"id": 2, "hit_id": 2, "article_id": 5, "key": "k2", "state": "failed", "attempts": 1, **DELIVERY}),
    ("attempt", {"id": 1, "delivery_id": 1, "ended": LATER, "outcome": "sent", "alert": "mail", "message": "k1"}),
    ("attempt", {"id": 2, "delivery_id": 2, "ended": LATER, "outcome": "failed", "error": "451 later"}),
    ("channel", {"alert": "mail", "address": "mail", "health": "ok", "recent": "[]"}),
    ("pace", {"key": "host:courier.example", "next_at": LATER}),
    ("gap", {"id": 1, "source_id": 1, "noticed": LATER, "since": LATER, "until": LATER, "state": "closed"}),
    ("revision", {"id": 1, "article_id": 1, "number": 1, "until": LATER, "title": "Контактна група", **TEXT}),
    ("coverage", {"article_id": 1, "seen": LATER, "caught": "found", "ours": 1, "ruled": LATER}),
    ("suggestion", {"id": 1, "article_id": 5, "story_id": 3, "score": 0.7, "why": "both name Kyiv", "state": "open"}),
    ("saved_filter", {"id": 1, "name": "Kyiv", "query": "search=Kyiv", "created": LATER}),
    ("login", {"key": "0f", "who": "Olena", "created": LATER, "expires": LATER}),
    ("source_day", {"source_id": 1, "day": "2026-02-12", "entries": 5, "hits": 1}),
    ("source_day", {"source_id": 2, "day": "2026-02-12", "entries": 1, "hits": 1}),
)
USUAL = {
    "article": {"state": "done", "due": LATER, "found": LATER, "read_at": LATER, "feed_text": "A summary."},
    "hit": {"state": "new", "revision": 1, "search": FOLDED},
    "delivery": {"unknown": 0},
    "source": {"kind": "feed", "active": 1, "health": "ok", "entries": 5, "due": LATER, "host": "visnyk.example"},
    "sighting": {"seen": LATER, "title": "As the feed had it"},
}
EMPTY = {"JSON": "[]", "INTEGER": 0, "FLOAT": 0.0, "BOOLEAN": 0, "BLOB": b"", "DATETIME": LATER}


def load(revision, path):
    """Make the database of a schema that was released."""
    with closing(sqlite3.connect(path)) as connection:
        said = (FILES / f"{revision}.sql").read_text("utf-8")
        connection.executescript(f"PRAGMA synchronous = OFF; BEGIN; {said} COMMIT;")


def rows(connection):
    """Every row as that schema has it, the columns that it must have filled."""
    for table, given in ROWS:
        columns = {name: (kind, must, default) for _, name, kind, must, default, _ in _columns(connection, table)}
        wanted = {**USUAL.get(table, {}), **given}
        if table == "article":
            wanted["url"] = given["url_key"].replace("entry:", "https://courier.example/")
            wanted["verdicts"] = VERDICTS if given["id"] in (1, 5) else "[]"
        if table == "hit_text":
            wanted["folded"] = fold(f"{TITLE}\n{BODY}")
        needed = {n: EMPTY.get(kind, "") for n, (kind, must, default) in columns.items() if must and default is None}
        row = {name: value for name, value in (needed | wanted).items() if name in columns}
        if row:
            yield table, row


def write(revision):
    """Write the file of a schema, by this program's migrations."""
    from alembic import command

    from monitor.store import Database
    from monitor.store.migrate import _config

    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/m.db")
        with database.connection() as made:
            command.upgrade(_config(made), revision)
            made.commit()
        database.close()
        with closing(sqlite3.connect(f"{folder}/m.db")) as connection:
            (FILES / f"{revision}.sql").write_text("\n".join(_statements(connection)) + "\n", "utf-8")


def _statements(connection):
    from monitor.store.search import runs

    hidden = ("sqlite_", "hit_search_")
    schema = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type = 'index', rowid"
    for name, sql in connection.execute(schema).fetchall():
        if not name.startswith(hidden):
            yield f"{sql};"
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    yield f"INSERT INTO alembic_version VALUES ('{revision}');"
    for table, row in rows(connection):
        yield _insert(connection, table, row)
        if table == "hit_text":
            yield _insert(connection, "hit_search", {"rowid": row["hit_id"], "runs": runs(row["folded"])})


def _insert(connection, table, row):
    values = [connection.execute("SELECT quote(?)", (value,)).fetchone()[0] for value in row.values()]
    names = ", ".join(f'"{name}"' for name in row)
    return f"INSERT INTO {table} ({names}) VALUES ({', '.join(values)});"


def _columns(connection, table):
    return connection.execute(f"PRAGMA table_info({table})").fetchall()


if __name__ == "__main__":
    for one in sys.argv[1:]:
        write(one)
