"""The changes a person makes on a page: decisions on hits and stories, sending again. Each ends in a page (303).

Every change needs the token of our own form (``guard``); one that cannot be made says why and changes nothing.
Must not: show a page; touch the store by anything but its own verbs.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from monitor.text import clean
from monitor.web import outbox
from monitor.web.doors import read_form
from monitor.web.query import STATES, number
from monitor.web.site import Site

LONGEST_NOTE = 2000
KEPT = timedelta(days=7)
"""How long a delivery that is sent again stays in the outbox at most."""
SAME = {"same": True, "different": False}

Form = Annotated[dict[str, str], Depends(read_form)]


class Changes:
    """One method a change. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._desk = site.desk

    def mark(self, request: Request, hit_id: str, form: Form) -> Response:
        """Record a decision on a hit, then show it again."""
        self._site.check(request, form)
        state, note, known = form.get("state", ""), form.get("note"), number(hit_id)
        if state not in STATES:
            raise HTTPException(422, f"A hit is marked as one of {', '.join(STATES)}.")
        note = None if note is None else clean(note).strip()
        if note is not None and len(note) > LONGEST_NOTE:
            raise HTTPException(422, f"The note is longer than {LONGEST_NOTE} characters; nothing was saved.")
        if known is None or not self._desk.review.mark(known, state, note, self._desk.now()):
            raise HTTPException(404, "There is no such hit.")
        return self._site.to(f"/hits/{known}")

    def separate(self, request: Request, hit_id: str, form: Form) -> Response:
        """Take a hit's article out of its story, then show the hit from which that was asked."""
        self._site.check(request, form)
        known = number(hit_id)
        hit = None if known is None else self._desk.review.hit(known)
        if hit is None:
            raise HTTPException(404, "There is no such hit.")
        if self._desk.review.stories.separate(hit.article_id, self._desk.now()) is None:
            raise HTTPException(409, "This article is alone in its story already; nothing was changed.")
        return self._site.to(f"/hits/{number(form.get('back', '')) or known}")

    def decide(self, request: Request, suggestion: str, form: Form) -> Response:
        """Make two stories one, or say that they are two."""
        self._site.check(request, form)
        answer, known = form.get("answer", ""), number(suggestion)
        if answer not in SAME:
            raise HTTPException(422, f"A suggestion is answered with one of {', '.join(SAME)}.")
        stories, now = self._desk.review.stories, self._desk.now()
        if known is None or not stories.decide(known, same=SAME[answer], now=now):
            raise HTTPException(404, "There is no such suggestion, or it was decided already; nothing was changed.")
        back = number(form.get("back", ""))
        return self._site.to(f"/hits/{back}" if back else "/suggestions")

    def resend(self, request: Request, delivery: str, form: Form) -> Response:
        """Put one delivery back into the outbox."""
        self._site.check(request, form)
        known, now = number(delivery), self._desk.now()
        if known is None or not self._desk.review.alerts.resend(known, now + KEPT, now):
            raise HTTPException(404, "There is no such delivery, or it waits already; nothing was changed.")
        return self._site.to(outbox.read(form).address(1))

    def resend_all(self, request: Request, form: Form) -> Response:
        """Put all that a channel was given up on back into the outbox."""
        self._site.check(request, form)
        alert, now = form.get("channel", ""), self._desk.now()
        alerts = self._desk.review.alerts
        if alert not in {channel.alert for channel in alerts.channels()}:
            raise HTTPException(404, "There is no such channel; nothing was changed.")
        return self._site.to(outbox.read(form).address(alerts.resend_all(alert, ("dead",), now + KEPT, now)))
