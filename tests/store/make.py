"""Values for the store's tests, as short as they can be."""

from dataclasses import replace
from datetime import timedelta

from monitor.model import (
    Alert,
    Cursor,
    Entry,
    Finding,
    Linking,
    NewDelivery,
    PollResult,
    Print,
    Sighting,
    Source,
    Suggestion,
    Term,
    Verdict,
)
from monitor.poll.standing import after
from monitor.urls import url_key

SOURCES = (
    Source("Harbour Post", "https://harbour.example/feed", connections=8),
    Source("Metro Courier", "https://metro.example/rss", connections=8),
    Source("Sister", "https://harbour.example/second", connections=8),
)
ALERTS = (
    Alert("mail", "mailto://x@example.org", ("ramstein",)),
    Alert("chat", "tgram://token/1", ("ramstein", "ukraine-aid")),
    Alert("digest", "mailto://y@example.org", ("ramstein",), when="0 8 * * *"),
)


WORD = Term("base", "Ramstein", 0, 8, "title", "ramstein")


def sighting(key, url=None, title=None):
    url = url or f"https://harbour.example/{key}"
    return Sighting(key, url_key(url), Entry(key, url, title or f"Headline {key}", "A summary."))


def polled(source, *sightings, etag="v1"):
    return PollResult(source, "new", tuple(sightings), Cursor(etag, None, "hash"))


def poll(polls, result, due, now, claimed=None):
    """Store a poll as the desk would, next due at ``due``. Returns how many articles are new."""
    claimed = claimed or polls.claim_named(result.source, now - timedelta(minutes=1))

    def follows(tally):
        return replace(after(claimed, result, tally, 0.5, now), due=due)

    return polls.save(claimed, result, follows, now)[0].new


def verdict(topic="ramstein", *, hit=True):
    return Verdict(topic, hit, "certain" if hit else None, 10 if hit else 0, (WORD,) if hit else (), ("named: +10",))


def found(article, *verdicts, **more):
    return Finding(
        article.id,
        article.title,
        "The Ramstein group met.",
        more.pop("extraction", "full"),
        verdicts or (verdict(),),
        **more,
    )


def routes(*alerts, due, topic="ramstein", expires=timedelta(days=7), **more):
    def route(finding, article, now):
        return [
            NewDelivery(item.topic, alert, due, due + expires, **{"updates": timedelta(hours=6), **more})
            for item in finding.verdicts
            if item.hit
            for alert in alerts
        ]

    return route


def printed(finding, article, story, maybe):
    """``finding`` with a print that names its story; ``maybe`` is the number of one that it may belong to as well."""
    marks = (f"story:{story}", *([f"maybe:{maybe}"] if maybe else []))
    return replace(finding, print=Print("en", article.found, article.title, 10, b"", marks))


def link(new, known):
    """Articles with one mark are of one story."""
    same = [one.story_id for one in known if one.print.marks[0] == new.marks[0]]
    maybe = [Suggestion(int(mark[6:]), 0.7, f"both name {new.marks[0][6:]}") for mark in new.marks[1:]]
    return Linking(same[0] if same else None, "copy" if same else "first", suggestions=tuple(maybe))


def store_hit(
    stores, clock, key="a", alerts=("mail",), *, source="Harbour Post", title=None, story=None, maybe=None, **more
):
    """One article polled, read and hit, with its deliveries in the outbox."""
    poll(stores.polls, polled(source, sighting(key, title=title)), clock() + timedelta(minutes=15), clock())
    while not (article := stores.reads.claim(clock())).url.endswith(f"/{key}"):
        stores.reads.save(found(article), article, routes(due=clock()), clock())  # an earlier one, read again
        clock.forward(seconds=1)
    finding = printed(found(article), article, story, maybe) if story else found(article)
    stores.reads.save(finding, article, routes(*alerts, due=clock(), **more), clock())
    clock.forward(seconds=2)
    return article
