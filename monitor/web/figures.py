"""The page of the figures: what was found, told and decided, few numbers and large, each chart with its table.

Must not: count anything (``monitor.store.figures``), draw (``charts``), find words (``plots``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from fastapi import APIRouter, Request

from monitor.keep.recall import report
from monitor.model import ReviewFigures, Span
from monitor.text import clean
from monitor.web.ahead import Ahead
from monitor.web.plots import Plot, plots
from monitor.web.query import LONGEST
from monitor.web.site import Desk, Site

SPANS = {"7d": Span(7), "30d": Span(30), "90d": Span(90), "365d": Span(364, 7)}
"""What can be asked for; a year is shown in its 52 weeks."""
WORDS = {"7d": "7 days", "30d": "30 days", "90d": "90 days", "365d": "52 weeks"}
USUAL = "30d"
COUNTRIES = 12
"""Countries named."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures a person asked for."""

    since: str = USUAL
    topic: str = ""
    problems: tuple[str, ...] = ()


def read(params: Mapping[str, str]) -> Wanted:
    """Read since and topic; what cannot be used is left out and said."""
    since, topic = (" ".join(clean(params.get(name, "")).split())[:LONGEST] for name in ("since", "topic"))
    if since and since not in SPANS:
        return Wanted(USUAL, topic, (f"since is one of {', '.join(SPANS)}; shown are {WORDS[USUAL]}.",))
    return Wanted(since or USUAL, topic)


def router(site: Site) -> APIRouter:
    """Its route."""
    made = APIRouter()
    made.add_api_route("/figures", FigurePage(site).show, methods=["GET"])
    return made


@dataclass(frozen=True, slots=True)
class Drawn:
    """Figures with their charts."""

    figures: ReviewFigures
    plots: tuple[Plot, ...]


def draw(desk: Desk, asked: tuple[Wanted, str], now: datetime) -> Drawn:
    """Add up in the days of a zone, and draw: some tenths of a second at a hundred thousand hits."""
    wanted, zone = asked
    figures = desk.review.figures.read(SPANS[wanted.since], zone, now, wanted.topic or None)
    return Drawn(figures, plots(figures))


class FigurePage:
    """Synchronous: the server runs it in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._drawn: Ahead[tuple[Wanted, str], Drawn] = Ahead(partial(draw, site.desk), site.desk.now)
        site.beside.append(self._drawn)

    def show(self, request: Request) -> str:
        """The figures of a span, of all topics or of one."""
        desk, wanted = self._site.desk, read(request.query_params)
        span, since = SPANS[wanted.since], desk.now() - timedelta(days=SPANS[wanted.since].days)
        drawn = self._drawn.get((replace(wanted, problems=()), desk.timezone))
        figures = drawn.answer.figures
        return self._site.page(
            request,
            "figures.html",
            wanted=wanted,
            spans=WORDS,
            topics=sorted({*desk.topics, *figures.topics, wanted.topic} - {""}),
            figures=figures,
            made=drawn.at,
            rate=_rate(figures, span),
            asked={"since": f"{span.days}d", **({"topic": wanted.topic} if wanted.topic else {})},
            countries=list(figures.countries.items())[:COUNTRIES],
            most_of=_most_of(figures),
            plots=drawn.answer.plots,
            nets=desk.review.coverage.nets(),
            recall=report(desk.review.coverage.coverage(since), since).total,
        )


def _rate(figures: ReviewFigures, span: Span) -> str:
    """How many hits a day, today counted as a whole one."""
    each = figures.hits / span.days
    return f"{each:,.0f} a day" if each >= 10 else f"{each:.1f} a day"


def _most_of(figures: ReviewFigures) -> str:
    """How many of the outlets with a hit are listed."""
    listed = len(figures.outlets)
    return f"The {listed} with the most of {figures.known:,} outlets." if figures.known > listed else "All of them."
