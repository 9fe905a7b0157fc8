"""The routes: an address to a page. With ``doors`` the only door to FastAPI.

Must not: decide who may pass (``guard``), read parameters (``query``), find words (``show``), change anything
(``changes``), run scripts in a browser.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from monitor.difference import edits
from monitor.text import clean
from monitor.urls import LONGEST as LONGEST_URL
from monitor.web import marking, outbox, show, stories
from monitor.web.changes import LONGEST_NOTE, Changes
from monitor.web.clock import Clock
from monitor.web.doors import admit, shell
from monitor.web.guard import Guard
from monitor.web.health import report
from monitor.web.query import PAGE, number, read
from monitor.web.render import stylesheet
from monitor.web.site import Desk, Site

OUTBOX = 200
"""Deliveries shown; the newest."""
NOTICES = 30
"""Changes of state shown; the newest."""
SUGGESTIONS = 50
"""Open suggestions shown; the likeliest."""


def make_app(site: Site) -> FastAPI:
    """The routes behind the guard; only /healthz and the static files are open."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    pages = Pages(site)
    app.include_router(_open_routes(site.desk))
    app.include_router(_closed_routes(pages, Changes(site), site.guard))
    app.add_exception_handler(HTTPException, pages.refusal)
    app.middleware("http")(shell(site.guard, pages.oops))
    return app


def _open_routes(desk: Desk) -> APIRouter:
    style = stylesheet()
    router = APIRouter()

    def health() -> JSONResponse:
        status, body = report(desk.review.counts, desk.pulse.age(desk.monotonic()))
        return JSONResponse(body, status)

    def css() -> Response:
        return Response(style, media_type="text/css")

    router.add_api_route("/healthz", health, methods=["GET", "HEAD"])
    router.add_api_route("/static/style.css", css, methods=["GET"])
    return router


def _closed_routes(pages: Pages, changes: Changes, guard: Guard) -> APIRouter:
    router = APIRouter(dependencies=[Depends(admit(guard))], default_response_class=HTMLResponse)
    router.add_api_route("/", pages.hits, methods=["GET"])
    router.add_api_route("/hits/{hit_id}", pages.hit, methods=["GET"])
    router.add_api_route("/hits/{hit_id}/mark", changes.mark, methods=["POST"])
    router.add_api_route("/hits/{hit_id}/separate", changes.separate, methods=["POST"])
    router.add_api_route("/suggestions", pages.suggestions, methods=["GET"])
    router.add_api_route("/suggestions/{suggestion}", changes.decide, methods=["POST"])
    router.add_api_route("/why", pages.why, methods=["GET"])
    router.add_api_route("/sources", pages.sources, methods=["GET"])
    router.add_api_route("/alerts", pages.alerts, methods=["GET"])
    router.add_api_route("/alerts/resend", changes.resend_all, methods=["POST"])
    router.add_api_route("/alerts/{delivery}/resend", changes.resend, methods=["POST"])
    router.add_api_route("/{path:path}", pages.nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return router


class Pages:
    """One method a page. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._desk = site.desk

    def hits(self, request: Request) -> str:
        """The list, newest first."""
        desk = self._desk
        question = read(request.query_params, desk.now(), desk.timezone)
        found = list(desk.review.hits(question.wanted))
        sources = desk.review.sources()
        return self._site.page(
            request,
            "hits.html",
            question=question,
            rows=show.rows(found[:PAGE]),
            more=len(found) > PAGE,
            sources=sources,
            topics=sorted({hit.topic for hit in found} | set(desk.topics) | {question.given.get("topic", "")} - {""}),
            languages=show.languages(question.wanted.language),
            counts=desk.review.counts(),
            maybe=bool(desk.review.stories.suggestions(limit=SUGGESTIONS)),
        )

    def hit(self, request: Request, hit_id: str) -> str:
        """One hit: the text, why, what became of it, and the decision."""
        known = number(hit_id)
        hit = None if known is None else self._desk.review.hit(known)
        if hit is None:
            raise HTTPException(404, f"There is no hit number {clean(hit_id, 20)}.")
        ledger = self._desk.review.ledger(hit.article_id)
        return self._site.page(
            request,
            "hit.html",
            hit=hit,
            headline=marking.headline(hit),
            paragraphs=marking.paragraphs(hit),
            steps=show.steps(ledger) if ledger else [],
            edits=edits(ledger) if ledger else (),
            revisions=len(ledger.revisions) if ledger else 0,
            maybe=stories.pairs(self._desk.review.stories.suggestions(hit.article_id), hit.story),
            shown=stories.SHOWN,
            longest=LONGEST_NOTE,
        )

    def suggestions(self, request: Request) -> str:
        """What may be of one event, the likeliest first; a person decides."""
        found = self._desk.review.stories.suggestions(limit=SUGGESTIONS + 1)
        return self._site.page(
            request, "suggestions.html", pairs=stories.pairs(found[:SUGGESTIONS]), more=len(found) > SUGGESTIONS
        )

    def why(self, request: Request) -> str:
        """What became of any article, by its address."""
        url = clean(request.query_params.get("url", "")).strip()
        if len(url) > LONGEST_URL:
            raise HTTPException(422, f"An address has at most {LONGEST_URL} characters.")
        ledger = self._desk.review.why(url) if url else None
        return self._site.page(
            request,
            "why.html",
            url=url,
            ledger=ledger,
            steps=show.steps(ledger) if ledger else [],
            edits=edits(ledger) if ledger else (),
            revisions=len(ledger.revisions) if ledger else 0,
        )

    def sources(self, request: Request) -> str:
        """Every source with its health, what needs a person first; under them what changed last."""
        review, clock = self._desk.review, Clock(self._desk.now(), self._desk.timezone)
        shown = show.watched(review.sources(), clock)
        told = review.notices(NOTICES + 1)
        return self._site.page(
            request,
            "sources.html",
            sources=shown,
            sums=show.sums(shown),
            notices=show.told(told[:NOTICES]),
            more=len(told) > NOTICES,
        )

    def alerts(self, request: Request) -> str:
        """The channels, what needs a person first, and the outbox, newest first."""
        wanted, alerts = outbox.read(request.query_params), self._desk.review.alerts
        found = alerts.deliveries(wanted.states, wanted.alert or None, OUTBOX + 1)
        return self._site.page(
            request,
            "alerts.html",
            wanted=wanted,
            channels=outbox.channels(alerts.channels(), Clock(self._desk.now(), self._desk.timezone)),
            outbox=outbox.deliveries(found[:OUTBOX]),
            more=len(found) > OUTBOX,
            counts=self._desk.review.counts(),
        )

    def nothing(self) -> str:
        """Any other address: behind the password too, so that nobody can tell what is here."""
        raise HTTPException(404, "There is no such page.")

    def refusal(self, _request: Request, error: Exception) -> Response:
        """An expected refusal as a page: what, and the way back."""
        if not isinstance(error, HTTPException):
            return self.oops("")
        page = self._site.bare("message.html", status=error.status_code, message=error.detail)
        return HTMLResponse(page, error.status_code, dict(error.headers or {}))

    def oops(self, number: str) -> Response:
        """An unexpected error: its number only; the rest is in the log."""
        message = f"Something went wrong. The log of the monitor says more; look for error {number}."
        return HTMLResponse(self._site.bare("message.html", status=500, message=message), 500)
