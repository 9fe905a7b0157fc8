"""The search index: which hit may hold a word, whatever its script and however it is divided.

Every word of a folded text is taken apart into runs of three characters, one beginning at each of them, so words are
found that nothing divides from their neighbours (Chinese, Thai), and parts of words (an ending, a compound). A seam,
the two characters on each side of a space, tells a phrase from its words. SQLite's FTS5 keeps which hit has which run
and seam (https://www.sqlite.org/fts5.html), on PostgreSQL an inverted index over lists of them does
(https://www.postgresql.org/docs/current/gin.html): its own pg_trgm knows no words of two characters and passes over
vowel signs. They are written in hexadecimal, so that no tokenizer has a say in what a letter is. What the index names
is only likely: whether a text holds the words is asked of the text itself (``monitor.store.filtering``).

SQLite's index holds no texts, so what is taken out of it has to be told run by run: other runs, or texts folded
otherwise, take a migration that makes it anew.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice, pairwise

from sqlalchemy import Connection, Select, Text, cast, column, select, table, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Session

from monitor.store.folding import fold

_log = logging.getLogger("monitor.upgrade")
_RUN = 3
_END = "\0" * (_RUN - 1)
"""Behind every word, so that its last characters begin a run, too."""
_DIGITS = 5
"""Hexadecimal digits of a character."""
_ASKED = 12
"""Runs that are asked for at most; more of them tell little more."""
_BATCH = 500
_TOLD = 10_000
"""Texts between two words on how far it is; some twenty seconds."""
_MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE hit_search USING fts5(runs, content='', detail=none, columnsize=0, tokenize='ascii')",
    ),
    "postgresql": (
        "CREATE TABLE hit_search (hit_id INTEGER PRIMARY KEY, runs TEXT[] NOT NULL)",
        "CREATE INDEX hit_search_runs ON hit_search USING gin (runs)",
    ),
}
_PUT_OFF = {"sqlite": (), "postgresql": ("DROP INDEX IF EXISTS hit_search_runs",)}
_MAKE_UP = {
    "sqlite": (),
    "postgresql": (
        "SET LOCAL maintenance_work_mem = '256MB'",
        "CREATE INDEX IF NOT EXISTS hit_search_runs ON hit_search USING gin (runs)",
    ),
}
_ADD = {
    "sqlite": "INSERT INTO hit_search (rowid, runs) VALUES (:id, :runs)",
    "postgresql": "INSERT INTO hit_search (hit_id, runs) VALUES (:id, :runs)",
}
_REMOVE = {
    "sqlite": "INSERT INTO hit_search (hit_search, rowid, runs) VALUES ('delete', :id, :runs)",
    "postgresql": "DELETE FROM hit_search WHERE hit_id = :id",
}
_INDEX = table("hit_search", column("rowid"), column("hit_search"))
_LISTS = table("hit_search", column("hit_id"), column("runs", ARRAY(Text)))


def make_index(connection: Connection) -> None:
    """Make the index where there is none."""
    for statement in _MAKE[connection.dialect.name]:
        connection.execute(text(statement))


def fill_index(connection: Connection) -> None:
    """Fold every text that is stored anew and put it into the index, batch by batch."""
    last, page = 0, text("SELECT hit_id, folded FROM hit_text WHERE hit_id > :last ORDER BY hit_id LIMIT :most")
    done, of = 0, connection.execute(text("SELECT count(*) FROM hit_text")).scalar_one()
    while rows := connection.execute(page, {"last": last, "most": _BATCH}).all():
        folded = {hit: fold(stored) for hit, stored in rows}
        changed = [{"id": hit, "folded": folded[hit]} for hit, stored in rows if folded[hit] != stored]
        if changed:
            connection.execute(text("UPDATE hit_text SET folded = :folded WHERE hit_id = :id"), changed)
        add(connection, folded)
        last, done = rows[-1][0], done + len(rows)
        if done % _TOLD == 0:
            _log.info("database: %s of %s texts are in the search index", f"{done:,}", f"{of:,}")


def drop_index(connection: Connection) -> None:
    """Drop the index."""
    connection.execute(text("DROP TABLE hit_search"))


def fill_later(connection: Connection) -> None:
    """Empty the index, for many texts to be added; nothing is found in it before ``filled``."""
    drop_index(connection)
    make_index(connection)
    for statement in _PUT_OFF[connection.dialect.name]:
        connection.execute(text(statement))


def add(connection: Connection, folded: Mapping[int, str]) -> None:
    """Put the folded texts of new hits into the index."""
    _write(connection, _ADD, folded)


def filled(connection: Connection) -> None:
    """All texts are in: PostgreSQL sorts their runs at once, which takes half as long as one by one."""
    for statement in _MAKE_UP[connection.dialect.name]:
        connection.execute(text(statement))


def index(session: Session, hit_id: int, before: str | None, now: str | None) -> None:
    """Keep the index true: the hit said ``before`` (None: it is new) and says ``now`` (None: it is gone), folded."""
    if before == now:
        return
    if before is not None:  # an index without its texts has to be told what it holds
        _write(session.connection(), _REMOVE, {hit_id: before})
    if now is not None:
        _write(session.connection(), _ADD, {hit_id: now})


def likely(session: Session, words: Sequence[str]) -> Select[tuple[int]]:
    """The numbers of the hits that may hold all the folded words, as a query."""
    if session.get_bind().dialect.name == "sqlite":
        return select(_INDEX.c.rowid).where(_INDEX.c.hit_search.match(_matching(words)))
    asked = [one.rstrip("*") for one in _asked(words)]
    return select(_LISTS.c.hit_id).where(_LISTS.c.runs.contains(cast(asked, ARRAY(Text))))


def _write(connection: Connection, statement: Mapping[str, str], folded: Mapping[int, str]) -> None:
    """On PostgreSQL the beginnings of runs are listed, too: what is asked for may be shorter than a run."""
    kind = connection.dialect.name
    made: Callable[[str], object] = runs if kind == "sqlite" else _with_beginnings
    listed = {said: made(said) for said in set(folded.values())}  # the hits of one article say the same
    connection.execute(text(statement[kind]), [{"id": hit, "runs": listed[said]} for hit, said in folded.items()])


def _with_beginnings(folded: str) -> list[str]:
    found = runs(folded).split()
    shorter = {one[:end] for one in found if one[0] != "s" for end in range(_DIGITS, len(one), _DIGITS)}
    return [*found, *shorter]


def runs(folded: str) -> str:
    """Every run and seam of a text, once, as the index takes it."""
    words, codes = folded.split(), _codes(folded)
    found = {run for word in set(words) for run in _runs_of(word + _END, codes)}
    return " ".join(found.union(_seams(set(pairwise(words)), codes)))


def _matching(phrases: Iterable[str]) -> str:
    return " AND ".join(_asked(phrases))


def _asked(phrases: Iterable[str]) -> Sequence[str]:
    """What to ask the index for: the seams of phrases, and runs from all over the words."""
    told = [(phrase.split(), _codes(phrase)) for phrase in phrases]
    seams = dict.fromkeys(seam for words, codes in told for seam in _seams(_whole_pairs(words), codes))
    found = list(dict.fromkeys(run for words, codes in told for word in words for run in _asked_of(word, codes)))
    step = max(len(found) / _ASKED, 1)
    chosen = (found[int(at * step)] for at in range(min(len(found), _ASKED)))
    return (*islice(seams, _ASKED), *chosen)


def _asked_of(word: str, codes: Mapping[str, str]) -> Iterable[str]:
    """A word's runs; one that is shorter than a run is the beginning of one."""
    return [f"{_token(word, codes)}*"] if len(word) < _RUN else _runs_of(word, codes)


def _runs_of(word: str, codes: Mapping[str, str]) -> Iterable[str]:
    each = [codes[letter] for letter in word]
    return map("".join, zip(each, each[1:], each[2:], strict=False))


def _seams(pairs: Iterable[tuple[str, str]], codes: Mapping[str, str]) -> Iterable[str]:
    """What stands on both sides of a space: two characters of each word. No run begins as they do."""
    return ("s" + _token(("\0" + left)[-2:] + (right + "\0")[:2], codes) for left, right in pairs)


def _whole_pairs(words: Sequence[str]) -> list[tuple[str, str]]:
    """Neighbours of which enough is known: a phrase may begin and end inside a word."""
    pairs = list(pairwise(words))
    first = 1 if words and len(words[0]) < 2 else 0
    last = -1 if words and len(words[-1]) < 2 else None
    return pairs[first:last]


def _token(letters: str, codes: Mapping[str, str]) -> str:
    return "".join(codes[letter] for letter in letters)


def _codes(letters: str) -> dict[str, str]:
    return {letter: f"{ord(letter):0{_DIGITS}x}" for letter in {*letters, "\0"}}
