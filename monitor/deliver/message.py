"""A parcel as a message: the same words as plain text, as HTML mail and as Telegram's HTML. Pure.

Here it is decided what kind of message a parcel is; what each says is in ``cards``, ``update``, ``digest`` and
``notices``, how it looks in ``templates/``.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from monitor.deliver.cards import Card, Reader, card
from monitor.deliver.digest import digest
from monitor.deliver.draft import SUBJECT, Draft, Fill, code, repeated_mark, subject_line
from monitor.deliver.fitting import TELEGRAM, first_that_fits, narrow, narrow_values
from monitor.deliver.moments import moment
from monitor.deliver.notices import LONGEST, NoticeCard, drafted, notice_draft
from monitor.deliver.plain import lines, quiet
from monitor.deliver.ranges import named
from monitor.deliver.templating import written
from monitor.deliver.update import update
from monitor.model import Message, Parcel
from monitor.text import shorten

__all__ = ["SUBJECT", "TELEGRAM", "render", "render_notice", "render_test"]

NUMBERS: Final = 600
"""Characters for the numbers of all hits, where a channel has room for no more."""


def render(parcel: Parcel, *, review_url: str | None, tz: str, templates: str | None = None) -> Message:
    """The message for one parcel.

    One hit is a single alert; articles of one story that was told before are an update; notices alone are a notice;
    everything else is a digest. ``review_url`` is the root of the review page, None leaves its links out; ``tz`` is the
    reader's zone; ``templates`` the folder of an alert's own templates. What went wrong with those is in the message's
    notes. A parcel without anything in it is a mistake of the caller: ValueError.
    """
    message = made(drafted_as(parcel, Reader(tz, review_url)), parcel.key, templates)
    return replace(message, numbers=named((hit.id for hit in parcel.hits), NUMBERS))


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
    """A message of the monitor about itself: one headline, some lines, when it was sent (UTC)."""
    title = shorten(quiet(headline).strip(), SUBJECT)
    notice = NoticeCard(title, shorten(lines(body), LONGEST), f"Sent {moment(now, 'UTC')}")
    return made(drafted([notice], _common("", key), own_words=True), key, None)


def drafted_as(parcel: Parcel, reader: Reader) -> Draft:
    """The draft of the kind that this parcel is."""
    if not parcel.items and not parcel.notices:
        raise ValueError("a parcel without hits and notices cannot be a message")
    repeated = [*(item.repeated for item in parcel.items), *(item.repeated for item in parcel.notices)]
    common = _common(parcel.alert, parcel.key, parcel.reason, repeated=all(repeated))
    if not parcel.items:
        return notice_draft(parcel, reader, common)
    if is_update(parcel):
        return _threaded(update(parcel, reader, common), parcel)
    if len(repeated) == 1:
        return _threaded(alert(parcel, reader, common), parcel)
    return digest(parcel, reader, common)


def is_update(parcel: Parcel) -> bool:
    """Whether all of it is news of one story that the channel was told of."""
    stories = {item.hit.story if item.hit.story is not None else -item.hit.id for item in parcel.items}
    return not parcel.notices and len(stories) == 1 and all(item.update for item in parcel.items)


def made(draft: Draft, key: str, templates: str | None) -> Message:
    """The draft in its three forms."""
    text, no_text = written(templates, f"{draft.kind}.txt.j2", lambda fill: fill(draft.values))
    html, no_html = written(templates, f"{draft.kind}.html.j2", lambda fill: fill(draft.values))
    telegram, no_telegram = written(templates, f"{draft.kind}.telegram.j2", draft.telegram)
    notes = tuple(note for note in (no_text, no_html, no_telegram) if note)
    return Message(draft.subject, text, html, telegram, key, draft.thread, notes)


def alert(parcel: Parcel, reader: Reader, common: dict[str, Any]) -> Draft:
    """The draft of a single alert."""
    item = parcel.items[0]
    shown = card(item.hit, reader, update=item.update, repeated=item.repeated)
    subject = alert_subject(shown)
    values = common | {"card": shown, "subject": subject}
    return Draft("alert", subject, values, lambda fill: _telegram_alert(fill, values, shown))


def alert_subject(shown: Card) -> str:
    """``Ramstein: <headline, cut at a word> (uk, Фокус +5)``, at most 120 characters.

    Where an edit made the article match, it begins with ``Ramstein, edited:``.
    """
    outlet = shorten(shown.outlet, 30) + (f" +{shown.others}" if shown.others else "")
    tail = f" ({code(shown.lang)}, {outlet}){repeated_mark(repeated=shown.repeated)}"
    return subject_line(f"{shorten(shown.topic, 30)}{', edited' if shown.edited else ''}: ", shown.headline, tail)


def _telegram_alert(fill: Fill, values: dict[str, Any], shown: Card) -> str:
    short = narrow_values(values)
    return first_that_fits(lambda shape: fill(short | {"card": narrow(shown, shape)}))


def _threaded(draft: Draft, parcel: Parcel) -> Draft:
    """The draft with its story's name, so that an update stands under the alert that told of it first."""
    story = parcel.items[0].hit.story
    thread = None if story is None else f"story-{story}-{parcel.alert}"
    return replace(draft, thread=thread)


def _common(alert_name: str, key: str, reason: str = "", *, repeated: bool = False) -> dict[str, Any]:
    """The values that every template gets."""
    return {
        "alert": shorten(quiet(alert_name).strip(), 60),
        "key": shorten(quiet(key).strip(), 80),
        "reason": shorten(quiet(reason).strip(), 300),
        "repeated": repeated,
        "fault": "",
    }
