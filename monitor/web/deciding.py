"""Deciding: on one hit, a story or many of them, by a form or by our own script; and taking it back.

A form ends in the page it came from, or in the next hit of its list (303). A script that asks for JSON is told what
became of each target. What somebody has decided on since it was shown stays as it is, and that is said (409).
Must not: keep a decision itself (``monitor.store.decisions``); believe an address that a form names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from monitor.model import Decided, Judgement
from monitor.web import decided, rows
from monitor.web.decided import Obstacle
from monitor.web.doors import Choices, person
from monitor.web.query import STATES, number, read_query
from monitor.web.site import Site

Fields = Mapping[str, str]


def router(site: Site) -> APIRouter:
    """Its routes."""
    desk, made = DecisionDesk(site), APIRouter()
    made.add_api_route("/decide", desk.decide, methods=["POST"], response_model=None)
    made.add_api_route("/undo", desk.undo, methods=["POST"], response_model=None)
    return made


class DecisionDesk:
    """Synchronous: the server runs it in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._decisions = site.review.decisions

    def decide(self, request: Request, fields: Choices) -> Response:
        """Decide on the targets: ``state``, ``note``, ``tags``, or one ``tag`` put on or taken off (``do``)."""
        form = dict(fields)
        self._site.check(request, form)
        chosen = [value for name, value in fields if name == "whole"]
        targets = rows.targets(chosen or [value for name, value in fields if name == "target"])
        if not targets:
            raise HTTPException(422, f"Say what it is about: from one to {rows.MOST} lines of the list.")
        said = _said(form)
        done = self._decisions.decide(targets, judgement(form), *self._who(request))
        in_way = decided.obstacles(done, targets, self._story_of, self._site.clock())
        return self._told(request, form, said, done, in_way)

    def undo(self, request: Request, fields: Choices) -> Response:
        """Take decisions back, by their numbers in ``done``."""
        form = dict(fields)
        self._site.check(request, form)
        made = decided.numbers(form.get("done", ""))
        if not made:
            raise HTTPException(422, "There is nothing to take back; nothing was changed.")
        done = self._decisions.undo(made, *self._who(request))
        return self._told(request, form, "undone", done, [])

    def _who(self, request: Request) -> tuple[str, Any]:
        return person(request).name, self._site.desk.now()

    def _story_of(self, hit_id: int) -> int | None:
        hit = self._site.review.hit(hit_id)
        return hit.story if hit else None

    def _told(self, request: Request, form: Fields, said: str, done: Decided, in_way: Sequence[Obstacle]) -> Response:
        status = 200 if done.done else 409 if done.overtaken else 404
        if "application/json" in request.headers.get("accept", ""):
            answer = decided.answer(said, done, in_way, self._site.clock())
            return JSONResponse(answer | {"fresh": self._site.fresh()}, status)
        if done.overtaken or not done.done:
            return self._page(request, form, said, done, in_way, 409 if done.overtaken else 404)
        return self._site.to(self._next(form, said, decided.ranges(one.id for one in done.done)))

    def _page(
        self, request: Request, form: Fields, said: str, done: Decided, in_way: Sequence[Obstacle], status: int
    ) -> Response:
        clock = self._site.clock()
        page = self._site.page(
            request,
            "overtaken.html",
            form={name: form[name] for name in ("state", "note", "tags", "tag", "do", "hit", "back") if name in form},
            said=decided.SAID[said],
            done=decided.ranges(one.id for one in done.done),
            count=len(done.done),
            obstacles=in_way,
            kept=[decided.words(one, clock) for one in done.overtaken],
            missing=done.missing,
            back=self._next({**form, "next": ""}, "", ""),
        )
        return HTMLResponse(page, status)

    def _next(self, form: Fields, said: str, done: str) -> str:
        """Where a form leads: the next hit, the hit it was about, or the list; made anew from what can be read."""
        question = read_query(form.get("back", ""), self._site.desk.now(), self._site.desk.timezone)
        hit, after = number(form.get("hit", "")), number(form.get("next", "")) if form.get("state") else None
        listed = {"from": "list"} if hit and form.get("from") == "list" else {}
        place = {"after": question.after} if question.after and not hit else {}
        query = "&".join(filter(None, (question.query(**place), urlencode(listed | _filled(said=said, done=done)))))
        path = f"/hits/{after or hit}" if hit else "/"
        return f"{path}?{query}" if query else path


def judgement(form: Fields) -> Judgement:
    """What a form says of its targets; the tag beside a button counts only with the buttons of its own (``do``)."""
    tag, do = (form.get("tag", ""),), form.get("do")
    tags = tuple(form["tags"].split(",")) if "tags" in form else None
    return Judgement(
        form.get("state"),
        note=form.get("note"),
        tags=tags,
        add=tag if do == "tag" else (),
        remove=tag if do == "untag" else (),
    )


def _said(form: Fields) -> str:
    state = form.get("state", "saved")
    if state not in (*STATES, "saved"):
        raise HTTPException(422, f"A hit is marked as one of {', '.join(STATES)}; nothing was changed.")
    if "state" not in form and not {"note", "tags", "tag"} & form.keys():
        raise HTTPException(422, "Say what is decided: a state, a note or tags. Nothing was changed.")
    return state


def _filled(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}
