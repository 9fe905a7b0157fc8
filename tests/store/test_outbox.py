from datetime import timedelta

from make import store_hit

from monitor.model import Outcome

OK = Outcome(ok=True)
DOWN = Outcome(ok=False, error="connection refused")


def states(stores):
    return {row.alert: (row.state, row.attempts, row.unknown) for row in stores.review.alerts.deliveries()}


def test_a_delivery_is_claimed_with_its_hit_and_sent_once(stores, clock):
    store_hit(stores, clock)
    parcel = stores.outbox.claim(clock())
    assert (parcel.alert, parcel.hits[0].title, parcel.repeated) == ("mail", "Headline a", False)
    assert stores.outbox.claim(clock()) is None
    stores.outbox.done(parcel, OK, clock())
    assert states(stores) == {"mail": ("sent", 1, 0)}
    assert stores.outbox.claim(clock.forward(days=1)) is None


def test_a_failed_one_waits_for_its_next_try_and_nothing_is_dropped(stores, clock):
    store_hit(stores, clock)
    stores.outbox.done(stores.outbox.claim(clock()), DOWN, clock())
    assert stores.outbox.claim(clock.forward(seconds=4)) is None
    again = stores.outbox.claim(clock.forward(seconds=1))
    assert (again.attempts, again.repeated) == (1, False)


def test_one_that_cannot_succeed_is_dead_visible_and_can_be_sent_again(stores, clock):
    store_hit(stores, clock)
    parcel = stores.outbox.claim(clock())
    stores.outbox.done(parcel, Outcome(ok=False, error="chat not found", permanent=True), clock())
    (row,) = stores.review.alerts.deliveries(["dead"])
    assert row.error == "chat not found"
    assert stores.review.alerts.resend(row.id, clock() + timedelta(days=7), clock()) == "dead"
    assert stores.outbox.claim(clock.forward(seconds=1)) is not None


def test_a_wait_that_the_channel_asks_for_holds_the_channel_and_counts_as_no_try(stores, clock):
    store_hit(stores, clock, "a", ("chat",))
    store_hit(stores, clock, "b", ("chat",))
    parcel = stores.outbox.claim(clock())
    asked = Outcome(ok=False, error="429", retry_after=35)
    stores.outbox.done(parcel, asked, clock())
    assert stores.outbox.claim(clock.forward(seconds=34)) is None
    again = stores.outbox.claim(clock.forward(seconds=1))
    assert again.attempts == 0


def test_a_dead_channel_keeps_no_other_one_waiting(stores, clock):
    store_hit(stores, clock, alerts=("mail", "chat"))
    first = stores.outbox.claim(clock())
    second = stores.outbox.claim(clock())
    assert {first.alert, second.alert} == {"mail", "chat"}


def test_one_message_a_channel_is_in_hand_at_a_time(stores, clock):
    store_hit(stores, clock, "a")
    store_hit(stores, clock, "b")
    assert stores.outbox.claim(clock()).hits[0].title == "Headline a"
    assert stores.outbox.claim(clock()) is None


def test_what_was_in_hand_when_the_process_died_may_have_arrived_and_says_so(stores, clock):
    store_hit(stores, clock)
    key = stores.outbox.claim(clock()).key
    stores.outbox.recover(clock())
    again = stores.outbox.claim(clock())
    assert again.repeated
    assert again.key == key
    stores.outbox.done(again, OK, clock())
    assert states(stores) == {"mail": ("sent", 2, 1)}


def test_without_recovery_the_lease_brings_it_back(stores, clock):
    store_hit(stores, clock)
    stores.outbox.claim(clock())
    assert stores.outbox.claim(clock.forward(seconds=100)) is None
    assert stores.outbox.claim(clock.forward(seconds=21)).repeated


def test_a_digest_is_one_message_with_all_that_is_due(stores, clock):
    for key in "abc":
        store_hit(stores, clock, key, ("digest",))
    parcel = stores.outbox.claim(clock())
    assert [hit.title for hit in parcel.hits] == ["Headline a", "Headline b", "Headline c"]
    stores.outbox.done(parcel, OK, clock())
    assert {row.state for row in stores.review.alerts.deliveries()} == {"sent"}


def test_an_expired_one_is_kept_and_not_sent(stores, clock):
    store_hit(stores, clock)
    assert stores.outbox.claim(clock.forward(days=8)) is None
    assert states(stores) == {"mail": ("expired", 0, 0)}


def test_a_delivery_to_a_channel_that_left_the_configuration_waits(database, stores, clock):
    from monitor.store import DeliveryStore

    store_hit(stores, clock)
    assert DeliveryStore(database, (), {}).claim(clock()) is None
    assert stores.outbox.claim(clock()) is not None
