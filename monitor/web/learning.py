"""What the decisions say about rules and forms; and a hit or a near miss as an example to paste into the topic's file.

Must not: change a topic; find what to propose (``monitor.match.proposing``) or where it belongs (``snippet``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from monitor.loading import Definition
from monitor.match import proposing
from monitor.match.snippet import Snippet, by_hand, snippet
from monitor.match.topic import Topic, shipped
from monitor.model import Worth
from monitor.text import clean
from monitor.web.query import number
from monitor.web.site import Site

SHOWN = 100
"""Rules and forms shown of each kind; the worst."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?", re.ASCII)
_KINDS = ("hit", "miss")


@dataclass(frozen=True, slots=True)
class Line:
    """A rule or a form in its table."""

    worth: Worth
    where: str
    """Query of the list of irrelevant hits that hold its words; empty where it has none."""

    @property
    def share(self) -> int:
        """Of a hundred judged hits so many were irrelevant."""
        return round(100 * self.worth.irrelevant / self.worth.judged) if self.worth.judged else 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A form to try."""

    concept: str
    form: str
    rule: str
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class Proposal:
    """An example for a topic, and what the topic says of it as it is."""

    topic: str
    file: str
    """Empty where the topic is not in force."""
    kind: str
    """``hit``: it must hit; ``miss``: it must not."""
    text: str
    snippet: Snippet
    hits: bool | None = None
    """Whether it does; None where the topic is not in force."""
    why: tuple[str, ...] = ()
    forms: tuple[Piece, ...] = ()


def router(site: Site) -> APIRouter:
    """Their routes."""
    page, made = LearningPages(site), APIRouter()
    made.add_api_route("/learning", page.learning, methods=["GET"])
    made.add_api_route("/learning/hit/{hit_id}", page.of_hit, methods=["GET"])
    made.add_api_route("/learning/near/{article_id}", page.of_article, methods=["GET"])
    return made


class LearningPages:
    """One method a page. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._review = site.review

    def learning(self, request: Request) -> str:
        """How the rules and forms of one topic did."""
        topics = tuple(dict.fromkeys((*self._site.desk.topics, *self._review.learning.topics())))
        asked = request.query_params.get("topic", "")
        topic = asked if asked in topics else next(iter(topics), "")
        learnt = self._review.learning.learning(topic)
        return self._site.page(
            request,
            "learning.html",
            topics=topics,
            learnt=learnt,
            irrelevant=urlencode({"topic": topic, "state": "irrelevant"}),
            rules=[Line(one, "") for one in learnt.rules[:SHOWN]],
            forms=[Line(one, _where(topic, one)) for one in learnt.forms[:SHOWN]],
            more=max(len(learnt.rules), len(learnt.forms)) > SHOWN,
            shown=SHOWN,
        )

    def of_hit(self, request: Request, hit_id: str) -> str:
        """A hit as an example: one that must not hit where it was irrelevant, else one that must."""
        known = number(hit_id)
        hit = None if known is None else self._review.hit(known)
        if hit is None:
            raise HTTPException(404, f"There is no hit number {clean(hit_id, 20)}.")
        kind = _kind(request, "miss" if hit.state in ("irrelevant", "new") else "hit")
        spans = [(term.start, term.end) for term in hit.terms if term.field != "url"]
        text = proposing.example(hit.title, hit.text, spans)
        made = propose(self._found(hit.topic), hit.topic, hit.language, kind, text)
        return self._proposal(request, made, about=hit, hit=hit, topics=())

    def of_article(self, request: Request, article_id: str) -> str:
        """An article that was no hit as an example that must hit, or one that must not."""
        known = number(article_id)
        found = None if known is None else self._review.learning.near(known)
        if found is None:
            raise HTTPException(404, f"There is no article number {clean(article_id, 20)} that was no hit.")
        miss, text = found
        names = [topic.name for topic, _ in self._site.desk.definitions]
        asked = request.query_params.get("topic", "")
        name = asked if asked in names else miss.topic or next(iter(names), "")
        topic = self._found(name)
        spans = proposing.places(topic[0], miss.title, text) if topic else []
        kind = _kind(request, "hit")
        made = propose(topic, name, miss.language, kind, proposing.example(miss.title, text, spans))
        return self._proposal(request, made, about=miss, hit=None, topics=names)

    def _proposal(self, request: Request, made: Proposal, **values: Any) -> str:
        ours = {str(path): path.name for path in shipped().values()}
        return self._site.page(
            request,
            "proposal.html",
            proposal=made,
            other=_KINDS[made.kind == "hit"],
            file=ours.get(made.file, made.file),
            shipped=made.file in ours,
            **values,
        )

    def _found(self, name: str) -> tuple[Topic, Definition] | None:
        return next((found for found in self._site.desk.definitions if found[0].name == name), None)


def propose(found: tuple[Topic, Definition] | None, name: str, language: str | None, kind: str, text: str) -> Proposal:
    """The example in the topic's file, and forms with which one that must hit would."""
    spoken = language if language and _LANGUAGE.fullmatch(language) else None
    path = ("examples", spoken or "und", kind)
    if found is None:
        return Proposal(name, "", kind, text, by_hand(path, text))
    topic, file = found
    said = proposing.verdict(topic, text)
    lacks = kind == "hit" and not said.hit
    forms = proposing.new_forms(topic, text, spoken or "any") if lacks else ()
    made = snippet(file.text, file.file, path, text)
    return Proposal(name, file.file, kind, text, made, said.hit, said.why, _pieces(forms, file, spoken or "any"))


def _pieces(forms: Sequence[proposing.NewForm], file: Definition, language: str) -> tuple[Piece, ...]:
    return tuple(
        Piece(one.concept, one.form, one.rule, snippet(file.text, file.file, _path(one, language), one.form))
        for one in forms
    )


def _path(one: proposing.NewForm, language: str) -> tuple[str, ...]:
    return "concepts", one.concept, language


def _kind(request: Request, usual: str) -> str:
    asked = request.query_params.get("as", "")
    return asked if asked in _KINDS else usual


def _where(topic: str, one: Worth) -> str:
    words = " ".join(one.found.replace('"', " ").split())
    asked: dict[str, Any] = {"topic": topic, "state": "irrelevant", "q": f'"{words}"'}
    return urlencode(asked) if words and one.irrelevant else ""
