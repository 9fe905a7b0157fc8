"""The API described for programs (OpenAPI 3.1), made from its own routes, and for people, made from that.

Must not: describe what the routes do not say themselves, but for what all of them have: the login and its refusals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from monitor import __version__
from monitor.web.api_answers import Problem
from monitor.web.api_problems import MEDIA_TYPE

ABOUT = (
    "What the review page shows, for programs. Every list takes the filter of the page and is read in pieces: give"
    " `next` of one answer as `after` of the next request. Refusals are problem details (RFC 9457)."
)
REFUSALS = {
    "401": "No login: send an API token as `Authorization: Bearer ...`.",
    "422": "A parameter or a field cannot be used; `errors` says which and why.",
    "429": "Too many wrong passwords; `Retry-After` says how long to wait.",
    "500": "An unexpected error; its number stands in the log of the monitor.",
}
"""What every request may be answered with."""
OF_CHANGES = {
    "400": "The body is no JSON.",
    "403": "The token may only read, or the change came from another site.",
    "413": "The body is too large.",
    "415": "The body is no application/json.",
}
_REF = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One line of the table for people."""

    method: str
    path: str
    summary: str
    words: str
    scope: str
    parameters: tuple[str, ...]


def document(routes: Sequence[BaseRoute], root: str) -> dict[str, Any]:
    """The description of these routes, below ``root``."""
    made = get_openapi(
        title="Ramstein monitor", version=__version__, description=ABOUT, routes=routes, servers=[{"url": root or "/"}]
    )
    _add_problem(made["components"])
    made["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "An API token of `web.tokens` in sources.yaml."},
        "password": {"type": "http", "scheme": "basic", "description": "A user's name and password; may only read."},
    }
    made["security"] = [{"token": []}, {"password": []}]
    for method, operation in _operations(made):
        refusals = REFUSALS | (OF_CHANGES if method != "get" else {})
        operation["responses"] |= {status: {"description": words} for status, words in refusals.items()}
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                answer["content"] = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
    return made


def endpoints(described: dict[str, Any]) -> list[Endpoint]:
    """The same for a person: what there is, in the order of the description."""
    return [
        Endpoint(
            method.upper(),
            path,
            operation["summary"],
            operation.get("description", ""),
            "read" if method == "get" else "review",
            tuple(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"),
        )
        for path, method, operation in _each(described)
    ]


def _add_problem(components: dict[str, Any]) -> None:
    """The shape of a refusal, in place of FastAPI's own."""
    schemas = components["schemas"]
    problem = Problem.model_json_schema(ref_template=_REF, mode="serialization")
    schemas |= problem.pop("$defs", {}) | {"Problem": problem}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    return ((method, operation) for _, method, operation in _each(described))


def _each(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation
