"""The search index: which hit may hold a word, whatever its script and however it is divided.

Every word of a folded text is taken apart into runs of three characters, one beginning at each of them, so words are
found that nothing divides from their neighbours (Chinese, Thai), and parts of words (an ending, a compound). A seam,
the two characters on each side of a space, tells a phrase from its words. SQLite's FTS5 keeps which hit has which run
and seam; they are written in hexadecimal, so that no tokenizer has a say in what a letter is
(https://www.sqlite.org/fts5.html). What the index names is only likely: whether a text holds the words is asked of the
text itself (``monitor.store.filtering``).

The index holds no texts, so what is taken out of it has to be told run by run: other runs, or texts folded otherwise,
take a migration that makes it anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice, pairwise

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
    """Every run and seam of a text, once, as the index takes it."""
    words, codes = folded.split(), _codes(folded)
    found = {run for word in set(words) for run in _runs_of(word + _END, codes)}
    return " ".join(found.union(_seams(set(pairwise(words)), codes)))


def _asked(phrases: Iterable[str]) -> str:
    """What to ask the index for: the seams of phrases, and runs from all over the words."""
    told = [(phrase.split(), _codes(phrase)) for phrase in phrases]
    seams = dict.fromkeys(seam for words, codes in told for seam in _seams(_whole_pairs(words), codes))
    found = list(dict.fromkeys(run for words, codes in told for word in words for run in _asked_of(word, codes)))
    step = max(len(found) / _ASKED, 1)
    chosen = (found[int(at * step)] for at in range(min(len(found), _ASKED)))
    return " AND ".join((*islice(seams, _ASKED), *chosen))


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
    return {letter: f"{ord(letter):05x}" for letter in {*letters, "\0"}}
