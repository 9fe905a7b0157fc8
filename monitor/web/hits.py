"""The pages of the hits: the list, and one hit with all that is known of it, whole or as a part for the reading pane.

Must not: find words (``rows``, ``evidence``, ``show``); change anything (``deciding``).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from monitor.difference import edits
from monitor.model import HitFilter, HitView, Position
from monitor.model.review import LONGEST_NOTE
from monitor.text import clean
from monitor.web import decided, evidence, offered, rows, show, stories
from monitor.web.query import PAGE, Question, cursor, number, read
from monitor.web.site import Site

NEAR_SUM = "Near misses"
COUNTED = 1000
"""Hits that are counted at most."""


def router(site: Site) -> APIRouter:
    """Their routes."""
    page, made = HitPages(site), APIRouter()
    made.add_api_route("/", page.hits, methods=["GET"])
    made.add_api_route("/list", page.more, methods=["GET"])
    made.add_api_route("/hits/{hit_id}", page.hit, methods=["GET"])
    made.add_api_route("/hits/{hit_id}/pane", page.pane, methods=["GET"])
    return made


class HitPages:
    """One method a page. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._review = site.review

    def hits(self, request: Request) -> str:
        """The list, newest first, with its filter."""
        question = self._asked(request)
        if question.near:
            return self._near(request, question, self._bar(question, NEAR_SUM))
        listed = self._listed(question, COUNTED)
        bar = self._bar(question, rows.sums(listed.pop("count")))
        around = self._empty(question) if not listed["rows"] else {}
        maybe = bool(self._review.stories.suggestions(limit=1))
        done = decided.shown(request.query_params)
        return self._site.page(request, "hits.html", decided=done, maybe=maybe, **bar, **listed, **around)

    def more(self, request: Request) -> str:
        """The next lines of the list alone, for our own script."""
        question = self._asked(request)
        topics = offered.topics(self._review.listing.choices(), self._site.desk.topics)
        return self._site.part(request, "_list.html", topics=topics, **self._listed(question))

    def hit(self, request: Request, hit_id: str) -> str:
        """One hit: the text, why, what became of it, and the decision."""
        done = decided.shown(request.query_params)
        return self._site.page(request, "hit.html", decided=done, **self._read(request, hit_id, pane=False))

    def pane(self, request: Request, hit_id: str) -> str:
        """The same without the page round it."""
        return self._site.part(request, "_reading.html", **self._read(request, hit_id, pane=True))

    def _asked(self, request: Request) -> Question:
        return read(request.query_params, self._site.desk.now(), self._site.desk.timezone)

    def _bar(self, question: Question, sums: str) -> dict[str, Any]:
        """What stands above a list: what can be chosen, what was saved, how much there is."""
        choices = self._review.listing.choices()
        return {
            "choices": choices,
            "offered": offered.offered(choices, question.given, self._site.desk.topics),
            "topics": offered.topics(choices, self._site.desk.topics),
            "saved": self._review.filters.all(),
            "sums": sums,
        }

    def _listed(self, question: Question, most: int | None = None) -> dict[str, Any]:
        """The lines; with ``most`` how many there are in all, counted to that many."""
        listing, wanted = self._review.listing, question.wanted
        if wanted.story is None:
            page = listing.stories(wanted, question.after, PAGE, most)
            found, place, count = rows.of_stories(page.stories), page.next, page.count
        else:
            hits = listing.hits(wanted, question.after, PAGE)
            found, place, count = rows.of_hits(hits.hits), hits.next, listing.count(wanted, most) if most else None
        newest = self._newest(found, question)
        return {"question": question, "rows": found, "next": place, "newest": newest, "count": count}

    def _newest(self, found: list[rows.Row], question: Question) -> str:
        """The place above which hits are new to whoever sees this list."""
        top = found[0].hit if found and question.after is None else None
        return cursor(Position(top.found, top.id) if top else Position(self._site.desk.now(), 0))

    def _near(self, request: Request, question: Question, bar: dict[str, Any]) -> str:
        found, place = self._review.listing.near(question.wanted, question.after, PAGE)
        misses = rows.of_misses(found)
        return self._site.page(request, "near.html", question=question, rows=misses, next=place, **bar)

    def _empty(self, question: Question) -> dict[str, Any]:
        """What an empty list says: the last hit there was, or how the sources stand."""
        if question.filtered:
            last = self._review.listing.hits(HitFilter(), None, 1).hits
            return {"last": last[0] if last else None, "sources": [], "counts": {}}
        return {"last": None, "sources": self._review.sources(), "counts": self._review.counts()}

    def _read(self, request: Request, hit_id: str, *, pane: bool) -> dict[str, Any]:
        known = number(hit_id)
        hit = None if known is None else self._review.hit(known)
        if hit is None:
            raise HTTPException(404, f"There is no hit number {clean(hit_id, 20)}.")
        question = self._asked(request)
        listed = request.query_params.get("from") == "list"
        return {
            "hit": hit,
            "question": question,
            "pane": pane,
            "listed": listed,
            "next": None if pane or not listed else self._next(question, hit),
            "target": rows.target(hit.id, None, hit.stamp),
            "evidence": evidence.explained(hit),
            "past": decided.history(self._review.decisions.history(hit.id)),
            "maybe": stories.pairs(self._review.stories.suggestions(hit.article_id), hit.story),
            "shown": stories.SHOWN,
            "most": stories.MOST,
            "longest": LONGEST_NOTE,
            **self._story(hit),
            **self._ledger(hit),
        }

    def _story(self, hit: HitView) -> dict[str, Any]:
        """The story as a target, where it has other articles."""
        found = self._review.listing.stories(HitFilter(story=hit.story), None, 1).stories if hit.others else ()
        story = found[0] if found else None
        return {"story": story, "whole": rows.target(hit.id, story.newest, story.stamp) if story else ""}

    def _ledger(self, hit: HitView) -> dict[str, Any]:
        ledger = self._review.ledger(hit.article_id)
        return {
            "steps": show.steps(ledger, without=hit.topic) if ledger else [],
            "dots": show.dots(ledger, hit.found, self._site.clock()) if ledger else [],
            "edits": edits(ledger) if ledger else (),
            "revisions": len(ledger.revisions) if ledger else 0,
        }

    def _next(self, question: Question, hit: HitView) -> int | None:
        """The hit under this one in the list it was opened from."""
        place, listing = Position(hit.found, hit.id), self._review.listing
        if question.wanted.story is not None:
            return next((one.id for one in listing.hits(question.wanted, place, 1).hits), None)
        return next((one.head.id for one in listing.stories(question.wanted, place, 1).stories), None)
