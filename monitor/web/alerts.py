"""The page of the alerts: channels, the outbox, sending again.

Must not: find words (``outbox``); send anything itself.
"""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.deliver.chosen import says
from monitor.web import outbox
from monitor.web.doors import Form
from monitor.web.query import number, read_query
from monitor.web.site import Site

OUTBOX = 200
"""Deliveries shown; the newest."""
Route = tuple[str, str | None, str]
KEPT = timedelta(days=7)
"""How long a delivery that is sent again stays in the outbox at most."""


def router(site: Site) -> APIRouter:
    """Its routes."""
    page, made = AlertPage(site), APIRouter()
    made.add_api_route("/alerts", page.show, methods=["GET"])
    made.add_api_route("/alerts/resend", page.resend_all, methods=["POST"])
    made.add_api_route("/alerts/{delivery}/resend", page.resend, methods=["POST"])
    return made


class AlertPage:
    """Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._alerts = site.review.alerts

    def show(self, request: Request) -> str:
        """The channels, what needs a person first, and the outbox, newest first."""
        wanted = outbox.read(request.query_params)
        found = self._alerts.deliveries(wanted.states, wanted.alert or None, OUTBOX + 1)
        return self._site.page(
            request,
            "alerts.html",
            wanted=wanted,
            routes=self._routes(),
            channels=outbox.channels(self._alerts.channels(), self._site.clock()),
            outbox=outbox.deliveries(found[:OUTBOX]),
            more=len(found) > OUTBOX,
            counts=self._site.review.counts(),
        )

    def _routes(self) -> dict[str, list[Route]]:
        """The saved filters that decide what goes to each alert: name, query and what is to be said of it."""
        filters, desk = self._site.desk.filters, self._site.desk
        saved = {one.name: one.query for one in self._site.review.filters.all()} if filters else {}
        given = {name: read_query(query, desk.now(), desk.timezone).given for name, query in saved.items()}
        return {
            alert: [(name, saved.get(name), says(given.get(name))) for name in names]
            for alert, names in filters.items()
        }

    def resend(self, request: Request, delivery: str, form: Form) -> Response:
        """Put one delivery back into the outbox."""
        self._site.check(request, form)
        known, now = number(delivery), self._site.desk.now()
        if known is None or not self._alerts.resend(known, now + KEPT, now):
            raise HTTPException(404, "There is no such delivery, or it waits already; nothing was changed.")
        return self._site.to(outbox.read(form).address(1))

    def resend_all(self, request: Request, form: Form) -> Response:
        """Put all that a channel was given up on back into the outbox."""
        self._site.check(request, form)
        alert, now = form.get("channel", ""), self._site.desk.now()
        if alert not in {channel.alert for channel in self._alerts.channels()}:
            raise HTTPException(404, "There is no such channel; nothing was changed.")
        return self._site.to(outbox.read(form).address(self._alerts.resend_all(alert, ("dead",), now + KEPT, now)))
