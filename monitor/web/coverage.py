"""The page of the coverage: how much of what second nets show our own sources bring, and what they missed.

Must not: rule on anything (``monitor.keep.coverage``), count (``monitor.keep.recall``), find words (``missing``).
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request

from monitor.keep.recall import report
from monitor.text import clean
from monitor.web.missing import Gap, gaps
from monitor.web.site import Site
from monitor.web.watched import Watched, watched

SPANS = {"7d": "7 days", "30d": "30 days", "90d": "90 days", "365d": "365 days"}
"""What can be asked for."""
USUAL = "30d"
MOST = 300
"""Missed articles that are named; the latest."""


def router(site: Site) -> APIRouter:
    """Its route."""
    made = APIRouter()
    made.add_api_route("/coverage", CoveragePage(site).show, methods=["GET"])
    return made


class CoveragePage:
    """Synchronous: the server runs it in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def show(self, request: Request) -> str:
        """Recall per language with its interval, then each outlet that was missed, why, and what to do."""
        given = clean(request.query_params.get("since", ""), 20)
        wanted = given if given in SPANS else USUAL
        since = self._site.desk.now() - timedelta(days=int(wanted[:-1]))
        coverage = self._site.review.coverage
        missed, nets = coverage.missed(since, MOST + 1), coverage.nets()
        ours = [head for head in self._site.review.watched.heads() if head.name not in nets]
        return self._site.page(
            request,
            "coverage.html",
            wanted=wanted,
            spans=SPANS,
            problem="" if given in {"", wanted} else f"since is one of {', '.join(SPANS)}; shown are {SPANS[USUAL]}.",
            made=report(coverage.coverage(since), since),
            nets=nets,
            gaps=self._explained(gaps(missed[:MOST], ours)),
            more=len(missed) > MOST,
            most=MOST,
        )

    def _explained(self, found: list[Gap]) -> list[tuple[Gap, list[Watched]]]:
        """Each with the sources of its outlet, as the page of the sources describes them."""
        clock = self._site.clock()
        numbers = [head.id for gap in found for head in gap.sources]
        views = watched(self._site.review.watched.views(numbers, clock.now), clock)
        by_name = {view.source.name: view for view in views}
        return [(gap, [by_name[head.name] for head in gap.sources if head.name in by_name]) for gap in found]
