"""What every noun of the page is made with: the desk it reads from, the templates, the way back, who may change what.

Must not: know one page more than another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse

from monitor.loading import Definition
from monitor.match.topic import Topic
from monitor.model import HitFilter
from monitor.probing.desk import SourceDesk
from monitor.reload import Standing
from monitor.store import ReviewStore
from monitor.web import show, view
from monitor.web.clock import Clock
from monitor.web.doors import admitted
from monitor.web.guard import Guard
from monitor.web.render import Renderer
from monitor.web.watcher import Watcher

MANY = 1000
"""Hits counted for the number in the head of each page."""
HEADER = "x-monitor-token"
"""Header in which our own JavaScript sends the token that a form has as a field."""


@dataclass(slots=True)
class Desk:
    """What the pages are made from; time zone and topics become others when the configuration does."""

    review: ReviewStore
    now: Callable[[], datetime]
    timezone: str
    topics: tuple[str, ...] = ()
    """Names to choose from; those of the hits shown are added."""
    watch: float = 5.0
    """Seconds between two looks for new hits, for the lists that are open."""
    sources: SourceDesk | None = None
    """Tries and adds sources; None where the page stands without a sources.yaml."""
    definitions: tuple[tuple[Topic, Definition], ...] = ()
    """The topics in force and their files; empty where nobody told of them."""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """The saved filters that decide what goes to each alert, by the alert's name."""
    configuration: Configuration | None = None
    """None where the page stands without a sources.yaml."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The configuration as the page shows it."""

    report: Callable[[], Mapping[str, Any]]
    """What is in force, secrets masked (``monitor.in_force``); made when it is looked at."""
    standing: Callable[[], Standing]
    """Since when, by which files, and what was refused since."""


class Beside(Protocol):
    """What a noun of the page does beside the requests, in a thread of its own."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End. Does nothing the second time."""


class Site:
    """One server's pages: how they are filled, where they lead, and whether a change may be made."""

    def __init__(self, desk: Desk, guard: Guard, root: str = "") -> None:
        self.desk = desk
        self.guard = guard
        self.root = root
        self.watcher = Watcher(desk.review.listing.newer, desk.watch)
        self.beside: list[Beside] = []
        self._renderer = Renderer(root)

    @property
    def review(self) -> ReviewStore:
        """What is stored."""
        return self.desk.review

    def clock(self) -> Clock:
        """The reader's time."""
        return Clock(self.desk.now(), self.desk.timezone)

    def page(self, request: Request, template: str, **values: Any) -> str:
        """A page with what its forms need, who reads it, and what needs a look elsewhere."""
        troubles = show.troubles(*self.review.troubles())
        return self.part(request, template, troubles=troubles, fresh=self.fresh(), **values)

    def fresh(self) -> str:
        """How many stories are new, for the head of each page; empty for none."""
        return show.many(self.review.listing.count(HitFilter(state="new"), MANY))

    def part(self, request: Request, template: str, **values: Any) -> str:
        """A part of a page that our own script puts in its place."""
        passed = admitted(request)
        known = {"token": passed.form or "", "who": passed.person, "leave": passed.cookie}
        return self.bare(template, view=view.read(request.cookies), **known, **values)

    def bare(self, template: str, **values: Any) -> str:
        """A page that asks the database nothing: for who may not pass, and for when it cannot answer."""
        return self._renderer.page(template, clock=self.clock(), **values)

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Raise 403 for a change that does not come from our own page, and for who may only read.

        An API token with the scope review needs no form of ours.
        """
        given = form.get("token", "") or request.headers.get(HEADER, "")
        refused = self.guard.refuses_change(request.headers, given, admitted(request))
        if refused:
            raise HTTPException(403, refused)

    def check_unused(self, name: str) -> None:
        """Raise 409 for a saved filter that decides what goes to an alert; without it everything would go there."""
        users = sorted(alert for alert, names in self.desk.filters.items() if name in names)
        if users:
            words = f"“{name}” decides what goes to {', '.join(users)}; take it out of sources.yaml first."
            raise HTTPException(409, f"{words} Nothing was changed.")

    def to(self, path: str) -> RedirectResponse:
        """To a page, so that a reload does not repeat the change (303)."""
        return RedirectResponse(self.root + path, 303)
