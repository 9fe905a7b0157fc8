"""Which story an article belongs to: a copy of one that is known, the same event in another language, or a new one.

Must not: read a clock or the database. A wrong merge costs a notification, never data; a doubtful one is a suggestion.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.match.normalise import normalise
from monitor.model import Known, Linking, Print
from monitor.read.copies import best_copy
from monitor.read.events import same_event
from monitor.read.marks import marks_of
from monitor.read.sketch import sketch
from monitor.text import clean

WINDOW = timedelta(hours=72)
_TITLE = 300
_TEXT = 20_000


def fingerprint(title: str, text: str, language: str | None, published: datetime | None, found: datetime) -> Print:
    """Return what is kept of an article to link it; bounded in time and size whatever the text holds."""
    title, text = clean(title[:_TITLE]), clean(text[:_TEXT])
    when = published if published is not None and published <= found else found
    body = text.removeprefix(title)
    return Print(
        language=language,
        when=when,
        title=" ".join(normalise(title).text.split()),
        length=len(body),
        signature=sketch(body),
        marks=marks_of(title, body, language, when),
    )


def link(new: Print, known: Sequence[Known]) -> Linking:
    """Return the story that an article belongs to, judged by the articles within WINDOW of it.

    The order of ``known`` does not matter.
    """
    near = [one for one in known if abs(one.print.when - new.when) <= WINDOW]
    near.sort(key=lambda one: one.article_id)
    return best_copy(new, near) or same_event(new, near)
