"""What may be of one event: a person makes two stories one, says that they are two, or takes an article out of one.

Must not: decide by itself what belongs together (``monitor.read``).
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.web import stories
from monitor.web.doors import Form
from monitor.web.query import number
from monitor.web.site import Site

SHOWN = 50
"""Open suggestions shown; the likeliest."""
SAME = {"same": True, "different": False}


def router(site: Site) -> APIRouter:
    """Its routes."""
    page, made = SuggestionPage(site), APIRouter()
    made.add_api_route("/suggestions", page.show, methods=["GET"])
    made.add_api_route("/suggestions/{suggestion}", page.decide, methods=["POST"])
    made.add_api_route("/hits/{hit_id}/separate", page.separate, methods=["POST"])
    return made


class SuggestionPage:
    """Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._review = site.review

    def show(self, request: Request) -> str:
        """The likeliest first."""
        found = self._review.stories.suggestions(limit=SHOWN + 1)
        pairs, more = stories.pairs(found[:SHOWN]), len(found) > SHOWN
        return self._site.page(request, "suggestions.html", pairs=pairs, more=more)

    def decide(self, request: Request, suggestion: str, form: Form) -> Response:
        """Make two stories one, or say that they are two."""
        self._site.check(request, form)
        answer, known = form.get("answer", ""), number(suggestion)
        if answer not in SAME:
            raise HTTPException(422, f"A suggestion is answered with one of {', '.join(SAME)}.")
        now = self._site.desk.now()
        if known is None or not self._review.stories.decide(known, same=SAME[answer], now=now):
            raise HTTPException(404, "There is no such suggestion, or it was decided already; nothing was changed.")
        back = number(form.get("back", ""))
        return self._site.to(f"/hits/{back}" if back else "/suggestions")

    def separate(self, request: Request, hit_id: str, form: Form) -> Response:
        """Take a hit's article out of its story, then show the hit from which that was asked."""
        self._site.check(request, form)
        known = number(hit_id)
        hit = None if known is None else self._review.hit(known)
        if hit is None:
            raise HTTPException(404, "There is no such hit.")
        if self._review.stories.separate(hit.article_id, self._site.desk.now()) is None:
            raise HTTPException(409, "This article is alone in its story already; nothing was changed.")
        return self._site.to(f"/hits/{number(form.get('back', '')) or known}")
