"""An installation whose process is killed again and again, and what must hold of it whenever it is dead."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

from articles import articles
from installation import PROJECT, SMALL
from watched import Watch, channels, clock
from world import Outlet

from monitor.deliver.notify import Notifier

HERE = Path(__file__).parent
CHILD = HERE / "killed.py"
PATHS = (PROJECT, HERE, HERE.parent)
FEED = 30
"""Entries that the feed shows."""


class Nursery:
    """The process that forks the processes that are killed."""

    def __init__(self, folder):
        self._errors = folder / "errors.txt"
        self._living = None

    def __enter__(self):
        with self._errors.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", str(CHILD)],
                env={
                    "PATH": os.environ["PATH"],
                    "PYTHONPATH": os.pathsep.join(map(str, PATHS)),
                    "OMP_NUM_THREADS": "1",
                },
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.communicate()

    def begin(self, job):
        """Begin a life; its process id."""
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        self._living = int(self._process.stdout.readline())
        return self._living

    def ended(self):
        """Wait for the end of a life. True when it was killed; a failure when anything went wrong in it."""
        code, self._living = int(self._process.stdout.readline()), None
        assert code in {0, -signal.SIGKILL}, self.said()
        assert not self.said()
        return code != 0

    def stop(self):
        """End the life that a test left behind when it failed."""
        if self._living is not None:
            os.kill(self._living, signal.SIGKILL)
            self._process.stdout.readline()
            self._living = None

    def said(self):
        return self._errors.read_text()


class House:
    """A feed, three channels and the process between them. ``rate``: how fast the process's clock goes."""

    def __init__(self, nursery, folder, *, rate=20.0, seed=0, share=0.0, rules=None, variant="", interval="5s"):
        self.nursery, self.folder, self.rate, self.variant, self.interval = nursery, folder, rate, variant, interval
        self.began = time.monotonic()
        self.watch = Watch(clock(self.began, rate), share, seed)
        self.chat, self.mail, self.hook = self.channels = channels(self.watch)
        self.outlet = Outlet()
        self.rules = rules or {}
        self.published = []
        self.kills = []
        """The lives that were killed."""
        self.killed_at = []
        self.sent = set()
        self.wrong = []
        """What did not hold, in words."""

    def __enter__(self):
        self._stack = ExitStack()
        for part in (self.outlet, *self.channels):
            self._stack.enter_context(part)
        self._write()
        return self

    def __exit__(self, *_):
        self.nursery.stop()
        self._stack.close()

    def _write(self):
        rules = {name: f", {self.rules[name]}" if name in self.rules else "" for name in ("mail", "chat", "hook")}
        alerts = "\n".join(
            f'  - {{name: {one.name}, url: "{one.url}", topics: [ramstein], max_per_hour: 1000{rules[one.name]}}}'
            for one in self.channels
        )
        (self.folder / "sources.yaml").write_text(
            f"""defaults: {{interval: {self.interval}}}
fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
deliver: {{telegram_api_base: "{self.chat.base}/bot"}}
topics: [{SMALL}]
sources:
  - {{name: Harbour Post, url: "{self.outlet.feed}"}}
alerts:
{alerts}
"""
        )

    def publish(self, count):
        """Put so many new articles into the feed, which shows the last ones."""
        new = articles(count, first=len(self.published))
        self.published += new
        self.outlet.publish(*self.published[-FEED:])

    # --- lives

    def start(self, do, **more):
        """Begin a life; its process id."""
        self.watch.life += 1
        job = {
            "config": str(self.folder / "sources.yaml"),
            "database": f"sqlite:///{self.database}",
            "began": self.began,
            "rate": self.rate,
            "variant": self.variant,
            "do": do,
            **more,
        }
        return self.nursery.begin(job)

    def ended(self):
        """Wait for the end of this life, and look at what is left behind. True when it was killed."""
        killed = self.nursery.ended()
        if killed:
            self.kills.append(self.watch.life)
            self.killed_at.append(self.watch.now())
        for channel in self.channels:
            channel.settle()
        self.look()
        return killed

    def round(self, **more):
        """One whole round. True when it was killed."""
        self.start("round", **more)
        return self.ended()

    # --- what holds

    @property
    def database(self):
        return self.folder / "monitor.db"

    def rows(self, query):
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]

    def deliveries(self):
        return self.rows("SELECT * FROM delivery WHERE hit_id IS NOT NULL")

    def accepted(self):
        """Each time that a channel accepted a hit: their names and numbers."""
        return [(channel.name, hit) for channel in self.channels for seen in channel.seen for hit in seen.hits]

    def look(self):
        """What holds at every instant: I1, I2, I3, I4, I7, and a database that is whole."""
        if not self.database.exists() or not self.rows("SELECT * FROM sqlite_master WHERE name = 'delivery'"):
            return
        self._expect(self.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}], "the database is damaged")
        deliveries, accepted = self.deliveries(), Counter(self.accepted())
        each = Counter(row["hit_id"] for row in deliveries)
        for hit in self.rows("SELECT id FROM hit"):
            self._expect(each[hit["id"]] == len(self.channels), f"hit {hit['id']} has {each[hit['id']]} deliveries")
        for row in deliveries:
            times, name = accepted[row["alert"], row["hit_id"]], f"{row['alert']} {row['hit_id']}"
            self._expect(row["state"] != "sent" or times >= 1, f"{name} is marked sent and was never accepted")
            may_be = row["unknown"] + (row["state"] == "sending")
            self._expect(times <= 1 + may_be, f"{name} came {times} times, {may_be} of them with an unknown outcome")
        sent = {row["id"] for row in deliveries if row["state"] == "sent"}
        self._expect(sent >= self.sent, f"sent no more: {self.sent - sent}")
        self.sent = sent
        self._look_at_source()

    def _look_at_source(self):
        """I2: validators say no more than what is stored."""
        (source,) = self.rows("SELECT etag FROM source") or [{"etag": None}]
        stored = self.rows("SELECT url FROM article")
        self._expect(source["etag"] is None or len(stored) > 0, "validators of entries that are not stored")

    def done(self):
        """True when everything published was sent to every channel."""
        if not self.published or not self.database.exists():
            return False
        states = Counter(row["state"] for row in self.deliveries())
        return states == {"sent": len(self.published) * len(self.channels)}

    def look_at_the_end(self):
        """Nothing is lost, and nothing came again without a reason."""
        self.look()
        hits = {
            row["url"].rpartition("/")[2]: row["id"]
            for row in self.rows("SELECT hit.id, article.url FROM hit JOIN article ON article.id = hit.article_id")
        }
        accepted = Counter(self.accepted())
        for slug, _, _ in self.published:
            for channel in self.channels:
                self._expect(accepted[channel.name, hits.get(slug)] >= 1, f"LOST: {slug} on {channel.name}")
        states = Counter(row["state"] for row in self.deliveries())
        self._expect(self.done(), f"{len(self.published)} published; {dict(states)}")
        for channel in self.channels:
            self._look_at_repeats(channel)
            self._look_at_pace(channel)

    def _look_at_repeats(self, channel):
        """A hit comes again only where the answer was lost, or where its message was the last one before a kill."""
        last = {}
        for seen in channel.seen:
            last[seen.life] = seen
        told = {}
        for seen in channel.seen:
            for hit in seen.hits & told.keys():
                before = told[hit]
                killed = before.life in self.kills and last[before.life] is before
                self._expect(killed or not before.acknowledged, f"{channel.name} {hit} came again without a reason")
                self._expect("repeated" in seen.text, f"{channel.name} {hit} came again and does not say so")
            told |= dict.fromkeys(seen.hits, seen)

    def _look_at_pace(self, channel):
        """I8; a try that was cut by a kill may come once more than the account says."""
        calls = sorted(channel.calls)
        for count, window in Notifier().channel(channel.url).limits:
            for place, start in enumerate(calls):
                beyond = sum(at - start < window for at in calls[place:]) - count
                killed = sum(start <= at < start + window for at in self.killed_at)
                self._expect(beyond <= killed, f"{channel.name}: {beyond} calls beyond {count} in {window}")

    def _expect(self, holds, words):
        if not holds and words not in self.wrong:
            self.wrong.append(words)
