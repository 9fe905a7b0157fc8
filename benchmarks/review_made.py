"""A large database for ``review.py``: articles, hits, stories, deliveries and decisions of a year, made up.

The words are drawn from alphabets, twelve languages with 4,000 words each, a few of which are in most texts and most in
few. In every language some words are put in on purpose, so that it is known what a search finds.
"""

from __future__ import annotations

import json
import random
import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate, islice
from multiprocessing import Pool
from pathlib import Path
from typing import Any

from monitor.store import open_database
from monitor.store.folding import fold
from monitor.store.search import runs

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
SPAN = timedelta(days=365)
SOURCES = 300
LANGUAGES = {
    "en": ("etaoinshrdlucmfwypvbgk", " ", "ramstein"),
    "uk": ("оаниіврткелсдупмязьбгчйхцїжєщюшфґ", " ", "рамштайн"),
    "ru": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф", " ", "рамштайн"),
    "de": ("enisratdhulcgmobwfkzpvüäößj", " ", "ramstein"),
    "tr": ("aeinrlıdkmuytsboüşzgçhğvcöpfj", " ", "ramstein"),
    "vi": ("nhtgcaioumđlăâêôơưàáạảãèéẹềếệìíịòóọồốộờớợùúụừứựyrsbkvpdx", " ", "ramstein"),
    "ar": ("اليمونترهبدكسعفقحجةشصخطذزثضظغء", " ", "رامشتاين"),
    "fa": ("اینرمدهوتسبشکلزگفجخپقحچعصطغذژ", " ", "رامشتاین"),
    "hi": ("करनतसलपमदहवजबयगचटडभखघझठढणथधफशषािीुूेैोौं", " ", "रामस्टीन"),
    "bn": ("করনতসলপমদহবজযগচটডভখঘঝঠঢণথধফশষািীুূেৈোৌং", " ", "রামস্টেইন"),
    "zh": ("".join(chr(0x4E00 + 7 * at) for at in range(1200)), "", "拉姆施泰因"),
    "ko": ("".join(chr(0xAC00 + 9 * at) for at in range(1100)), " ", "람슈타인"),
}
"""Letters by how often they are met, what stands between two words, and the word that most texts have."""
RARE = {"en": "xqzvort", "uk": "щґєждань", "ar": "ظغثضطذ", "zh": "北约", "ko": "나토", "vi": "xuyên", "bn": "ঢাকাঝড়"}
"""A word that one text in two hundred of its language has."""
COUNTRIES = ("UA", "US", "DE", "TR", "VN", "EG", "IR", "IN", "BD", "CN", "KR", "PL")
GRADES, STATES = ("certain", "probable"), ("new", "relevant", "irrelevant", "starred")


@dataclass(frozen=True)
class Plan:
    """How much of everything."""

    articles: int
    hits: int
    near: int
    deliveries: int
    decisions: int


LARGE = Plan(1_000_000, 100_000, 60_000, 200_000, 40_000)
SMALL = Plan(20_000, 4_000, 1_200, 8_000, 1_500)


class Language:
    """Words of one language, and texts of them."""

    def __init__(self, code: str) -> None:
        letters, self._between, self.common = LANGUAGES[code]
        self._chance = random.Random(code)
        weights = list(accumulate(1 / (at + 2) for at in range(len(letters))))
        lengths = (1, 3) if code in {"zh", "ko"} else (2, 10)
        self._words = [
            "".join(self._chance.choices(letters, cum_weights=weights, k=self._chance.randint(*lengths)))
            for _ in range(4_000)
        ]
        self._weights = list(accumulate(1 / (at + 3) for at in range(4_000)))
        self.rare = RARE.get(code)

    def text(self, number: int) -> tuple[str, str]:
        """A headline and a text."""
        chance = random.Random(number)
        words = chance.choices(self._words, cum_weights=self._weights, k=chance.randint(250, 550))
        if chance.random() < 0.7:
            words[chance.randrange(len(words))] = self.common
        if self.rare and chance.random() < 0.005:
            words[chance.randrange(len(words))] = self.rare
        words[12::14] = [f"{word}." for word in words[12::14]]
        return self._between.join(words[:9]).capitalize(), self._between.join(words[9:])


class Writer:
    """Texts as they are stored; made in two processes."""

    def __init__(self) -> None:
        self._languages = {code: Language(code) for code in LANGUAGES}

    def __call__(self, number: int) -> tuple[int, str, str, bytes, str, str]:
        """Number, language, headline, compressed text, folded text, its runs."""
        code = list(LANGUAGES)[(number * 2654435761 >> 7) % len(LANGUAGES)]
        title, text = self._languages[code].text(number)
        folded = fold(f"{title}\n{text}")
        return number, code, title, zlib.compress(text.encode(), 1), folded, runs(folded)


_writer = cache(Writer)


def _write(number: int) -> tuple[int, str, str, bytes, str, str]:
    return _writer()(number)


def make(path: Path, plan: Plan) -> None:
    """Make the database at ``path``; under another name until it is whole."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    open_database(f"sqlite:///{unfinished}").close()
    raw = sqlite3.connect(unfinished, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000"):
        raw.execute(f"PRAGMA {pragma}")
    raw.execute("BEGIN")
    for table, rows in (
        ("source", _sources()),
        ("article", _articles(plan)),
        ("sighting", _sightings(plan)),
        ("story", _stories(plan)),
        ("channel", _channels()),
        ("delivery", _deliveries(plan)),
        ("decision", _decisions(plan)),
        ("hit_tag", _tags(plan)),
        ("suggestion", _suggestions(plan)),
    ):
        _insert(raw, table, rows)
        print(f"  {table}", flush=True)
    _insert_hits(raw, plan)
    print("  hits", flush=True)
    raw.execute("UPDATE source SET articles = (SELECT count(*) FROM article WHERE source_id = source.id)")
    raw.execute("UPDATE source SET entries = articles")
    raw.execute(
        "INSERT INTO source_day (source_id, day, entries, hits) SELECT source_id, substr(found, 1, 10), count(*),"
        " 0 FROM article GROUP BY 1, 2"
    )
    raw.execute("COMMIT")
    raw.execute("PRAGMA journal_mode=WAL")
    raw.close()
    unfinished.rename(path)


def _insert(raw: sqlite3.Connection, table: str, rows: Iterator[dict[str, Any]]) -> None:
    """What is not named gets what the program gives it: an empty list, a zero, nothing."""
    columns = raw.execute(f"PRAGMA table_info({table})").fetchall()
    empty = {name: _empty(kind) for _, name, kind, needed, _, key in columns if needed and not key}
    while batch := list(islice(rows, 2_000)):
        fill = {name: value for name, value in empty.items() if name not in batch[0]}
        names = [*batch[0], *fill]
        marks = ", ".join(f":{name}" for name in names)
        named = ", ".join(f'"{name}"' for name in names)
        raw.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", [{**fill, **row} for row in batch])


def _empty(kind: str) -> Any:
    return "[]" if kind == "JSON" else "" if kind.startswith("VARCHAR") else 0


def found_at(plan: Plan, article: int) -> datetime:
    """Articles are found at even distances."""
    return NOW - SPAN + SPAN * article / (plan.articles + 1)


def _text(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S.%f}"


def article_of(plan: Plan, hit: int) -> int:
    """Every tenth article or so is a hit."""
    return hit * (plan.articles // plan.hits)


def source_of(article: int) -> int:
    """As good as by chance."""
    return (article * 2654435761 >> 9) % SOURCES + 1


def story_of(hit: int) -> int:
    """A few stories have 500 articles, most have one to five; those of one story are near one another."""
    block, place = divmod(hit, 2_000)
    if place < 500:
        return block * 1_000 + 1 + (place % 500 == 499)
    return block * 1_000 + 3 + int((place - 500) ** 0.8)


def _spread(hit: int) -> int:
    """The numbers of a block in another order, so that stories run into one another."""
    block, place = divmod(hit, 2_000)
    return block * 2_000 + place * 777 % 2_000


def _sources() -> Iterator[dict[str, Any]]:
    for number in range(1, SOURCES + 1):
        yield {
            "id": number,
            "name": f"Outlet {number}",
            "url": f"https://outlet{number}.example/feed",
            "kind": "feed",
            "host": f"outlet{number}.example",
            "polite": f"host:outlet{number}.example",
            "active": 1,
            "due": _text(NOW + timedelta(minutes=number % 30)),
            "health": "failing" if number % 40 == 0 else "ok",
            "country": COUNTRIES[number % 12],
            "language": list(LANGUAGES)[number % 12],
            "last_poll": _text(NOW - timedelta(minutes=10)),
            "last_ok": _text(NOW - timedelta(minutes=10)),
            "planned": _text(NOW - timedelta(minutes=11)),
            "first_poll": _text(NOW - SPAN),
            "interval": 900.0,
        }


def _articles(plan: Plan) -> Iterator[dict[str, Any]]:
    step, near = plan.articles // plan.hits, plan.articles // plan.near
    verdict = {"topic": "ramstein", "hit": False, "grade": None, "score": 2, "terms": [], "why": ["group: +2"]}
    for number in range(1, plan.articles + 1):
        moment = found_at(plan, number)
        hit = number % step == 0
        yield {
            "id": number,
            "url_key": f"outlet{source_of(number)}.example/{number * 2654435761 % 2**32:x}",
            "url": f"https://outlet{source_of(number)}.example/{number * 2654435761 % 2**32:x}",
            "host": f"outlet{source_of(number)}.example",
            "polite": f"host:outlet{source_of(number)}.example",
            "source_id": source_of(number),
            "title": f"Headline number {number} of a day with news of all kinds",
            "feed_text": "A summary of what the article says, in two sentences. It is not long. " * 4,
            "published": _text(moment - timedelta(minutes=number % 90)),
            "found": _text(moment),
            "due": _text(moment),
            "read_at": _text(moment + timedelta(seconds=40)),
            "language": list(LANGUAGES)[number % 12],
            "state": "done",
            "extraction": "full",
            "canonical_url": f"https://outlet.example/canonical/{number}" if number % 2 else None,
            "verdicts": json.dumps([{**verdict, "hit": hit}]),
            "near": "score 2" if not hit and number % near == 1 else None,
            "revision": 1,
        }


def _sightings(plan: Plan) -> Iterator[dict[str, Any]]:
    for number in range(1, plan.articles + 1):
        yield {
            "source_id": source_of(number),
            "key": f"{number * 2654435761 % 2**32:x}",
            "article_id": number,
            "title": f"Headline number {number} of a day with news of all kinds",
            "seen": _text(found_at(plan, number)),
            "fingerprint": f"{number * 40503 % 2**31:x}",
            "letters": f"{number:016x}",
        }


def _stories(plan: Plan) -> Iterator[dict[str, Any]]:
    for number in sorted({story_of(hit) for hit in range(1, plan.hits + 1)}):
        yield {"id": number, "opened": _text(NOW - SPAN)}


def _channels() -> Iterator[dict[str, Any]]:
    for number in range(4):
        yield {"alert": f"desk {number}", "address": f"address {number}", "health": "ok"}


def _deliveries(plan: Plan) -> Iterator[dict[str, Any]]:
    for number in range(plan.deliveries):
        hit = number % plan.hits + 1
        made = found_at(plan, article_of(plan, hit))
        waits = number % 5_000 == 0
        yield {
            "hit_id": hit,
            "article_id": article_of(plan, hit),
            "story_id": story_of(_spread(hit)),
            "alert": f"desk {number // plan.hits}",
            "key": f"{number:020x}",
            "state": "failed" if waits else "dead" if number % 3_000 == 7 else "sent",
            "created": _text(made),
            "due": _text(made),
            "expires": _text(made + timedelta(days=7)),
            "sent": None if waits else _text(made + timedelta(minutes=1)),
            "attempts": 1,
        }


def _decisions(plan: Plan) -> Iterator[dict[str, Any]]:
    for number in range(plan.decisions):
        hit = number * (plan.hits // plan.decisions) + 1
        at = found_at(plan, article_of(plan, hit)) + timedelta(hours=1)
        yield {"hit_id": hit, "at": _text(at), "state": _state(plan, hit), "who": "ana", "tags": "[]"}


def _state(plan: Plan, hit: int) -> str:
    decided = (hit - 1) % (plan.hits // plan.decisions) == 0
    return STATES[1 + hit % 3] if decided else "new"


def _tags(plan: Plan) -> Iterator[dict[str, Any]]:
    for hit in range(1, plan.hits, 50):
        yield {"hit_id": hit, "tag": f"tag {hit % 40}"}


def _suggestions(plan: Plan) -> Iterator[dict[str, Any]]:
    stories = sorted({story_of(hit) for hit in range(1, plan.hits + 1)})
    for number in range(min(2_000, len(stories))):
        article = article_of(plan, 1 + number * (plan.hits // 2_001))
        story = stories[number * 31 % len(stories)]
        yield {"article_id": article, "story_id": story, "score": (number % 100) / 100, "why": "both", "state": "open"}


def _insert_hits(raw: sqlite3.Connection, plan: Plan) -> None:
    term = {"concept": "base", "form": "ramstein", "start": 4, "end": 12, "field": "title", "rule": "named"}
    with Pool(2) as pool:
        made = pool.imap(_write, range(1, plan.hits + 1), chunksize=50)
        while batch := list(islice(made, 1_000)):
            _insert(raw, "hit", (_hit(plan, number, code, term) for number, code, *_ in batch))
            _insert(raw, "print", (_print(plan, number, code) for number, code, *_ in batch))
            raw.executemany(
                "UPDATE article SET title = ?, language = ? WHERE id = ?",
                [(title, code, article_of(plan, number)) for number, code, title, *_ in batch],
            )
            raw.executemany("INSERT INTO text VALUES (?, ?)", [(article_of(plan, row[0]), row[3]) for row in batch])
            raw.executemany("INSERT INTO hit_text VALUES (?, ?)", [(row[0], row[4]) for row in batch])
            raw.executemany("INSERT INTO hit_search (rowid, runs) VALUES (?, ?)", [(row[0], row[5]) for row in batch])


def _hit(plan: Plan, number: int, code: str, term: dict[str, Any]) -> dict[str, Any]:
    article = article_of(plan, number)
    source = source_of(article)
    return {
        "id": number,
        "article_id": article,
        "source_id": source,
        "story_id": story_of(_spread(number)),
        "language": code,
        "country": COUNTRIES[source % 12],
        "topic": "ukraine-aid" if number % 5 == 0 else "ramstein",
        "grade": GRADES[number % 4 == 0],
        "score": 10.0,
        "terms": json.dumps([term] * 4),
        "why": json.dumps(["named: +10"]),
        "found": _text(found_at(plan, article) + timedelta(seconds=40)),
        "state": _state(plan, number),
        "note": "",
        "revision": 1,
        "withdrawn": int(number % 200 == 0),
    }


def _print(plan: Plan, number: int, code: str) -> dict[str, Any]:
    article = article_of(plan, number)
    return {
        "article_id": article,
        "story_id": story_of(_spread(number)),
        "at": _text(found_at(plan, article)),
        "language": code,
        "title": f"headline {number}",
        "length": 3_000,
        "signature": random.Random(number).randbytes(600),
        "marks": json.dumps([f"number:{number}", "date:2026-02-14"]),
        "how": "copy",
        "score": 0.9,
        "why": "",
    }
