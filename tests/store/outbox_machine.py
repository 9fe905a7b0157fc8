"""A model of the whole way from a feed to a channel, over the real stores: what the world shows is compared with rows.

The world publishes entries in a feed that shows the last three, takes polls and articles to their end or kills the
process in between, lets channels accept, refuse, stall or cut the line, and puts the wall clock forward and back.
After every step the promises are looked up in the database; at the end everything is well and the queue must run dry.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from make import found, polled, sighting, verdict
from sqlmodel import select
from stores import Outbox, lay_out

from monitor.deliver.plan import latest_due
from monitor.deliver.routing import deliveries
from monitor.model import Alert, Finding, Linking, Outcome, PollResult, Print, Source
from monitor.poll.standing import after
from monitor.store import Database, PollStore, ReadStore
from monitor.store.outbox_tables import AttemptRow, ChannelRow, DeliveryRow
from monitor.store.tables import ArticleRow, HitRow, SightingRow, SourceRow

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
FEED = Source("Feed", "https://feed.example/rss", connections=8, pace=timedelta(0))
SHOWN = 3
"""Entries that the feed shows."""
LONG = timedelta(days=60)
ALERTS = (
    Alert(
        "mail", "mailto://x@example.org", ("ramstein",), quiet="12:00-13:00", expires=LONG, updates=timedelta(hours=2)
    ),
    Alert("chat", "tgram://token/1", ("ramstein",), max_per_hour=4, expires=LONG, updates=timedelta(hours=2)),
    Alert("digest", "mailto://y@example.org", ("ramstein",), when="0 8 * * *", expires=LONG),
)
LIMITS = {"chat": ((1, timedelta(seconds=1)), (5, timedelta(minutes=1)))}

ANSWERS = {
    "taken": Outcome(ok=True),
    "taken, answer lost": Outcome(ok=False, error="cut", unknown=True),
    "cut before it was taken": Outcome(ok=False, error="cut", unknown=True),
    "cannot be reached": Outcome(ok=False, error="refused"),
    "later": Outcome(ok=False, error="429", retry_after=40.0),
    "never": Outcome(ok=False, error="403", permanent=True),
    "not this one": Outcome(ok=False, error="400", permanent=True, poison=True),
}
TAKEN = ("taken", "taken, answer lost")


class KilledError(BaseException):
    """The process is no more."""


class World(RuleBasedStateMachine):
    """Feed, process, channels and clock."""

    outbox_class = Outbox

    def __init__(self):
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-"))
        self.now = START
        self.entries: list[tuple[str, str]] = []
        self.promised: set[str] = set()
        """Keys of entries in answers whose poll was stored as a success."""
        self.versions: dict[str, list[str]] = {}
        self.accepted: Counter[int] = Counter()
        self.was_sent: set[int] = set()
        self.calls: dict[str, list[datetime]] = {alert.name: [] for alert in ALERTS}
        self.lost_answers = self.kills = 0

    # --- the process ---------------------------------------------------------------------------

    @initialize()
    def begin(self):
        lay_out(self.folder / "monitor.db")
        self.database = Database(f"sqlite:///{self.folder}/monitor.db")
        self.start()

    def start(self):
        self.polls = PollStore(self.database, (FEED,))
        self.reads = ReadStore(self.database, (FEED,), link)
        self.outbox = self.outbox_class(self.database, ALERTS, LIMITS)
        self.polls.sync(self.now)
        self.outbox.sync(self.now)
        self.polls.recover()
        self.reads.recover()
        self.outbox.recover(self.now)
        self.tidy()

    def tidy(self):
        self.outbox.retime(latest_due, self.now)

    def killed(self):
        self.kills += 1
        self.start()

    def teardown(self):
        if hasattr(self, "database"):
            try:
                self.drain()
            finally:
                self.database.close()
                shutil.rmtree(self.folder)

    # --- what happens --------------------------------------------------------------------------

    @rule(story=st.integers(0, 4), many=st.integers(1, 4))
    def publish(self, story, many):
        for _ in range(many):
            self.entries.append((f"entry-{len(self.entries)}", str(story)))
        self.versions[self.version()] = [key for key, _ in self.entries[-SHOWN:]]

    @rule(fate=st.sampled_from(["well", "well", "fails", "killed before", "killed within"]))
    def poll(self, fate):
        due = self.polls.claim_named("Feed", self.now)
        if due is None:
            return
        result = (
            self.answer(due) if fate != "fails" else PollResult("Feed", "failed", error="timeout", error_kind="timeout")
        )
        if fate == "killed before":
            self.killed()
            return
        with suppress(KilledError):
            self.store_poll(due, result, fate)
            self.promised |= {one.entry.guid for one in result.sightings}
            return
        self.killed()

    def answer(self, due):
        if due.cursor.etag == self.version():
            return PollResult("Feed", "unchanged", cursor=due.cursor)
        return polled("Feed", *(sighting(key) for key, _ in self.entries[-SHOWN:]), etag=self.version())

    def store_poll(self, due, result, fate):
        def follows(tally):
            if fate == "killed within":
                raise KilledError
            return replace(after(due, result, tally, 0.5, self.now), due=self.now)

        self.polls.save(due, result, follows, self.now)

    @rule(fate=st.sampled_from(["well", "well", "well", "killed"]))
    def read(self, fate):
        article = self.reads.claim(self.now)
        if article is None:
            return
        if fate == "killed":
            self.killed()
            return
        self.reads.save(printed(article, dict(self.entries)), article, route, self.now)

    @rule(
        answer=st.sampled_from(sorted(ANSWERS)),
        fate=st.sampled_from(["well", "well", "well", "killed before", "killed after"]),
        jitter=st.floats(0, 1),
    )
    def deliver(self, answer, fate, jitter):
        parcel = self.outbox.claim(self.now)
        if parcel is None:
            return
        if fate == "killed before":
            self.killed()
            return
        self.send(parcel, answer)
        if fate == "killed after":
            self.killed()
            return
        self.lost_answers += len(parcel.delivery_ids) * ANSWERS[answer].unknown
        self.outbox.done(parcel, ANSWERS[answer], self.now, jitter)

    def send(self, parcel, answer):
        self.calls[parcel.alert].append(self.now)
        if answer in TAKEN:
            self.accepted.update(parcel.delivery_ids)

    @rule(seconds=st.sampled_from([0.4, 1, 7, 60, 900, 4000, 30_000]))
    def time_passes(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(hours=st.sampled_from([-72, -1, 1, 72]))
    def clock_is_set(self, hours):
        self.now += timedelta(hours=hours)
        self.calls = {name: [] for name in self.calls}  # a window across the change means nothing
        self.tidy()

    # --- the promises --------------------------------------------------------------------------

    @invariant()
    def promises_hold(self):
        if hasattr(self, "database"):
            with self.database.read() as session:
                self.nothing_is_lost(session)
                self.validators_never_run_ahead(session)
                self.sent_means_taken(session)
            self.no_storm()

    def nothing_is_lost(self, session):
        known = {row.key: row.article_id for row in session.exec(select(SightingRow))}
        assert self.promised <= set(known), f"LOST: {self.promised - set(known)}"
        hit = {row.article_id for row in session.exec(select(HitRow))}
        of_alerts = Counter(session.exec(select(DeliveryRow.article_id).where(DeliveryRow.article_id.is_not(None))))
        for row in session.exec(select(ArticleRow)):
            assert (row.id in hit) == (row.read_at is not None), "read without its hit"
            assert of_alerts[row.id] == (len(ALERTS) if row.id in hit else 0), "a hit without one delivery a channel"

    def validators_never_run_ahead(self, session):
        etag = session.exec(select(SourceRow.etag)).one()
        stored = set(session.exec(select(SightingRow.key)))
        assert set(self.versions.get(etag, ())) <= stored, "LOST: the validator ran ahead of the entries"

    def sent_means_taken(self, session):
        unknown = 0
        rows = {row.id: row for row in session.exec(select(DeliveryRow))}
        for number, row in rows.items():
            assert row.state != "sent" or self.accepted[number], "marked sent, never accepted"
            in_hand = row.state == "sending"
            assert self.accepted[number] <= 1 + row.unknown + in_hand, "told too often"
            unknown += row.unknown
        assert unknown <= self.lost_answers + self.kills * len(rows)
        assert {number for number in self.was_sent if rows[number].state != "sent"} == set()
        self.was_sent = {number for number, row in rows.items() if row.state == "sent"}

    def no_storm(self):
        for name, limits in LIMITS.items():
            for count, window in limits:
                for first, beyond in zip(self.calls[name], self.calls[name][count:], strict=False):
                    assert beyond - first >= window or self.kills, "more messages than the channel takes"

    # --- the end -------------------------------------------------------------------------------

    def drain(self):
        """Everything works from now on: all that was promised must have been told, each once, or died in the open."""
        for _ in range(2):  # a digest is at most a day away, nothing else half as long
            self.one_day()
            with self.database.read() as session:
                waiting = session.exec(select(DeliveryRow).where(DeliveryRow.state.not_in(("sent", "dead")))).all()
                if not waiting:
                    break
        assert not waiting, f"never delivered: {[(row.state, row.held, row.due) for row in waiting]}"
        self.promises_hold()
        self.nobody_is_forgotten()

    def one_day(self):
        """From one moment at which anything can be read or sent to the next, and once more at its end."""
        self.tidy()
        end = self.now + timedelta(days=1)
        while self.now < end:
            self.work_off()
            ready = [at for store in (self.reads, self.outbox) if (at := store.next_claim(end)) is not None]
            self.now = min(end, max(self.now + timedelta(milliseconds=1), min(ready, default=end)))
        self.work_off()

    def work_off(self):
        while (article := self.reads.claim(self.now)) is not None:
            self.reads.save(printed(article, dict(self.entries)), article, route, self.now)
        while (parcel := self.outbox.claim(self.now)) is not None:
            self.send(parcel, "taken")
            self.outbox.done(parcel, ANSWERS["taken"], self.now)

    def nobody_is_forgotten(self):
        with self.database.read() as session:
            dead = session.exec(select(DeliveryRow).where(DeliveryRow.state == "dead")).all()
            tried = set(session.exec(select(AttemptRow.delivery_id).where(AttemptRow.error == "400")))
            assert {row.id for row in dead} <= tried, "given up although the channel works again"
            assert set(session.exec(select(ChannelRow.health))) <= {"ok", "failing", "refused"}

    def version(self):
        return f"v{len(self.entries)}"


class MarkedThenSent(Outbox):
    """Broken: recorded as sent before a byte is."""

    def claim(self, now):
        parcel = super().claim(now)
        if parcel is not None:
            self.done(parcel, Outcome(ok=True), now)
        return parcel


class Undrained(World):
    """For what is wrong before the end comes."""

    def drain(self):
        pass


class MarksThenSends(Undrained):
    """Broken: mark, then send."""

    outbox_class = MarkedThenSent


class EtagFirst(Undrained):
    """Broken: the validators are stored before the entries, in a transaction of their own."""

    def store_poll(self, due, result, fate):
        if result.cursor is not None:
            with self.database.write() as session:
                row = session.exec(select(SourceRow)).one()
                row.etag = result.cursor.etag
        super().store_poll(due, result, fate)


class NeverClamped(World):
    """Broken: a wall clock that was put back leaves times far in the future."""

    def tidy(self):
        pass


class SentThenStored(World):
    """Broken: the channel is called before the claim is committed."""

    def deliver(self, answer, fate, jitter):
        pass

    @rule(answer=st.sampled_from(sorted(TAKEN)), fate=st.sampled_from(["well", "killed"]))
    def deliver_unclaimed(self, answer, fate):
        parcel = self.outbox.claim(self.now)
        if parcel is None:
            return
        self.send(parcel, answer)
        if fate == "killed":  # the claim went with the process
            with self.database.write() as session:
                for number in parcel.delivery_ids:
                    row = session.get_one(DeliveryRow, number)
                    row.state, row.lease_until, row.attempts = "pending", None, row.attempts - 1
            self.killed()
            return
        self.outbox.done(parcel, ANSWERS["taken"], self.now)


def link(new, known):
    """Articles of one mark are of one story."""
    same = [one.story_id for one in known if one.print.marks == new.marks]
    return Linking(same[0], "copy") if same else Linking()


def printed(article, stories) -> Finding:
    mark = stories[article.url.rpartition("/")[2]]
    made = Print("en", article.found, article.title, 10, b"", (mark,))
    return replace(found(article, verdict()), print=made)


def route(finding, article, now):
    common = {"source": FEED, "found": article.found, "backlog": article.backlog, "now": now}
    return deliveries(finding, ["ramstein"], ALERTS, **common)
