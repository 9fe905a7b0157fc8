"""Which story an article belongs to: a copy of one that is known, the same event in another language, or a new one.

Must not: read a clock or the database. A wrong merge costs a notification, never data; a doubtful one is a suggestion.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from monitor.match.normalise import normalise
from monitor.model import Known, Linking, Print
from monitor.read.copies import best_copy
from monitor.read.events import same_event
from monitor.read.marks import hashed, marks_of
from monitor.read.sketch import MAX_CHARACTERS, sketch
from monitor.text import clean

WINDOW = timedelta(hours=72)
MAX_TITLE = 300

_DASH = re.compile(r"\s[-–—|•·»]\s")
_MIN_HEADLINE = 25
_MAX_OUTLET = 32
_SIGNS = re.compile(r"[^\S ]+|[!-/:-@\[-`{-~]+")


def fingerprint(title: str, text: str, language: str | None, published: datetime | None, found: datetime) -> Print:
    """Return what is kept of an article to link it; bounded in time and size whatever the text holds.

    A date of publication in the future is not believed.
    """
    title, text = clean(title[:MAX_TITLE]), clean(text[:MAX_CHARACTERS])
    when = published if published is not None and published <= found else found
    body = text.removeprefix(title).strip()
    marks = marks_of(title, body, language, when)
    return Print(
        language=language,
        when=when,
        title=" ".join(_SIGNS.sub(" ", normalise(_without_outlet(title)).text).split()),
        length=len(body),
        signature=sketch(body) + hashed(marks),
        marks=marks,
    )


def link(new: Print, known: Sequence[Known]) -> Linking:
    """Return the story that an article belongs to, judged by the articles within WINDOW of it.

    The order of ``known`` does not matter.
    """
    near = [one for one in known if abs(one.print.when - new.when) <= WINDOW]
    near.sort(key=lambda one: one.article_id)
    return best_copy(new, near) or same_event(new, near)


def _without_outlet(title: str) -> str:
    """Return a headline without ``- Outlet`` or ``| Outlet`` at its end."""
    start, end = ([found.span() for found in _DASH.finditer(title)] or [(0, 0)])[-1]
    return title[:start] if start >= _MIN_HEADLINE and len(title) - end <= _MAX_OUTLET else title
