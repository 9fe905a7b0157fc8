"""What the demo says: marks that survive a pipe, outcomes in plain words, and everything missing named."""

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from monitor.cli.demo import check, show
from monitor.cli.demo.expected import ExpectedOutlet, ExpectedPage
from monitor.cli.demo.outlets import DOWN_NAME, Manners, Site
from monitor.cli.demo.receivers import Received
from monitor.cli.demo.world import sources_yaml
from monitor.config.settings import load
from monitor.model import Event, HitView, Term

NOON = datetime(2024, 9, 6, 12, tzinfo=UTC)
TEXT = "Ministers meet at Ramstein on Friday."
SITES = (Site("Post", "en", "http://127.0.0.1:1/feed.xml", "Atom 1.0", Manners(etag=True)),)
POLLED = {"Post": Event("poll", "Post", "1 new of 1"), DOWN_NAME: Event("poll", DOWN_NAME, "connect", ok=False)}
AGAIN = {"Post": Event("poll", "Post", "not modified")}
PAGE = ExpectedPage("talks", "Talks", "en", "2024-09-06T12:00:00+00:00", {"ramstein": ("Ramstein",)})
OUTLETS = (ExpectedOutlet("post", "Post", "en", "Atom 1.0", "utf-8", "text/xml", 1, (PAGE,)),)


def hit(topic="ramstein", url="http://127.0.0.1:1/talks.html", form="Ramstein"):
    at = len("Talks\n\n") + TEXT.index("Ramstein")
    return HitView(
        id=1,
        article_id=1,
        url=url,
        title="Talks",
        text=TEXT,
        source="Post",
        language="en",
        topic=topic,
        grade="certain",
        score=10,
        terms=(Term("base", form, at, at + len("Ramstein")),),
        why=("base near a meeting",),
        published=NOON,
        found=NOON,
        state="new",
        extraction="full",
    )


def printed(body, **options):
    console = Console(file=io.StringIO(), width=100, **options)
    console.print(body)
    return console.file.getvalue()


def test_matched_words_stand_in_brackets_where_there_is_no_colour():
    text = printed(show.hit_lines(hit(), colour=False))
    assert "Ministers meet at [Ramstein] on Friday." in text
    assert "Why: base near a meeting" in text
    assert "Post · English · 6 Sep, 12:00 UTC · Ramstein: certain" in text
    assert "\x1b" not in text


def test_matched_words_are_coloured_on_a_terminal():
    text = printed(show.hit_lines(hit(), colour=True), force_terminal=True, color_system="standard")
    assert "[Ramstein]" not in text
    assert "\x1b[30;43mRamstein\x1b[0m" in text


OUTCOMES = {
    "5 new of 5": (Event("poll", "x", "5 new of 5"), "5 new of 5"),
    "304": (Event("poll", "x", "not modified"), "304 not modified"),
    "refused": (Event("poll", "x", "connect: Connection refused", ok=False), "down: refused"),
    "other": (Event("poll", "x", "http: 403 Forbidden", ok=False), "failed: http: 403 Forbidden"),
    "none": (None, "not due"),
}


@pytest.mark.parametrize(("event", "words"), OUTCOMES.values(), ids=OUTCOMES)
def test_outcome_in_plain_words(event, words):
    assert show.outcome(event).plain == words


def test_table_has_a_line_for_every_source_and_the_one_that_is_down():
    lines = printed(show.sources_table(SITES, {}, POLLED, AGAIN)).splitlines()
    assert [line.split("  ")[0] for line in lines] == ["Source", "Post", DOWN_NAME]
    assert "304 not modified" in lines[1]


def test_long_subject_is_cut_to_one_line():
    text = printed(show.mail_lines([Received("mail", NOON, "слово " * 60, "")]))
    assert text.count("\n") == 1
    assert text.rstrip().endswith("…")


# --- what is missing -----------------------------------------------------------------------------


def test_nothing_is_missing_when_all_was_found():
    mail, message = Received("mail", NOON, "s", "t"), Received("telegram", NOON, "", "t")
    assert list(check.missing_hits(OUTLETS, [hit()])) == []
    assert list(check.missing_polls(SITES, POLLED, AGAIN)) == []
    assert list(check.missing_alerts([hit()], [mail, message])) == []


WRONG_HITS = {
    "no hit": ([], "did not hit 'Talks'"),
    "without its words": ([hit(form="UDCG")], "without 'Ramstein'"),
    "another page": ([hit(), hit(url="http://127.0.0.1:1/other.html")], "which it must not"),
    "another topic": ([hit(), hit(topic="ukraine-aid")], "ukraine-aid hit 'Talks'"),
}


@pytest.mark.parametrize(("hits", "words"), WRONG_HITS.values(), ids=WRONG_HITS)
def test_wrong_hit_is_named(hits, words):
    (line,) = check.missing_hits(OUTLETS, hits)
    assert words in line


WRONG_POLLS = {
    "no 304": (POLLED, POLLED, "did not answer 304"),
    "not read": ({DOWN_NAME: POLLED[DOWN_NAME]}, AGAIN, "was not read"),
    "down unseen": ({"Post": POLLED["Post"]}, AGAIN, "is down, and was not reported so"),
}


@pytest.mark.parametrize(("first", "second", "words"), WRONG_POLLS.values(), ids=WRONG_POLLS)
def test_wrong_poll_is_named(first, second, words):
    (line,) = check.missing_polls(SITES, first, second)
    assert words in line


def test_missing_alert_is_named():
    (line,) = check.missing_alerts([hit()], [Received("mail", NOON, "s", "t")])
    assert line == "telegram: 1 alerts expected, 0 received"


# --- its configuration ---------------------------------------------------------------------------


def test_demo_configuration_is_one_that_the_program_accepts(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text(sources_yaml(SITES, "http://127.0.0.1:2/feed.xml", "127.0.0.1:3", "http://127.0.0.1:4"), "utf-8")
    settings = load(file, {})
    assert [source.name for source in settings.sources] == ["Post", DOWN_NAME]
    assert [alert.name for alert in settings.alerts] == ["demo-mail", "demo-telegram"]
    assert settings.fetch.allow_private_addresses
