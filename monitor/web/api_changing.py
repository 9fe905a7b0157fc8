"""What a program may change: decisions on hits, taking them back, saved filters. Each needs the scope review.

What somebody has decided on since it was read stays as it is, and that is answered with who decided what (409).
Must not: keep a decision itself (``monitor.store.decisions``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from monitor.model import Decided, Judgement
from monitor.query import read_query
from monitor.web import api_answers as answers
from monitor.web import api_requests as asked
from monitor.web import api_status as status
from monitor.web.api_problems import Refusal, unusable
from monitor.web.api_reading import HitId, saved
from monitor.web.doors import admitted, person
from monitor.web.site import HEADER, Site

OVERTAKEN: dict[int | str, dict[str, Any]] = {
    404: {"description": "There is no such hit, or no such decision."},
    409: {"description": "Somebody has decided since; who decided what stands in `overtaken`."},
}
FilterId = Annotated[int, Path(ge=1, le=asked.LARGEST, description="The number of a saved filter.")]
NoQuery = Annotated[asked.Nothing, Query()]


def add_to(made: APIRouter, site: Site) -> None:
    """Add its routes."""
    change, allowed = Changing(site), [Depends(_allowed(site))]
    answered: dict[str, Any] = {"response_model": answers.Decided, "responses": OVERTAKEN}
    decides = {"methods": ["POST"], "dependencies": allowed, **answered}
    made.add_api_route("/hits/{hit_id}/decision", change.decide, summary="Decide on a hit or its story", **decides)
    made.add_api_route("/decisions", change.decide_many, summary="Decide on many at once", **decides)
    made.add_api_route("/undo", change.undo, summary="Take decisions back", **decides)
    made.add_api_route(
        "/filters",
        change.save_filter,
        methods=["POST"],
        dependencies=allowed,
        status_code=201,
        response_model=status.Saved,
        summary="Save a filter under a name",
    )
    made.add_api_route(
        "/filters/{filter_id}",
        change.remove_filter,
        methods=["DELETE"],
        dependencies=allowed,
        status_code=204,
        responses={404: {"description": "There is no such filter."}, 409: {"description": "An alert goes by it."}},
        summary="Forget a saved filter",
    )


class Changing:
    """One method a change. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._review = site.review

    def decide(self, request: Request, hit_id: HitId, body: asked.DecisionBody, _none: NoQuery) -> Any:
        """Say what a hit is, or with `story` its whole story. With the `stamp` that was read nobody is overruled."""
        targets, said = [body.target(hit_id)], _said(body)
        return _told(self._review.decisions.decide(targets, said, *self._who(request)))

    def decide_many(self, request: Request, body: asked.DecisionsBody, _none: NoQuery) -> Any:
        """One decision on up to 200 targets; 200 when it was made on any of them, and the others are named."""
        targets, said = [one.target() for one in body.targets], _said(body)
        return _told(self._review.decisions.decide(targets, said, *self._who(request)))

    def undo(self, request: Request, body: asked.UndoBody, _none: NoQuery) -> Any:
        """Take decisions back by their numbers; what somebody has decided on since stays as it is."""
        return _told(self._review.decisions.undo(body.decisions, *self._who(request)))

    def save_filter(self, request: Request, body: asked.FilterBody, _none: NoQuery) -> Any:
        """Save a filter; one of the same name is replaced, and alerts that name it go by it from then on."""
        who, now = self._who(request)
        question = read_query(body.query, now, self._site.desk.timezone)
        if question.mistakes:
            raise unusable(question.mistakes)
        if not question.filtered:
            raise HTTPException(422, "This asks nothing; expected a query such as topic=ramstein&language=uk.")
        return saved(self._site, self._review.filters.save(body.name, question.query(), who, now))

    def remove_filter(self, filter_id: FilterId, _none: NoQuery) -> Response:
        """Forget a filter. One that an alert names stays (409): without it, everything would go there."""
        name = next((one.name for one in self._review.filters.all() if one.id == filter_id), None)
        if name is not None:
            self._site.check_unused(name)
        if name is None or not self._review.filters.remove(filter_id):
            raise HTTPException(404, f"There is no saved filter number {filter_id}.")
        return Response(status_code=204)

    def _who(self, request: Request) -> tuple[str, datetime]:
        return person(request).name, self._site.desk.now()


def _allowed(site: Site) -> Any:
    """A dependency: the change comes from who may make it, and from no other site."""

    def check(request: Request) -> None:
        passed = admitted(request)
        if "review" in passed.person.scopes and passed.form is not None and HEADER not in request.headers:
            words = "A program changes something with an API token of the scope review (web.tokens in sources.yaml)"
            raise HTTPException(403, f"{words}, sent as Authorization: Bearer. Nothing was changed.")
        site.check(request, {})

    return check


def _said(body: asked.JudgementBody) -> Judgement:
    said = body.judgement()
    if said is None:
        raise HTTPException(422, "Say what is decided: state, note, tags, add or remove. Nothing was changed.")
    return said


def _told(decided: Decided) -> Decided:
    """What was decided. Raises Refusal when nothing was: 409 where somebody was faster, else 404."""
    if not decided.done and decided.overtaken:
        who = ", ".join(dict.fromkeys(one.who or "somebody" for one in decided.overtaken))
        words = f"Decided on since by {who}; nothing was changed. Read it again, then decide with its new stamp."
        raise Refusal(409, words, overtaken=_answers(decided), missing=list(decided.missing) or None)
    if not decided.done:
        numbers = ", ".join(map(str, decided.missing[:10]))
        raise Refusal(404, f"There is nothing with the number {numbers}.", missing=list(decided.missing))
    return decided


def _answers(decided: Decided) -> list[answers.Decision]:
    return [answers.Decision.model_validate(one) for one in decided.overtaken]
