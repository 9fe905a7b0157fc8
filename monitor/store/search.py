"""The search index: which hit may hold a word, whatever its script and however it is divided.

Every word of a folded text is taken apart into runs of three characters, one beginning at each of them, so words are
found that nothing divides from their neighbours (Chinese, Thai), and parts of words (an ending, a compound). SQLite's
FTS5 keeps which hit has which run; a run is written in hexadecimal, so that no tokenizer has a say in what a letter is
(https://www.sqlite.org/fts5.html). What the index names is only likely: whether a text holds the words is asked of the
text itself (``monitor.store.filtering``).

The index holds no texts, so what is taken out of it has to be told run by run: other runs, or texts folded otherwise,
take a migration that makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Select, column, select, table, text
from sqlmodel import Session

from monitor.store.folding import fold

_RUN = 3
_END = "\0" * (_RUN - 1)
"""Behind every word, so that its last characters begin a run, too."""
_ASKED = 12
"""Runs that are asked for at most; more of them tell little more."""
_BATCH = 500
_MAKE = "CREATE VIRTUAL TABLE hit_search USING fts5(runs, content='', detail=none, columnsize=0, tokenize='ascii')"
_ADD = "INSERT INTO hit_search (rowid, runs) VALUES (:id, :runs)"
_REMOVE = "INSERT INTO hit_search (hit_search, rowid, runs) VALUES ('delete', :id, :runs)"
_INDEX = table("hit_search", column("rowid"), column("hit_search"))


def make_index(connection: Connection) -> None:
    """Make the index where there is none. PostgreSQL has another one (pg_trgm)."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(_MAKE))


def fill_index(connection: Connection) -> None:
    """Fold every text that is stored anew and put it into the index, batch by batch."""
    last, page = 0, text("SELECT hit_id, folded FROM hit_text WHERE hit_id > :last ORDER BY hit_id LIMIT :most")
    while rows := connection.execute(page, {"last": last, "most": _BATCH}).all():
        folded = {hit: fold(stored) for hit, stored in rows}
        changed = [{"id": hit, "folded": folded[hit]} for hit, stored in rows if folded[hit] != stored]
        if changed:
            connection.execute(text("UPDATE hit_text SET folded = :folded WHERE hit_id = :id"), changed)
        if connection.dialect.name == "sqlite":
            connection.execute(text(_ADD), [{"id": hit, "runs": runs(now)} for hit, now in folded.items()])
        last = rows[-1][0]


def drop_index(connection: Connection) -> None:
    """Drop the index."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("DROP TABLE hit_search"))


def index(session: Session, hit_id: int, before: str | None, now: str | None) -> None:
    """Keep the index true: the hit said ``before`` (None: it is new) and says ``now`` (None: it is gone), folded."""
    connection = session.connection()
    if connection.dialect.name != "sqlite" or before == now:
        return
    if before is not None:  # an index without its texts has to be told what it holds
        connection.execute(text(_REMOVE), {"id": hit_id, "runs": runs(before)})
    if now is not None:
        connection.execute(text(_ADD), {"id": hit_id, "runs": runs(now)})


def likely(words: Iterable[str]) -> Select[tuple[int]]:
    """The numbers of the hits that may hold all the folded words, as a query; for SQLite alone."""
    return select(_INDEX.c.rowid).where(_INDEX.c.hit_search.match(_asked(words)))


def runs(folded: str) -> str:
    """Every run of a text, once, as the index takes it."""
    codes = _codes(folded)
    return " ".join({run for word in set(folded.split()) for run in _runs_of(word + _END, codes)})


def _asked(words: Iterable[str]) -> str:
    """What to ask the index for: runs from all over the words, the ends of phrases included."""
    found = list(dict.fromkeys(run for words_ in words for word in words_.split() for run in _asked_of(word)))
    step = max(len(found) / _ASKED, 1)
    return " AND ".join(found[int(at * step)] for at in range(min(len(found), _ASKED)))


def _asked_of(word: str) -> list[str]:
    """A word's runs; one that is shorter than a run is the beginning of one."""
    codes = _codes(word)
    return [f"{''.join(map(codes.__getitem__, word))}*"] if len(word) < _RUN else list(_runs_of(word, codes))


def _runs_of(word: str, codes: dict[str, str]) -> Iterable[str]:
    each = [codes[letter] for letter in word]
    return map("".join, zip(each, each[1:], each[2:], strict=False))


def _codes(letters: str) -> dict[str, str]:
    return {letter: f"{ord(letter):05x}" for letter in (*set(letters), "\0")}
