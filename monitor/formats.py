"""Hits as JSON, CSV and Atom: pure, shared by the command line and the web. Everything in them is data, not markup."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from monitor.model import HitView

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
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with a Z, or None."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


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
        "terms": [
            {"concept": term.concept, "form": term.form, "start": term.start, "end": term.end, "field": term.field}
            for term in hit.terms
        ],
        "published": iso(hit.published),
        "found": iso(hit.found),
        "state": hit.state,
        "story": None,
        "also_in": list(hit.also_in),
        "note": hit.note,
    }


def csv_lines(hits: Iterable[HitView]) -> Iterator[str]:
    """A CSV file, line by line, with a head; no cell can act as a formula in a spreadsheet.

    OWASP, CSV Injection: a leading sign is disarmed with an apostrophe.
    """
    yield _csv_line(COLUMNS)
    for hit in hits:
        row = hit_json(hit)
        row["terms"] = " | ".join(dict.fromkeys(term.form for term in hit.terms))
        yield _csv_line([_disarmed(row[column]) for column in COLUMNS])


def atom(hits: Iterable[HitView], title: str, updated: datetime) -> Iterator[str]:
    """An Atom feed (RFC 4287), piece by piece."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"  <id>urn:ramstein-monitor:hits</id>\n  <title>{escape(title)}</title>\n"
    yield f"  <updated>{iso(updated)}</updated>\n"
    for hit in hits:
        yield _atom_entry(hit)
    yield "</feed>\n"


def _csv_line(cells: Iterable[Any]) -> str:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(cells)
    return line.getvalue()


def _disarmed(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _atom_entry(hit: HitView) -> str:
    link = f"    <link href={quoteattr(hit.url)}/>\n" if hit.url else ""
    published = f"    <published>{iso(hit.published)}</published>\n" if hit.published else ""
    language = f" xml:lang={quoteattr(hit.language)}" if hit.language else ""
    return (
        f"  <entry{language}>\n"
        f"    <id>urn:ramstein-monitor:hit:{hit.id}</id>\n"
        f"    <title>{escape(hit.title)}</title>\n{link}{published}"
        f"    <updated>{iso(hit.found)}</updated>\n"
        f"    <author><name>{escape(hit.source)}</name></author>\n"
        f"    <category term={quoteattr(hit.topic)}/>\n"
        f"    <summary>{escape('; '.join(hit.why))}</summary>\n"
        "  </entry>\n"
    )
