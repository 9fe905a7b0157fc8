"""What every noun of the page is made with: the desk it reads from, the templates, the way back, who may change what.

Must not: know one page more than another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import RedirectResponse

from monitor.store import ReviewStore
from monitor.web import show
from monitor.web.clock import Clock
from monitor.web.doors import person
from monitor.web.guard import Guard
from monitor.web.pulse import Pulse
from monitor.web.render import Renderer

HEADER = "x-monitor-token"
"""Header in which our own JavaScript sends the token that a form has as a field."""


@dataclass(slots=True)
class Desk:
    """What the pages are made from; time zone and topics become others when the configuration does."""

    review: ReviewStore
    pulse: Pulse
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    timezone: str
    topics: tuple[str, ...] = ()
    """Names to choose from; those of the hits shown are added."""


class Site:
    """One server's pages: how they are filled, where they lead, and whether a change may be made."""

    def __init__(self, desk: Desk, guard: Guard, root: str = "") -> None:
        self.desk = desk
        self.guard = guard
        self.root = root
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
        token, who = self.guard.token, person(request)
        return self.bare(template, token=token, troubles=troubles, who=who, **values)

    def bare(self, template: str, **values: Any) -> str:
        """A page that asks the database nothing: for who may not pass, and for when it cannot answer."""
        return self._renderer.page(template, clock=self.clock(), **values)

    def check(self, request: Request, form: Mapping[str, str]) -> None:
        """Raise 403 for a change that does not come from our own page."""
        given = form.get("token", "") or request.headers.get(HEADER, "")
        refused = self.guard.refuses_change(request.headers, given)
        if refused:
            raise HTTPException(403, refused)

    def to(self, path: str) -> RedirectResponse:
        """To a page, so that a reload does not repeat the change (303)."""
        return RedirectResponse(self.root + path, 303)
