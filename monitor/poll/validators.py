"""What is believed of a server's "not modified". Pure.

RFC 9110, section 13 saves both sides a document; but some servers and caches give one validator for ever. So a document
is asked for whole every so often, and a server that was so caught is never asked with validators again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.model import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import DueSource, Entry

WHOLE = timedelta(hours=2)
"""For how long "not modified" is believed; an index of sitemaps may also hide a changed part behind the same bytes."""
SLOW = timedelta(minutes=30)
"""An entry may come into a feed so much later than it is dated."""
DISTRUSTED = ""
"""Stands in the cursor instead of an ETag."""


def is_whole(due: DueSource) -> bool:
    """Tell whether the document is to be read in any case."""
    whole = due.standing.whole
    return due.reading_back or whole is None or due.at - whole >= WHOLE


def sent(due: DueSource) -> Cursor:
    """Return the validators to send, which may be none."""
    return Cursor() if is_whole(due) or due.cursor.etag == DISTRUSTED else due.cursor


def reached(due: DueSource, cursor: Cursor, entries: Iterable[Entry]) -> Cursor:
    """Return the cursor after a document with these entries: without validators where those have proved wrong.

    They have when a document that was asked for whole holds an entry from the time in which "not modified" was said.
    To be distrusted wrongly costs a server some bytes; the hash of the document still saves us the work.
    """
    if due.cursor.etag == DISTRUSTED or (is_whole(due) and _hid_some(due, entries)):
        return replace(cursor, etag=DISTRUSTED, last_modified=None)
    return cursor


def _hid_some(due: DueSource, entries: Iterable[Entry]) -> bool:
    whole, last_ok = due.standing.whole, due.standing.last_ok
    if whole is None or last_ok is None or not (due.cursor.etag or due.cursor.last_modified):
        return False
    return any(entry.published is not None and whole < entry.published < last_ok - SLOW for entry in entries)
