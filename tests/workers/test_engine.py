"""The engine: jobs are done once, by whoever is free; what breaks there costs time and nothing else."""

import threading

import psycopg
import pytest
from running import until

from monitor.engine import SCHEMA, Dispatcher, Engine, Kind, make_schema, queue_of
from monitor.errors import StoreError

pytestmark = pytest.mark.needs("PostgreSQL")


@pytest.fixture
def url(postgres):
    with postgres.fresh() as made:
        yield made


class Hands:
    """Engines at work, and what they did."""

    def __init__(self, url):
        self.url = url
        self.done = []
        self.lock = threading.Lock()
        self.engines = []
        self.beats = 0
        make_schema(url)
        self.dispatcher = Dispatcher(url)

    def work(self, number):
        if number < 0:
            raise ValueError(number)
        with self.lock:
            self.done.append((threading.current_thread().name, number))

    def beat(self):
        self.beats += 1

    def start(self, own="me", work=None):
        engine = Engine(self.url, {"poll": Kind(work or self.work, 2)}, own, self.beat)
        engine.start()
        self.engines.append(engine)
        return engine

    def numbers(self):
        return sorted(number for _, number in self.done)

    def close(self):
        for engine in self.engines:
            engine.stop(2)
        self.dispatcher.close()


@pytest.fixture
def hands(url):
    made = Hands(url)
    yield made
    made.close()


def jobs(*numbers):
    return [{"number": number} for number in numbers]


def test_each_job_is_done_once_whoever_does_it(hands):
    hands.start("one")
    hands.start("two")
    hands.dispatcher.give("poll", jobs(*range(40)))
    until(lambda: len(hands.done) >= 40)
    assert hands.numbers() == list(range(40))
    assert until(lambda: hands.beats >= 2)
    until(lambda: not rows(hands.url))


def rows(url):
    with psycopg.connect(url) as connection:
        return connection.execute(f"SELECT status FROM {SCHEMA}.procrastinate_jobs").fetchall()


def test_a_job_that_breaks_stops_no_other_and_is_said(hands, caplog):
    hands.dispatcher.give("poll", jobs(1, -1, 2))
    hands.start()
    until(lambda: hands.numbers() == [1, 2])
    until(lambda: "offered again after their lease" in caplog.text)
    until(lambda: not rows(hands.url))


def test_jobs_wait_to_be_counted_and_one_of_a_kind_waits_once(hands):
    hands.dispatcher.give("poll", jobs(1, 2))
    for _ in range(2):
        hands.dispatcher.give_once("deliver", "mail", {"alert": "mail"})
    hands.dispatcher.give_once("deliver", "chat", {"alert": "chat"})
    assert hands.dispatcher.waiting() == {"poll": 2, "deliver": 2}


def test_what_is_one_workers_own_no_other_takes_and_goes_with_it(hands):
    hands.start("other")
    hands.dispatcher.give("poll", jobs(7), own="me")
    hands.dispatcher.give("poll", jobs(8))
    until(lambda: hands.numbers() == [8])
    assert hands.dispatcher.clear("me") == 0
    assert hands.dispatcher.clear("who leads next") == 1
    assert hands.dispatcher.waiting() == {}
    hands.dispatcher.give("poll", jobs(9), own="other")
    until(lambda: hands.numbers() == [8, 9])
    assert queue_of("poll") == "poll"


def test_what_a_dead_worker_had_in_hand_is_cleared_away(hands, url):
    hands.dispatcher.give("poll", jobs(1))
    with psycopg.connect(url, options=f"-c search_path={SCHEMA}") as connection:
        connection.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')")
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1")
    assert hands.dispatcher.clear("me") == 1
    assert rows(url) == []


def test_a_stop_waits_for_what_is_in_hand_for_so_long_and_no_longer(hands):
    gate, begun = threading.Event(), threading.Event()

    def slow(number):
        begun.set()
        gate.wait(20)
        hands.work(number)

    engine = hands.start(work=slow)
    hands.dispatcher.give("poll", jobs(1))
    assert begun.wait(10)
    assert engine.stop(0.1) == 1
    gate.set()
    until(lambda: hands.numbers() == [1])


def test_it_works_on_when_the_database_is_back(postgres, hands, caplog):
    hands.start()
    hands.dispatcher.give("poll", jobs(1))
    until(lambda: hands.numbers() == [1])
    postgres.stop("fast")
    with pytest.raises(StoreError):
        hands.dispatcher.waiting()
    postgres.start()
    until(lambda: not failing(hands))
    hands.dispatcher.give("poll", jobs(2))
    until(lambda: hands.numbers() == [1, 2])


def failing(hands):
    try:
        hands.dispatcher.waiting()
    except StoreError:
        return True
    return False


def test_its_tables_are_made_anew_for_another_version(url):
    make_schema(url)
    with psycopg.connect(url) as connection:
        connection.execute(f"CREATE TABLE {SCHEMA}.mine (x int)")
    make_schema(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('engine.mine')").fetchone()[0] is not None
        connection.execute(f"COMMENT ON SCHEMA {SCHEMA} IS 'another one'")
    make_schema(url)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('engine.mine')").fetchone()[0] is None
