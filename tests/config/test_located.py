"""YAML to plain data with line numbers, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.located import MAX_BYTES, key_path, read_located
from monitor.errors import ConfigError

TEXT = """\
# a comment
country: NO
times: [08:30, 010, ~, null, 'null', ""]
sources:

  - name: A
    inner: {a: 1,
            b: 2}
  - B
"""


def messages(text):
    with pytest.raises(ConfigError) as caught:
        read_located(text, "f.yaml")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.fault("I1")
def test_every_scalar_stays_text():
    assert read_located(TEXT, "f.yaml").data == {
        "country": "NO",
        "times": ["08:30", "010", "", "", "null", ""],
        "sources": [{"name": "A", "inner": {"a": "1", "b": "2"}}, "B"],
    }


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("country",), 2),
        (("times", 1), 3),
        (("sources",), 4),
        (("sources", 0), 6),
        (("sources", 0, "inner", "b"), 8),
        (("sources", 1), 9),
        (("sources", 1, "nothing", 7), 9),
        (("sources", 5), 4),
        (("nothing",), 2),
    ],
)
def test_lines_of_keys_items_and_nearest_ancestors(path, line):
    assert read_located(TEXT, "f.yaml").line(path) == line


def test_an_empty_text_knows_no_line():
    located = read_located("", "f.yaml")
    assert (located.data, located.line(("a",))) == ("", 0)


@pytest.mark.fault("I4")
def test_byte_order_mark_and_crlf_are_accepted_and_lines_stay():
    located = read_located("\ufeff" + TEXT.replace("\n", "\r\n"), "f.yaml")
    assert located.data == read_located(TEXT, "f.yaml").data
    assert located.line(("sources", 1)) == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("topics:\n  - a\n  - name: x\n    c: [1]\n  # end\n  - b\n", {"name": "x", "c": ["1"]}),
        ("topics:\n- a\n- {name: x,\n   c: [1]}\n- b\n", {"name": "x", "c": ["1"]}),
    ],
)
def test_a_part_can_be_cut_out_on_its_own_lines(text, expected):
    whole = read_located(text, "f.yaml")
    part = read_located(whole.cut(("topics", 1)), "f.yaml")
    assert part.data == expected
    assert part.line(("c",)) == whole.line(("topics", 1, "c"))


@pytest.mark.fault("I3")
@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "a: ["])
def test_deep_nesting_is_refused_without_recursion(opening):
    assert len(messages(opening * 20_000)) == 1


def test_twenty_levels_are_allowed_and_one_more_is_not():
    assert read_located("[" * 20 + "]" * 20, "f.yaml").data
    assert messages("[" * 21 + "]" * 21) == ["f.yaml:1: [0][0]: nested deeper than 20 levels"]


@pytest.mark.fault("I3")
def test_an_alias_bomb_is_refused():
    rows = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 30)]
    assert "f.yaml:30: a29[0]: aliases are not allowed (*a28); write the value out" in messages("\n".join(rows))


def test_too_large_a_text_is_refused():
    assert messages("a: " + "я" * (MAX_BYTES // 2)) == [
        f"f.yaml: {MAX_BYTES + 3} bytes are too many; the limit is {MAX_BYTES}"
    ]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\u2028", "\ud800", "\ufeff", "\uffff"])
def test_invisible_characters_are_named(character):
    assert messages(f"a: 1\nb: x{character}y\n") == [
        f"f.yaml:2: the invisible character U+{ord(character):04X}; remove it",
    ]


@given(st.text(alphabet="ab:-[]{}?&*!|>'\"%@`#, \n\t\\~<0", max_size=60))
def test_any_text_gives_plain_data_or_a_config_error(text):
    try:
        located = read_located(text, "f.yaml")
    except ConfigError:
        return
    assert plain(located.data)
    assert all(located.line(path) for path in located.starts)


def plain(data):
    if isinstance(data, dict):
        return all(isinstance(key, str) and plain(value) for key, value in data.items())
    return all(map(plain, data)) if isinstance(data, list) else isinstance(data, str)


def test_paths_are_written_as_people_read_them():
    assert key_path(("sources", 3, "interval")) == "sources[3].interval"
    assert key_path(()) == ""
