"""The routes for whatever watches the program: /healthz and /readyz for everybody, /metrics behind the login.

Must not: measure or judge anything itself.
"""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from monitor.web.doors import admit
from monitor.web.guard import Guard
from monitor.web.health import Health
from monitor.web.metrics import KIND, Metrics


def opened(health: Health) -> APIRouter:
    """What anybody may ask, however often."""
    made = APIRouter()

    def live() -> JSONResponse:
        status, body = health.live()
        return JSONResponse(body, status)

    def ready() -> JSONResponse:
        status, body = health.ready()
        return JSONResponse(body, status)

    made.add_api_route("/healthz", live, methods=["GET", "HEAD"])
    made.add_api_route("/readyz", ready, methods=["GET", "HEAD"])
    return made


def closed(guard: Guard, metrics: Metrics) -> APIRouter:
    """What names sources and channels."""
    made = APIRouter(dependencies=[Depends(admit(guard))])

    def scrape() -> Response:
        return Response(metrics.page(), media_type=KIND)

    made.add_api_route("/metrics", scrape, methods=["GET"])
    return made
