"""A database filled through the real stores with made-up news in six languages, and a real server in front of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from argon2 import PasswordHasher
from stores import Outbox, lay_out, read_store

from monitor.model import (
    Access,
    Alert,
    ApiToken,
    Cursor,
    DueArticle,
    Entry,
    Finding,
    Grade,
    NewDelivery,
    Outcome,
    PollResult,
    Sighting,
    Source,
    Term,
    User,
    Verdict,
)
from monitor.poll.standing import after
from monitor.store import Database, PollStore, ReadStore, ReviewStore, open_database
from monitor.urls import url_key
from monitor.web.server import Pulse, WebServer

NOW = datetime(2026, 2, 12, 13, 40, tzinfo=UTC)
PASSWORD = "correct horse"
ACCESS = {"sessions", "https", "public"}
"""Options of ``house`` that say who may pass."""


@dataclass(frozen=True)
class News:
    """One article: every ``mark`` is found in headline and text and marked there."""

    source: str
    language: str
    title: str
    text: str
    marks: tuple[str, ...] = ()
    grade: Grade = "certain"
    minutes: int = 30
    """Minutes before NOW at which it was found."""
    url: str | None = None
    also: tuple[str, ...] = ()
    topic: str = "ramstein"
    extraction: str = "full"
    why: tuple[str, ...] = ('group named with "defence" (weight 10)', "known place: Ramstein (weight 4)")
    error: str | None = None


SOURCES = (
    Source("Українська правда", "https://pravda.example/rss", language="uk"),
    Source("Фокус", "https://focus.example/rss", language="uk"),
    Source("Tagesschau", "https://tagesschau.example/feed", language="de"),
    Source("الجزيرة", "https://aljazeera.example/rss?key=feed-secret", language="ar"),
    Source("প্রথম আলো", "https://prothomalo.example/feed", language="bn"),
    Source("NHKニュース", "https://nhk.example/rss", language="ja"),
    Source("Kyiv Independent", "https://kyivindependent.example/feed", language="en"),
    Source("RBC-Україна", "https://rbc.example/rss", language="uk"),
    Source("Not Yet Polled", "https://later.example/rss", language="en"),
)
ALERTS = (
    Alert("desk-telegram", "json://127.0.0.1/telegram", ("ramstein",)),
    Alert("desk-mail", "json://127.0.0.1/mail", ("ramstein", "ukraine-aid"), when="0 7 * * *"),
)
NEWS = (
    News(
        "Українська правда",
        "uk",
        'Залужний зателефонував генералу НАТО напередодні нового "Рамштайну"',
        "Головнокомандувач Збройних сил України поговорив із генералом НАТО.\n"
        "Розмова відбулася напередодні засідання контактної групи з питань оборони України у форматі "
        "«Рамштайн», де обговорюватиметься протиповітряна оборона та боєприпаси.\n"
        "Сторони також домовилися про наступну зустріч.",
        ("Рамштайн", "контактної групи з питань оборони"),
        minutes=12,
        also=("Фокус", "Kyiv Independent"),
    ),
    News(
        "Tagesschau",
        "de",
        "Verteidigungsminister beraten in Ramstein über Luftabwehr",
        "Die Ukraine-Kontaktgruppe tagt am Donnerstag. Mehr als fünfzig Staaten sind auf dem Stützpunkt vertreten.\n"
        "Auf der Tagesordnung der Ukraine-Kontaktgruppe stehen Munition, Ausbildung und Wartung.",
        ("Ukraine-Kontaktgruppe", "Ramstein"),
        minutes=47,
    ),
    News(
        "الجزيرة",
        "ar",
        "مجموعة الاتصال الدفاعية بشأن أوكرانيا تجتمع في رامشتاين",
        "يجتمع وزراء دفاع أكثر من خمسين دولة في قاعدة رامشتاين الجوية بألمانيا لبحث تقديم دعم عسكري جديد لكييف.\n"
        "وقال مسؤول إن مجموعة الاتصال الدفاعية بشأن أوكرانيا ستناقش الدفاع الجوي (Patriot) والذخيرة.",
        ("مجموعة الاتصال الدفاعية بشأن أوكرانيا", "رامشتاين"),
        minutes=95,
    ),
    News(
        "প্রথম আলো",
        "bn",
        "জার্মানির রামস্টেইনে ৫০ দেশের বৈঠক",
        "জার্মানির রামস্টেইনে কিয়েভের ৫০টিরও বেশি মিত্র দেশের প্রতিরক্ষামন্ত্রীরা বৈঠকে বসেছেন।",
        ("রামস্টেইনে",),
        grade="probable",
        minutes=240,
        extraction="none",
        error="http: the page answered 403",
    ),
    News(
        "NHKニュース",
        "ja",
        "ウクライナ防衛コンタクトグループ会合 ドイツの米軍基地で開催",
        "ウクライナへの軍事支援を話し合う「ウクライナ防衛コンタクトグループ」の会合が、ドイツのラムシュタイン米軍基地で開かれました。",
        ("ウクライナ防衛コンタクトグループ", "ラムシュタイン"),
        minutes=60 * 9,
    ),
    News(
        "Kyiv Independent",
        "en",
        "Kyiv's allies are coordinating their aid",
        "Defence ministers meet on Friday at the US base in Ramstein, Germany, officials said.\n"
        "Nothing was decided beforehand.",
        ("Ramstein",),
        grade="probable",
        minutes=60 * 30,
        topic="ukraine-aid",
    ),
)
HOSTILE = (
    News(
        "Kyiv Independent",
        'en" onmouseover="alert(1)',
        "<script>alert('title')</script> Ramstein",
        "</p><img src=x onerror=alert(2)> at Ramstein <mark>fake</mark> &lt;b&gt;",
        ("Ramstein",),
        url="javascript:alert(document.domain)",
        minutes=5,
        why=("<b>bold</b> rule",),
    ),
)


@dataclass
class House:
    """A running server with all that it stands on."""

    url: str
    review: ReviewStore
    database: Database
    pulse: Pulse
    client: httpx.Client
    time: list[float]
    """What the monotonic clock says, in seconds."""
    clock: list[datetime]
    server: WebServer

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(self.url + path, **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self.client.post(self.url + path, **options)


def access(
    password: str | None = None,
    users: Mapping[str, str] | None = None,
    tokens: Sequence[ApiToken] = (),
    **options: Any,
) -> Access:
    """Who may pass; the hashes of the users' passwords are as cheap as argon2 allows."""
    named = tuple(User(name, quick_hash(given)) for name, given in (users or {}).items())
    return Access(named, tuple(tokens), password=password, **options)


def quick_hash(password: str) -> str:
    """An argon2id hash that costs next to nothing."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(password)


@contextmanager
def house(
    folder: Path,
    news: tuple[News, ...] = NEWS,
    *,
    password: str | None = None,
    users: Mapping[str, str] | None = None,
    tokens: Sequence[ApiToken] = (),
    **options: Any,
) -> Iterator[House]:
    """A server on a free loopback port, on a database with this news.

    ``users``: name -> password. Further options are those of WebServer and of Access.
    """
    lay_out(folder / "monitor.db")
    database = open_database(f"sqlite:///{folder / 'monitor.db'}")
    fill(database, news)
    time = [1000.0]
    review, pulse = ReviewStore(database), Pulse()
    allowed = access(password, users, tokens, **{key: options.pop(key) for key in ACCESS & options.keys()})
    clock = [NOW]
    settings = {"host": "127.0.0.1", "port": 0, "timezone": "Europe/Berlin", "access": allowed} | options
    server = WebServer(review=review, pulse=pulse, now=lambda: clock[0], monotonic=lambda: time[0], **settings)
    server.start()
    try:
        with httpx.Client(trust_env=False) as client:
            yield House(server.url, review, database, pulse, client, time, clock, server)
    finally:
        server.stop()
        database.close()


def fill(database: Database, news: tuple[News, ...]) -> None:
    """Poll, read and deliver the news, all through the stores that the desks use."""
    sources = tuple(replace(source, pace=timedelta(0)) for source in SOURCES)
    polls, reads = PollStore(database, sources), read_store(database, sources)
    outbox = Outbox(database, ALERTS)
    if not news:
        return
    polls.sync(NOW - timedelta(days=3))
    by_title = {item.title: item for item in news}
    for number, item in enumerate(sorted(news, key=lambda item: -item.minutes)):
        found = NOW - timedelta(minutes=item.minutes)
        for source in (item.source, *item.also):
            _poll(polls, item, source, number, found)
        _read(reads, by_title, found + timedelta(seconds=20))
    _fail(polls)
    _deliver(outbox)


def _poll(polls: PollStore, item: News, source: str, number: int, found: datetime) -> None:
    url = item.url or f"https://news.example/{number}"
    entry = Entry(f"guid-{number}", url, item.title, item.text[:80], published=found - timedelta(minutes=7))
    sighting = Sighting(f"guid-{number}", url_key(url), entry)
    result = PollResult(
        source, "new", (sighting,), Cursor(), notes=("encoding guessed: windows-1251",) if number == 1 else ()
    )
    _save(polls, result, NOW + timedelta(minutes=4), found)


def _save(polls: PollStore, result: PollResult, due: datetime, now: datetime) -> None:
    """Store a poll as the desk would, next due at ``due``."""
    claimed = polls.claim_named(result.source, now - timedelta(seconds=1))
    assert claimed is not None
    polls.save(claimed, result, lambda tally: replace(after(claimed, result, tally, 0.5, now), due=due), now)


def _read(reads: ReadStore, news: dict[str, News], now: datetime) -> None:
    """Read all that is due, what is read again for corrections with it."""
    while (article := reads.claim(now)) is not None:
        reads.save(_finding(article, news[article.title]), article, _route, now + timedelta(seconds=10))


def _finding(article: DueArticle, item: News) -> Finding:
    verdict = Verdict(item.topic, hit=True, grade=item.grade, score=14.0, terms=tuple(_terms(item)), why=item.why)
    nothing = Verdict("other", hit=False, grade=None, score=0.0, why=("no term of this topic",))
    return Finding(
        article.id, item.title, item.text, item.extraction, (verdict, nothing), item.language, error=item.error
    )


def _terms(item: News) -> Iterator[Term]:
    whole = f"{item.title}\n\n{item.text}"
    for mark in item.marks:
        at = whole.find(mark)
        while at >= 0:
            yield Term("group", mark, at, at + len(mark))
            at = whole.find(mark, at + 1)


def _route(finding: Finding, _article: DueArticle, now: datetime) -> tuple[NewDelivery, ...]:
    reason = None if finding.verdicts[0].grade == "certain" else "older than the source's alert_backlog of 1 day"
    return tuple(
        NewDelivery(finding.verdicts[0].topic, alert.name, now, now + timedelta(days=7), reason) for alert in ALERTS
    )


def _fail(polls: PollStore) -> None:
    for _ in range(4):
        failed = PollResult("RBC-Україна", "failed", error="http: answers 503", error_kind="http", status=503)
        _save(polls, failed, NOW + timedelta(minutes=30), NOW - timedelta(minutes=9))


def _deliver(outbox: Outbox) -> None:
    """The telegram channel takes what it gets; the first mail fails."""
    for _ in range(4):
        parcel = outbox.claim(NOW - timedelta(minutes=2))
        if parcel is None:
            return
        if parcel.alert == "desk-telegram":
            outbox.done(parcel, Outcome(ok=True), NOW - timedelta(minutes=1))
        else:
            outbox.done(parcel, Outcome(ok=False, error="smtp: connection refused"), NOW - timedelta(minutes=1))
