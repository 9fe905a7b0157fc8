"""Hits as JSON, CSV, Atom and JSON Feed: pure, shared by the command line and the web.

Everything in them is data, not markup: what was downloaded can neither break a document nor act in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax import saxutils

from monitor.model import HitView, Term

COLUMNS = (
    "id",
    "url",
    "title",
    "source",
    "language",
    "topic",
    "grade",
    "score",
    "terms",
    "published",
    "found",
    "state",
    "story",
    "country",
    "tags",
    "note",
)
_OURS = ("id", "topic", "grade", "score", "state", "story", "country", "found")
"""What a JSON Feed has no word for."""
BOM = "\ufeff"
"""At the head of a CSV file it tells Excel that the text is UTF-8."""
_FORMULA = re.compile("[\\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+@＝＋－＠−-]|[\t\r\n]")
_NOT_XML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2: what no document may hold, not even escaped; and the C1 controls that it discourages."""
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII)
_LINK = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f-\x9f]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Feed:
    """What stands at the head of a feed."""

    title: str
    identity: str = ""
    """What tells it from the other feeds of this monitor, such as its query."""
    own: str = ""
    """Its address, without any token; empty where it has none."""
    page: str = ""
    """Address of the page that shows the same; empty where there is none."""


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z, or None."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def term_json(term: Term) -> dict[str, Any]:
    """One matched form; offsets count code points in NFC of title, two line feeds, text."""
    return {
        "concept": term.concept,
        "form": term.form,
        "start": term.start,
        "end": term.end,
        "field": term.field,
    }


def hit_json(hit: HitView) -> dict[str, Any]:
    """A hit for programs; the keys stay as they are (see docs)."""
    return {
        "id": hit.id,
        "url": hit.url,
        "title": hit.title,
        "source": hit.source,
        "language": hit.language,
        "topic": hit.topic,
        "grade": hit.grade,
        "score": hit.score,
        "terms": [term_json(term) for term in hit.terms],
        "published": iso(hit.published),
        "found": iso(hit.found),
        "state": hit.state,
        "story": hit.story,
    }


def reviewed_json(hit: HitView) -> dict[str, Any]:
    """A hit with what people have said of it; ``stamp`` is the number of the last decision on it."""
    return {
        **hit_json(hit),
        "country": hit.country,
        "tags": list(hit.tags),
        "note": hit.note,
        "stamp": hit.stamp,
    }


def jsonl_lines(hits: Iterable[HitView]) -> Iterator[str]:
    """JSON Lines: an object a line, in UTF-8."""
    for hit in hits:
        yield json.dumps(reviewed_json(hit), ensure_ascii=False) + "\n"


def csv_lines(hits: Iterable[HitView]) -> Iterator[str]:
    """A CSV file, line by line, with a head; no cell can act as a formula in a spreadsheet.

    OWASP, CSV Injection: a leading sign is disarmed with an apostrophe.
    """
    yield csv_line(COLUMNS)
    for hit in hits:
        row = reviewed_json(hit)
        row["terms"] = " | ".join(dict.fromkeys(term.form for term in hit.terms))
        row["tags"] = ", ".join(hit.tags)
        yield csv_line([row[column] for column in COLUMNS])


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180); no cell of it is taken for a formula by a spreadsheet."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(_disarmed, cells))
    return line.getvalue()


def atom(hits: Iterable[HitView], head: Feed, updated: datetime) -> Iterator[str]:
    """An Atom feed (RFC 4287), piece by piece; ``updated`` is when its newest entry was."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
    yield f"  <id>{_text(_urn(head))}</id>\n  <title>{_text(head.title)}</title>\n"
    yield f"  <updated>{iso(updated)}</updated>\n"
    yield "  <author><name>Ramstein monitor</name></author>\n"
    if head.own:
        yield f'  <link rel="self" type="application/atom+xml" href={_attribute(head.own)}/>\n'
    if head.page:
        yield f'  <link rel="alternate" type="text/html" href={_attribute(head.page)}/>\n'
    for hit in hits:
        yield _atom_entry(hit)
    yield "</feed>\n"


def json_feed(hits: Iterable[HitView], head: Feed) -> dict[str, Any]:
    """A JSON Feed (https://www.jsonfeed.org/version/1.1/); what it has no word for stands under ``_monitor``."""
    about = {"title": _plain(head.title), "home_page_url": head.page, "feed_url": head.own}
    return {
        "version": "https://jsonfeed.org/version/1.1",
        **{name: value for name, value in about.items() if value},
        "items": [_feed_item(hit) for hit in hits],
    }


def safe_link(url: str | None) -> str:
    """The address when a reader may follow it (http or https, no characters that a URI lacks), else empty."""
    return url if url and _LINK.fullmatch(url) else ""


def summary(hit: HitView) -> str:
    """Why it is a hit, in a line; the words that were found first."""
    words = ", ".join(f"“{form}”" for form in dict.fromkeys(term.form for term in hit.terms if term.form))
    return "; ".join(filter(None, (words, *hit.why)))


def _feed_item(hit: HitView) -> dict[str, Any]:
    kept = hit_json(hit) | {"country": hit.country}
    item = {
        "id": _hit_urn(hit),
        "url": safe_link(hit.url),
        "title": _plain(hit.title),
        "content_text": _plain(summary(hit)),
        "date_published": kept["published"] or kept["found"],
        "date_modified": kept["found"],
        "authors": [{"name": _plain(hit.source)}],
        "tags": [hit.topic, hit.grade, *hit.tags],
        "language": _language(hit),
        "_monitor": {name: kept[name] for name in _OURS},
    }
    return {name: value for name, value in item.items() if value}


def _atom_entry(hit: HitView) -> str:
    """One entry; one that links nowhere has its words as its content (section 4.1.2)."""
    link = safe_link(hit.url)
    body = "summary" if link else "content"
    lines = (
        f"<id>{_hit_urn(hit)}</id>",
        f"<title>{_text(hit.title)}</title>",
        f"<link href={_attribute(link)}/>" if link else "",
        f"<published>{iso(hit.published)}</published>" if hit.published else "",
        f"<updated>{iso(hit.found)}</updated>",
        f"<author><name>{_text(hit.source)}</name></author>",
        *(f"<category term={_attribute(term)}/>" for term in (hit.topic, hit.grade, *hit.tags)),
        f"<{body}>{_text(summary(hit))}</{body}>",
    )
    inside = "".join(f"    {line}\n" for line in lines if line)
    return f"  <entry xml:lang={_attribute(_language(hit))}>\n{inside}  </entry>\n"


def _language(hit: HitView) -> str:
    """A language tag (BCP 47), or empty: what the language is nobody knows."""
    return hit.language if hit.language and _TAG.fullmatch(hit.language) else ""


def _urn(head: Feed) -> str:
    return f"urn:ramstein-monitor:hits{':' + head.identity if head.identity else ''}"


def _hit_urn(hit: HitView) -> str:
    return f"urn:ramstein-monitor:hit:{hit.id}"


def _disarmed(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _plain(text: str) -> str:
    return _NOT_XML.sub("", text)


def _text(text: str) -> str:
    return saxutils.escape(_plain(text))


def _attribute(text: str) -> str:
    return saxutils.quoteattr(_plain(text))
