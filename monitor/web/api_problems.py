"""Why a program gets no answer: every refusal as ``application/problem+json`` (RFC 9457), in words, with the mend.

What was sent is not repeated, and of an unexpected error only a number is told. Must not: know a route.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from monitor import query
from monitor.errors import UsageError
from monitor.web.api_answers import Mistake, Problem

LARGEST_BODY = 64 * 1024
"""Bytes; the longest note for the most targets, in the widest script, takes a third of it."""
MEDIA_TYPE = "application/problem+json"

_log = logging.getLogger("monitor.web")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class Refusal(HTTPException):
    """A refusal that says more than a sentence: ``more`` are members of ``Problem``."""

    def __init__(self, status: int, detail: str, **more: Any) -> None:
        super().__init__(status, detail)
        self.more = more


class ProblemRoute(APIRoute):
    """A route whose refusals are for programs."""

    def get_route_handler(self) -> Handler:
        """The handler with what it may raise as an answer."""
        answer = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await answer(await _bounded(request))
            except RequestValidationError as error:
                return _invalid(error)
            except HTTPException as error:
                if error.status_code < HTTPStatus.BAD_REQUEST:  # a browser is led to the login
                    raise
                more = error.more if isinstance(error, Refusal) else {}
                return problem(error.status_code, str(error.detail), dict(error.headers or {}), **more)
            except UsageError as error:
                return problem(422, sentence(str(error)))
            except Exception:  # noqa: BLE001 - the boundary: whatever broke is logged, and only its number is told
                number = secrets.token_hex(4)
                _log.exception("error %s while answering %s %r", number, request.method, request.url.path)
                return problem(500, f"Something went wrong. The log of the monitor says more; look for error {number}.")

        return handle


def problem(status: int, detail: str, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """A refusal."""
    said = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, **more)
    return Response(said.model_dump_json(exclude_none=True), status, headers, MEDIA_TYPE)


def unusable(mistakes: Sequence[query.Mistake]) -> Refusal:
    """That a filter cannot be read, and why."""
    errors = [Mistake(name=one.name, place="query", detail=f"{one.words}.") for one in mistakes]
    return Refusal(422, " ".join(one.detail for one in errors), errors=errors)


def sentence(words: str) -> str:
    """Words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('.') else '.'}"


async def _bounded(request: Request) -> Request:
    """The request with its body, which is JSON and not too large; whatever is sent, no more than that is kept."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"A body has at most {LARGEST_BODY // 1024} KiB; nothing was changed.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and kind != "application/json":
        raise HTTPException(415, "A body is sent as application/json; nothing was changed.")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": bytes(body), "more_body": False}

    return Request(request.scope, receive)


def _invalid(error: RequestValidationError) -> Response:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(400, "The body is no JSON; nothing was changed.")
    errors = [_mistake(one) for one in found]
    words = " ".join(f"{one.name}: {one.detail}" if one.name else one.detail for one in errors)
    return problem(422, words, errors=errors)


def _mistake(found: dict[str, Any]) -> Mistake:
    place, *names = map(str, found["loc"])
    words = found["msg"].removeprefix("Value error, ").replace("Input should", "It should")
    return Mistake(name=".".join(names), place=place, detail=sentence(words))
