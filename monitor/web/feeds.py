"""Every filter as a feed (Atom, JSON Feed) and as a file (CSV, JSON Lines), in the language of the page's addresses.

A reader of feeds that sends no headers may put an API token into the address; it is neither repeated in what is sent
back nor logged. Files hold all that fits, and are read from the database in short pieces while they are sent.

Must not: know what an entry looks like (``monitor.formats``).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from monitor.formats import BOM, Feed, atom, csv_lines, json_feed, jsonl_lines
from monitor.model import HitView
from monitor.query import Question
from monitor.web.api_problems import ProblemRoute
from monitor.web.api_reading import question_of
from monitor.web.api_requests import ExportQuery, FeedQuery
from monitor.web.doors import admit
from monitor.web.site import Site

FILES = (
    ("/hits.atom", "Atom, the newest hits; limit=1 to 200, 50 where it is not given"),
    ("/hits.json", "JSON Feed 1.1, the same"),
    ("/hits.csv", "CSV, all hits that fit; bom=1 for Excel"),
    ("/hits.jsonl", "JSON Lines, all hits that fit, an object a line"),
)
"""What there is, for people."""
NEVER = datetime(2020, 1, 1, tzinfo=UTC)
"""When a feed without entries was last changed."""
_KEPT = {"Cache-Control": "private, no-cache"}
"""A reader of feeds may keep one, and asks each time whether there is another."""


def router(site: Site) -> APIRouter:
    """Its routes, behind the login; of these alone the token may stand in the address."""
    feeds = Feeds(site)
    made = APIRouter(route_class=ProblemRoute, dependencies=[Depends(admit(site.guard, query=True))])
    for name in ("atom", "json", "csv", "jsonl"):
        made.add_api_route(f"/hits.{name}", getattr(feeds, name), methods=["GET"], response_model=None)
    return made


class Feeds:
    """One method a format. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def atom(self, request: Request, wanted: Annotated[FeedQuery, Query()]) -> Response:
        """The newest hits as Atom."""
        question, hits = self._newest(wanted)
        updated = max((hit.found for hit in hits), default=NEVER)
        body = "".join(atom(hits, self._head(request, question, "hits.atom"), updated))
        return _conditional(request, body.encode(), "application/atom+xml", updated)

    def json(self, request: Request, wanted: Annotated[FeedQuery, Query()]) -> Response:
        """The newest hits as JSON Feed."""
        question, hits = self._newest(wanted)
        updated = max((hit.found for hit in hits), default=NEVER)
        made = json_feed(hits, self._head(request, question, "hits.json"))
        body = json.dumps(made, ensure_ascii=False, indent=1).encode()
        return _conditional(request, body, "application/feed+json", updated)

    def csv(self, wanted: Annotated[ExportQuery, Query()]) -> Response:
        """All hits as CSV."""
        mark = BOM if wanted.bom else ""
        return self._file(wanted, "csv", "text/csv; charset=utf-8", lambda hits: _marked(mark, csv_lines(hits)))

    def jsonl(self, wanted: Annotated[ExportQuery, Query()]) -> Response:
        """All hits as JSON Lines."""
        return self._file(wanted, "jsonl", "application/jsonl; charset=utf-8", jsonl_lines)

    def _newest(self, wanted: FeedQuery) -> tuple[Question, tuple[HitView, ...]]:
        limit = wanted.limit
        question = question_of(self._site, wanted.written())
        return question, self._site.review.listing.hits(question.wanted, None, limit).hits

    def _head(self, request: Request, question: Question, name: str) -> Feed:
        """Title, identity and addresses; the address without the token."""
        query = question.query()
        behind = f"?{query}" if query else ""
        home = base(self._site, request)
        words = " · ".join(value for name, value in question.given.items())
        title = f"Ramstein monitor: {words or 'all hits'}"
        return Feed(title, query, f"{home}/{name}{behind}", f"{home}/{behind}")

    def _file(
        self,
        wanted: ExportQuery,
        ending: str,
        media_type: str,
        lines: Callable[[Iterable[HitView]], Iterable[str]],
    ) -> Response:
        question = question_of(self._site, wanted.written())
        name = f"hits-{self._site.desk.now():%Y%m%d-%H%M}.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(lines(self._every(question)), headers=headers, media_type=media_type)

    def _every(self, question: Question) -> Iterator[HitView]:
        """All hits that fit, piece by piece; what comes in meanwhile moves nothing."""
        after, listing = None, self._site.review.listing
        while True:
            page = listing.hits(question.wanted, after, 200)
            yield from page.hits
            after = page.next
            if after is None:
                return


def _marked(mark: str, lines: Iterable[str]) -> Iterator[str]:
    if mark:
        yield mark
    yield from lines


def base(site: Site, request: Request) -> str:
    """The address at which the page is reached: as it is configured, else as it was asked for."""
    public = site.guard.entry.access.public
    return public.rstrip("/") if public else f"{request.url.scheme}://{request.headers['host']}{site.root}"


def _conditional(request: Request, body: bytes, media_type: str, updated: datetime) -> Response:
    """The body, or that it is what the reader has already (RFC 9110, section 13)."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = _KEPT | {"ETag": tag, "Last-Modified": format_datetime(updated.astimezone(UTC), usegmt=True)}
    if _is_known(request, tag, updated):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _is_known(request: Request, tag: str, updated: datetime) -> bool:
    """By the tag where one is given; the time is only asked without it."""
    given = request.headers.get("if-none-match")
    if given is not None:
        tags = {one.strip().removeprefix("W/") for one in given.split(",")}
        return tag in tags or "*" in tags
    return _not_later(updated, request.headers.get("if-modified-since", ""))


def _not_later(updated: datetime, since: str) -> bool:
    try:
        at = parsedate_to_datetime(since)
    except ValueError:
        return False
    return at.tzinfo is not None and updated.replace(microsecond=0) <= at
