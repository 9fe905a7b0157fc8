"""The page of the configuration: what is in force, since when, from which files, and what was refused since.

Must not: see a secret; what it shows was masked before (``monitor.in_force``). Change anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, Request

from monitor import wording
from monitor.advice import span_words
from monitor.config.values import brief_size
from monitor.web.query import number
from monitor.web.site import Site

PAGE = 100
"""Sources on a page."""
KINDS = {"configuration": "sources.yaml", "topic": "topic", "template": "message template", "secret": "secret"}
"""What a file is, in words."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source as it is polled."""

    name: str
    url: str
    language: str
    every: str
    says: str


@dataclass(frozen=True, slots=True)
class Sources:
    """A page of the sources."""

    shown: tuple[Source, ...]
    all: int
    page: int
    pages: int


def router(site: Site) -> APIRouter:
    """Its route."""
    made = APIRouter()
    made.add_api_route("/configuration", ConfigurationPage(site).show, methods=["GET"])
    return made


class ConfigurationPage:
    """Synchronous: the server runs it in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> str:
        """What is in force. 404 where the page stands without a configuration."""
        known = self._site.desk.configuration
        if known is None:
            raise HTTPException(404, "This page stands without a configuration.")
        report, wanted = known.report(), number(request.query_params.get("page", "")) or 1
        return self._site.page(
            request,
            "configuration.html",
            standing=known.standing(),
            kinds=KINDS,
            sources=_sources(report["sources"], wanted),
            **_words(report),
        )


def _words(report: Mapping[str, Any]) -> dict[str, Any]:
    """The report's sections as a template shows them."""
    return {
        "topics": report["topics"],
        "alerts": [(one["name"], list(wording.of_alert(one))) for one in report["alerts"]],
        "parts_in_force": list(_parts(report)),
        "variables": report["environment"],
        "limits": [(name, plain(value)) for name, value in report["limits"].items()],
        "versions": report["versions"],
        "warnings": report["warnings"],
        "doubts": report["doubts"],
    }


def _sources(listed: Sequence[Mapping[str, Any]], page: int) -> Sources:
    start = (page - 1) * PAGE
    shown = tuple(map(_source, listed[start : start + PAGE]))
    return Sources(shown, len(listed), page, max(-(-len(listed) // PAGE), 1))


def _source(one: Mapping[str, Any]) -> Source:
    says = " · ".join(wording.of_source(one))
    return Source(one["name"], one["url"], one["language"] or "", span_words(one["interval"]), says)


def _parts(report: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The sections that are keys and values."""
    watch = {**report["watch"], "low_disk": brief_size(report["watch"]["low_disk"])}
    for name, section in (("fetch", report["fetch"]), ("deliver", report["deliver"]), ("watch", watch)):
        yield name, [(key, plain(value)) for key, value in section.items()]
    yield "keep", [(key, "never" if value is None else plain(value)) for key, value in report["keep"].items()]
    yield "web", [(key, plain(report["page"][key])) for key in ("users", "tokens", "sessions")]
    yield "defaults", [("timezone", report["timezone"])]


def plain(value: Any) -> str:
    """A value as sources.yaml writes it; a dash for what is not set."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, timedelta):
        return span_words(value)
    if isinstance(value, Mapping):
        return f"{value['name']} ({', '.join(value['scopes'])})"
    if isinstance(value, list):
        return ", ".join(map(plain, value)) or "–"
    return "–" if value in {None, ""} else str(value)
