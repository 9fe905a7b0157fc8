"""What is new in a story that the reader was told of: that, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from monitor.deliver.cards import Card, Reader, card, headline, tag, topic_name
from monitor.deliver.draft import Draft, Fill, code, counts, many, repeated_mark, subject_line
from monitor.deliver.fitting import LISTED, most_that_fit, narrow, narrow_mention, narrow_values
from monitor.deliver.links import linked
from monitor.deliver.names import language_name
from monitor.deliver.outlets import Mention, base, outlet_name, outlets
from monitor.deliver.plain import quiet
from monitor.deliver.ranges import named
from monitor.model import Carrier, HitView, Item, Parcel
from monitor.text import shorten

_NUMBERS: Final = 800
_CODES: Final = 5
"""Languages that a subject names."""


@dataclass(frozen=True, slots=True)
class Part:
    """What is new in one language."""

    language: str
    code: str
    first: bool
    """True when nothing in this language had been seen of the story before."""
    newest: Card
    mentions: tuple[Mention, ...]
    """Every new article in it, the newest first."""


def update(parcel: Parcel, reader: Reader, common: dict[str, Any]) -> Draft:
    """The draft of an update; the parcel's items are all of one story."""
    items = _articles(sorted(parcel.items, key=_age, reverse=True))
    hits = [item.hit for item in items]
    before = _before(hits)
    parts = _parts(items, {base(one.language) for one in before} or None, reader)
    gained = _gained(hits, before)
    values = common | {
        "gained": gained,
        "news": f"{gained}{_first_in(parts) or f' ({counts(hit.language for hit in hits)})'}",
        "topic": topic_name(hits[0].topic),
        **_known_as(hits, before),
        "news_parts": parts,
        "newest": card(hits[0], reader, update=True, repeated=items[0].repeated),
        "numbers": named(hit.id for hit in parcel.hits),
    }
    subject = _subject(values, parts, repeated=common["repeated"])
    values |= {"subject": subject}
    return Draft("update", subject, values, lambda fill: _telegram(fill, values, parcel))


def _age(item: Item) -> tuple[datetime, int]:
    return item.hit.published or item.hit.found, item.hit.id


def _articles(items: Sequence[Item]) -> list[Item]:
    """One item for each article: it may be a hit on several topics."""
    first: dict[int, Item] = {}
    for item in items:
        first.setdefault(item.hit.article_id, item)
    return list(first.values())


def _before(hits: Sequence[HitView]) -> list[Carrier]:
    """The story's other articles, first one first; none of this message."""
    here = {hit.id for hit in hits}
    known = {one.hit_id: one for hit in hits for one in hit.others if one.hit_id not in here}
    return list(known.values())


def _gained(hits: Sequence[HitView], before: Sequence[Carrier]) -> str:
    """``+14 outlets``; ``+2 articles`` where all of them had written of it before."""
    new = outlets(hits) - {outlet_name(one.source) for one in before}
    return f"+{many(len(new), 'outlet')}" if new else f"+{many(len(hits), 'article')}"


def _known_as(hits: Sequence[HitView], before: Sequence[Carrier]) -> dict[str, str]:
    """The headline that the reader knows the story by: its first."""
    first = before[0] if before else hits[-1]
    return {"headline": headline(first.title), "lang": tag(first.language)}


def _parts(items: Sequence[Item], told: set[str] | None, reader: Reader) -> tuple[Part, ...]:
    """The news by language: those first that are new to the story, then by how much there is.

    ``told``: the languages it was seen in before; None where that is not known, and nothing is called new.
    """
    grouped: dict[str, list[Item]] = {}
    for item in items:
        grouped.setdefault(base(item.hit.language), []).append(item)
    parts = [
        _part(group, first=told is not None and lang not in told | {""}, reader=reader)
        for lang, group in grouped.items()
    ]
    return tuple(sorted(parts, key=lambda part: (not part.first, -len(part.mentions))))


def _part(group: Sequence[Item], *, first: bool, reader: Reader) -> Part:
    newest = group[0]
    return Part(
        language=shorten(quiet(language_name(newest.hit.language)).strip(), 60),
        code=code(newest.hit.language),
        first=first,
        newest=card(newest.hit, reader, update=True, repeated=newest.repeated),
        mentions=tuple(_mention(item) for item in group),
    )


def _mention(item: Item) -> Mention:
    return Mention(outlet_name(item.hit.source), "", *linked(item.hit.url), id=item.hit.id, repeated=item.repeated)


def _first_in(parts: Iterable[Part]) -> str:
    """``, first in Polish and Czech``; empty where no language is new."""
    names = [part.language for part in parts if part.first]
    if not names:
        return ""
    return f", first in {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}"


def _subject(values: dict[str, Any], parts: Iterable[Part], *, repeated: bool) -> str:
    """``Ramstein: +14 outlets, now also pl, cs: <headline, cut at a word>``."""
    codes = [part.code for part in parts if part.first]
    shown = ", ".join(codes[:_CODES]) + f" and {len(codes) - _CODES} more" * (len(codes) > _CODES)
    head = f"{shorten(values['topic'], 30)}: {values['gained']}" + f", now also {shown}" * bool(codes)
    return subject_line(f"{head}: ", values["headline"], repeated_mark(repeated=repeated))


# --- Telegram --------------------------------------------------------------------------------------


def _telegram(fill: Fill, values: dict[str, Any], parcel: Parcel) -> str:
    """As many of the new articles as fit, a language at a time; all of them by number."""
    short = narrow_values(values) | {
        "newest": narrow(values["newest"], LISTED),
        "numbers": named((hit.id for hit in parcel.hits), _NUMBERS),
    }
    parts = [_narrow(part) for part in values["news_parts"]]
    return most_that_fit(lambda count: fill(short | _first_mentions(parts, count)), len(parcel.items))


def _narrow(part: Part) -> Part:
    return replace(
        part,
        newest=narrow(part.newest, LISTED),
        mentions=tuple(narrow_mention(one) for one in part.mentions),
    )


def _first_mentions(parts: Sequence[Part], count: int) -> dict[str, Any]:
    """The first ``count`` articles over all parts, and how many are left out."""
    shown, left = [], count
    for part in parts:
        if left <= 0:
            break
        shown.append(replace(part, mentions=part.mentions[:left]))
        left -= len(part.mentions)
    return {"news_parts": shown, "left": max(sum(len(part.mentions) for part in parts) - count, 0)}
