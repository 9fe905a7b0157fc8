"""The house with a story in many languages, suggestions, channels that fail, and an outbox with rows of every kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from stores import Outbox
from web_house import NOW, SOURCES, House, house

from monitor.model import (
    After,
    Alert,
    Cursor,
    DueArticle,
    Entry,
    Finding,
    Known,
    Linking,
    NewDelivery,
    Notice,
    Outcome,
    PollResult,
    Print,
    Sighting,
    Source,
    Standing,
    Suggestion,
    Term,
    Verdict,
)
from monitor.poll.standing import after
from monitor.store import PollStore, ReadStore
from monitor.urls import url_key

HOUR = timedelta(hours=1)
KEY = "notice-secret"
ALERTS = tuple(
    Alert(name, f"json://127.0.0.1/{name}", ("ramstein",))
    for name in ("desk-telegram", "desk-mail", "press/1", "press/2", "дежурный")
)
KICKED = "Forbidden: bot was kicked from the group chat; see https://core.telegram.example/errors"


@dataclass(frozen=True)
class Told:
    """An article, and how it comes into a story: that of the article named in ``of``, or maybe that one's."""

    source: str
    language: str
    title: str
    hours: float
    of: str = ""
    how: Any = "first"
    why: str = ""
    maybe: float = 0.0

    @property
    def url(self) -> str:
        return f"https://news.example/told/{abs(hash_of(self.title, self.source))}"


def hash_of(*words: str) -> int:
    return sum(ord(letter) * at for at, letter in enumerate("".join(words), 1))


FIRST = "Міністри оборони п'ятдесяти країн зустрінуться 14 лютого в «Рамштайні»"
EVENT = "both name 50, 14 February and Ramstein, 2 hours apart"
WIRES = tuple(f"Wire {number:02}" for number in range(1, 13))
ARTICLES = (
    Told("Українська правда", "uk", FIRST, 9),
    Told(
        "Фокус",
        "uk",
        "У «Рамштайні» 14 лютого зустрінуться міністри оборони",
        8.5,
        FIRST,
        "copy",
        "96% of the text is the same",
    ),
    Told(
        "Tagesschau", "de", "Minister aus 50 Staaten beraten am 14. Februar in Ramstein", 8, FIRST, "translation", EVENT
    ),
    Told("الجزيرة", "ar", "وزراء دفاع 50 دولة يجتمعون في رامشتاين في 14 فبراير", 7, FIRST, "translation", EVENT),
    Told("NHKニュース", "ja", "ラムシュタイン基地で14日に50か国の国防相会合", 6, FIRST, "translation", EVENT),
    *(
        Told(
            name,
            "en",
            f"Defence ministers of 50 nations to meet at Ramstein on 14 February ({name})",
            5,
            FIRST,
            "translation",
            EVENT,
        )
        for name in WIRES
    ),
    Told(
        "Kyiv Independent",
        "en",
        "Ramstein: allies to discuss air defence",
        4,
        FIRST,
        why="both name Ramstein and Austin, 5 hours apart",
        maybe=0.44,
    ),
    Told(
        "প্রথম আলো",
        "bn",
        "রামস্টেইনে ৫০ দেশের বৈঠক",
        3,
        FIRST,
        why="both name 50 and 14 February, 6 hours apart",
        maybe=0.55,
    ),
    Told("RBC-Україна", "uk", "Старий репортаж із Рамштайну", 2),
)


@contextmanager
def told(folder: Path, articles: Sequence[Told] = ARTICLES, **options: Any) -> Iterator[House]:
    """The house with these articles in it alone, alerted and answered."""
    with house(folder, (), **options) as running:
        sources = (*SOURCES, *(Source(name, f"https://{name[-2:]}.wire.example/rss") for name in WIRES))
        sources = tuple(replace(source, pace=timedelta(0)) for source in sources)
        polls = PollStore(running.database, sources)
        polls.sync(NOW - timedelta(days=3))
        reads = ReadStore(running.database, sources, _linker(articles))
        outbox = Outbox(running.database, ALERTS)
        for item in articles:
            _publish(polls, item)
            _read(reads, articles, NOW - item.hours * HOUR + timedelta(seconds=20))
        _blocked(polls)
        _answer(outbox)
        yield running


def _linker(articles: Sequence[Told]) -> Any:
    """Links as the articles say."""
    by_title = {item.title: item for item in articles}

    def link(new: Print, known: Sequence[Known]) -> Linking:
        item = by_title[new.title]
        story = next((one.story_id for one in known if one.print.title == item.of), None)
        if item.maybe and story:
            return Linking(suggestions=(Suggestion(story, item.maybe, item.why),))
        return Linking(story, item.how, 0.9, item.why)

    return link


def _publish(polls: PollStore, item: Told) -> None:
    found = NOW - item.hours * HOUR
    entry = Entry(item.url, item.url, item.title, item.title, published=found - HOUR / 6)
    result = PollResult(item.source, "new", (Sighting(item.url, url_key(item.url), entry),), Cursor())
    claimed = polls.claim_named(item.source, found - timedelta(seconds=1))
    assert claimed is not None
    polls.save(claimed, result, lambda tally: replace(after(claimed, result, tally, 0.5, found), due=NOW + HOUR), found)


def _read(reads: ReadStore, articles: Sequence[Told], now: datetime) -> None:
    """Read all that is due, what is read again for corrections with it."""
    by_title = {item.title: item for item in articles}
    while (article := reads.claim(now)) is not None:
        reads.save(_finding(article, by_title[article.title], now), article, _route, now)


def _finding(article: DueArticle, item: Told, now: datetime) -> Finding:
    text = f"{item.title}. Ramstein."
    at = len(item.title) + 2 + text.rindex("Ramstein")
    term = Term("base", "Ramstein", at, at + 8)
    verdict = Verdict("ramstein", True, "certain", 9.0, (term,), ("known place: Ramstein (weight 9)",))  # noqa: FBT003
    made = Print(item.language, now, item.title, len(text), b"")
    return Finding(article.id, item.title, text, "full", (verdict,), item.language, print=made)


def _route(finding: Finding, _article: DueArticle, now: datetime) -> tuple[NewDelivery, ...]:
    """The mail is a digest, one article is too old, and later articles of a story are updates."""
    old = "older than alert_backlog (1d)" if finding.title == ARTICLES[-1].title else None
    digest = "digest at 07:00 Berlin, 13 Feb"
    return tuple(
        NewDelivery(
            "ramstein",
            alert.name,
            NOW + 17 * HOUR if alert.name == "desk-mail" else now,
            now + timedelta(days=7),
            suppressed=old,
            held=digest if alert.name == "desk-mail" and old is None else None,
            updates=6 * HOUR,
        )
        for alert in ALERTS
    )


def _blocked(polls: PollStore) -> None:
    """A source that is blocked, and told of with an address that holds a key."""
    source, since = "RBC-Україна", NOW - 3 * HOUR
    claimed = polls.claim_named(source, NOW - HOUR)
    assert claimed is not None
    words = f"http: https://rbc.example/?key={KEY} answers 403"
    notice = Notice(source, "ok", "blocked", words, since)
    standing = Standing("blocked", since, failures=6)
    failed = PollResult(source, "failed", error="http: answers 403", error_kind="http", status=403)
    polls.save(claimed, failed, lambda _tally: After(standing, NOW + HOUR, notice), NOW - HOUR)


def _answer(outbox: Outbox) -> None:
    """One channel is refused, one cannot be reached, one does not take most messages, the others take what they get."""
    tries = Counter[str]()
    for minutes in range(60, 2, -1):
        now = NOW - timedelta(minutes=minutes)
        parcel = outbox.claim(now)
        if parcel is not None:
            tries[parcel.alert] += 1
            outbox.done(parcel, _outcome(parcel.alert, tries[parcel.alert]), now)


def _outcome(alert: str, tries: int) -> Outcome:
    if alert == "desk-telegram":
        return Outcome(ok=False, error=KICKED, permanent=True)
    if alert == "press/1":
        return Outcome(ok=False, error="smtp: mail.press.example: connection refused")
    if alert == "press/2" and tries % 3:
        return Outcome(ok=False, error="SMTP 554: 5.7.1 refused as spam", permanent=True, poison=True)
    return Outcome(ok=True)
