"""Telling an open list that there is more, as a stream of server-sent events (HTML Living Standard, section 9.2).

When all places are taken, and where a stream cannot be kept open, the page asks ``/live/count`` now and then.
Must not: ask the database itself while a stream is open (``watcher`` does, for all at once).
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from starlette.exceptions import HTTPException

from monitor.web.query import place, read
from monitor.web.site import Site
from monitor.web.watcher import MOST, Listener


def router(site: Site) -> APIRouter:
    """``/live`` and ``/live/count``, with the filter of a list and ``than``, the place of its newest hit."""
    made = APIRouter()

    def asked(request: Request) -> Listener:
        than = place(request.query_params.get("than", ""))
        if than is None:
            raise HTTPException(422, "than is the place of the newest hit that is shown.")
        question = read(request.query_params, site.desk.now(), site.desk.timezone)
        return Listener(question.wanted, than)

    async def live(request: Request) -> Response:
        listener = asked(request)
        if site.watcher.full:
            raise HTTPException(503, "Too many lists are open already; ask /live/count.", {"Retry-After": "60"})
        return StreamingResponse(site.watcher.events(listener), media_type="text/event-stream")

    def count(request: Request) -> Response:
        listener = asked(request)
        return JSONResponse({"new": site.review.listing.newer(listener.wanted, listener.than, MOST)})

    made.add_api_route("/live", live, methods=["GET"], response_model=None)
    made.add_api_route("/live/count", count, methods=["GET"], response_model=None)
    return made
