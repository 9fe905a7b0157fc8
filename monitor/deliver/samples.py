"""Made-up parcels of every kind, for whoever writes templates: what a template must cope with. Pure.

Every value that a template may get is in one of them, and every one that may be empty is empty in another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from monitor.model import Carrier, ChannelState, HitView, Item, Notice, NoticeItem, Parcel, Term

_AT: Final = datetime(2024, 3, 1, 12, 20, tzinfo=UTC)
_TITLE: Final = "Allies meet at Ramstein & <agree>"
_TEXT: Final = "The contact group meets at Ramstein on Friday, officials said."

FULL: Final = HitView(
    id=12,
    article_id=34,
    url="https://news.example.org/12?a=1&b=2",
    title=_TITLE,
    text=_TEXT,
    source="An outlet",
    language="en",
    topic="ramstein",
    grade="certain",
    score=10.0,
    terms=(Term("place", "Ramstein", len(_TITLE) + 2 + _TEXT.index("Ramstein"), len(_TITLE) + 10 + _TEXT.index("R")),),
    why=("group named (en), weight 10",),
    published=_AT - timedelta(minutes=20),
    found=_AT,
    state="new",
    extraction="degraded",
    also_in=("Another outlet",),
    edited=True,
    country="UA",
    story=7,
    others=(
        Carrier(11, "The first outlet", "uk", "Союзники зустрілися", "https://first.example.org/11", _AT, "first"),
        Carrier(13, "A third outlet", "ar", "اجتماع الحلفاء", None, _AT, "translation"),
    ),
)
"""A hit of which everything is known."""

BARE: Final = replace(
    FULL,
    id=99,
    article_id=99,
    url=None,
    title="",
    text="",
    language=None,
    topic="ukraine-aid",
    grade="probable",
    terms=(),
    why=(),
    published=None,
    extraction="none",
    also_in=(),
    edited=False,
    country=None,
    story=None,
    others=(),
)
"""A hit of which next to nothing is known."""

_POLISH: Final = replace(FULL, id=14, article_id=36, source="Gazeta", language="pl", title="Sojusznicy w Ramstein")
_BLOCKED: Final = Notice("An outlet", "ok", "blocked", "HTTP 403: the server refuses us", _AT)
_ALIVE: Final = Notice("monitor", "", "alive", "118 of 120 sources answered.\n212 hits.", _AT, kind="alive")


def parcels(kind: str) -> Iterator[Parcel]:
    """Parcels that make a message of that kind: a full one, a bare one, one that may be repeated."""
    full, bare = _KINDS[kind]
    yield full
    yield bare
    yield replace(
        full,
        items=tuple(replace(item, repeated=True) for item in full.items),
        notices=tuple(replace(item, repeated=True) for item in full.notices),
    )


def _parcel(*hits: HitView, update: bool = False, notices: tuple[Notice, ...] = (), reason: str = "") -> Parcel:
    items = tuple(Item(hit.id, hit, update=update, repeated=hit.id == 14) for hit in hits)
    told = tuple(NoticeItem(900 + number, notice) for number, notice in enumerate(notices))
    return Parcel("desk", items, 0, "sample-1", ChannelState("desk"), told, reason)


_KINDS: Final = {
    "alert": (_parcel(FULL, reason="one alert waited"), _parcel(BARE)),
    "update": (_parcel(FULL, _POLISH, update=True, reason="some waited"), _parcel(BARE, update=True)),
    "digest": (
        _parcel(FULL, _POLISH, BARE, notices=(_BLOCKED, _ALIVE), reason="34 alerts waited"),
        _parcel(BARE, replace(BARE, id=98)),
    ),
    "notice": (_parcel(notices=(_BLOCKED, _ALIVE), reason="some waited"), _parcel(notices=(_ALIVE,))),
}
