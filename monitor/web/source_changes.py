"""What a person does with a source: pausing it, letting it go on, polling it now. Each ends at the source's page (303).

Every change needs the token of our own form; one that cannot be made says why and changes nothing.
"""

from __future__ import annotations

from typing import Final

from fastapi import Request, Response
from starlette.exceptions import HTTPException

from monitor.model import SourceView
from monitor.store.sources import Asked
from monitor.text import clean
from monitor.web.doors import Form, person
from monitor.web.query import number
from monitor.web.site import Site

SAID: Final = {
    "poll": "It is due now, and polled as soon as its host is free; load the page again in a few seconds.",
    "pause": "Paused. Nothing is asked of it until it goes on; what it gave is read and alerted as always.",
    "resume": "It goes on: it is due now.",
}
"""What is said once a change was made."""
REFUSED: Final[dict[Asked, str]] = {
    "in work": "It is being polled at this very moment; nothing was changed.",
    "paused": "It is paused. Let it go on first: it is polled at once then. Nothing was changed.",
    "off": "It is not in sources.yaml, or disabled there, so it is not polled; nothing was changed.",
    "unknown": "There is no such source any more; nothing was changed.",
}


def known(site: Site, source: str) -> SourceView:
    """The source of this number; raises 404."""
    found = number(source)
    views = site.review.watched.views([found], site.desk.now()) if found is not None else []
    if not views:
        raise HTTPException(404, f"There is no source number {clean(source, 20)}.")
    return views[0]


class SourceChanges:
    """One method a change. Synchronous: the server runs them in threads."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._store = site.review.watched

    def pause(self, request: Request, source: str, form: Form) -> Response:
        """Have it polled no more."""
        self._site.check(request, form)
        view = known(self._site, source)
        asked = self._store.pause(view.name, person(request).name, self._site.desk.now())
        return self._made(view, asked, "pause")

    def resume(self, request: Request, source: str, form: Form) -> Response:
        """Have it polled again, at once."""
        self._site.check(request, form)
        view = known(self._site, source)
        asked = self._store.resume(view.name, person(request).name, self._site.desk.now())
        return self._made(view, asked, "resume")

    def poll(self, request: Request, source: str, form: Form) -> Response:
        """Make it due now."""
        self._site.check(request, form)
        view = known(self._site, source)
        return self._made(view, self._store.poll_soon(view.name, self._site.desk.now()), "poll")

    def _made(self, view: SourceView, asked: Asked, change: str) -> Response:
        """Back to the source. What was so already is no fault: two people may have wanted the same."""
        if asked in REFUSED:
            raise HTTPException(409, f"{view.name}: {REFUSED[asked]}")
        return self._site.to(f"/sources/{view.id}?said={change}")
