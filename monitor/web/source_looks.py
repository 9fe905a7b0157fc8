"""Trying a source, and adding one: what takes a while goes to the bench, and its page shows what came of it.

Must not: look at anything itself (``monitor.probing``); have more than one look at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from monitor.errors import MonitorError
from monitor.probing.adding import Wish
from monitor.probing.desk import Preview, SourceDesk, reworded
from monitor.text import clean
from monitor.web.bench import Bench, Work
from monitor.web.doors import Form
from monitor.web.query import LONGEST, number
from monitor.web.show import hosts_only
from monitor.web.site import Site
from monitor.web.source_changes import known

KINDS: Final = ("feed", "sitemap", "listing", "telegram")
LONGEST_URL: Final = 2000
_FIELDS = ("name", "language", "kind", "selector", "interval")


class SourceLooks:
    """Synchronous: the server runs them in threads."""

    def __init__(self, site: Site, bench: Bench) -> None:
        self._site = site
        self._bench = bench

    def form(self, request: Request) -> str:
        """The form that asks for an address."""
        return self._site.page(
            request, "source_add.html", kinds=KINDS, given={}, able=self._site.desk.sources is not None
        )

    def test(self, request: Request, source: str, form: Form) -> Response:
        """Begin a dry run of one source."""
        self._site.check(request, form)
        view = known(self._site, source)
        return self._begin("test", view.name, partial(self._desk().test, view.name), view.id)

    def find(self, request: Request, form: Form) -> Response:
        """Begin to look for what there is at an address."""
        self._site.check(request, form)
        given = {name: _line(form.get(name, ""), LONGEST) for name in _FIELDS}
        url = _line(form.get("url", ""), LONGEST_URL)
        if not url:
            raise HTTPException(422, "Name an address: a feed, any page of a site, or a t.me channel.")
        wish = Wish(url, **{name: value or None for name, value in given.items()})
        if wish.selector and not wish.kind:
            wish = replace(wish, kind="listing")
        return self._begin("find", url, partial(self._desk().find, wish))

    def show(self, request: Request, look: str) -> str:
        """What came of a look, or that it is under way."""
        work = self._work(look)
        return self._site.page(
            request,
            "source_look.html",
            work=work,
            error=work.error if work.kind == "find" else hosts_only(work.error),
            kinds=KINDS,
            given={"url": work.subject} if work.kind == "find" else {},
            lines=self._desk().lines(work.result.new) if isinstance(work.result, Preview) else "",
            file=self._desk().path.name,
            able=True,
        )

    def is_done(self, look: str) -> JSONResponse:
        """Whether a look is done, for the script of its page."""
        return JSONResponse({"done": self._work(look).done})

    def add(self, request: Request, look: str, form: Form) -> Response:
        """Write what was found into sources.yaml, under the name and the language that the form gives."""
        self._site.check(request, form)
        work = self._work(look)
        if work.kind not in {"find", "refused"} or not isinstance(work.result, Preview):
            raise HTTPException(409, "There is nothing to be added here, or it was added already.")
        self._bench.put(self._added(work, work.result, form))
        return self._site.to(f"/sources/looks/{work.number}")

    def _added(self, work: Work, found: Preview, form: Form) -> Work:
        """The look with the source added to the file, or with the reason why it is not."""
        try:
            new = reworded(found.new, _line(form.get("name", ""), LONGEST), _line(form.get("language", ""), LONGEST))
            found = replace(found, new=new)
            self._desk().add(new)
        except MonitorError as error:
            return replace(work, kind="refused", result=found, error=str(error))
        return replace(work, kind="added", result=found, error="")

    def _begin(self, kind: str, subject: str, look: Callable[[], Any], source: int = 0) -> Response:
        work = self._bench.begin(kind, subject, look, self._site.desk.now(), source)
        if work is None:
            other = self._bench.under_way()
            name = f" ({hosts_only(other.subject)})" if other else ""
            raise HTTPException(409, f"Another look is under way{name}; one at a time. Try again in a minute.")
        return self._site.to(f"/sources/looks/{work.number}")

    def _work(self, look: str) -> Work:
        found = number(look)
        work = None if found is None else self._bench.at(found)
        if work is None or self._site.desk.sources is None:
            raise HTTPException(404, "There is no such look, or it is forgotten: the last 20 are kept until a restart.")
        return work

    def _desk(self) -> SourceDesk:
        if self._site.desk.sources is None:
            raise HTTPException(409, "This page stands without a sources.yaml: sources cannot be tried or added here.")
        return self._site.desk.sources


def _line(text: str, longest: int) -> str:
    return " ".join(clean(text).split())[:longest]
