"""The probes alone, for a process without the review page: /healthz, /readyz and /metrics.

Must not: show what is stored.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.exceptions import HTTPException

from monitor.meter import Meter
from monitor.model import Access
from monitor.store import ReviewStore
from monitor.web import probes
from monitor.web.doors import Shell
from monitor.web.entry import Entry
from monitor.web.guard import Guard
from monitor.web.health import Health
from monitor.web.metrics import Metrics
from monitor.web.patience import Limits
from monitor.web.port import is_loopback, take
from monitor.web.pulse import Pulse
from monitor.web.server import Listening
from monitor.web.sessions import Sessions

LIMITS = Limits(connections=32, answered=16, request=10.0, stalled=10.0)
"""Few ask, and none asks for much."""


class WatchServer:
    """The probes at ``url`` from ``start()`` to ``stop()``; the port is taken as soon as this is made.

    Beyond loopback /metrics needs a token or a login, and is closed where there is none. Raises UsageError when the
    port cannot be taken.
    """

    what = "health and metrics"

    def __init__(  # noqa: PLR0913 - what the probes need, each named at the one place that makes it
        self,
        host: str,
        port: int,
        review: ReviewStore,
        pulse: Pulse,
        *,
        access: Access,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        meter: Meter | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._entry = Entry(
            access,
            Sessions(review.logins, now),
            secret=secrets.token_urlsafe(24),
            monotonic=monotonic,
            exposed=not is_loopback(host),
        )
        self._health = Health(review.metering, pulse, now, monotonic)
        metrics = Metrics(review.metering, meter or Meter(), pulse, self._health, now, monotonic)
        taken = take(host, port)
        self._listening = Listening(taken, _app(Guard(host, self._entry), self._health, metrics), limits)
        self.url = taken.url

    def start(self) -> None:
        """Answer requests from now on, in a thread of its own."""
        self._listening.start()

    def show(self, access: Access) -> None:
        """A configuration is in force: let in whom it names from now on, and be ready."""
        self._entry.adopt(access)
        self._health.configured = True

    def stop(self) -> None:
        """Take no more requests, free the port. Does nothing the second time."""
        self._listening.stop()


def _app(guard: Guard, health: Health, metrics: Metrics) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    app.include_router(probes.opened(health))
    app.include_router(probes.closed(guard, metrics))
    app.add_exception_handler(HTTPException, _refusal)
    app.add_middleware(Shell, guard=guard, oops=_oops)
    return app


def _refusal(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return _oops("")
    return JSONResponse({"problem": str(error.detail)}, error.status_code, dict(error.headers or {}))


def _oops(number: str) -> Response:
    """An unexpected error: its number only; the rest is in the log."""
    return PlainTextResponse(f"Something went wrong. The log of the monitor says more; look for error {number}.\n", 500)
