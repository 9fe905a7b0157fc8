"""A database in which every table has rows, of every kind of value, in many scripts; and two databases compared."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime

from make import SOURCES, found, poll, polled, routes, sighting
from old_schemas import load
from sqlalchemy import NullPool, create_engine, text
from sqlmodel import SQLModel

from monitor.model import Outcome
from monitor.store import open_database
from monitor.store.checking import CheckStore
from monitor.store.schema import head

TEXTS = {
    "bn": ("রামস্টেইনে কন্টাক্ট গ্রুপের বৈঠক", "জার্মানির রামস্টেইনে ৫০ দেশের প্রতিরক্ষামন্ত্রীরা ইউক্রেনের জন্য নতুন সহায়তা ঘোষণা করেছেন।"),
    "zh": ("乌克兰防务联络小组在拉姆施泰因开会", "五十个国家的国防部长商定向基辅提供新的防空系统。"),
    "vi": (
        "Nhóm liên lạc quốc phòng Ukraine họp",
        "Các bộ trưởng nhất trí cung cấp hệ thống phòng không mới cho Kyiv.",
    ),
    "ar": ("اجتماع مجموعة الاتصال في رامشتاين", "اتفق الوزراء على منظومات دفاع جوي جديدة."),
    "emoji": ("Ramstein 🇺🇦🚀 \u202eabc\u202c \\n ' \" % \t", '👩‍👩‍👧 \U0002f800 \x7f \ud7ff \\x00 {a,"b"} \\N'),
}
WORDS = {"bn": "প্রতিরক্ষামন্ত্রীরা", "zh": "防空系统", "vi": "phong khong moi", "ar": "دفاع جوي"}
"""What a person looks for in each, not always as it is written."""
MANY = 1300
"""Rows of a table that takes several batches."""
MOMENT = "2026-02-12 09:30:00.{:06}"


def fill(path, stores_of, clock):
    """Make the database, through the stores as far as they can tell one value from another."""
    load(head(), path)
    database = open_database(f"sqlite:///{path}")
    stores = stores_of(database)
    for key, (title, body) in TEXTS.items():
        article = _read(stores, clock, key, title)
        stores.reads.save(replace(found(article), text=body), article, routes("mail", "chat", due=clock()), clock())
        clock.forward(seconds=2)
    for _ in range(2):  # some are sent, some are left
        parcel = stores.outbox.claim(clock())
        stores.outbox.done(parcel, Outcome(ok=True), clock())
    database.close()
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE delivery SET expires = '2030-01-01 00:00:00.000000'")
        _many(raw)
        raw.commit()
    database = open_database(f"sqlite:///{path}")
    CheckStore(database).mend("source days", clock())
    database.close()


def _read(stores, clock, key, title):
    poll(stores.polls, polled(SOURCES[0].name, sighting(key, title=title)), clock(), clock())
    while not (article := stores.reads.claim(clock())).url.endswith(f"/{key}"):
        stores.reads.save(found(article), article, routes(due=clock()), clock())
        clock.forward(seconds=1)
    return article


def _many(raw):
    """Rows enough for several batches, their keys in no order; values at the ends of what there is."""
    scripts = ("a", "Z", "ä", "я", "中", "বা", "🚀", "'", "\\", "%", " ", "~")
    article = (
        "INSERT INTO article (id, url_key, source_id, title, feed_text, found, state, due, attempts, revision,"
        " verdicts, notes, published) VALUES (?, ?, 1, ?, '', ?, 'done', ?, 0, 1, ?, ?, ?)"
    )
    long = json.dumps([{"topic": "রাম", "why": ["x" * 50_000, "\u0000", 1e-7, None, True]}])
    for n in range(MANY):
        when = MOMENT.format(n * 757 % 1_000_000)
        lists = (long if n == 700 else "[]", json.dumps([f"note {n}"] * (n % 3)))
        row = (1000 + n * 3, f"https://many.example/{n}", f"{scripts[n % 12]} {n}", when, when, *lists)
        raw.execute(article, (*row, when if n % 2 else None))
    keys = [f"{scripts[n * 7 % 12]}{n * 7919 % MANY}" for n in range(MANY)]
    raw.executemany(
        "INSERT INTO sighting (source_id, key, article_id, title, seen, control) VALUES (?, ?, ?, ?, ?, ?)",
        [(1 + n % 2, key, 1000 + n * 3, key, MOMENT.format(n), n % 5 == 0) for n, key in enumerate(keys)],
    )
    raw.execute("INSERT INTO pace (key, next_at) VALUES ('host:nu' || char(0) || 'l', ?)", (MOMENT.format(1),))
    raw.execute("UPDATE source SET interval = 0.1 + 0.2, arrivals = '[1.1, 1e300, -0.0]' WHERE id = 1")
    raw.execute("UPDATE hit SET score = 1.0 / 3")


def rows(url):
    """Every row of every table as the server and its driver have it, without the program's own reading and writing."""
    made = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with made.connect() as connection:
        return {table.name: sorted(_all(connection, table), key=repr) for table in tables()}


def tables():
    return SQLModel.metadata.sorted_tables


def _all(connection, table):
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    kinds = [type(column.type).__name__ for column in table.columns]
    found = connection.execute(text(f'SELECT {columns} FROM "{table.name}"'))
    return [tuple(map(_plain, kinds, row)) for row in found]


def _plain(kind, value):
    """One form for what the two drivers give: lists are parsed, times are text, truth is a number."""
    if kind == "JSON" and isinstance(value, str):
        return json.loads(value)
    if isinstance(value, bool):
        return int(value)
    return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
