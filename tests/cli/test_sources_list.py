"""``monitor sources``: the list, its filters, and what stands in sources.yaml but was not polled yet."""

import json
import re

import pytest
from installation import SMALL

NEW = '  - {name: "Outlet 4", url: "http://127.0.0.1:9/four", language: pt-BR}\nalerts:'


@pytest.fixture
def more(own):
    """An installation after a round, with a source written down since."""
    own.config.write_text(own.config.read_text().replace("alerts:", NEW, 1))
    return own


def names(said):
    return {view["name"] for view in json.loads(said.out)}


def test_a_source_written_down_since_the_last_round_is_listed_as_new(more):
    said = more.monitor("sources")
    (line,) = (line for line in said.lines if "Outlet 4" in line)
    assert line.startswith("○ new")
    assert said.lines[-1].startswith("4 sources, 1 failing, 1 not polled yet")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--health", "failing"], {"Outlet 3"}),
        (["--health", "ok", "--health", "new"], {"Outlet 1", "Outlet 2", "Outlet 4"}),
        (["--health", "off"], set()),
        (["--language", "pt"], {"Outlet 4"}),
        (["--language", "PT-br"], {"Outlet 4"}),
        (["--language", "xx"], set()),
    ],
    ids=lambda words: " ".join(sorted(words) if isinstance(words, set) else words),
)
def test_filters(more, words, found):
    said = more.monitor("sources", "list", *words, "--json")
    assert (said.code, names(said)) == (0, found)
    shown = more.monitor("sources", *words)
    assert {name for name in ("Outlet 1", "Outlet 2", "Outlet 3", "Outlet 4") if name in shown.out} == found


def test_a_health_that_there_is_not_is_no_good_news(polled):
    said = polled.monitor("sources", "--health", "faling")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("--health: expected one of: new, ok, late, silent, blocked, moved, rotated, failing, ")


def test_each_source_has_a_line_with_its_last_and_next_poll(polled):
    said = polled.monitor("sources")
    titles = ["health", "source", "lang", "for", "last", "next", "every", "gaps", "entries", "hits"]
    assert said.lines[0].split() == titles
    lines = [line for line in said.lines if "Outlet" in line and line[0] != " "]
    assert len(lines) == 3
    assert all(" ago" in line and ("in " in line or " late" in line) for line in lines)


def test_json_has_the_reason_and_the_mend(polled):
    views = {view["name"]: view for view in json.loads(polled.monitor("sources", "--json").out)}
    assert "connection refused" in views["Outlet 3"]["reason"]
    assert "monitor sources check 'Outlet 3'" in views["Outlet 3"]["mend"]
    assert (views["Outlet 1"]["reason"], views["Outlet 1"]["mend"]) == ("", "")


# --- notices, gaps -------------------------------------------------------------------------------


def test_changes_of_state_are_listed_newest_first(polled):
    said = polled.monitor("sources", "notices")
    assert re.fullmatch(
        r"\d\d \w{3} \d{4} \d\d:\d\d UTC +Outlet 3: new → failing\. .*connection refused", said.lines[0]
    )
    (notice,) = json.loads(polled.monitor("sources", "notices", "--json").out)
    assert (notice["subject"], notice["was"], notice["state"]) == ("Outlet 3", "new", "failing")


def test_no_gaps_is_said_and_is_an_empty_list(polled):
    assert polled.monitor("sources", "--gaps").out.startswith("No gaps")
    assert json.loads(polled.monitor("sources", "--gaps", "--json").out) == []


def test_a_feed_that_rotated_has_a_gap(desk, outlet):
    outlet.publish(("one", "One", ""), ("two", "Two", ""))
    assert desk.write(outlet.feed, topic=SMALL).monitor("poll").code == 0
    outlet.publish(("three", "Three", ""), ("four", "Four", ""))
    assert desk.monitor("sources", "poll", "Outlet 1").code == 0
    (gap,) = json.loads(desk.monitor("sources", "--gaps", "--json").out)
    assert gap["source"] == "Outlet 1"
    said = desk.monitor("sources", "list", "--gaps")
    assert "Outlet 1: " in said.lines[0]
    assert "entries read back" in " ".join(said.out.split())


# --- poll ----------------------------------------------------------------------------------------


def test_a_source_is_polled_out_of_turn(desk, outlet):
    outlet.publish(("one", "One", ""))
    desk.write(outlet.feed, topic=SMALL).round()
    outlet.publish(("two", "Two", ""), ("one", "One", ""))
    said = desk.monitor("sources", "poll", "Outlet 1")
    assert (said.code, said.lines[0]) == (0, "● Outlet 1: 1 new of 2")
    assert "1 article waits to be read" in said.lines[1]
    assert json.loads(desk.monitor("sources", "poll", "Outlet 1", "--json").out)[0]["ok"]


def test_polling_a_source_that_does_not_answer_ends_with_1(own):
    said = own.monitor("sources", "poll", "Outlet 3")
    assert said.code == 1
    assert said.lines[0].startswith("✕ Outlet 3: ")
    assert "canary" not in said.out


def test_polling_a_source_that_there_is_not_polls_none(own):
    said = own.monitor("sources", "poll", "Outlet 1", "Outlet5")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith('no source "Outlet5" is watched by sources.yaml; did you mean "Outlet')


# --- pause, resume -------------------------------------------------------------------------------


def test_a_paused_source_is_listed_as_that_not_polled_and_goes_on(desk, outlet):
    outlet.publish(("one", "One", ""))
    desk.write(outlet.feed, topic=SMALL).monitor("poll")
    said = desk.monitor("sources", "pause", "Outlet 1")
    assert (said.code, said.lines) == (0, ["Outlet 1: paused"])
    assert desk.monitor("sources", "pause", "Outlet 1").lines == ["Outlet 1: paused already"]
    listed = desk.monitor("sources")
    assert listed.lines[1].startswith("‖ paused")
    assert "paused by the command line since" in listed.out
    assert "→ `monitor sources resume 'Outlet 1'`" in listed.out
    assert listed.lines[-1] == "1 source, 0 failing, 1 paused"
    assert names(desk.monitor("sources", "--health", "paused", "--json")) == {"Outlet 1"}
    asked = len(outlet.asked)
    assert desk.monitor("poll", "--all").lines[-1].startswith("sources 0, ")
    assert "paused" in desk.monitor("sources", "poll", "Outlet 1").out
    assert len(outlet.asked) == asked
    assert desk.monitor("sources", "resume", "Outlet 1").lines == ["Outlet 1: goes on; it is due now"]
    assert desk.monitor("poll").lines[-1].startswith("sources 1, ")
    assert desk.monitor("sources", "resume", "Outlet 1").lines == ["Outlet 1: is not paused"]


def test_pausing_a_source_that_there_is_not_pauses_none(polled):
    said = polled.monitor("sources", "pause", "Outlet 1", "Outlets")
    assert (said.code, said.out) == (2, "")
    assert said.err == 'no source "Outlets" was ever watched; did you mean "Outlet 3"?\n'
    assert names(polled.monitor("sources", "--health", "paused", "--json")) == set()


def test_json_has_what_each_source_brought_by_day(polled):
    views = {view["name"]: view for view in json.loads(polled.monitor("sources", "--json").out)}
    assert [len(view["days"]) for view in views.values()] == [30, 30, 30]
    one = views["Outlet 1"]
    assert [sum(day[at] for day in one["days"]) for at in (0, 1)] == [one["entries"], one["hits"]]
