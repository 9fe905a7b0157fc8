"""Hits as JSON, CSV and Atom: pure, shared by the command line and the web. Everything in them is data, not markup."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
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
)
_FORMULA = re.compile("[\\s\u200b-\u200f\u2060\ufeff]*[=+@＝＋－＠-]|[\t\r\n]")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, production 2: what no document may hold, not even escaped."""


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


def csv_lines(hits: Iterable[HitView]) -> Iterator[str]:
    """A CSV file, line by line, with a head; no cell can act as a formula in a spreadsheet.

    OWASP, CSV Injection: a leading sign is disarmed with an apostrophe.
    """
    yield csv_line(COLUMNS)
    for hit in hits:
        row = hit_json(hit)
        row["terms"] = " | ".join(dict.fromkeys(term.form for term in hit.terms))
        yield csv_line([row[column] for column in COLUMNS])


def atom(hits: Iterable[HitView], title: str, updated: datetime) -> Iterator[str]:
    """An Atom feed (RFC 4287), piece by piece."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
    yield f"  <id>urn:ramstein-monitor:hits</id>\n  <title>{_text(title)}</title>\n"
    yield f"  <updated>{iso(updated)}</updated>\n"
    for hit in hits:
        yield _atom_entry(hit)
    yield "</feed>\n"


def csv_line(cells: Iterable[Any]) -> str:
    """One line of CSV (RFC 4180); no cell of it is taken for a formula by a spreadsheet."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(map(_disarmed, cells))
    return line.getvalue()


def _disarmed(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def _text(text: str) -> str:
    return saxutils.escape(_NOT_XML.sub("", text))


def _attribute(text: str) -> str:
    return saxutils.quoteattr(_NOT_XML.sub("", text))


def _atom_entry(hit: HitView) -> str:
    link = f"    <link href={_attribute(hit.url)}/>\n" if hit.url else ""
    published = f"    <published>{iso(hit.published)}</published>\n" if hit.published else ""
    language = f" xml:lang={_attribute(hit.language)}" if hit.language else ""
    return (
        f"  <entry{language}>\n"
        f"    <id>urn:ramstein-monitor:hit:{hit.id}</id>\n"
        f"    <title>{_text(hit.title)}</title>\n{link}{published}"
        f"    <updated>{iso(hit.found)}</updated>\n"
        f"    <author><name>{_text(hit.source)}</name></author>\n"
        f"    <category term={_attribute(hit.topic)}/>\n"
        f"    <summary>{_text('; '.join(hit.why))}</summary>\n"
        "  </entry>\n"
    )
