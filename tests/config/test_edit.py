"""Sources put into sources.yaml: what was there stays byte for byte, and reads as before. A case is the file before
and after.
"""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.edit import Names, NewSource, as_yaml, literal, tidy_name, with_sources
from monitor.config.expand import expand
from monitor.config.located import read_located
from monitor.errors import ConfigError

CASES = sorted((Path(__file__).parent / "edits").glob("*.before.yaml"))
NEW = (
    NewSource("Рівне: новини", "https://rivne.example/feed", language="uk", interval="5m"),
    NewSource("Desk", "https://desk.example/?a=1&b=2", kind="listing", enabled=False),
)


def read(path):
    return path.read_bytes().decode()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.partition(".")[0])
def test_the_new_lines_stand_where_the_list_ends(case):
    after = with_sources(read(case), NEW, file="sources.yaml")
    assert after == read(case.with_name(case.name.replace(".before.", ".after.")))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name.partition(".")[0])
def test_every_byte_that_was_there_stays_in_its_order(case):
    before = read(case)
    rest = iter(with_sources(before, NEW, file="sources.yaml"))
    assert all(character in rest for character in before)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_stay(ending, start):
    text = start + ending.join(["# mine", "sources:", "- name: A", "  url: https://a.example/", "topics: [x]", ""])
    after = with_sources(text, NEW, file="sources.yaml")
    head, tail = after.split(f"topics: [x]{ending}")
    assert (tail, head.startswith(start)) == ("", True)
    added = head.removeprefix(text.partition("topics")[0])
    assert ("\r\n" in added, "\n" in added.replace("\r\n", "")) == (ending == "\r\n", ending != "\r\n")


def test_a_heading_stands_above_the_new_entries():
    after = with_sources("sources:\n- {name: A, url: x}\n", NEW[:1], file="s", heading="from feeds.opml")
    assert after.splitlines()[2] == "# from feeds.opml"


@pytest.mark.parametrize(
    "text",
    [
        "sources: {name: A}\n",
        "sources: text\n",
        "sources: [{name: A, url: x}, text]\n",
        "sources: &s []\n",
        "sources: [\n",
        "- sources\n",
    ],
)
def test_a_layout_that_cannot_be_edited_is_refused(text):
    with pytest.raises(ConfigError):
        with_sources(text, NEW, file="sources.yaml")


ANY = st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn"], exclude_characters="\u2028\u2029\ufeff"))


@given(name=ANY.filter(str.strip), url=ANY.filter(str.strip))
@pytest.mark.parametrize("text", ["", "sources: []\n", "sources:\n  - name: A\n", "sources:\n  - {name: A}\n"])
def test_every_text_is_read_back_as_it_was(text, name, url):
    entry = read_located(with_sources(text, [NewSource(name, url)], file="s"), "s").data["sources"][-1]
    assert entry == {"name": literal(name), "url": literal(url)}


@given(ANY)
def test_a_literal_is_never_filled_in(text):
    assert expand({"x": literal(text)}, {"A": "secret"}).data == {"x": text}


@pytest.mark.parametrize("text", ["${A}", "$${A}", "$$${A}", "x${", "${A", "$$", "$${"])
def test_what_comes_from_outside_brings_no_variable(text):
    expanded = expand({"x": literal(text)}, {"A": "secret"})
    assert (expanded.data, expanded.values, expanded.mistakes) == ({"x": text}, frozenset(), ())


def test_what_the_user_wrote_keeps_its_variable():
    assert as_yaml([NewSource("A", "https://a.example/s", written_url="https://a.example/${KEY}")]) == (
        '  - name: A\n    url: "https://a.example/${KEY}"\n'
    )


@pytest.mark.parametrize(
    ("given_names", "name"),
    [
        (("  Two\n lines\t", ), "Two lines"),
        (("", None, "\u202e", "second"), "second"),
        (("",), "unnamed"),
        (("\ufeffmark",), "mark"),
        (("می‌شود",), "می‌شود"),
    ],
)  # fmt: skip
def test_names_are_one_line(given_names, name):
    assert tidy_name(*given_names) == name


def test_long_names_are_cut_and_stay_unique():
    name = tidy_name("long " * 100)
    other = Names([name]).take(name)
    assert len(name) <= 100
    assert len(other) <= 100
    assert other.endswith(" (2)")


def test_names_are_unique_as_the_check_of_the_file_sees_it():
    names = Names(["STRASSE", "strasse (2)"])
    assert [names.take("Straße"), names.take("Straße"), names.take("Strand")] == ["Straße (3)", "Straße (4)", "Strand"]
