"""What the API tells: hits, stories, near misses, sources, alerts, counts, saved filters, the ledger of an article.

Must not: change anything (``api_changing``); decide who may pass (``doors``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query

from monitor.advice import Told, advice, by_need, open_gaps, state
from monitor.deliver.chosen import idle
from monitor.model import ChannelView, HitView, Position, SavedFilter, SourceView
from monitor.query import Question, cursor, read, read_query
from monitor.text import clean
from monitor.urls import host_of
from monitor.web import api_answers as answers
from monitor.web import api_requests as asked
from monitor.web import api_status as status
from monitor.web.api_problems import unusable
from monitor.web.site import Site

HitId = Annotated[int, Path(ge=1, le=asked.LARGEST, description="The number of a hit.")]
NOT_FOUND: dict[int | str, dict[str, Any]] = {404: {"description": "There is no such thing."}}


def add_to(made: APIRouter, site: Site) -> None:
    """Add its routes."""
    read_ = Reading(site)
    made.add_api_route("/hits", read_.hits, response_model=answers.HitList, summary="Hits, newest first")
    made.add_api_route("/stories", read_.stories, response_model=answers.StoryList, summary="Stories, newest first")
    made.add_api_route(
        "/hits/{hit_id}",
        read_.hit,
        response_model=answers.FullHit,
        responses=NOT_FOUND,
        summary="One hit with its text, ledger and history",
    )
    made.add_api_route("/near", read_.near, response_model=answers.NearList, summary="Near misses, newest first")
    made.add_api_route("/sources", read_.sources, response_model=status.SourceList, summary="Sources with health")
    made.add_api_route("/alerts", read_.alerts, response_model=status.Alerts, summary="Channels and deliveries")
    made.add_api_route("/counts", read_.counts, response_model=status.Counts, summary="How many hits fit a filter")
    made.add_api_route("/filters", read_.filters, response_model=status.SavedList, summary="Saved filters")
    made.add_api_route(
        "/why",
        read_.why,
        response_model=answers.Article,
        responses=NOT_FOUND,
        summary="What became of any article, by its address",
    )


class Reading:
    """One method a question. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._review = site.review

    def hits(self, wanted: Annotated[asked.ListQuery, Query()]) -> Any:
        """Hits that fit the filter, whatever their story. `next` goes on where this piece ends."""
        question = question_of(self._site, wanted.written())
        page = self._review.listing.hits(question.wanted, question.after, wanted.limit)
        return {"hits": page.hits, "next": _next(page.next)}

    def stories(self, wanted: Annotated[asked.ListQuery, Query()]) -> Any:
        """Stories by their newest hit that fits the filter, as on the page."""
        question = question_of(self._site, wanted.written())
        page = self._review.listing.stories(question.wanted, question.after, wanted.limit)
        return {"stories": page.stories, "next": _next(page.next)}

    def hit(self, hit_id: HitId, _none: Annotated[asked.Nothing, Query()]) -> Any:
        """One hit: its text, why it matched, its story, what became of it, who decided what."""
        hit = self._review.hit(hit_id)
        ledger = None if hit is None else self._review.ledger(hit.article_id)
        if hit is None or ledger is None:
            raise HTTPException(404, f"There is no hit number {hit_id}.")
        history = self._review.decisions.history(hit_id)
        return {**_values(hit), "revisions": ledger.revisions, "ledger": ledger, "history": history}

    def near(self, wanted: Annotated[asked.NearQuery, Query()]) -> Any:
        """Articles that were no hit but may be worth a look, with why."""
        question = question_of(self._site, wanted.written())
        found, next_ = self._review.listing.near(question.wanted, question.after, wanted.limit)
        return {"near": found, "next": _next(next_)}

    def sources(self, _none: Annotated[asked.Nothing, Query()]) -> Any:
        """Every source with its health, the reason and the mend; what needs a person first."""
        clock = self._site.clock()
        return {"sources": [_source(one, clock.exact) for one in by_need(self._review.sources())]}

    def alerts(self, wanted: Annotated[asked.DeliveryQuery, Query()]) -> Any:
        """The channels, how they stand and what waits for them; the newest deliveries."""
        states = (wanted.state,) if wanted.state else ()
        found = self._review.alerts.deliveries(states, clean(wanted.alert or "") or None, wanted.limit)
        filters = self._site.desk.filters
        return {
            "channels": [_channel(one, filters.get(one.alert, ())) for one in self._review.alerts.channels()],
            "deliveries": found,
        }

    def counts(self, wanted: Annotated[asked.FilterQuery, Query()]) -> Any:
        """How many hits and stories fit, counted up to a thousand hits; how many things need a look."""
        count = self._review.listing.count(question_of(self._site, wanted.written()).wanted)
        sources, channels = self._review.troubles()
        return {
            "hits": count.hits,
            "stories": count.stories,
            "more": count.more,
            "sources_in_trouble": sources,
            "channels_in_trouble": channels,
        }

    def filters(self, _none: Annotated[asked.Nothing, Query()]) -> Any:
        """The saved filters, and the alerts that go by them."""
        return {"filters": [saved(self._site, one) for one in self._review.filters.all()]}

    def why(self, wanted: Annotated[asked.WhyQuery, Query()]) -> Any:
        """Seen where, read how, matched or not and why, alerted when: also of what was no hit."""
        ledger = self._review.why(clean(wanted.url).strip())
        if ledger is None:
            raise HTTPException(404, "This address was never seen in any source.")
        return ledger


def question_of(site: Site, written: dict[str, str]) -> Question:
    """The filter of a request. Raises Refusal (422) for one that cannot be used whole: no answer is better than all."""
    question = read(written, site.desk.now(), site.desk.timezone)
    if question.mistakes:
        raise unusable(question.mistakes)
    return question


def saved(site: Site, one: SavedFilter) -> dict[str, Any]:
    """A saved filter with the alerts that go by it."""
    given = read_query(one.query, site.desk.now(), site.desk.timezone).given
    users = [alert for alert, names in site.desk.filters.items() if one.name in names]
    return {**_values(one), "alerts": users, "unused": idle(given)}


def _next(position: Position | None) -> str | None:
    return None if position is None else cursor(position)


def _values(value: HitView | SavedFilter | ChannelView | SourceView) -> dict[str, Any]:
    """The fields of a value, as they are."""
    return {name: getattr(value, name) for name in value.__slots__}


def _channel(view: ChannelView, filters: Iterable[str]) -> dict[str, Any]:
    return {**_values(view), "filters": filters}


def _source(view: SourceView, told: Told) -> dict[str, Any]:
    said = advice(view, told)
    known = {"host": host_of(view.url), "health": state(view), "since": view.paused or view.health_since}
    return {**_values(view), **known, "reason": said.reason, "mend": said.mend, "open_gaps": len(open_gaps(view))}
