"""Logging in and out: the two pages that are open to all, since they are how one gets to the others.

Must not: check a password itself (``entry``), say whether there is such a user.
"""

from __future__ import annotations

import math

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from monitor.web.doors import Form, address_of, waiting
from monitor.web.entry import Verdict
from monitor.web.guard import own_path
from monitor.web.site import Site

_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="monitor"'}


def router(site: Site) -> APIRouter:
    """``/login`` and ``/logout``."""
    pages = Access(site)
    made = APIRouter(default_response_class=HTMLResponse)
    made.add_api_route("/login", pages.form, methods=["GET"], response_model=None)
    made.add_api_route("/login", pages.log_in, methods=["POST"], response_model=None)
    made.add_api_route("/logout", pages.log_out, methods=["POST"], response_model=None)
    return made


class Access:
    """One method a page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._entry = site.guard.entry

    async def form(self, request: Request) -> Response:
        """The form; who is logged in already goes on to where the login leads."""
        way = own_path(request.query_params.get("next", "/"))
        if self._entry.open or await self._entry.by_cookie(self._cookie(request)):
            return self._site.to(way)
        return self._page(request, way)

    async def log_in(self, request: Request, form: Form) -> Response:
        """Let in, or say why not."""
        way, name = own_path(form.get("next", "/")), form.get("name", "").strip()
        if self._entry.open:
            return self._site.to(way)
        if self._site.guard.foreign(request.headers):
            raise HTTPException(403, "This login came from another site. Open this page itself, then log in.")
        verdict = await self._entry.verdict(name, form.get("password", ""), address_of(request))
        cookie = "" if verdict.who is None else await self._entry.log_in(verdict.who, address_of(request))
        if not cookie:
            return self._page(request, way, name, verdict)
        await self._entry.log_out(self._cookie(request))
        answer = self._site.to(way)
        answer.headers["Set-Cookie"] = cookie
        return answer

    async def log_out(self, request: Request, form: Form) -> Response:
        """End the login, by the form of our own pages alone."""
        value = self._cookie(request)
        passed = await self._entry.by_cookie(value)
        refused = passed and self._site.guard.refuses_change(request.headers, form.get("token", ""), passed)
        if refused:
            raise HTTPException(403, refused)
        answer = self._site.to("/login")
        answer.headers["Set-Cookie"] = await self._entry.log_out(value)
        return answer

    def _cookie(self, request: Request) -> str:
        return request.cookies.get(self._entry.cookie.name, "")

    def _page(self, request: Request, way: str, name: str = "", verdict: Verdict | None = None) -> Response:
        page = self._site.bare(
            "login.html",
            next=way,
            name=name[:100],
            named=self._entry.named,
            said=_said(verdict, named=self._entry.named),
            elsewhere=self._elsewhere(request),
        )
        status = 200 if verdict is None else 401 if verdict.tried else 429
        wait = {"Retry-After": str(math.ceil(verdict.wait))} if verdict and verdict.wait else {}
        return HTMLResponse(page, status, {**wait, **(_CHALLENGE if status == 401 else {})})

    def _elsewhere(self, request: Request) -> str:
        """Where a login would be kept, when it is not here: a browser that came by http keeps no cookie for https.

        Browsers send Fetch Metadata by https only, and to this machine.
        """
        access = self._entry.access
        kept = "sec-fetch-mode" in request.headers or self._site.guard.is_public(request.headers.get("host", ""))
        return (access.public or "https") if access.secure and not kept else ""


def _said(verdict: Verdict | None, *, named: bool) -> str:
    if verdict is None:
        return ""
    if not verdict.tried:
        return waiting(verdict.wait)
    wrong = "This name and password do not belong together." if named else "This is not the password."
    return f"{wrong} {waiting(verdict.wait)}" if verdict.wait else wrong
