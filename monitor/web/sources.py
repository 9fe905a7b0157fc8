"""The pages of the sources: all of them with their health, what needs a person first; one with all that is known of it.

Must not: find words (``watched``), change anything (``source_changes``, ``source_looks``).
"""

from __future__ import annotations

from fastapi import APIRouter, Request

from monitor.web import show, source_list
from monitor.web.bench import Bench
from monitor.web.site import Site
from monitor.web.source_changes import SAID, SourceChanges, known
from monitor.web.source_looks import SourceLooks
from monitor.web.watched import LARGE, watched

NOTICES = 30
"""Changes of state shown; the newest."""
ARTICLES = 12
"""Articles shown of one source; the newest."""


def router(site: Site) -> APIRouter:
    """Their routes."""
    bench = Bench()
    pages, changes, looks, made = SourcePages(site), SourceChanges(site), SourceLooks(site, bench), APIRouter()
    made.add_api_route("/sources", pages.show, methods=["GET"])
    made.add_api_route("/sources/add", looks.form, methods=["GET"])
    made.add_api_route("/sources/add", looks.find, methods=["POST"])
    made.add_api_route("/sources/looks/{look}", looks.show, methods=["GET"])
    made.add_api_route("/sources/looks/{look}/done", looks.is_done, methods=["GET"])
    made.add_api_route("/sources/looks/{look}/add", looks.add, methods=["POST"])
    made.add_api_route("/sources/{source}", pages.one, methods=["GET"])
    made.add_api_route("/sources/{source}/test", looks.test, methods=["POST"])
    made.add_api_route("/sources/{source}/pause", changes.pause, methods=["POST"])
    made.add_api_route("/sources/{source}/resume", changes.resume, methods=["POST"])
    made.add_api_route("/sources/{source}/poll", changes.poll, methods=["POST"])
    return made


class SourcePages:
    """Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._store = site.review.watched

    def show(self, request: Request) -> str:
        """A page of the sources, what needs a person first; under them what changed last."""
        wanted, clock = source_list.read(request.query_params), self._site.clock()
        found = source_list.listed(self._store.heads(), wanted)
        told = self._site.review.notices(NOTICES + 1)
        return self._site.page(
            request,
            "sources.html",
            wanted=wanted,
            listed=found,
            sources=watched(self._store.views(found.numbers, clock.now), clock),
            notices=show.told(told[:NOTICES]),
            more=len(told) > NOTICES,
            page_size=source_list.PAGE,
        )

    def one(self, request: Request, source: str) -> str:
        """All that is known of one source."""
        view, desk, clock = known(self._site, source), self._site.desk.sources, self._site.clock()
        told = self._store.notices(view.name, NOTICES + 1)
        return self._site.page(
            request,
            "source.html",
            one=watched([view], clock, LARGE)[0],
            entry=desk.entry(view.name) if desk else None,
            testable=desk is not None,
            articles=self._store.latest(view.id, ARTICLES),
            notices=show.told(told[:NOTICES]),
            more=len(told) > NOTICES,
            said=SAID.get(request.query_params.get("said", ""), ""),
        )
