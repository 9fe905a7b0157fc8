from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from make import ALERTS, store_hit
from stores import Outbox

from monitor.model import HitFilter, Outcome

START = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
OK = Outcome(ok=True)
DOWN = Outcome(ok=False, error="connection refused")
NEVER = Outcome(ok=False, error="403", permanent=True)
POISON = Outcome(ok=False, error="400", permanent=True, poison=True)


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


@pytest.mark.fault("F13")
def test_what_waits_for_an_alert_that_left_the_configuration_is_cancelled_and_comes_back_with_it(
    database, stores, clock
):
    store_hit(stores, clock)
    Outbox(database, ()).sync(clock())
    (row,) = stores.review.alerts.deliveries()
    assert (row.state, row.error) == ("cancelled", "the alert is no longer in sources.yaml")
    assert stores.outbox.claim(clock()) is None
    stores.outbox.sync(clock())
    assert stores.outbox.claim(clock()) is not None


@pytest.mark.fault("F13")
def test_what_was_in_hand_when_its_alert_left_may_have_arrived_and_says_so_when_it_is_back(database, stores, clock):
    store_hit(stores, clock)
    stores.outbox.claim(clock())
    Outbox(database, ()).sync(clock())
    stores.outbox.sync(clock())
    assert stores.outbox.claim(clock()).repeated


@pytest.mark.fault("F13")
def test_a_new_alert_is_not_told_of_what_was_found_before_it(database, stores, clock):
    store_hit(stores, clock)
    more = Outbox(database, (*ALERTS, replace(ALERTS[0], name="second")))
    more.sync(clock())
    more.done(more.claim(clock()), OK, clock())
    assert more.claim(clock.forward(hours=30)) is None


# --- channels --------------------------------------------------------------------------------------


def test_a_channel_that_cannot_be_reached_is_left_alone_longer_each_time(stores, clock):
    store_hit(stores, clock)
    waits = []
    while len(waits) < 10:
        stores.outbox.done(claim(stores, clock, "mail"), DOWN, clock())
        (channel,) = [one for one in stores.review.alerts.channels() if one.alert == "mail"]
        waits.append((channel.next_at - clock()).total_seconds())
        clock.now = channel.next_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]


def test_its_other_deliveries_wait_with_it_and_other_channels_do_not(stores, clock):
    store_hit(stores, clock, "a", ("mail", "chat"))
    store_hit(stores, clock, "b", ("mail",))
    first = stores.outbox.claim(clock())
    assert first.alert == "mail"
    stores.outbox.done(first, DOWN, clock())
    assert stores.outbox.claim(clock()).alert == "chat"
    assert stores.outbox.claim(clock.forward(seconds=4)) is None
    assert stores.outbox.claim(clock.forward(seconds=1)).alert == "mail"


@pytest.mark.fault("F5")
def test_a_channel_that_says_never_keeps_what_waits_and_gets_what_it_refused_when_it_is_mended(stores, clock):
    for key in "abc":
        store_hit(stores, clock, key)
    stores.outbox.done(stores.outbox.claim(clock()), NEVER, clock())
    assert sorted(row.state for row in stores.review.alerts.deliveries()) == ["dead", "pending", "pending"]
    (channel,) = [one for one in stores.review.alerts.channels() if one.alert == "mail"]
    assert (channel.health, channel.waiting, channel.dead, channel.error) == ("refused", 2, 1, "403")
    clock.forward(minutes=59)
    assert claim(stores, clock, "mail") is None
    clock.forward(minutes=1)
    stores.outbox.done(claim(stores, clock, "mail"), OK, clock())
    told = [drained for drained in drain(stores, clock) if drained.alert == "mail"]
    assert sorted(hit.title for parcel in told for hit in parcel.hits) == ["Headline a", "Headline c"]
    assert {row.state for row in stores.review.alerts.deliveries() if row.kind == "hit"} == {"sent"}


@pytest.mark.fault("F5")
def test_the_other_channels_are_told_once_of_one_that_says_never_and_once_when_it_is_back(stores, clock):
    for key in "ab":
        store_hit(stores, clock, key)
    stores.outbox.done(stores.outbox.claim(clock()), NEVER, clock())
    told = drain(stores, clock)
    assert [(parcel.alert, parcel.notices[0].notice.state) for parcel in told] == [
        ("chat", "refused"),
        ("digest", "refused"),
    ]
    stores.outbox.done(stores.outbox.claim(clock.forward(hours=1)), NEVER, clock())
    assert drain(stores, clock) == []
    stores.review.alerts.resend_all("mail", ["dead"], clock() + timedelta(days=7), clock())
    told = drain(stores, clock)
    assert [(one.alert, one.notices[0].notice.state) for one in told if one.notices] == [
        ("chat", "ok"),
        ("digest", "ok"),
    ]


def test_one_that_fails_for_ten_minutes_is_spoken_of_once(stores, clock):
    store_hit(stores, clock)
    notices = []
    for _ in range(80):
        clock.forward(minutes=1)
        while (parcel := stores.outbox.claim(clock())) is not None:
            stores.outbox.done(parcel, OK if parcel.notices else DOWN, clock())
            notices += [parcel] if parcel.notices else []
    assert [parcel.alert for parcel in notices] == ["chat", "digest"]
    assert notices[0].notices[0].notice.words.startswith("cannot be reached; it has failed since 2026-05-04 07:01 UTC")


def test_a_message_that_is_not_taken_stops_no_other(stores, clock):
    store_hit(stores, clock, "poison")
    store_hit(stores, clock, "fine")
    stores.outbox.done(stores.outbox.claim(clock()), POISON, clock())
    assert stores.outbox.claim(clock()).hits[0].title == "Headline fine"


@pytest.mark.fault("F6")
def test_a_digest_that_is_not_taken_is_tried_in_halves_until_the_one_is_found(stores, clock):
    keys = [*(f"n{number}" for number in range(11)), "poison", *(f"m{number}" for number in range(20))]
    for key in keys:
        store_hit(stores, clock, key, ("digest",))
    tried = []
    while (parcel := stores.outbox.claim(clock())) is not None:
        tried.append(len(parcel.hits))
        stores.outbox.done(parcel, POISON if any("poison" in hit.title for hit in parcel.hits) else OK, clock())
    assert tried[:2] == [32, 16]
    assert len(tried) <= 2 * 6
    found = {row.title: row.state for row in stores.review.alerts.deliveries() if row.kind == "hit"}
    assert found == {f"Headline {key}": "dead" if key == "poison" else "sent" for key in keys}


def test_one_odd_message_is_sent_again_a_few_times_and_not_for_ever(stores, clock):
    """A channel that refuses for a day and one message that nobody takes."""
    store_hit(stores, clock, "odd")
    for day in range(8):
        stores.outbox.done(claim(stores, clock, "mail"), NEVER, clock())
        store_hit(stores, clock, f"fine{day}")
        clock.forward(hours=1)
        while (parcel := stores.outbox.claim(clock())) is not None:
            odd = any(hit.title == "Headline odd" for hit in parcel.hits)
            stores.outbox.done(parcel, POISON if odd else OK, clock())
        store_hit(stores, clock, f"more{day}")
        clock.forward(days=1)
    attempts = [row.attempts for row in stores.review.alerts.deliveries(limit=500) if row.title == "Headline odd"]
    assert attempts == [4]


def test_alerts_to_one_recipient_share_its_pace_and_its_pauses(database, stores, clock):
    pair = (ALERTS[0], replace(ALERTS[0], name="twin"))
    outbox = Outbox(
        database, pair, dict.fromkeys(("mail", "twin"), ((1, timedelta(seconds=10)),)), shared=("mail", "twin")
    )
    store_hit(stores, clock, alerts=("mail", "twin"))
    first = outbox.claim(clock())
    assert outbox.claim(clock()) is None
    outbox.done(first, OK, clock())
    assert outbox.claim(clock.forward(seconds=9)) is None
    assert outbox.claim(clock.forward(seconds=1)).alert == "twin"


def test_no_window_holds_more_messages_than_the_channel_takes(database, stores, clock):
    limits = ((1, timedelta(seconds=1)), (3, timedelta(minutes=1)))
    outbox = Outbox(database, ALERTS, {"mail": limits})
    for number in range(8):
        store_hit(stores, clock, f"n{number}")
    sent = []
    while (ready := outbox.next_claim(clock() + timedelta(hours=1))) is not None:
        clock.now = max(ready, clock())
        outbox.done(outbox.claim(clock()), OK, clock())
        sent.append(clock())
    assert len(sent) == 8
    for count, window in limits:
        assert all(later - first >= window for first, later in zip(sent, sent[count:], strict=False))


# --- what is held ----------------------------------------------------------------------------------


def with_alert(database, **more):
    outbox = Outbox(database, (replace(ALERTS[0], **more),))
    outbox.sync(START)
    return outbox


def test_quiet_hours_hold_say_so_and_let_go(database, stores, clock):
    outbox = with_alert(database, quiet="06:00-09:30", timezone="UTC")
    store_hit(stores, clock)
    assert outbox.claim(clock()) is None
    (row,) = stores.review.alerts.deliveries()
    assert (row.state, row.held, row.due) == ("held", "quiet hours until 09:30 UTC", START.replace(hour=9, minute=30))
    clock.now = row.due
    assert outbox.claim(clock()) is not None


def test_what_is_urgent_breaks_through_quiet_hours(database, stores, clock):
    outbox = with_alert(database, quiet="06:00-09:30", timezone="UTC")
    store_hit(stores, clock, "plain")
    store_hit(stores, clock, "urgent", urgent=True)
    assert [hit.title for hit in outbox.claim(clock()).hits] == ["Headline urgent"]


def test_the_cooldown_gathers_what_comes_too_soon_into_one_message(database, stores, clock):
    outbox = with_alert(database, cooldown=timedelta(minutes=10))
    store_hit(stores, clock, "first")
    outbox.done(outbox.claim(clock()), OK, clock())
    for key in "abc":
        store_hit(stores, clock, key)
        assert outbox.claim(clock()) is None
    clock.forward(minutes=10)
    parcel = outbox.claim(clock())
    assert (len(parcel.hits), parcel.reason) == (3, "3 alerts came within the cooldown of 10m")


def test_beyond_the_hours_limit_the_rest_is_one_message_that_says_so(database, stores, clock):
    outbox = with_alert(database, max_per_hour=3)
    sent = []
    for number in range(9):
        store_hit(stores, clock, f"n{number}")
        clock.forward(minutes=1)
        while (parcel := outbox.claim(clock())) is not None:
            sent.append(parcel)
            outbox.done(parcel, OK, clock())
    assert [len(parcel.hits) for parcel in sent] == [1, 1, 1]
    assert {row.state for row in stores.review.alerts.deliveries()} == {"sent", "held"}
    clock.forward(hours=1)
    parcel = outbox.claim(clock())
    assert len(parcel.hits) == 6
    assert parcel.reason
    outbox.done(parcel, OK, clock())
    assert outbox.claim(clock()) is None


@pytest.mark.fault("F2")
def test_a_channel_that_was_down_for_three_days_gets_one_digest_and_nothing_is_lost(stores, clock):
    back = clock() + timedelta(days=3)
    number = 0
    while clock() < back:
        store_hit(stores, clock, f"n{number}")
        number += 1
        while (parcel := stores.outbox.claim(clock())) is not None:
            stores.outbox.done(parcel, DOWN if parcel.alert == "mail" else OK, clock())
        clock.forward(hours=1)
    sent = [parcel for parcel in drain(stores, clock) if parcel.alert == "mail"]
    assert [len(parcel.hits) for parcel in sent] == [number]
    assert "alerts waited: the channel failed since 4 May, 07:00 UTC" in sent[0].reason
    assert {row.state for row in stores.review.alerts.deliveries(limit=1000)} == {"sent"}


# --- stories ---------------------------------------------------------------------------------------


def test_a_story_alerts_once_then_at_most_once_a_window_with_all_that_is_new(stores, clock):
    store_hit(stores, clock, "first", story="s")
    sent = drain(stores, clock)
    for key in "abc":
        store_hit(stores, clock, key, story="s")
        sent += drain(stores, clock)
    assert [[hit.title for hit in parcel.hits] for parcel in sent] == [["Headline first"]]
    held = stores.review.alerts.deliveries(["held"])
    assert {row.held for row in held} == {"story 1 was alerted with article 1; what is new goes out as one update"}
    clock.now = held[0].due
    (update,) = drain(stores, clock)
    assert [(item.hit.title, item.update) for item in update.items] == [(f"Headline {key}", True) for key in "abc"]
    store_hit(stores, clock, "later", story="s")
    assert drain(stores, clock) == []
    (row,) = stores.review.alerts.deliveries(["held"])
    assert row.due >= clock() + timedelta(hours=5)


def test_an_update_that_waits_for_its_window_does_not_expire_by_that(stores, clock):
    store_hit(stores, clock, "first", story="s", expires=timedelta(hours=1))
    store_hit(stores, clock, "more", story="s", expires=timedelta(hours=1))
    clock.forward(minutes=50)
    sent = drain(stores, clock)
    (row,) = stores.review.alerts.deliveries(["held"])
    clock.now = row.due
    sent += drain(stores, clock)
    assert [[hit.title for hit in parcel.hits] for parcel in sent] == [["Headline first"], ["Headline more"]]


def test_another_story_alerts_by_itself(stores, clock):
    store_hit(stores, clock, "one", story="s")
    store_hit(stores, clock, "two", story="t")
    assert len(drain(stores, clock)) == 2


def test_an_alert_that_was_not_told_of_the_story_gets_its_next_article_as_the_first(stores, clock):
    store_hit(stores, clock, "one", ("mail",), story="s")
    store_hit(stores, clock, "two", ("mail", "chat"), story="s")
    told = {parcel.alert: parcel.items[0] for parcel in drain(stores, clock)}
    assert (told["chat"].hit.title, told["chat"].update) == ("Headline two", False)
    assert [carrier.title for carrier in told["chat"].hit.others] == ["Headline one"]


def test_what_joins_a_story_that_waits_for_its_first_message_goes_out_with_it(database, stores, clock):
    outbox = with_alert(database, quiet="06:00-22:00", timezone="UTC", updates=timedelta(hours=6))
    for key in "abc":
        store_hit(stores, clock, key, story="s")
        assert outbox.claim(clock()) is None
    clock.now = START.replace(hour=22)
    parcel = outbox.claim(clock())
    assert [(item.hit.title, item.update) for item in parcel.items] == [(f"Headline {key}", False) for key in "abc"]


def test_without_updates_the_rest_of_a_story_is_stored_and_says_why_it_was_not_sent(stores, clock):
    store_hit(stores, clock, "first", story="s")
    store_hit(stores, clock, "second", story="s", updates=None)
    assert len(drain(stores, clock)) == 1
    (row,) = stores.review.alerts.deliveries(["suppressed"])
    assert row.error == "story 1 was alerted with article 1; updates are off"


def test_a_story_whose_first_alert_was_too_old_to_send_alerts_with_the_next(stores, clock):
    store_hit(stores, clock, "old", story="s", suppressed="older than alert_backlog (1d)")
    store_hit(stores, clock, "new", story="s")
    (parcel,) = drain(stores, clock)
    assert [hit.title for hit in parcel.hits] == ["Headline new"]


def test_a_digest_tells_what_it_told_of_before_as_an_update(stores, clock):
    store_hit(stores, clock, "first", ("digest",), story="s")
    drain(stores, clock)
    store_hit(stores, clock, "again", ("digest",), story="s", held="digest at 08:00")
    store_hit(stores, clock, "other", ("digest",), story="t", held="digest at 08:00")
    (parcel,) = drain(stores, clock)
    told = {item.hit.title: item.update for item in parcel.items}
    assert told == {"Headline again": True, "Headline other": False}


def test_a_suggestion_that_a_person_takes_up_makes_two_stories_one(stores, clock):
    store_hit(stores, clock, "one", story="s")
    store_hit(stores, clock, "two", story="t", maybe=1)
    (made,) = stores.review.stories.suggestions()
    assert (made.title, made.story_title, made.why) == ("Headline two", "Headline one", "both name t")
    assert stores.review.stories.decide(made.id, same=True, now=clock())
    assert stores.review.stories.suggestions() == []
    assert {hit.story for hit in stores.review.hits(HitFilter(story=1))} == {1}
    assert len(list(stores.review.hits(HitFilter(story=1)))) == 2
    store_hit(stores, clock, "three", story="t")
    assert len(list(stores.review.hits(HitFilter(story=1)))) == 3


def test_one_that_a_person_turns_down_stays_away(stores, clock):
    store_hit(stores, clock, "one", story="s")
    store_hit(stores, clock, "two", story="t", maybe=1)
    (made,) = stores.review.stories.suggestions()
    assert stores.review.stories.decide(made.id, same=False, now=clock())
    assert stores.review.stories.suggestions() == []
    assert not stores.review.stories.decide(made.id, same=True, now=clock())
    assert {hit.story for hit in stores.review.hits(HitFilter())} == {1, 2}


def test_an_article_taken_out_of_its_story_has_one_of_its_own(stores, clock):
    store_hit(stores, clock, "one", story="s")
    article = store_hit(stores, clock, "two", story="s")
    assert stores.review.stories.separate(article.id, clock()) == 2
    assert stores.review.stories.separate(article.id, clock()) is None
    assert {hit.story for hit in stores.review.hits(HitFilter())} == {1, 2}


def claim(stores, clock, alert):
    """The next message of one alert; those of the others are sent on the way."""
    while (parcel := stores.outbox.claim(clock())) is not None and parcel.alert != alert:
        stores.outbox.done(parcel, OK, clock())
    return parcel


def drain(stores, clock):
    """Send all that is due; every channel takes it. Returns what was sent."""
    sent, until = [], clock()
    while True:
        parcel = stores.outbox.claim(clock())
        if parcel is not None:
            stores.outbox.done(parcel, OK, clock())
            sent.append(parcel)
            continue
        ready = stores.outbox.next_claim(until)
        if ready is None or ready > until + timedelta(minutes=1):
            return sent
        clock.now = max(ready, clock())
