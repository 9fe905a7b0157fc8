"""What every request passes on its way to a page, and every answer on its way back: acts on what ``guard`` decides."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl

from fastapi import HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from monitor.web.guard import WINDOW, Guard, Person

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer, errors included."""
LARGEST_FORM = 64 * 1024
"""Bytes; the longest note in the widest script takes a third of it."""
_FIELDS = 10

_log = logging.getLogger("monitor.web")

Next = Callable[[Request], Awaitable[Response]]


def shell(guard: Guard, oops: Callable[[str], Response]) -> Callable[[Request, Next], Awaitable[Response]]:
    """The outermost step: the host asked for, the headers of every answer, an error's number instead of its text."""

    async def pass_through(request: Request, proceed: Next) -> Response:
        if guard.knows_host(request.headers.get("host", "")):
            answer = await _answered(request, proceed, oops)
        else:
            answer = PlainTextResponse("This monitor does not go by that host name.\n", 400)
        answer.headers.update(HEADERS)
        return answer

    return pass_through


async def _answered(request: Request, proceed: Next, oops: Callable[[str], Response]) -> Response:
    try:
        return await proceed(request)
    except Exception:  # noqa: BLE001 - the page's boundary: whatever broke is logged, and only its number is shown
        number = secrets.token_hex(4)
        _log.exception("error %s while answering %s %r", number, request.method, request.url.path)
        return oops(number)


def admit(guard: Guard) -> Callable[[Request], Awaitable[None]]:
    """The login, as a dependency of every closed route: it holds whatever the path looks like."""

    async def check(request: Request) -> None:
        address = request.client.host if request.client else ""
        verdict = guard.admits(request.headers.get("authorization", ""), address)
        if verdict == "wait":
            wait = {"Retry-After": f"{WINDOW:.0f}"}
            raise HTTPException(429, "Too many wrong passwords from your address. Wait a minute.", wait)
        if verdict == "no":
            ask = {"WWW-Authenticate": 'Basic realm="monitor", charset="UTF-8"'}
            raise HTTPException(401, "This page asks for the password in MONITOR_PASSWORD; any user name will do.", ask)
        request.state.person = Person()

    return check


def person(request: Request) -> Person:
    """Who is asking, as ``admit`` found out; nobody known on an open route."""
    found = getattr(request.state, "person", None)
    return found if isinstance(found, Person) else Person(scopes=frozenset())


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a submitted form (application/x-www-form-urlencoded), at most ``LARGEST_FORM`` bytes."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "A change is sent by the form of its page.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, f"A form has at most {LARGEST_FORM // 1024} KiB; nothing was saved.")
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read; nothing was saved.") from error
    return dict(pairs)
