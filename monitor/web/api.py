"""The JSON API under /api/v1, its description for programs, and a page about it for people.

Must not: answer anything itself (``api_reading``, ``api_changing``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from monitor.web import api_changing, api_reading, feeds
from monitor.web.api_document import document, endpoints
from monitor.web.api_problems import ProblemRoute
from monitor.web.site import Site

PREFIX = "/api/v1"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")


def router(site: Site) -> APIRouter:
    """Its routes."""
    made = APIRouter()
    first = APIRouter(
        prefix=PREFIX,
        route_class=ProblemRoute,
        generate_unique_id_function=_name,
        default_response_class=JSONResponse,
    )
    api_reading.add_to(first, site)
    api_changing.add_to(first, site)
    described = document(first.routes, site.root)

    def openapi() -> JSONResponse:
        return JSONResponse(described)

    def page(request: Request) -> str:
        known = {"endpoints": endpoints(described), "files": feeds.FILES, "prefix": PREFIX}
        return site.page(request, "api.html", address=feeds.base(site, request), **known)

    first.add_api_route("/openapi.json", openapi, methods=["GET"], response_model=None)
    first.add_api_route("/{path:path}", nothing(tuple(first.routes)), methods=list(_METHODS), response_model=None)
    made.add_api_route("/api", page, methods=["GET"], response_class=HTMLResponse)
    made.include_router(first)
    return made


def nothing(routes: Sequence[BaseRoute]) -> Callable[[Request, str], None]:
    """What answers where none of these routes does: another method (405), or none at all (404)."""
    known = [route for route in routes if isinstance(route, APIRoute)]

    def refuse(request: Request, path: str) -> None:
        here = (route for route in known if route.path_regex.match(f"{PREFIX}/{path}"))
        allowed = ", ".join(sorted({method for route in here for method in route.methods or ()}))
        if allowed:
            raise HTTPException(405, f"{request.method} is not for this address; {allowed} is.", {"Allow": allowed})
        raise HTTPException(404, f"There is no such thing in the API; {PREFIX}/openapi.json describes it.")

    return refuse


def _name(route: APIRoute) -> str:
    """The name of an operation: that of its method in the code."""
    return route.name
