"""The monitor about itself: what, since when, what it means, what to do. Pure; who noticed it gives the facts.

Must not: decide what is worth a notice.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from monitor.deliver.cards import Reader, topic_name
from monitor.deliver.draft import SUBJECT, Draft, Fill, repeated_mark
from monitor.deliver.fitting import most_that_fit, narrow_values
from monitor.deliver.moments import moment
from monitor.deliver.names import language_name
from monitor.deliver.plain import cut_escaped, lines, quiet
from monitor.model import Notice, NoticeItem, Parcel
from monitor.text import shorten

LONGEST: Final = 4000
"""Characters of one notice."""
_SHORT: Final = 1200
"""Escaped UTF-16 units of one notice in Telegram; one alone may have twice that."""
_WELL: Final = frozenset({"ok", "back", "well"})


@dataclass(frozen=True, slots=True)
class NoticeCard:
    """One notice in words; ``body`` may have several lines, the rest is on one."""

    headline: str
    body: str
    when: str
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What the state of a source is called, what it means, and what to do."""

    phrase: str
    means: str
    mend: str


SOURCES: Final[Mapping[str, Advice]] = MappingProxyType(
    {
        "blocked": Advice(
            "refuses us",
            "Its articles are not read, or only by the feed's own words.",
            "Try another user_agent, headers or proxy in sources.yaml, or its sitemap; then: {check}",
        ),
        "failing": Advice(
            "fails", "Nothing new of it is read; it goes on being polled.", "See at which step it fails: {check}"
        ),
        "gone": Advice(
            "is gone",
            "Nothing of it is read any more.",
            "Take it out of sources.yaml, or find its new address: monitor sources add, with its home page.",
        ),
        "silent": Advice(
            "has fallen silent",
            "It may go on at another address, and be missed.",
            "Look at the site; monitor sources add with its home page finds the present feed.",
        ),
        "moved": Advice(
            "has moved", "It is polled there already.", "Write the new address into sources.yaml as its url."
        ),
        "rotated": Advice(
            "shows less than it publishes",
            "All that it showed was new, so what it published in between may be missing.",
            "Where it happens again: a shorter interval_min in sources.yaml.",
        ),
        "late": Advice(
            "is polled late",
            "There is more to do than time: its articles come later than they could.",
            "Longer intervals, a shorter pace or more connections for its host help.",
        ),
    }
)
_SOURCE_WELL: Final = Advice("is well again", "It is read as before.", "")

HEADLINES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "network": ("Our own network is down", "Our own network is back"),
        "channel": ("The channel {subject} does not take messages", "The channel {subject} works again"),
        "config": ("The new configuration is not in force", "The configuration is good again"),
        "disk": ("Disk space is short", "There is disk space again"),
        "disk database": ("The database cannot be written", "The database can be written again"),
        "backlog": ("The monitor is behind", "The monitor has caught up"),
        "topic": ("The topic {subject} matches too much", "The topic {subject} is as usual again"),
        "filter": ("The filter {subject} is not saved", "The filter {subject} is there"),
        "canary": ("The test article did not come through", "The test article comes through again"),
        "alive": ("Still alive", "Still alive"),
    }
)
"""What is said of each kind that is not a source, or of kind and subject: where it is wrong, and where it is well."""


def notice_draft(parcel: Parcel, reader: Reader, common: dict[str, Any]) -> Draft:
    """The draft of a message that holds notices alone."""
    cards = notice_cards(parcel.notices, reader)
    spike = all(item.notice.kind == "spike" for item in parcel.notices)
    return drafted(cards, common, own_words=spike)


def drafted(cards: Sequence[NoticeCard], common: dict[str, Any], *, own_words: bool = False) -> Draft:
    """The draft of some notices; ``own_words``: its subject needs no word of who speaks."""
    first = cards[0].headline
    several = f"{len(cards)} changes: {first}" if len(cards) > 1 else first
    mark = repeated_mark(repeated=common["repeated"])
    subject = shorten(several if own_words else f"Monitor: {several}", SUBJECT - len(mark)) + mark
    values = common | {"notices": tuple(cards), "subject": subject}
    return Draft("notice", subject, values, lambda fill: _telegram(fill, values, cards))


def notice_cards(items: Sequence[NoticeItem], reader: Reader) -> tuple[NoticeCard, ...]:
    """The words for each notice."""
    return tuple(notice_card(item.notice, reader, repeated=item.repeated) for item in items)


def notice_card(notice: Notice, reader: Reader, *, repeated: bool = False) -> NoticeCard:
    """The words for one notice."""
    advice = _advice(notice)
    said = "" if advice and advice.phrase.endswith(notice.words) else _sentence(lines(notice.words))
    parts = [said, *([advice.means, advice.mend] if advice else [])]
    body = "\n".join(filter(None, parts))
    at = moment(notice.at, reader.tz, notice.at.year)
    wrong = notice.state not in _WELL and notice.kind not in ("spike", "alive")
    return NoticeCard(_headline(notice, advice), shorten(body, LONGEST), f"since {at}" if wrong else at, repeated)


def brief(cards: Sequence[NoticeCard], most: int) -> tuple[str, ...]:
    """The headlines alone, for where there is little room; how many more there are."""
    shown = [cut_escaped(card.headline, 200) for card in cards[:most]]
    return (*shown, *([f"and {len(cards) - most} more"] if len(cards) > most else []))


def _advice(notice: Notice) -> Advice | None:
    if notice.kind != "source":
        return None
    if notice.state in _WELL:
        return _SOURCE_WELL
    known = SOURCES.get(notice.state)
    check = f"monitor sources check {shlex.quote(_name(notice))}"
    return Advice(known.phrase, known.means, known.mend.replace("{check}", check)) if known else None


def _headline(notice: Notice, advice: Advice | None) -> str:
    if notice.kind == "spike":
        return _spike(notice)
    if advice:
        return f"{_name(notice)} {advice.phrase}"
    known = HEADLINES.get(f"{notice.kind} {notice.subject}") or HEADLINES.get(notice.kind)
    if known:
        return known[notice.state in _WELL].replace("{subject}", _name(notice))
    return f"{_name(notice)}: {shorten(quiet(notice.state).strip(), 40)}"


def _spike(notice: Notice) -> str:
    """``Ramstein: many more articles than usual in Polish``."""
    where = f" in {language_name(notice.language)}" if notice.language else ""
    return shorten(
        quiet(f"{topic_name(notice.topic or notice.subject)}: many more articles than usual{where}"), SUBJECT
    )


def _name(notice: Notice) -> str:
    return shorten(quiet(notice.subject).strip(), 60)


def _sentence(words: str) -> str:
    """``words`` with a capital at its beginning and a full stop at its end."""
    words = words.strip()
    if not words:
        return ""
    end = "" if words[-1] in ".!?:…'`\"" or "\n" in words else "."
    return words[0].upper() + words[1:] + end


def _telegram(fill: Fill, values: dict[str, Any], cards: Sequence[NoticeCard]) -> str:
    room = _SHORT * (2 if len(cards) == 1 else 1)
    short = [
        NoticeCard(cut_escaped(card.headline, 300), cut_escaped(card.body, room), card.when, card.repeated)
        for card in cards
    ]
    known = narrow_values(values)
    return most_that_fit(lambda n: fill(known | {"notices": short[:n], "left": brief(cards[n:], 8)}), len(short))
