"""Saving what is asked for under a name, and forgetting it again.

Must not: know what a filter means (``query``); keep an address as it was sent: it is read and written anew.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from monitor.web.doors import Form, person
from monitor.web.query import Question, number, read_query
from monitor.web.site import Site


def router(site: Site) -> APIRouter:
    """Its routes."""
    made = APIRouter()

    def asked(form: dict[str, str]) -> Question:
        return read_query(form.get("query", ""), site.desk.now(), site.desk.timezone)

    def save(request: Request, form: Form) -> Response:
        site.check(request, form)
        query = asked(form).query()
        site.review.filters.save(form.get("name", ""), query, person(request).name, site.desk.now())
        return site.to(f"/?{query}")

    def remove(request: Request, filter_id: str, form: Form) -> Response:
        site.check(request, form)
        known = number(filter_id)
        for one in site.review.filters.all():
            if one.id == known:
                site.check_unused(one.name)
        if known is None or not site.review.filters.remove(known):
            raise HTTPException(404, "There is no such filter; it may have been removed already.")
        return site.to(f"/?{asked(form).query()}")

    made.add_api_route("/filters", save, methods=["POST"])
    made.add_api_route("/filters/{filter_id}/remove", remove, methods=["POST"])
    return made
