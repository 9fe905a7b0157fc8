"""When two articles are one, what is ruled on them, and how recall is added up: values in, values out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.keep.coverage import outlet_of, rulings, same
from monitor.keep.recall import report, wilson
from monitor.model import Coverage, Covered, Seen, Watch

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LINK = "https://news.google.com/rss/articles/CBMiabc?oc=5"
BING = "http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fwww.harbour.example%2fgroup&c=1"
TITLE = "Defence ministers of the contact group meet at Ramstein"


def seen(number=1, title=TITLE, url="https://harbour.example/group", *more, hours=0.0, **facts):
    facts = {"outlet": None, "language": "en", "topics": frozenset({"ramstein"})} | facts
    return Seen(number, title, (url, *more), seen=NOON + hours * HOUR, **facts)


OURS = seen(2)
ONE = {
    "the same address in another form": seen(1, "x", "http://www.harbour.example/group/?utm_source=rss"),
    "the page names it as its address": seen(1, "x", LINK, "https://harbour.example/group"),
    "the address inside a link of Bing": seen(1, "x", BING),
    "the headline with the outlet's name behind it": seen(1, f"{TITLE} - Harbour", LINK),
    "a name that is no host, and the same headline": seen(1, f"{TITLE} - Гавань сьогодні", LINK),
    "the outlet's address beside a headline that was edited": seen(
        1, "Defence ministers of contact group meet in Ramstein", LINK, outlet="https://www.harbour.example"
    ),
    "a subdomain of the outlet": seen(1, TITLE, "https://news.harbour.example/4711"),
    "a language that is not known": seen(1, TITLE, "https://harbour.example/4711", language=None),
    "a regional form of the language": seen(1, TITLE, "https://harbour.example/4711", language="en-GB"),
    "three days later": seen(1, TITLE, "https://harbour.example/4711", hours=72),
}
TWO = {
    "another outlet with the agency's headline": seen(1, TITLE, "https://metro.example/4711"),
    "another headline": seen(1, "Ministers of agriculture meet in Brussels", "https://harbour.example/4711"),
    "the same but for a number": seen(1, f"{TITLE}, day 2", "https://harbour.example/4711"),
    "another language": seen(1, TITLE, "https://harbour.example/4711", language="de"),
    "more than three days later": seen(1, TITLE, "https://harbour.example/4711", hours=73),
    "a page that names its outlet's front page as its address": seen(
        1, "Rain", LINK, "https://harbour.example/", language="en"
    ),
}


@pytest.mark.parametrize("one", ONE.values(), ids=ONE)
def test_these_are_one_article(one):
    assert same(one, OURS)
    assert same(OURS, one)


@pytest.mark.parametrize("one", TWO.values(), ids=TWO)
def test_these_are_two_articles(one):
    assert not same(one, OURS)
    assert not same(OURS, one)


def test_a_short_headline_says_nothing_without_its_outlet():
    assert not same(seen(1, "Ramstein", LINK), seen(2, "Ramstein"))


def test_links_of_one_search_are_not_one_article():
    first = seen(1, "Ministers meet", LINK, "https://consent.google.com/m")
    assert not same(first, seen(2, "Rain until Sunday", LINK.replace("abc", "def"), "https://consent.google.com/m"))


@pytest.mark.parametrize(
    ("article", "outlet"),
    [
        (seen(1, TITLE, LINK, "https://www.harbour.example/x"), "harbour.example"),
        (seen(1, TITLE, BING), "harbour.example"),
        (seen(1, f"{TITLE} - Harbour Post", LINK, outlet="https://www.harbour.example"), "harbour.example"),
        (seen(1, f"{TITLE} - Harbour Post", LINK, outlet="Harbour Post"), "Harbour Post"),
        (seen(1, f"{TITLE} - Harbour Post", LINK), "Harbour Post"),
        (seen(1, TITLE, LINK), ""),
    ],
)
def test_the_outlet_is_what_names_it(article, outlet):
    assert outlet_of(article) == outlet


def rule(net, *ours, hours=24.0, ruled=()):
    return list(rulings(Watch((net,), ours, ruled), NOON + hours * HOUR))


@pytest.mark.parametrize(
    ("hours", "caught"),
    [(-200, "found"), (-1, "found"), (0, "found"), (0.1, "later"), (24, "later"), (24.1, "missed")],
)
def test_what_counts_is_when_ours_came(hours, caught):
    (ruling,) = rule(seen(), seen(2, hours=hours), hours=100)
    assert ruling.caught == caught
    assert (ruling.came is None) == (caught == "missed")


def test_nothing_is_missed_before_a_day_has_passed():
    assert rule(seen(), hours=23.9) == []
    assert [ruling.caught for ruling in rule(seen(), hours=24)] == ["missed"]


def test_ours_has_to_have_hit_the_same_topics():
    net = seen(topics=frozenset({"ramstein", "ukraine-aid"}))
    assert [ruling.caught for ruling in rule(net, seen(2))] == ["missed"]
    assert [ruling.caught for ruling in rule(seen(), replace(net, article_id=2))] == ["found"]


def test_what_another_net_showed_before_is_its_twin():
    first, second = seen(1, f"{TITLE} - Harbour", LINK), seen(2, TITLE, BING, hours=1)
    made = list(rulings(Watch((second, first)), NOON + 30 * HOUR))
    assert [(ruling.article_id, ruling.caught, ruling.twin) for ruling in made] == [
        (1, "missed", None),
        (2, "missed", 1),
    ]
    assert [ruling.twin for ruling in rule(second, hours=30, ruled=(first,))] == [1]


# --- recall --------------------------------------------------------------------------------------


def covered(caught, number=1, language="en", delay=0.0, **facts):
    came = None if caught == "missed" else NOON + delay * HOUR
    return Covered(seen(number, **{"language": language} | facts), caught, came, NOON)


def told(*rows, started=NOON - HOUR):
    return report(Coverage(rows, 3, started), NOON - 24 * HOUR)


@pytest.mark.parametrize(
    ("hits", "size", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (8, 10, 0.4902, 0.9433), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(hits, size, low, high):
    """The last one is the worked example of Newcombe, Statistics in Medicine 17 (1998), 857-872."""
    assert wilson(hits, size) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


@given(st.integers(1, 5000).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size))))
def test_the_interval_holds_the_share_and_stays_a_share(counted):
    low, high = wilson(*counted)
    assert 0 <= low < high <= 1
    assert low - 1e-9 <= counted[0] / counted[1] <= high + 1e-9


@given(st.lists(st.tuples(st.sampled_from(["found", "later", "missed"]), st.sampled_from(["en", "uk", None]))))
def test_the_counts_add_up(rows):
    made = told(*(covered(caught, number, language) for number, (caught, language) in enumerate(rows)))
    assert made.total.size == len(rows) == sum(one.size for one in made.languages)
    assert made.total.missed == sum(one.missed for one in made.languages)
    assert made.total.found + made.total.later == round(made.total.share * len(rows))
    assert made.waiting == 3


def test_the_delay_is_the_median_of_those_that_came_later():
    rows = [covered("later", number, delay=delay) for number, delay in enumerate((1, 2, 9))]
    assert told(*rows, covered("found", 9), covered("missed", 8)).total.delay == 7200


def test_what_was_published_before_the_start_is_told_apart():
    rows = [covered("missed"), replace(covered("missed", 2), published=NOON - 2 * HOUR)]
    made = told(*rows)
    assert (made.total.size, made.before) == (1, 1)


def test_the_outlets_missed_most_come_first_with_an_address_where_one_is_known():
    rows = [covered("missed", number, url=f"https://www.metro.example/{number}") for number in range(3)]
    named = covered("missed", 7, title=f"{TITLE} - Harbour Post", url=LINK)
    made = told(named, *rows, covered("found", 9, url="https://other.example/1"))
    assert [(one.outlet, one.missed, one.url) for one in made.outlets] == [
        ("metro.example", 3, "https://metro.example/"),
        ("Harbour Post", 1, None),
    ]
