"""``monitor sources``: the list, its filters, and what stands in sources.yaml but was not polled yet."""

import json

import pytest

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
    ids=" ".join,
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


def test_the_next_poll_is_shown(polled):
    said = polled.monitor("sources")
    assert said.lines[0].split() == ["health", "source", "lang", "last", "next", "entries", "hits", "says"]
    assert all(" ago" in line and ("in " in line or " late" in line) for line in said.lines[1:4])
