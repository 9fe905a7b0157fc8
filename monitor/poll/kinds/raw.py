"""What every feed format comes to, and the one place where it is cleaned, resolved and capped.

``finish`` turns a ``RawEntry`` of any format into the JSON form of ``monitor.model.Entry``. Every cap that bites
and every value that is dropped comes back as a note; the caller counts equal notes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor import text as texts
from monitor import urls
from monitor.poll.kinds import dates

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ENTRIES = 2_000
MAX_TITLE = 1_000
MAX_TEXT = 20_000
MAX_LINK = 2_048
MAX_GUID = 1_000
MAX_NAME = 200
MAX_MARKUP = 400_000
MAX_NOTES = 30

_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:[\s/>]|\Z)|<!|&(?:#\d|#x|[A-Za-z]{2,})")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as its format gives it: nothing in it is trusted, cleaned or capped yet."""

    guid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    title_is_plain: bool = False
    """True where the format says that the title holds no markup (Atom ``type="text"``, JSON Feed)."""
    summary: str = ""
    content: str = ""
    author: str = ""
    moment: datetime | None = None
    date_raw: str = ""
    updated: datetime | None = None
    language: str = ""
    outlet: str = ""


def finish(raw: RawEntry, feed_url: str) -> tuple[dict[str, Any], list[str]]:
    """Return the entry as JSON and the notes on it."""
    notes: list[str] = []
    title = _cap(line(raw.title, plain=raw.title_is_plain), MAX_TITLE, "title", notes)
    summary = _body(raw.summary, "summary", notes)
    content = _body(raw.content, "content", notes)
    published, date_raw = _date(raw, notes)
    entry = {
        "guid": _guid(raw.guid, notes),
        "url": _link(raw, feed_url, notes),
        "title": title,
        "summary": summary,
        "content": "" if content == summary else content,
        "author": line(raw.author)[:MAX_NAME] or None,
        "published": published.isoformat() if published else None,
        "date_raw": date_raw,
        "language": language(raw.language),
        "outlet": line(raw.outlet)[:MAX_NAME] or None,
        "updated": raw.updated.isoformat() if raw.updated and dates.in_range(raw.updated) else None,
    }
    return entry, notes


def line(markup: str, *, plain: bool = False) -> str:
    """Return one line of plain text."""
    stripped = markup if plain else _strip(markup[:MAX_MARKUP])
    return _SPACES.sub(" ", texts.clean(stripped)).strip()


def language(tag: str) -> str | None:
    """Return a language tag in lower case, or None when it is none: ``EN-us`` -> ``en-us``."""
    tag = tag.strip().replace("_", "-").lower()
    return tag if re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}", tag) else None


def later(updated: datetime | None, published: datetime | None) -> datetime | None:
    """Return when an entry was changed, unless that is no later than when it was published."""
    return updated if updated and (published is None or updated > published) else None


def tally(notes: Iterable[str]) -> tuple[str, ...]:
    """Count equal notes, in order of first appearance: ``title cut at 1,000 characters (3 entries)``."""
    counts: dict[str, int] = {}
    for note in notes:
        counts[note] = counts.get(note, 0) + 1
    shown = [f"{note} ({number} entries)" if number > 1 else note for note, number in counts.items()]
    return tuple(shown[:MAX_NOTES]) + ((f"{len(shown) - MAX_NOTES} more notes",) if len(shown) > MAX_NOTES else ())


def _strip(markup: str) -> str:
    """Text of what may be markup, or may be text with a stray ``<``."""
    return texts.html_to_text(markup) if _MARKUP.search(markup) else markup


def _body(markup: str, what: str, notes: list[str]) -> str:
    if len(markup) > MAX_MARKUP:
        notes.append(f"{what} markup cut at {MAX_MARKUP:,} characters")
    plain = texts.clean(_strip(markup[:MAX_MARKUP])).strip()
    return _cap(plain, MAX_TEXT, what, notes)


def _cap(plain: str, limit: int, what: str, notes: list[str]) -> str:
    if len(plain) <= limit:
        return plain
    notes.append(f"{what} cut at {limit:,} characters")
    return texts.clean(plain, limit)


def _guid(guid: str, notes: list[str]) -> str | None:
    """Clean a guid; one of absurd length is dropped, since a cut one may equal another."""
    if len(guid) > MAX_GUID:
        notes.append(f"guid of more than {MAX_GUID:,} characters dropped")
        return None
    return texts.clean(guid).strip() or None


def _link(raw: RawEntry, feed_url: str, notes: list[str]) -> str | None:
    """Return the absolute http(s) link, or None with a note on why not."""
    link = texts.clean(raw.link).strip()
    if not link:
        return None
    base = urls.join(feed_url, raw.base) if raw.base else None
    full = urls.join(base or feed_url, link)
    if full is None or urlsplit(full).scheme not in {"http", "https"}:
        notes.append("link dropped: not an http(s) address")
        return None
    if len(full) > MAX_LINK:
        notes.append(f"link dropped: more than {MAX_LINK:,} characters")
        return None
    return full


def _date(raw: RawEntry, notes: list[str]) -> tuple[datetime | None, str | None]:
    """Return the date in UTC and, when there is none that can be believed, the date as written."""
    written = line(raw.date_raw[: 4 * dates.MAX_LENGTH], plain=True)[: dates.MAX_LENGTH]
    moment = None if dates.odd_zone(written) else raw.moment or dates.read(written)
    if moment is not None and dates.in_range(moment):
        return moment.astimezone(UTC), None
    if written:
        notes.append("date not readable" if moment is None else "date out of range")
    return None, written or None
