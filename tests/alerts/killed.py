"""Child processes that are killed. This one loads the program once and forks a process for each life.

A line of JSON on stdin is a job: {"config", "database", "began", "rate", "do": "live" | "round" | "drain", "variant"?,
"step"?: [desk, operation, moment], "times"?}. The answer is two lines: the child's process id, and how it ended.

Everything in a child is the program itself (files, threads, SQLite, sockets), but for two things: feeds and pages are
parsed in the child, where the program has processes of their own for it, which take a second to start; and its clock
goes ``rate`` times as fast.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from articles import article
from in_process import run_here
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from variants import VARIANTS
from watched import clock
from world import page, rss

from monitor.app import build
from monitor.loading import load
from monitor.poll.kinds import KINDS
from monitor.read.desk import TASK

TICK = 0.02
"""Seconds between two looks for due work."""


# --- one life --------------------------------------------------------------------------------------


def work(job, run):
    now = clock(job["began"], job["rate"])
    with build(Path(job["config"]), job["database"], {}, alone=True, now=now) as app:
        app.desks.poll._run = app.desks.read._run = run
        VARIANTS[job.get("variant", "")](app)
        if "step" in job:
            desk, operation, moment = job["step"]
            deadly(app, ((desk, operation), moment), job["times"])
        {"live": live, "round": a_round}[job["do"]](app)


def a_round(app):
    app.round(everything=True)


def live(app):
    """Work as the daemon does: each desk looks for due work again and again, beside the others."""
    for crew in app.crews.each():
        threading.Thread(target=tick, args=(app, crew), daemon=True).start()
    app.stop.wait()


def tick(app, crew):
    while not app.stop.wait(TICK):
        try:
            crew.drain(lambda _event: None)
        except Exception:
            logging.getLogger("tick").exception("a tick failed")  # as the scheduler does; House looks for it


# --- where it is killed ----------------------------------------------------------------------------


class Fate:
    """Kills this process the n-th time that it passes one step.

    A desk's work has the moments ``before`` and ``after``, its claims and saves ``written`` and ``committed``: those of
    them that change anything.
    """

    def __init__(self, step, times):
        self.step, self.left = step, times
        self.at, self.changes = None, 0
        self._counting = threading.Lock()

    def passed(self, doing, moment):
        """Come by here; ``doing`` is the desk and what it does."""
        with self._counting:
            self.left -= self.step == (doing, moment)
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def within(self, desk, operation):
        """What ``operation`` of ``desk``, or several at once, does, known by that name to ``passed``."""
        name = operation if desk.name == "deliver" else f"{operation}_many"
        real = getattr(desk, name)

        def known(*arguments):
            self.at = desk.name, operation
            try:
                return real(*arguments)
            finally:
                self.at = None

        setattr(desk, name, known)

    def written(self, connection):
        """Nothing is committed yet."""
        changes = connection.connection.dbapi_connection.total_changes
        self.at = self.at if changes > self.changes else None
        self.changes = changes
        self.passed(self.at, "written")

    def committed(self, _session):
        self.passed(self.at, "committed")

    def around(self, desk):
        real = desk.work

        def known(job):
            self.passed((desk.name, "work"), "before")
            done = real(job)
            self.passed((desk.name, "work"), "after")
            return done

        desk.work = known


def deadly(app, step, times):
    fate = Fate(step, times)
    for desk in (app.desks.poll, app.desks.read, app.desks.deliver):
        fate.within(desk, "claim")
        fate.within(desk, "save")
        fate.around(desk)
    event.listen(Engine, "commit", fate.written)
    event.listen(Session, "after_commit", fate.committed)


# --- the process that forks ------------------------------------------------------------------------


def warm(config):
    """Load all that parsing needs, once for all lives."""
    run, setup = run_here(), load(Path(config), {}).setup()
    slug, title, text = article(0)
    url = f"http://127.0.0.1/{slug}"
    meta = {"url": url, "content_type": "application/rss+xml", "language": None, "selector": None}
    run(KINDS["feed"], rss("http://127.0.0.1", ((slug, title, text),)), meta)
    more = {"requested": url, "title": title, "feed_text": "", "published": None, "has_page": True}
    run(TASK, page(title, text).encode(), {**meta, **more, "content_type": "text/html"}, setup)
    return run


def main():
    run = None
    for line in sys.stdin:
        job = json.loads(line)
        run = run or warm(job["config"])
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                work(job, run)
                code = 0
            except BaseException:
                logging.getLogger("life").exception("a life ended in an error")
            os._exit(code)
        print(pid, flush=True)  # noqa: T201 - the answer
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
