"""Several hits as one message: by story, the newest story first, each told once, every hit named. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from monitor.deliver.cards import Card, Reader, card, topic_name
from monitor.deliver.draft import SUBJECT, Draft, Fill, counts, many, repeated_mark
from monitor.deliver.fitting import LISTED, most_that_fit, narrow, narrow_values
from monitor.deliver.links import linked
from monitor.deliver.notices import NoticeCard, brief, notice_cards
from monitor.deliver.outlets import Mention, base, elsewhere, in_line, outlet_name
from monitor.deliver.ranges import named
from monitor.model import Item, Parcel
from monitor.text import shorten

_TOPICS_NAMED: Final = 3
_NUMBERS: Final = 2100
"""Characters for the numbers of what a Telegram message has no room for."""
_REPEATED: Final = 300
"""Characters for the numbers of what may have arrived before."""
_NOTICES: Final = 3
"""Notices that a Telegram digest names."""


@dataclass(frozen=True, slots=True)
class Story:
    """One story in a digest."""

    best: Card
    """The article it is shown by: the surest one, the earliest of those."""
    topics: str
    languages: str
    """How many articles in which language, where there are several."""
    update: bool
    """True when the reader was told of it before."""
    mentions: tuple[Mention, ...]
    """Its other articles in this message."""
    told: str
    """Who else had it, in a line: articles that are not in this message; empty where the reader knows of them."""
    ids: tuple[int, ...]

    @property
    def numbers(self) -> str:
        """All its hits here."""
        return named(self.ids)


def digest(parcel: Parcel, reader: Reader, common: dict[str, Any]) -> Draft:
    """The draft of a digest."""
    stories = told_stories(parcel.items, reader)
    head = digest_head(parcel, stories)
    notices = notice_cards(parcel.notices, reader)
    known = {
        "head": head,
        "several_topics": len({item.hit.topic for item in parcel.items}) > 1,
        "some_repeated": _some_repeated(parcel),
        "repeated": all(item.repeated for item in parcel.items),
    }
    subject = head + repeated_mark(repeated=bool(known["repeated"]))
    values = common | known | {"stories": stories, "notices": notices, "subject": subject}
    return Draft("digest", subject, values, lambda fill: _telegram(fill, values, stories, notices))


def told_stories(items: Sequence[Item], reader: Reader) -> tuple[Story, ...]:
    """The items by story, the story with the newest article first."""
    grouped: dict[tuple[str, int], list[Item]] = {}
    for item in items:
        grouped.setdefault(_group(item), []).append(item)
    newest_first = sorted(grouped.values(), key=lambda group: max(map(_age, group)), reverse=True)
    return tuple(_story(group, reader) for group in newest_first)


def digest_head(parcel: Parcel, stories: Sequence[Story]) -> str:
    """``Ramstein: 7 hits (uk 3, en 2, pl 2)``, or ``Ramstein: 3 stories, 7 hits (...)`` where some share one."""
    topics = [name for name, _ in _ranked(topic_name(item.hit.topic) for item in parcel.items)]
    cut = ", …" * (len(topics) > _TOPICS_NAMED)
    names = ", ".join(shorten(topic, 30) for topic in topics[:_TOPICS_NAMED]) + cut
    hits = many(len(parcel.items), "hit")
    if len(stories) < len(parcel.items):
        hits = f"{many(len(stories), 'story', 'stories')}, {hits}"
    return shorten(f"{names}: {hits} ({counts(item.hit.language for item in parcel.items)})", SUBJECT)


def _group(item: Item) -> tuple[str, int]:
    return ("hit", item.hit.id) if item.hit.story is None else ("story", item.hit.story)


def _age(item: Item) -> tuple[datetime, int]:
    return item.hit.published or item.hit.found, item.hit.id


def _ranked(names: Iterable[str]) -> list[tuple[str, int]]:
    return sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))


def _surest(item: Item) -> tuple[bool, bool, float, tuple[datetime, int]]:
    return item.hit.grade != "certain", item.hit.extraction != "full", -item.hit.score, _age(item)


def _story(group: Sequence[Item], reader: Reader) -> Story:
    first, *others = sorted(group, key=_surest)
    best = card(first.hit, reader, update=first.update, repeated=first.repeated)
    ids = frozenset(item.hit.id for item in group)
    mentions = _mentions(first, others)
    shown = {one.outlet for one in mentions}
    told = [one for one in elsewhere(first.hit, without=ids) if one.outlet not in shown]
    everybody = shown | {one.outlet for one in elsewhere(first.hit)}
    update = any(item.update for item in group)
    languages = [item.hit.language for item in group]
    return Story(
        best=replace(best, others=len(everybody - {outlet_name(first.hit.source)})),
        topics=", ".join(dict.fromkeys(topic_name(item.hit.topic) for item in group)),
        languages=counts(languages) if len(group) > 1 else "",
        update=update,
        mentions=mentions,
        told="" if update else in_line(told),
        ids=tuple(sorted(ids)),
    )


def _mentions(first: Item, others: Iterable[Item]) -> tuple[Mention, ...]:
    own = base(first.hit.language)
    out: dict[int, Mention] = {}
    for item in others:
        hit = item.hit
        if hit.article_id != first.hit.article_id:  # one article may be a hit on several topics
            lang = base(hit.language) if base(hit.language) != own else ""
            one = Mention(outlet_name(hit.source), lang, *linked(hit.url), id=hit.id, repeated=item.repeated)
            out.setdefault(hit.article_id, one)
    return tuple(out.values())


def _some_repeated(parcel: Parcel) -> str:
    """The numbers of what may have arrived before, where that is not all."""
    repeated = [item.hit.id for item in parcel.items if item.repeated]
    return named(repeated, _REPEATED) if 0 < len(repeated) < len(parcel.items) else ""


# --- Telegram --------------------------------------------------------------------------------------


def _telegram(fill: Fill, values: dict[str, Any], stories: Sequence[Story], notices: Sequence[NoticeCard]) -> str:
    """As many stories as fit, newest first; every other hit by its number."""
    short = narrow_values(values) | {"notices": brief(notices, _NOTICES)}
    shown = [_narrow(story) for story in stories]
    return most_that_fit(
        lambda count: fill(short | {"stories": shown[:count], "rest": _rest(stories, count)}), len(shown)
    )


def _narrow(story: Story) -> Story:
    return replace(story, best=narrow(story.best, LISTED), topics=shorten(story.topics, 60), mentions=())


def _rest(stories: Sequence[Story], count: int) -> str:
    """What stands only by its number: the other articles of the stories shown, and all of the others."""
    behind = [number for story in stories[:count] for number in story.ids if number != story.best.id]
    left = [number for story in stories[count:] for number in story.ids]
    words = []
    if left:
        words.append(f"{len(stories) - count} more {'story' if len(stories) - count == 1 else 'stories'}")
    if behind:
        words.append(f"{many(len(behind), 'more article')} of {'those above' if count else 'them'}")
    return f"and {', '.join(words)}: {named(behind + left, _NUMBERS)}" if words else ""
