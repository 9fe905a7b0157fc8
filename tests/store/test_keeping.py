from datetime import timedelta

from make import found, poll, polled, routes, sighting, store_hit, verdict
from stores import keep_store

from monitor.keep.rematch import changes
from monitor.model import HitFilter, Verdict
from monitor.store import RetentionStore


def unprinted(_finding, _found):
    return None


DAY = timedelta(days=1)


def read(stores, clock, key, *verdicts, **more):
    poll(stores.polls, polled("Metro Courier", sighting(key, f"https://metro.example/{key}")), clock(), clock())
    article = stores.reads.claim(clock())
    stores.reads.save(found(article, *verdicts, **more), article, routes(due=clock()), clock())
    clock.forward(seconds=2)


def near(stores, **wanted):
    return [(miss.title, miss.reason, miss.topic) for miss in stores.review.near_misses(HitFilter(**wanted))]


def test_an_article_just_under_the_threshold_is_a_near_miss(stores, clock):
    read(
        stores,
        clock,
        "a",
        Verdict("ramstein", hit=False, grade=None, score=2, why=("score 2 of 3: near miss",)),
        language="en",
    )
    read(stores, clock, "b", verdict(hit=False), language="en")
    assert near(stores) == [("Headline a", "score 2", "ramstein")]
    assert near(stores, language="uk") == []
    assert near(stores, since=clock() + DAY) == []


def test_a_page_that_stays_unreadable_is_a_near_miss_and_one_tried_again_is_not_yet(stores, clock):
    read(stores, clock, "a", verdict(hit=False), extraction="none", error="http: 503", language="en")
    read(stores, clock, "b", verdict(hit=False), extraction="none", error="http: 503", retry_in=DAY, language="en")
    assert near(stores) == [("Headline a", "unreadable: http: 503", None)]


def test_a_long_text_in_an_unknown_language_is_a_near_miss(stores, clock):
    poll(stores.polls, polled("Metro Courier", sighting("a", "https://metro.example/a")), clock(), clock())
    article = stores.reads.claim(clock())
    from dataclasses import replace

    finding = replace(found(article, verdict(hit=False)), text="x " * 200)
    stores.reads.save(finding, article, routes(due=clock()), clock())
    assert near(stores) == [("Headline a", "unknown language", None)]


def test_texts_are_kept_for_their_time_and_those_of_hits_for_good(database, stores, clock):
    keep = keep_store(database)
    read(stores, clock, "miss", verdict(hit=False))
    store_hit(stores, clock)
    assert keep.kept().texts == 2
    old = RetentionStore(database)
    assert old.drop("text", clock() - DAY) == 0
    assert old.drop("text", clock() + DAY) == 1
    assert [text.title for text in keep.texts("ramstein", clock() - DAY)] == ["Headline a"]
    assert 0 < keep.kept().bytes < 200


def say(hit_titles):
    def match(text):
        return (verdict(hit=text.title in hit_titles), verdict("other"))

    return match


def test_changed_rules_show_what_they_gain_and_lose_and_change_nothing(database, stores, clock):
    keep = keep_store(database)
    store_hit(stores, clock, "lost")
    store_hit(stores, clock, "same")
    read(stores, clock, "gained", verdict(hit=False))
    seen = list(changes(keep.texts("ramstein", clock() - DAY), "ramstein", say({"Headline same", "Headline gained"})))
    assert [(change.stored.title, change.verdict.hit) for change in seen] == [
        ("Headline lost", False),
        ("Headline gained", True),
    ]
    assert len(list(stores.review.hits(HitFilter()))) == 2


def test_applied_changes_alert_in_one_message_and_withdraw_what_was_not_sent(database, stores, clock):
    keep = keep_store(database)
    store_hit(stores, clock, "lost")
    for key in ("one", "two", "three"):
        read(stores, clock, key, verdict(hit=False))
    wanted = say({"Headline one", "Headline two", "Headline three"})
    seen = list(changes(keep.texts("ramstein", clock() - DAY), "ramstein", wanted))
    alerts = keep.apply(
        seen, lambda _source, finding, now: routes("mail", "chat", due=now)(finding, None, now), unprinted, clock()
    )
    assert alerts == 6
    assert sorted(hit.title for hit in stores.review.hits(HitFilter())) == sorted(
        ["Headline one", "Headline two", "Headline three"]
    )
    first, second = stores.outbox.claim(clock()), stores.outbox.claim(clock())
    assert {first.alert, second.alert} == {"mail", "chat"}
    assert len(first.hits) == len(second.hits) == 3
    assert stores.outbox.claim(clock()) is None
    (row,) = stores.review.alerts.deliveries(["suppressed"])
    assert row.error == "changed rules no longer match it"
    assert list(changes(keep.texts("ramstein", clock() - DAY), "ramstein", wanted)) == []


def test_a_withdrawn_hit_that_matches_again_is_listed_again_and_alerts_no_second_time(database, stores, clock):
    keep = keep_store(database)
    store_hit(stores, clock)
    route = lambda _source, finding, now: routes("mail", due=now)(finding, None, now)  # noqa: E731
    for titles in (set(), {"Headline a"}):
        keep.apply(
            changes(list(keep.texts("ramstein", clock() - DAY)), "ramstein", say(titles)), route, unprinted, clock()
        )
    assert len(list(stores.review.hits(HitFilter()))) == 1
    assert len(stores.review.alerts.deliveries()) == 1
