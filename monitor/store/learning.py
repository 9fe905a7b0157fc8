"""What decisions say about a topic's rules and forms, and the texts that examples are made from. Only reads.

Counted are the newest hits of a topic, and the newest of those that somebody judged: reading each of 100,000 hits takes
seconds, and old decisions are of old rules. A rule or form counts once in a hit, however often it stands there.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from monitor.model import Learning, NearMiss, Sample, Worth
from monitor.store.batches import rows_of
from monitor.store.canary import canary_id
from monitor.store.database import Database
from monitor.store.tables import ArticleRow, HitRow, SourceRow, TextRow
from monitor.store.views import near_miss

COUNTED = 1000
"""Hits of each kind at most, where nobody asks for more."""
WRONG = 5
"""Numbers of irrelevant hits named for each rule and form."""
_TAKEN_BACK = "taken back: "
_FIELD = re.compile(r" \((?:[\w-]{1,20}, )?(?:title|lead|text|url)\): ")


class LearnStore:
    """How the rules and forms of the topics did."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def topics(self) -> tuple[str, ...]:
        """The topics that have hits."""
        with self._database.read() as session:
            return tuple(session.exec(select(HitRow.topic).distinct().order_by(HitRow.topic)))

    def learning(self, topic: str, most: int | None = COUNTED) -> Learning:
        """Count the newest hits of a topic and the newest judged ones, at most so many of each; None: all."""
        with self._database.read() as session:
            newest = _newest(session, topic, most)
            judged = _newest(session, topic, most, func.coalesce(HitRow.state, "") != "new")
            hits = _hits(session, (*newest[:most], *judged[:most]))
        tally = _Tally()
        for number in newest[:most]:
            tally.count(hits[number])
        for number in judged[:most]:
            tally.judge(hits[number])
        wrong = sum(hits[number].state == "irrelevant" for number in judged[:most])
        return Learning(topic, _sample(newest, most, hits), _sample(judged, most, hits), wrong, *tally.worths())

    def near(self, article_id: int) -> tuple[NearMiss, str] | None:
        """An article that is no hit, with the text that is left of it; None when there is none."""
        has_hit = select(HitRow.id).where(HitRow.article_id == article_id, col(HitRow.withdrawn).is_(False))
        with self._database.read() as session:
            row = session.get(ArticleRow, article_id)
            if row is None or session.exec(has_hit).first() is not None:
                return None
            source, text = session.get_one(SourceRow, row.source_id), session.get(TextRow, article_id)
            return near_miss(row, source.name), zlib.decompress(text.body).decode() if text else row.feed_text


_Key = tuple[str, str]
"""What a rule says and nothing, or a form and its concept."""


class _Hit(NamedTuple):
    """What is counted of a hit."""

    id: int
    found: datetime
    state: str
    forms: dict[_Key, str]
    """Each with words of the text that it found."""
    rules: set[_Key]


@dataclass(slots=True)
class _Tally:
    """How often what hit; the newest hits come first."""

    hits: Counter[_Key] = field(default_factory=Counter)
    judged: Counter[_Key] = field(default_factory=Counter)
    irrelevant: Counter[_Key] = field(default_factory=Counter)
    wrong: dict[_Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    found: dict[_Key, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def count(self, hit: _Hit) -> None:
        """Count what a hit rests on."""
        for key, words in hit.forms.items():
            self.hits[key] += 1
            self.found[key][words] += 1
        self.hits.update(hit.rules)

    def judge(self, hit: _Hit) -> None:
        """Count what a judged hit rests on."""
        for key, words in hit.forms.items():
            self.found[key][words] += 1
        keys = hit.forms.keys() | hit.rules
        self.judged.update(keys)
        if hit.state == "irrelevant":
            self.irrelevant.update(keys)
            for key in keys:
                self.wrong[key].append(hit.id)

    def worths(self) -> tuple[tuple[Worth, ...], tuple[Worth, ...]]:
        """Rules and forms, the worst first."""
        known = sorted(map(self._worth, self.hits | self.judged), key=_badness)
        return tuple(one for one in known if not one.concept), tuple(one for one in known if one.concept)

    def _worth(self, key: _Key) -> Worth:
        found = self.found[key].most_common(1) if key in self.found else [("", 0)]
        return Worth(
            *key,
            hits=self.hits[key],
            judged=self.judged[key],
            irrelevant=self.irrelevant[key],
            wrong=tuple(self.wrong.get(key, ())[:WRONG]),
            found=found[0][0],
        )


def _badness(one: Worth) -> tuple[float, int, int, str, str]:
    return (-one.at_least, -one.irrelevant, -one.hits, one.concept, one.words)


def _newest(session: Session, topic: str, most: int | None, *which: Any) -> list[int]:
    """Numbers of a topic's hits, newest first, one more than ``most`` where there are more.

    The columns stand in expressions, so that the list's own index is walked and no row is read.
    """
    listed = (col(HitRow.withdrawn).is_(False), col(HitRow.source_id).is_distinct_from(canary_id()))
    query = (
        sa_select(col(HitRow.id))
        .where(func.coalesce(HitRow.topic, "") == topic, *listed, *which)
        .order_by(col(HitRow.found).desc(), col(HitRow.id).desc())
        .limit(None if most is None else most + 1)
    )
    return list(session.execute(query).scalars())


def _hits(session: Session, ids: Iterable[int]) -> dict[int, _Hit]:
    query = sa_select(*map(col, (HitRow.id, HitRow.found, HitRow.state, HitRow.why, HitRow.terms)))
    return {
        row[0]: _Hit(row[0], row[1], row[2], _forms(row[4]), set(_rules(row[3])))
        for row in rows_of(session, query, HitRow.id, ids)
    }


def _sample(ids: Sequence[int], most: int | None, hits: Mapping[int, _Hit]) -> Sample:
    counted = ids[:most]
    return Sample(len(counted), hits[counted[-1]].found if counted else None, len(counted) < len(ids))


def _forms(terms: Iterable[dict[str, Any]]) -> dict[_Key, str]:
    return {
        (term["rule"] or term["form"], term["concept"]): "" if term["field"] == "url" else term["form"]
        for term in terms
    }


def _rules(why: Iterable[str]) -> Iterator[_Key]:
    """The rules that held, by what they say (``monitor.match.explain`` words them)."""
    for reason in why:
        found = None if reason.startswith(_TAKEN_BACK) else _FIELD.search(reason)
        if found:
            yield reason[: found.start()], ""
