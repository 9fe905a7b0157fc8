"""The files that a page loads: style sheets and scripts of our own, read once when the server starts.

Must not: serve anything that is not in the folder ``static`` of this package.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from importlib.resources import files

from fastapi import APIRouter, Request, Response

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def router() -> APIRouter:
    """One route a file, so that no name is looked up in a request."""
    made = APIRouter()
    for name, kind, body in found():
        made.add_api_route(f"/static/{name}", _answer(body, kind), methods=["GET"])
    return made


def found() -> list[tuple[str, str, bytes]]:
    """Name, media type and content of each file, by name."""
    folder = files("monitor.web").joinpath("static")
    kept = ((one.name, KINDS.get("." + one.name.rpartition(".")[2]), one) for one in folder.iterdir())
    return sorted((name, kind, one.read_bytes()) for name, kind, one in kept if kind)


def _answer(body: bytes, kind: str) -> Callable[[Request], Response]:
    """Asked for anew each time, and sent only when it is another one (RFC 9110, section 13.1.2)."""
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "no-cache"}

    def send(request: Request) -> Response:
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type=kind, headers=headers)

    return send
