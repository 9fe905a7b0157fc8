"""What became of any article ever seen, by its address.

Must not: find words (``show``).
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException

from monitor.difference import edits
from monitor.text import clean
from monitor.urls import LONGEST
from monitor.web import show
from monitor.web.site import Site


def router(site: Site) -> APIRouter:
    """Its route."""
    made = APIRouter()

    def why(request: Request) -> str:
        url = clean(request.query_params.get("url", "")).strip()
        if len(url) > LONGEST:
            raise HTTPException(422, f"An address has at most {LONGEST} characters.")
        ledger = site.review.why(url) if url else None
        return site.page(
            request,
            "why.html",
            url=url,
            ledger=ledger,
            steps=show.steps(ledger) if ledger else [],
            edits=edits(ledger) if ledger else (),
            revisions=len(ledger.revisions) if ledger else 0,
        )

    made.add_api_route("/why", why, methods=["GET"])
    return made
