"""The canary: made-up articles, one a topic and script family, that must come out at the other end. Pure.

Their texts are the topics' own examples that must hit, another one each day, so nothing here knows a topic. They go
through the running program like anybody's: served as a feed, polled, read, matched, put into the outbox, sent; but
their source and their channel are the canary's own, and no person is told of them.

Must not: serve, store or send.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import TYPE_CHECKING, Final

from monitor.model import CANARY, Alert, CanaryArticle, CanaryPlace, Fate, Notice, Source, Trace, Traces
from monitor.text import shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from monitor.config.settings import Settings
    from monitor.match.topic import Topic

ALL: Final = "canary"
"""What a notice is about when nothing came out at all."""
_INTERVAL: Final = timedelta(minutes=1)
"""A feed that could not be read is tried again within the canary's time."""
_PARAGRAPHS: Final = 3
_KANA: Final = 0.2
"""Share of kana from which a text is Japanese, however many Chinese characters are in it."""
_ALIASES: Final = {"Cjk": "Han", "Ideographic": "Han", "Hiragana": "Kana", "Katakana": "Kana"}
_WORDS: Final = 160
_LONG: Final = 30_000
"""Characters from which a channel cuts a message: what is not in it may have been."""


def with_canary(settings: Settings, place: CanaryPlace) -> Settings:
    """The settings with the canary's own source and alert, which stand in no file."""
    return replace(
        settings,
        sources=(*settings.sources, _source(place)),
        alerts=(*settings.alerts, _alert(place, [topic.name for topic in settings.topics], settings)),
    )


def _source(place: CanaryPlace) -> Source:
    return Source(
        CANARY,
        place.feed,
        interval=_INTERVAL,
        interval_min=_INTERVAL,
        interval_max=_INTERVAL,
        polite="source",
        pace=timedelta(0),
        connections=8,
    )


def _alert(place: CanaryPlace, topics: Sequence[str], settings: Settings) -> Alert:
    return Alert(
        CANARY,
        place.sink,
        tuple(topics),
        expires=2 * settings.watch.canary_within,
        urgent=(),
        max_per_hour=100_000,
        updates=None,
        notices=False,
    )


# --- what goes out -----------------------------------------------------------------------------------


def articles(topics: Iterable[Topic], place: CanaryPlace, at: datetime) -> tuple[CanaryArticle, ...]:
    """One article for each topic and script family that the topic has a positive example in.

    Where a family has several, the day decides, so that all of them have their turn. A topic that nothing published
    today can hit has none.
    """
    made = (one for topic in topics for one in _examples(topic, at.date()))
    return tuple(
        CanaryArticle(name, topic, language, _title(number, at), text, place.page(f"{at:%Y%m%dT%H%M}/{number}"))
        for number, (name, topic, language, text) in enumerate(made, 1)
    )


def _examples(topic: Topic, day: date) -> Iterator[tuple[str, str, str, str]]:
    if topic.not_before is not None and topic.not_before > day:
        return
    families: dict[str, list[tuple[str, str]]] = {}
    for example in topic.examples:
        if example.hit:
            families.setdefault(family(example.text), []).append((example.language, example.text))
    for name, texts in families.items():
        language, text = texts[day.toordinal() % len(texts)]
        yield name, topic.name, language, text


def family(text: str) -> str:
    """The script that most letters of a text are of: the first word of their Unicode names, Han and Kana apart."""
    letters = (char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char)[0] == "L")
    names = Counter(unicodedata.name(char, "Other").partition(" ")[0].title() for char in letters)
    counts: Counter[str] = Counter()
    for name, count in names.items():
        counts[_ALIASES.get(name, name)] += count
    if counts["Kana"] and counts["Kana"] >= _KANA * (counts["Kana"] + counts["Han"]):
        counts["Kana"] += counts.pop("Han", 0)
    return max(counts, key=lambda name: (counts[name], name), default="Other")


def _title(number: int, at: datetime) -> str:
    return f"{CANARY} {at:%Y-%m-%d} {number}"


def feed(out: Iterable[CanaryArticle], at: datetime) -> bytes:
    """The feed that leads to them (RSS 2.0); it says nothing of what they are about, so that the pages must be read."""
    date_line = format_datetime(at)
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link><guid>{one.url}</guid>"
        f"<pubDate>{date_line}</pubDate></item>"
        for one in out
    )
    whole = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{CANARY}</title>{items}</channel></rss>'
    return whole.encode()


def page(one: CanaryArticle, at: datetime) -> bytes:
    """The page of one article."""
    paragraphs = f"<p>{escape(one.text)}</p>" * _PARAGRAPHS
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(one.title)}</title></head><body><article>'
        f"<h1>{escape(one.title)}</h1><p>{at:%Y-%m-%d}</p>{paragraphs}</article></body></html>"
    ).encode()


# --- how far it came ---------------------------------------------------------------------------------


def fates(out: Iterable[CanaryArticle], known: Traces, arrived: Sequence[tuple[str, datetime]]) -> tuple[Fate, ...]:
    """How far each article came, by the database and by the messages that ``arrived`` at its channel, with when.

    It came out when it hit its own topic and a message shows its address; of a message so long that it was cut, the
    outbox's word is taken.
    """
    found = dict(known.found)
    return tuple(_fate(one, found.get(one.url), known.feed, arrived) for one in out)


def _fate(one: CanaryArticle, trace: Trace | None, feed: str | None, arrived: Sequence[tuple[str, datetime]]) -> Fate:
    if trace is None:
        return Fate(one, out=False, words=f"not polled: {feed}" if feed else "not polled")
    stuck = _unread(one, trace)
    if stuck:
        return Fate(one, out=False, words=stuck)
    cut = trace.delivery == "sent"
    times = [at for text, at in arrived if _shows(text, one.url) or (cut and len(text) >= _LONG)]
    return Fate(one, bool(times), "came out" if times else _undelivered(trace), min(times, default=None))


def _unread(one: CanaryArticle, trace: Trace) -> str:
    """Why it is no hit of its topic; an empty string when it is."""
    if one.topic in trace.hits:
        return ""
    if not trace.read:
        return "not read yet"
    if trace.trouble:
        return f"not read: {trace.trouble}"
    why = dict(trace.why).get(one.topic)
    return f"no hit: {why}" if why else "no hit"


def _undelivered(trace: Trace) -> str:
    if trace.delivery is None:
        return "not delivered: it hit, but no delivery was made"
    if trace.delivery == "sent":
        return "not delivered: called sent, but it did not arrive"
    return f"not delivered: {trace.delivery}{f', {trace.error}' if trace.error else ''}"


def _shows(text: str, url: str) -> bool:
    """Whether a message shows this address, and not only a longer one that begins with it."""
    return any(not rest[:1].isdigit() for rest in text.split(url)[1:])


# --- what is told ------------------------------------------------------------------------------------


def changes(done: Sequence[Fate], before: Mapping[str, str], at: datetime) -> tuple[Notice, ...]:
    """What the operator is told, once per change: of each script family, or of all at once when none came out.

    ``before`` has the last state told of each subject, ``ok`` or ``failing``.
    """
    by_family: dict[str, list[Fate]] = {}
    for fate in done:
        by_family.setdefault(fate.article.family, []).append(fate)
    none = bool(done) and not any(fate.out for fate in done)
    stuck = {} if none else {name: [fate for fate in group if not fate.out] for name, group in by_family.items()}
    stuck[ALL] = list(done) if none else []
    told = (_change(name, group, before.get(name, "ok"), at) for name, group in stuck.items())
    return tuple(notice for notice in told if notice is not None)


def _change(subject: str, stuck: Sequence[Fate], was: str, at: datetime) -> Notice | None:
    state = "failing" if stuck else "ok"
    if state == was:
        return None
    words = _failing(subject, stuck) if stuck else _back(subject)
    return Notice(subject, was, state, words, at, kind="canary")


def _failing(subject: str, stuck: Sequence[Fate]) -> str:
    said: Counter[str] = Counter()
    for fate in stuck:
        about = "" if subject == ALL else f" ({fate.article.topic}, {fate.article.language})"
        said[f"{shorten(fate.words, _WORDS)}{about}"] += 1
    parts = [f"{words} ({count} times)" if count > 1 else words for words, count in said.most_common(3)]
    more = f"; and {len(said) - 3} more" if len(said) > 3 else ""
    which = "no test article" if subject == ALL else f"the test article in {subject} script"
    verb = "came" if subject == ALL else "did not come"
    return f"{which} {verb} through in time, so real ones may be lost as well: {'; '.join(parts)}{more}"


def _back(subject: str) -> str:
    which = "test articles come" if subject == ALL else f"the test article in {subject} script comes"
    return f"{which} through again"
