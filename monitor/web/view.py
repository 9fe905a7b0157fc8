"""How a person likes the pages: one line or two a story, single keys or none. Kept in a cookie of his browser.

Must not: keep anything that has to be safe; anybody may write such a cookie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from monitor.web.doors import Form
from monitor.web.query import read_query

if TYPE_CHECKING:
    from monitor.web.site import Site

COOKIE = "monitor_view"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class View:
    """What was chosen."""

    compact: bool = False
    """One line a story."""
    keys: bool = True
    """Single keys decide and move (WCAG 2.1.4: they can be switched off)."""

    def cookie(self) -> str:
        """As the cookie has it."""
        return ".".join((*["compact"] * self.compact, *["nokeys"] * (not self.keys))) or "plain"


def read(cookies: Mapping[str, str]) -> View:
    """The view of a request; words that nobody knows count for nothing."""
    words = cookies.get(COOKIE, "").split(".")
    return View("compact" in words, "nokeys" not in words)


def router(site: Site) -> APIRouter:
    """Its routes: POST /view with ``compact`` and ``keys``, each 0 or 1; /help for who has no scripts."""
    made = APIRouter()

    def choose(request: Request, form: Form) -> Response:
        site.check(request, form)
        now = read(request.cookies)
        given = {name: form[name] == "1" for name in ("compact", "keys") if name in form}
        chosen = View(given.get("compact", now.compact), given.get("keys", now.keys))
        question = read_query(form.get("back", ""), site.desk.now(), site.desk.timezone)
        answer = site.to(f"/?{question.query()}".rstrip("?"))
        path = site.root or "/"
        answer.set_cookie(COOKIE, chosen.cookie(), max_age=_YEAR, path=path, httponly=True, samesite="strict")
        return answer

    def keymap(request: Request) -> str:
        return site.page(request, "help.html")

    made.add_api_route("/view", choose, methods=["POST"], response_model=None)
    made.add_api_route("/help", keymap, methods=["GET"])
    return made
