"""What a translation keeps of an article: numbers, dates, the meeting's ordinal, names; as short strings and as hashes.

A mark is ``kind:key``; a name has its Latin spelling as a third part. Must not: weigh them.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np

from monitor.match.normalise import normalise
from monitor.read.names import NAME, names
from monitor.read.numbers import ORDINAL, numerals

__all__ = ["NAME", "ORDINAL", "hashed", "key", "kind", "marks_of", "shared", "spelt"]

Array = np.ndarray[Any, Any]

MAX_CHARACTERS = 4_000
"""Of the text: what is common to reports of one event stands at their beginning."""
MAX_NUMERALS = 32
MAX_MARKS = 96
HASHED = MAX_MARKS * 4


def marks_of(title: str, text: str, language: str | None, when: datetime) -> tuple[str, ...]:
    """Return at most MAX_MARKS marks, each key once, numerals before names."""
    beginning = text[:MAX_CHARACTERS]
    numeral = islice(_once(numerals(normalise(f"{title}\n\n{beginning}").text, language, when)), MAX_NUMERALS)
    return tuple(islice(_once((*numeral, *names(title, beginning, language))), MAX_MARKS))


def key(mark: str) -> str:
    """Return what two marks must share."""
    kind, _, rest = mark.partition(":")
    return f"{kind}:{rest.partition(':')[0]}"


def kind(mark: str) -> str:
    """Return ``number``, ``date``, ``ordinal``, ``code`` or ``name``."""
    return mark.partition(":")[0]


def spelt(mark: str) -> str:
    """Return what follows the key: how a name is spelt in Latin letters."""
    return mark.split(":", 2)[2] if mark.startswith(NAME) else ""


def hashed(marks: Sequence[str]) -> bytes:
    """Return HASHED bytes that stand for the keys, zero where there is none."""
    codes = [zlib.crc32(key(mark).encode()) | 1 for mark in marks[:MAX_MARKS]]
    return np.array(codes + [0] * (MAX_MARKS - len(codes)), dtype="<u4").tobytes()


def shared(marks: Sequence[str], many: Sequence[bytes]) -> Array:
    """Return which of the marks (columns) each of the hashed ones (rows) has too."""
    found = np.zeros((len(many), len(marks)), dtype=bool)
    if not marks or not many:
        return found
    own = np.frombuffer(hashed(marks), dtype="<u4")[: len(marks)]
    whole = (one if len(one) == HASHED else bytes(HASHED) for one in many)
    table = np.frombuffer(b"".join(whole), dtype="<u4").reshape(len(many), MAX_MARKS)
    places = np.zeros(1 << 16, dtype=np.intp)
    places[own >> 16] = np.arange(1, len(own) + 1)
    place = places[table >> 16]
    rows, columns = ((place > 0) & (own[place - 1] == table)).nonzero()
    found[rows, place[rows, columns] - 1] = True
    return found


def _once(marks: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for mark in marks:
        if key(mark) not in seen:
            seen.add(key(mark))
            yield mark
