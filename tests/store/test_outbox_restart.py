"""What the outbox keeps to when the process that sends is stopped, suspended or overtaken."""

from datetime import timedelta

import pytest
from make import ALERTS, store_hit
from stores import Outbox

from monitor.model import Outcome

OK = Outcome(ok=True)
LOST = Outcome(ok=False, error="no answer", unknown=True)
MINUTE = timedelta(minutes=1)


def states(stores):
    return [(row.state, row.unknown) for row in stores.review.alerts.deliveries()]


@pytest.mark.fault("F3")
def test_a_wait_that_the_channel_asked_for_outlives_a_restart(stores, clock):
    store_hit(stores, clock, "a")
    store_hit(stores, clock, "b")
    stores.outbox.done(stores.outbox.claim(clock()), Outcome(ok=False, error="429", retry_after=600), clock())
    stores.outbox.recover(clock.forward(seconds=5))
    assert stores.outbox.claim(clock.forward(seconds=5)) is None
    assert stores.outbox.claim(clock.forward(seconds=600)) is not None


def test_a_channel_that_could_not_be_reached_is_tried_at_once_after_a_restart(stores, clock):
    store_hit(stores, clock)
    for _ in range(8):
        stores.outbox.done(stores.outbox.claim(clock()), Outcome(ok=False, error="refused"), clock())
        clock.forward(minutes=15)
    stores.outbox.done(stores.outbox.claim(clock()), Outcome(ok=False, error="refused"), clock())
    stores.outbox.recover(clock.forward(seconds=5))
    assert stores.outbox.claim(clock()) is not None


@pytest.mark.parametrize("died", [False, True], ids=["between two messages", "with one in hand"])
def test_the_pace_outlives_restarts(database, stores, clock, died):
    outbox = Outbox(database, ALERTS, {"mail": ((3, MINUTE),)})
    for key in "abcdefgh":
        store_hit(stores, clock, key)
    sent = []
    while len(sent) < 8:
        if (parcel := outbox.claim(clock())) is not None:
            sent.append(clock())
            if not died or len(sent) % 2:
                outbox.done(parcel, OK, clock())
            outbox.recover(clock.forward(seconds=1))
        clock.forward(seconds=1)
    assert all(later - first >= MINUTE for first, later in zip(sent, sent[3:], strict=False))


@pytest.mark.fault("G7")
def test_the_late_word_of_a_try_that_was_overtaken_undoes_nothing(stores, clock):
    """A machine is suspended while a message is under way: its lease is over before its answer is there."""
    store_hit(stores, clock)
    early = stores.outbox.claim(clock())
    late = stores.outbox.claim(clock.forward(hours=8))
    stores.outbox.done(late, OK, clock.forward(seconds=1))
    assert states(stores) == [("sent", 1)]
    stores.outbox.done(early, LOST, clock.forward(seconds=1))
    assert states(stores) == [("sent", 1)]
    assert stores.outbox.claim(clock.forward(hours=1)) is None


@pytest.mark.fault("G7")
def test_the_late_word_of_an_overtaken_try_that_was_accepted_counts(stores, clock):
    store_hit(stores, clock)
    early = stores.outbox.claim(clock())
    late = stores.outbox.claim(clock.forward(hours=8))
    stores.outbox.done(early, OK, clock.forward(seconds=1))
    stores.outbox.done(late, OK, clock.forward(seconds=1))
    assert states(stores) == [("sent", 1)]
