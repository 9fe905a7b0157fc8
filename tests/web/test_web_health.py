"""Whether the work moves, by the database: what is due, could be done, and is not."""

from datetime import timedelta

import pytest
from sqlmodel import select
from stores import Outbox

from monitor.model import Alert, PollResult, Source
from monitor.poll.standing import after
from monitor.store import PollStore, WatchStore
from monitor.store.history_tables import NoticeRow
from monitor.store.metering import MeterStore
from monitor.store.outbox_tables import AttemptRow, ChannelRow, DeliveryRow
from monitor.store.tables import ArticleRow, PaceRow, SourceRow
from monitor.versions import doubts, is_sound
from monitor.web.health import Health
from monitor.web.kept import Kept
from monitor.web.pulse import Pulse

SOURCES = (
    Source("Post", "https://post.example/rss", pace=timedelta(0)),
    Source("Bote", "https://bote.example/rss", pace=timedelta(0)),
)
CHAT = Alert("chat", "json://127.0.0.1/chat", ("ramstein",))


class Watched:
    """The health of a monitor that begins now, whose database is written each time that somebody looks."""

    def __init__(self, database, clock):
        self.database = database
        self.clock = clock
        self.begun = clock()
        self.polls = PollStore(database, SOURCES)
        self.polls.sync(clock())
        Outbox(database, (CHAT,))
        self.health = self.started()

    def started(self, at=None):
        return Health(MeterStore(self.database), Pulse(), self.clock, self.seconds, at)

    def seconds(self):
        return (self.clock() - self.begun).total_seconds()

    def said(self, **later):
        """Status and problem after some time."""
        self.clock.forward(**later)
        WatchStore(self.database).prove_writable(self.clock())
        status, body = self.health.live()
        return status, body.get("problem", "")

    def poll(self, *names):
        for name in names:
            due = self.polls.claim_named(name, self.clock())
            result = PollResult(name, "failed", error="connect: refused", error_kind="connect")
            self.polls.save(
                due, result, lambda tally, due=due, r=result: after(due, r, tally, 0.5, self.clock()), self.clock()
            )

    def rest(self):
        """Nothing to poll for a day."""
        self.change(SourceRow, due=self.clock() + timedelta(days=1))

    def change(self, table, **values):
        with self.database.write() as session:
            for row in session.exec(select(table)):
                for name, value in values.items():
                    setattr(row, name, value)

    def add(self, *rows):
        with self.database.write() as session:
            session.add_all(rows)

    def alert(self):
        """A delivery that is due now."""
        now = self.clock()
        self.add(DeliveryRow(alert="chat", key="1", created=now, due=now, expires=now + timedelta(days=7)))

    def article(self, key):
        now = self.clock()
        self.add(ArticleRow(url_key=key, source_id=1, title=key, found=now, due=now))


@pytest.fixture
def watched(database, clock):
    return Watched(database, clock)


POLLING = "polling makes no progress for 360 s although there is work"
DELIVERING = "delivering makes no progress for 360 s although there is work"


@pytest.mark.fault("J7")
def test_polling_that_stands_still_is_seen_although_everything_ticks(watched):
    assert watched.said() == (200, "")
    assert watched.said(minutes=6) == (503, POLLING)
    watched.poll("Post")
    assert watched.said(seconds=2) == (200, "")


@pytest.mark.fault("J7")
def test_one_source_that_waits_is_no_stall_while_others_are_polled(watched):
    for _ in range(4):
        watched.poll("Post")
        assert watched.said(minutes=4) == (200, "")


@pytest.mark.fault("J7")
@pytest.mark.parametrize("held", ["paused", "lease_until", "host", "absent"])
def test_what_may_not_be_polled_is_no_stall(watched, held):
    later = watched.clock() + timedelta(hours=1)
    if held == "host":
        watched.change(SourceRow, polite="host:both")
        watched.add(PaceRow(key="host:both", next_at=later))
    else:
        watched.change(SourceRow, **({"active": False} if held == "absent" else {held: later}))
    assert watched.said(minutes=30) == (200, "")


@pytest.mark.fault("J7")
def test_after_a_start_there_is_time_for_what_was_left(watched):
    watched.clock.forward(hours=8)
    watched.health = watched.started()
    assert watched.said(minutes=4) == (200, "")
    assert watched.said(minutes=2) == (503, POLLING)


@pytest.mark.fault("J7")
def test_delivering_that_stands_still_is_seen(watched):
    watched.rest()
    watched.alert()
    assert watched.said(minutes=4) == (200, "")
    assert watched.said(minutes=2) == (503, DELIVERING)
    watched.add(AttemptRow(delivery_id=1, alert="chat", ended=watched.clock(), outcome="failed"))
    assert watched.said(seconds=2) == (200, "")


@pytest.mark.fault("J7")
@pytest.mark.parametrize("down", [{"health": "failing"}, {"health": "refused"}, {"next_at": 1}, {"lease_until": 1}])
def test_a_channel_that_is_down_is_no_stall(watched, down):
    watched.rest()
    watched.alert()
    later = watched.clock() + timedelta(hours=1)
    watched.change(ChannelRow, **{name: later if value == 1 else value for name, value in down.items()})
    assert watched.said(minutes=30) == (200, "")


@pytest.mark.fault("J7")
def test_reading_that_stands_still_is_seen(watched):
    watched.rest()
    watched.article("https://post.example/1")
    assert watched.said() == (200, "")
    status, problem = watched.said(minutes=6)
    assert (status, problem) == (503, "reading makes no progress for 360 s although articles are due")
    watched.change(ArticleRow, state="done")
    assert watched.said(seconds=2) == (200, "")


@pytest.mark.fault("J7", "E4")
def test_a_database_that_is_not_written_any_more_is_seen(watched):
    watched.rest()
    assert watched.said(minutes=1) == (200, "")
    watched.clock.forward(minutes=2)
    assert watched.health.live()[0] == 200
    watched.clock.forward(minutes=2)
    assert watched.health.live()[1]["problem"] == "the database was not proved to be writable for 240 s"


@pytest.mark.fault("G2")
@pytest.mark.parametrize("hours", [-2, -24 * 3])
def test_a_clock_that_is_put_back_is_no_stall(watched, hours):
    watched.poll("Post", "Bote")
    watched.clock.forward(hours=hours)
    assert watched.health.live()[0] == 200


def test_it_says_how_the_disk_is(watched):
    assert watched.health.live()[1]["disk"] == "ok"
    now = watched.clock()
    for state in ("low", "ok", "low"):
        watched.add(NoticeRow(at=now, kind="disk", subject="disk", was="ok", state=state, words=state))
    watched.clock.forward(seconds=2)
    assert watched.health.live()[1]["disk"] == "low"


@pytest.mark.fault("J6")
def test_it_says_what_it_runs_on(watched):
    found = watched.health.live()[1]["versions"]
    assert sorted(found) == ["certifi", "expat", "monitor", "python", "sqlite"]
    assert all(found.values())


@pytest.mark.fault("J6")
@pytest.mark.parametrize(
    ("expat", "sqlite", "doubted"),
    [
        ("2.5.0", "3.40.1", ["expat 2.5.0", "SQLite 3.40.1"]),
        ("2.6.0", "3.51.2", ["SQLite 3.51.2"]),
        ("2.7.1", "3.51.3", []),
        ("2.10.0", "3.52.0", []),
        ("2.5.9", "3.44.6", ["expat 2.5.9"]),
    ],
)
def test_old_parts_are_named_with_the_mend(expat, sqlite, doubted):
    words = list(doubts({"expat": expat, "sqlite": sqlite}))
    assert [" ".join(one.split()[:2]) for one in words] == doubted


@pytest.mark.fault("J6")
@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 9), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((4,), True),
    ],
)
def test_which_sqlite_can_damage_a_database(version, sound):
    assert is_sound(version) is sound


def test_ready_once_a_configuration_is_in_force_and_the_first_look_is_done(watched):
    status, body = watched.health.ready()
    assert (status, body["status"]) == (503, "not ready")
    assert body["problem"] == "no configuration is in force yet; the first look is not done yet"
    watched.health.configured = True
    assert watched.health.ready()[1]["problem"] == "the first look is not done yet"
    watched.said(seconds=2)
    assert watched.health.ready() == (200, {"status": "ready"})
    watched.clock.forward(hours=-3)
    assert watched.health.ready()[0] == 200


def test_what_was_seen_since_the_start_counts_for_a_page_that_is_made_later(watched):
    begun = watched.clock()
    watched.said(seconds=2)
    watched.clock.forward(seconds=2)
    for at, status in ((begun, 200), (None, 503)):
        made = watched.started(at)
        made.configured = True
        assert made.ready()[0] == status


def test_a_database_that_cannot_be_read_is_neither_well_nor_ready(watched, caplog):
    with watched.database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE pace")
    assert watched.health.live()[1]["problem"] == "the database cannot be read"
    assert watched.health.ready()[1]["problem"] == "the database cannot be read"
    assert "no such table: pace" in caplog.text


def test_an_answer_is_kept_for_a_moment_and_made_anew_after_it():
    time, made = [10.0], []
    kept = Kept(lambda: made.append(1) or len(made), 1.0, lambda: time[0])
    assert [kept.get() for _ in range(1000)] == [1] * 1000
    time[0] = 11.0
    assert kept.get() == 2
    time[0] = 5.0
    assert kept.get() == 3


def test_an_answer_that_can_not_be_made_anew_is_not_shown_any_more():
    time, answers = [0.0], iter([1, ValueError("gone"), 2])

    def make():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    kept = Kept(make, 1.0, lambda: time[0])
    assert kept.get() == 1
    time[0] = 2.0
    with pytest.raises(ValueError, match="gone"):
        kept.get()
    assert kept.get() == 2
