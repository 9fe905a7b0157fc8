"""What every request passes on its way to a page, and every answer on its way back: acts on what ``guard`` decides."""

from __future__ import annotations

import logging
import math
import re
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from monitor.trail import about
from monitor.web.guard import NOBODY, Guard, Pass, Person, basic, bearer

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer, errors included; those that say nothing of it are not kept by browsers (Cache-Control)."""
LARGEST_FORM = 64 * 1024
"""Bytes; the longest note in the widest script takes a third of it."""
_FIELDS = 10
_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
_CHOICES = 2100
"""Fields of a form with which many lines of a list are chosen."""

_log = logging.getLogger("monitor.web")


class Shell:
    """The outermost step: the request's number, the host asked for, the headers of every answer, an error's number."""

    def __init__(self, app: ASGIApp, guard: Guard, oops: Callable[[str], Response]) -> None:
        self._app = app
        self._guard = guard
        self._oops = oops

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        number = request_id(request.headers.get("x-request-id", ""))
        with about({"request": number}):
            await self._passed(request, receive, _Sender(request, send, number))

    async def _passed(self, request: Request, receive: Receive, sender: _Sender) -> None:
        if self._guard.knows_host(request.headers.get("host", "")):
            await self._answer(request, receive, sender)
        else:
            refused = PlainTextResponse("This monitor does not go by that host name.\n", 400)
            await refused(request.scope, receive, sender)

    async def _answer(self, request: Request, receive: Receive, sender: _Sender) -> None:
        try:
            await self._app(request.scope, receive, sender)
        except ClientDisconnect:
            _log.debug("%r was not waited for", request.url.path)
        except Exception:
            number = secrets.token_hex(4)
            _log.exception("error %s while answering %s %r", number, request.method, request.url.path)
            if sender.started:  # it is too late to say anything; a broken answer must not look like a whole one
                raise
            await self._oops(number)(request.scope, receive, sender)


class _Sender:
    """Passes an answer on, with the headers that all have and the login that was made longer."""

    def __init__(self, request: Request, send: Send, number: str) -> None:
        self._request = request
        self._send = send
        self._number = number
        self.started = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers["X-Request-Id"] = self._number
            headers.setdefault("Cache-Control", "no-store")
            renewed = admitted(self._request).renewed
            if renewed and "set-cookie" not in headers:
                headers.append("Set-Cookie", renewed)
        await self._send(message)


def request_id(given: str) -> str:
    """What a request is called in the log: as a proxy has named it where that is short and plain, else by chance."""
    return given if _PLAIN.fullmatch(given) else secrets.token_hex(8)


def admit(guard: Guard, *, query: bool = False) -> Callable[[Request], Awaitable[None]]:
    """The login, as a dependency of every closed route: it holds whatever the path looks like.

    ``query``: also take an API token from the address (``?token=``), for readers of feeds that send no headers; it may
    then only read, whatever its scopes are, since addresses are written down in many places.
    """

    async def check(request: Request) -> None:
        request.state.passed = await _by_token(request, guard, query=query) or await _by_login(request, guard)

    return check


async def _by_token(request: Request, guard: Guard, *, query: bool) -> Pass | None:
    """Whoever shows an API token; None when none is shown."""
    shown = bearer(request.headers.get("authorization", ""))
    written = request.query_params.get("token") if query else None
    if shown is None and written is None:
        return None
    found = guard.entry.by_token(shown or written or "")
    if found is None:
        raise HTTPException(401, "There is no such token; web in sources.yaml lists them.", _challenge(browser=False))
    return found if shown else Pass(Person(found.person.name, frozenset({"read"})), None)


async def _by_login(request: Request, guard: Guard) -> Pass:
    """Whoever is logged in, or says name and password with the request."""
    entry = guard.entry
    if entry.open:
        return entry.by_nothing()
    found = await entry.by_cookie(request.cookies.get(entry.cookie.name, ""))
    if found is not None:
        return found
    given = basic(request.headers.get("authorization", ""))
    if given is None:
        raise _asked(request, guard)
    verdict = await entry.verdict(*given, address_of(request))
    if verdict.who is not None:
        return entry.by_nothing(verdict.who)
    if verdict.tried:
        raise _asked(request, guard)
    raise HTTPException(429, waiting(verdict.wait), {"Retry-After": f"{math.ceil(verdict.wait)}"})


def _asked(request: Request, guard: Guard) -> HTTPException:
    """What asks for the login: a page of it for who reads pages, else 401.

    Browsers are never asked for Basic, which would open a window of their own in front of our page.
    """
    reads = "text/html" in request.headers.get("accept", "")
    if reads and request.method in {"GET", "HEAD"}:
        return HTTPException(303, "Log in first.", {"Location": guard.login(_asked_for(request))})
    words = "This needs a login: a name and a password, or an API token (Authorization: Bearer ...)."
    browser = reads or "sec-fetch-mode" in request.headers
    return HTTPException(401, words, _challenge(browser=browser))


def _challenge(*, browser: bool) -> dict[str, str]:
    ways = 'Bearer realm="monitor"'
    return {"WWW-Authenticate": ways if browser else f'Basic realm="monitor", charset="UTF-8", {ways}'}


def _asked_for(request: Request) -> str:
    """The path and query of a request as they were sent, below the root."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query: bytes = request.scope.get("query_string", b"")
    return (raw + (b"?" + query if query else b"")).decode("latin-1")


def waiting(seconds: float) -> str:
    """That the next login has to wait, in words."""
    rest = math.ceil(seconds)
    span = f"{rest} second{'' if rest == 1 else 's'}" if rest < 120 else f"{math.ceil(rest / 60)} minutes"
    return f"Too many wrong passwords. Try again in {span}."


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy, the proxy."""
    return request.client.host if request.client else ""


def admitted(request: Request) -> Pass:
    """How who is asking was let in, as ``admit`` found out; nobody known on an open route."""
    found = getattr(request.state, "passed", None)
    return found if isinstance(found, Pass) else NOBODY


def person(request: Request) -> Person:
    """Who is asking; nobody known on an open route."""
    return admitted(request).person


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a submitted form (application/x-www-form-urlencoded), at most ``LARGEST_FORM`` bytes."""
    return dict(await _pairs(request, _FIELDS))


async def read_choices(request: Request) -> list[tuple[str, str]]:
    """The same where a field may come several times: what was chosen of a list."""
    return await _pairs(request, _CHOICES)


async def _pairs(request: Request, most: int) -> list[tuple[str, str]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(415, "A change is sent by the form of its page.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_FORM:
            raise HTTPException(413, f"A form has at most {LARGEST_FORM // 1024} KiB; nothing was saved.")
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=most)
    except ValueError as error:
        raise HTTPException(400, "This form cannot be read; nothing was saved.") from error


Form = Annotated[dict[str, str], Depends(read_form)]
"""A route's parameter: the fields of the form that was sent."""
Choices = Annotated[list[tuple[str, str]], Depends(read_choices)]
"""A route's parameter: the fields of a form in which one may come several times."""
