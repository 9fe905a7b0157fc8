"""A whole program in this process, with a clock that is set: its desks are worked off a tick at a time."""

from __future__ import annotations

import threading
from contextlib import contextmanager

from articles import article
from in_process import run_here
from installation import SMALL
from stores import lay_out

from monitor.app import build
from monitor.errors import StoreError
from monitor.model import Cursor, Entry, Finding, PollResult, Sighting, Term, Verdict
from monitor.poll.standing import after
from monitor.urls import url_key

HIT = Verdict("ramstein", hit=True, grade="certain", score=5, terms=(Term("group", "Contact group", 0, 13, "title"),))


class Office:
    """The program on one folder. ``alerts``: lines of sources.yaml; ``feeds``: the addresses of its sources.

    Without feeds there is one source, which is never polled.
    """

    def __init__(self, folder, clock, alerts, feeds=(), more=""):
        self.folder, self.clock, self.polls = folder, clock, bool(feeds)
        feeds = feeds or ("http://127.0.0.1:9/feed",)
        sources = "".join(f'  - {{name: "Outlet {place}", url: "{feed}"}}\n' for place, feed in enumerate(feeds, 1))
        self.config, self.database = folder / "sources.yaml", f"sqlite:///{folder}/monitor.db"
        self.config.write_text(
            "fetch: {allow_private_addresses: true, pace: 0s, obey_robots: false}\n"
            f"{more}topics: [{SMALL}]\nsources:\n{sources}alerts:\n" + "".join(f"  - {{{line}}}\n" for line in alerts)
        )
        self.events = []

    def __enter__(self):
        lay_out(self.folder / "monitor.db")
        self.app = build(self.config, self.database, {}, now=self.clock)
        self.app.desks.poll._run = self.app.desks.read._run = run_here()
        return self

    def __exit__(self, *_):
        self.app.close()

    def tick(self, **span):
        """Let time pass, then have each desk do what is due. What the database refused is tried at the next tick."""
        self.clock.forward(**span)
        crews = self.app.crews.each() if self.polls else (self.app.crews.deliver,)
        for crew in crews:
            try:
                crew.drain(self.events.append)
            except StoreError as error:
                self.events.append(error)

    def store(self, count, first=0):
        """So many new hits, as they would come from the first source."""
        polls, reads = self.app._polls, self.app.desks.read._store
        due = polls.claim_named("Outlet 1", self.clock())
        sightings = tuple(self._sighting(number) for number in range(first, first + count))
        result = PollResult("Outlet 1", "new", sightings, Cursor(f"v{first}", None, "hash"))
        polls.save(due, result, lambda tally: after(due, result, tally, 0.5, self.clock()), self.clock())
        while (found := reads.claim(self.clock())) is not None:  # those that are read again are among them
            reads.save(self._finding(found), found, self.app._router.read, self.clock())

    def _sighting(self, number):
        slug, title, text = article(number)
        url = f"https://harbour.example/{slug}"
        return Sighting(url, url_key(url), Entry(url, url, title, text))

    def _finding(self, found):
        return Finding(found.id, found.title, found.feed_text, "full", (HIT,), "en")

    def states(self, alert):
        """How the deliveries of hits stand."""
        rows = self.app.review.alerts.deliveries(alert=alert, limit=2000)
        return sorted(row.state for row in rows if row.kind == "hit")


@contextmanager
def worked_off(office):
    """The deliver desk at work in a thread of its own, as long as anything is in hand."""
    thread = threading.Thread(target=office.app.crews.deliver.drain, args=(office.events.append,))
    thread.start()
    try:
        yield thread
    finally:
        thread.join()
