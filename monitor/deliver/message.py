"""A parcel as a message: the same words as plain text, as HTML mail and as Telegram's HTML. Pure; the door to Jinja2.

Downloaded text only ever enters a template as a value: it is never a template itself, it is escaped by autoescape
in both kinds of HTML, and the templates run in Jinja2's sandbox with undefined names as errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from html import escape
from typing import Any, Final

from jinja2 import PackageLoader, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from monitor.deliver.cards import Card, card, moment
from monitor.deliver.plain import cut_escaped, isolated, quiet, units
from monitor.model import Message, Parcel
from monitor.text import shorten

SUBJECT: Final = 120
"""Longest subject, in code points."""
TELEGRAM: Final = 3500
"""Longest Telegram text, in UTF-16 units of its markup; the service's own limit is 4,096 without markup."""
TELEGRAM_URL: Final = 1000

_LANGUAGES_NAMED: Final = 6
_TOPICS_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Shape:
    """How much of a card is shown; lengths in escaped UTF-16 units."""

    headline: int
    snippet: bool
    reasons: int
    also: bool


SHAPES: Final = (
    Shape(headline=1500, snippet=True, reasons=3, also=True),
    Shape(headline=1500, snippet=False, reasons=3, also=True),
    Shape(headline=600, snippet=False, reasons=1, also=True),
    Shape(headline=300, snippet=False, reasons=0, also=False),
)
"""From all to the least: the first that fits Telegram's limit is taken. The last fits whatever the text."""

DIGEST_SHAPE: Final = Shape(headline=300, snippet=False, reasons=0, also=False)


def render(parcel: Parcel, *, review_url: str | None, tz: str) -> Message:
    """The message for one parcel: a single alert for one hit, a digest (newest first) for several.

    ``review_url`` is the root of the review page, None leaves its links out; ``tz`` is the reader's zone.
    A parcel without hits is a mistake of the caller: ValueError.
    """
    if not parcel.hits:
        raise ValueError("a parcel without hits cannot be a message")
    newest = sorted(parcel.hits, key=lambda hit: (hit.published or hit.found, hit.id), reverse=True)
    cards = [card(hit, review_url, tz) for hit in newest]
    common = {
        "alert": shorten(quiet(parcel.alert).strip(), 60),
        "key": shorten(quiet(parcel.key).strip(), 80),
        "repeated": parcel.repeated,
    }
    return _digest(parcel, cards, common) if len(cards) > 1 else _alert(parcel, cards[0], common)


def render_test(alert_name: str, now: datetime) -> Message:
    """The message of ``monitor alerts test``."""
    name = shorten(quiet(alert_name).strip(), 60)
    return render_notice(
        f"Test of the alert {name}",
        "Nothing was found. If you read this, the channel works and alerts will arrive here.",
        key=f"test-{name}-{now:%Y%m%dT%H%M%S}",
        now=now,
    )


def render_notice(headline: str, body: str, *, key: str, now: datetime) -> Message:
    """A message of the monitor about itself: one headline, one paragraph, when it was sent (UTC)."""
    title = shorten(quiet(headline).strip(), SUBJECT)
    values = {"subject": title, "headline": title, "sent": f"Sent {moment(now, 'UTC')}", "repeated": False}
    return Message(
        subject=title,
        text=_fill("notice.txt.j2", values | {"body": shorten(quiet(body).strip(), 2000)}),
        html=_fill("notice.html.j2", values | {"body": shorten(quiet(body).strip(), 2000)}),
        telegram=_fill("notice.telegram.j2", values | {"body": cut_escaped(quiet(body).strip(), 2000)}),
        key=key,
    )


def _alert(parcel: Parcel, shown: Card, common: dict[str, Any]) -> Message:
    subject = alert_subject(shown, repeated=parcel.repeated)
    values = common | {"card": shown, "subject": subject}
    return Message(
        subject=subject,
        text=_fill("alert.txt.j2", values),
        html=_fill("alert.html.j2", values),
        telegram=_telegram_alert(shown, common),
        key=parcel.key,
    )


def _digest(parcel: Parcel, cards: list[Card], common: dict[str, Any]) -> Message:
    head = digest_head(cards)
    values = common | {"cards": cards, "head": head, "subject": head}
    return Message(
        subject=head + _repeated(repeated=parcel.repeated),
        text=_fill("digest.txt.j2", values),
        html=_fill("digest.html.j2", values),
        telegram=_telegram_digest(cards, common | {"head": head}),
        key=parcel.key,
    )


def alert_subject(shown: Card, *, repeated: bool) -> str:
    """``Ramstein: <headline, cut at a word> (uk, Фокус +5)``, at most 120 characters.

    Where an edit made the article match, it begins with ``Ramstein, edited:``.
    """
    code = _code(shown)
    outlet = shorten(shown.outlet, 30) + (f" +{shown.others}" if shown.others else "")
    tail = f" ({code}, {outlet}){_repeated(repeated=repeated)}"
    head = f"{shorten(shown.topic, 30)}{', edited' if shown.edited else ''}: "
    return head + shorten(shown.headline, SUBJECT - len(head) - len(tail)) + tail


def digest_head(cards: Sequence[Card]) -> str:
    """``Ramstein: 7 hits (uk 3, en 2, pl 2)``: counts per language, largest first."""
    topics = list(dict.fromkeys(shown.topic for shown in cards))
    named = ", ".join(shorten(topic, 30) for topic in topics[:_TOPICS_NAMED]) + ", …" * (len(topics) > _TOPICS_NAMED)
    return shorten(f"{named}: {len(cards)} hits ({_counts(_code(shown) for shown in cards)})", SUBJECT)


def _code(shown: Card) -> str:
    return shown.lang.split("-")[0].lower() or "?"


def _counts(codes: Iterable[str]) -> str:
    ranked = sorted(Counter(codes).items(), key=lambda pair: (-pair[1], pair[0]))
    shown = ", ".join(f"{code} {count}" for code, count in ranked[:_LANGUAGES_NAMED])
    others = sum(count for _, count in ranked[_LANGUAGES_NAMED:])
    return f"{shown}, other {others}" if others else shown


def _repeated(*, repeated: bool) -> str:
    return " (possibly repeated)" if repeated else ""


# --- Telegram's limit ------------------------------------------------------------------------------


def _telegram_alert(shown: Card, common: dict[str, Any]) -> str:
    """The fullest shape that fits; text is cut before it is escaped, so no tag, entity or character is split."""
    text = ""
    for shape in SHAPES:
        text = _fill("alert.telegram.j2", _narrow_common(common) | {"card": narrow(shown, shape)})
        if units(text) <= TELEGRAM:
            break
    return text


def _telegram_digest(cards: list[Card], common: dict[str, Any]) -> str:
    """As many hits in full as fit, newest first; the others are named by their numbers."""
    narrowed = [narrow(shown, DIGEST_SHAPE) for shown in cards]
    values = _narrow_common(common)

    def text(count: int) -> str:
        return _fill("digest.telegram.j2", values | {"cards": narrowed[:count], "rest": narrowed[count:]})

    low, high = 0, len(narrowed)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if units(text(middle)) <= TELEGRAM else (low, middle - 1)
    return text(low)


def narrow(shown: Card, shape: Shape) -> Card:
    """``shown`` cut to ``shape``; a link too long to show is left out, its host stays."""
    return replace(
        shown,
        topic=cut_escaped(shown.topic, 100),
        headline=cut_escaped(shown.headline, shape.headline),
        outlet=cut_escaped(shown.outlet, 150),
        language=cut_escaped(shown.language, 100),
        snippet=shown.snippet if shape.snippet else (),
        why=tuple(cut_escaped(reason, 300) for reason in shown.why[: shape.reasons]),
        also=cut_escaped(shown.also, 400) if shape.also else "",
        url=shown.url if units(escape(shown.url)) <= TELEGRAM_URL else "",
        host=cut_escaped(shown.host, 300),
        review=shown.review if units(escape(shown.review)) <= TELEGRAM_URL // 2 else "",
    )


def _narrow_common(common: dict[str, Any]) -> dict[str, Any]:
    return {key: cut_escaped(value, 200) if isinstance(value, str) else value for key, value in common.items()}


# --- Jinja2 ----------------------------------------------------------------------------------------


def _fill(template: str, values: dict[str, Any]) -> str:
    return _templates().get_template(template).render(values).strip()


@cache
def _templates() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=PackageLoader("monitor.deliver", "templates"),
        autoescape=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["isolated"] = isolated
    return environment


def _escaped(template: str | None) -> bool:
    """Everything but plain text is escaped."""
    return template is None or not template.endswith(".txt.j2")
