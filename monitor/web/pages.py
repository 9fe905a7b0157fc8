"""The routes: every noun of the page behind the guard, and what is said where there is nothing.

Must not: know what a page shows (each noun's own module), decide who may pass (``guard``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from monitor.errors import UsageError
from monitor.web import (
    access,
    alerts,
    api,
    configuration,
    coverage,
    deciding,
    feeds,
    figures,
    filters,
    hits,
    learning,
    live,
    probes,
    sources,
    static,
    suggestions,
    view,
    why,
)
from monitor.web.doors import Shell, admit
from monitor.web.health import Health
from monitor.web.metrics import Metrics
from monitor.web.site import Site

CLOSED: tuple[Callable[[Site], APIRouter], ...] = (
    hits.router,
    deciding.router,
    filters.router,
    live.router,
    view.router,
    suggestions.router,
    why.router,
    learning.router,
    sources.router,
    alerts.router,
    coverage.router,
    figures.router,
    configuration.router,
    api.router,
)
"""The nouns of the page; a login stands before each of their routes."""


def make_app(site: Site, health: Health, metrics: Metrics) -> FastAPI:
    """The routes behind the guard; only the probes, the login and the static files are open."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(static.router())
    app.include_router(access.router(site))
    app.include_router(probes.opened(health))
    app.include_router(probes.closed(site.guard, metrics))
    app.include_router(feeds.router(site))
    app.include_router(_closed(site))
    answers = Answers(site)
    app.add_exception_handler(HTTPException, answers.refusal)
    app.add_exception_handler(UsageError, answers.misuse)
    app.add_middleware(Shell, guard=site.guard, oops=answers.oops)
    return app


def _closed(site: Site) -> APIRouter:
    router = APIRouter(dependencies=[Depends(admit(site.guard))], default_response_class=HTMLResponse)
    for noun in CLOSED:
        router.include_router(noun(site))
    router.add_api_route("/{path:path}", _nothing, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return router


def _nothing() -> Any:
    """Any other address: behind the password too, so that nobody can tell what is here."""
    raise HTTPException(404, "There is no such page.")


class Answers:
    """What is said instead of a page."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def refusal(self, request: Request, error: Exception) -> Response:
        """An expected refusal as a page: what, and the way back."""
        if not isinstance(error, HTTPException):
            return self.oops("")
        return self._said(request, error.status_code, str(error.detail), dict(error.headers or {}))

    def misuse(self, request: Request, error: Exception) -> Response:
        """What was asked for cannot be; nothing was changed."""
        words = str(error)
        return self._said(request, 422, f"{words[:1].upper()}{words[1:]}. Nothing was changed.", {})

    def _said(self, request: Request, status: int, message: str, headers: dict[str, str]) -> Response:
        """As JSON for our own scripts, which ask for it."""
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"problem": message}, status, headers)
        return HTMLResponse(self._site.bare("message.html", status=status, message=message), status, headers)

    def oops(self, number: str) -> Response:
        """An unexpected error: its number only; the rest is in the log."""
        message = f"Something went wrong. The log of the monitor says more; look for error {number}."
        return HTMLResponse(self._site.bare("message.html", status=500, message=message), 500)
