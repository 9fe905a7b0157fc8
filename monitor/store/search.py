"""Search in every script: the folded form in which hits are stored and asked for, and an index of its runs of three.

A text is taken apart into every run of three characters, so words are found that nothing divides from their neighbours
(Chinese, Thai), and parts of words (an ending, a compound). SQLite's FTS5 keeps which hit has which run; a run is
written in hexadecimal, so that no tokenizer has a say in what a letter is (https://www.sqlite.org/fts5.html). What the
index names is only likely: whether a text holds the words is asked of the text itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from sqlalchemy import Connection, text
from sqlmodel import Session

_RUN = 3
_END = "\0\0"
"""Behind every text, so that its last characters begin a run, too."""
_BATCH = 500
_MAKE = "CREATE VIRTUAL TABLE hit_search USING fts5(runs, content='', detail=none, columnsize=0)"
_ADD = "INSERT INTO hit_search (rowid, runs) VALUES (:id, :runs)"
_REMOVE = "INSERT INTO hit_search (hit_search, rowid, runs) VALUES ('delete', :id, :runs)"
_FIND = "SELECT rowid FROM hit_search WHERE hit_search MATCH :runs ORDER BY rowid DESC LIMIT :most"


def fold(text: str) -> str:
    """Compatibility form, without case, invisible characters and the Latin, Cyrillic and Greek accents."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(char for char in plain if not "\u0300" <= char <= "\u036f" and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", kept)


def make_index(connection: Connection) -> None:
    """Make the index where there is none. PostgreSQL has another one (pg_trgm)."""
    if connection.dialect.name == "sqlite":
        connection.execute(text(_MAKE))


def fill_index(connection: Connection) -> None:
    """Put every text that is stored into the index, batch by batch."""
    last, page = 0, text("SELECT hit_id, folded FROM hit_text WHERE hit_id > :last ORDER BY hit_id LIMIT :most")
    while connection.dialect.name == "sqlite":
        rows = connection.execute(page, {"last": last, "most": _BATCH}).all()
        if not rows:
            return
        connection.execute(text(_ADD), [{"id": hit, "runs": runs(folded)} for hit, folded in rows])
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


def likely(session: Session, words: Iterable[str], most: int) -> list[int]:
    """Hits that may hold all the folded words, newest first, at most ``most``."""
    return list(session.connection().execute(text(_FIND), {"runs": _asked(words), "most": most}).scalars())


def runs(folded: str) -> str:
    """Every run of a text, once, as the index takes it."""
    whole = folded + _END
    return " ".join(map(_token, sorted({whole[at : at + _RUN] for at in range(len(folded))})))


def _asked(words: Iterable[str]) -> str:
    return " AND ".join(one for word in words for one in _asked_of(word))


def _asked_of(word: str) -> list[str]:
    """A word's runs; one that is shorter than a run is the beginning of one."""
    if len(word) < _RUN:
        return [f"{_token(word)}*"]
    return sorted({_token(word[at : at + _RUN]) for at in range(len(word) - _RUN + 1)})


def _token(characters: str) -> str:
    return "".join(f"{ord(one):05x}" for one in characters)
