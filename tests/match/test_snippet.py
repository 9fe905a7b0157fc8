import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.located import read_located
from monitor.match.snippet import by_hand, pasted, quoted, snippet
from monitor.match.topic import load, shipped

BLOCK = """\
name: harbours
concepts:
  harbour:
    # in every language
    en: [port, "harbo*"]
    "no":
      - havn
      - "*havn*"
hits:
  - rule: named
    concept: harbour
    weight: 5
examples:
  en:
    # strikes
    hit:
    - A strike in the
      port of Antwerp.
    miss:

      - Nothing here.
"""
FLOW = """\
name: harbours
concepts: {harbour: {en: [port]}}
hits: [{rule: named, concept: harbour, weight: 5}]
examples: {en: {hit: [A strike in the port.], miss: []}}
"""
BARE = """\
name: harbours
concepts:
  harbour: {en: [port]}
hits:
  - {rule: named, concept: harbour, weight: 5}
"""
INLINE = "\n\n" + "\n".join(f"    {line}" for line in BARE.splitlines()) + "\n"
FILES = {"block": BLOCK, "flow": FLOW, "bare": BARE, "inline": INLINE, "no end": BARE.rstrip()}
PATHS = [("examples", language, kind) for language in ("en", "no", "zh-Hant") for kind in ("hit", "miss")]
PATHS += [("concepts", "harbour", language) for language in ("en", "no", "uk")]


@pytest.mark.parametrize("path", PATHS, ids=".".join)
@pytest.mark.parametrize("file", FILES)
def test_what_is_pasted_is_there_and_all_else_stays(file, path):
    text = FILES[file]
    made = snippet(text, file, path, "rederi: « x » # [a], 'b'")
    assert made.line
    topic = load(text, file)
    new = pasted(text, made)
    if path[0] == "examples":
        one = next(one for one in load(new, file).examples if one.text.startswith("rederi"))
        assert (one.language, one.hit) == (path[1], path[2] == "hit")
        assert load(new, file).version == topic.version
    else:
        forms = load(pasted(text, snippet(text, file, path, "rederi*")), file).concepts["harbour"]
        assert [form.language for form in forms if form.written == "rederi*"] == [path[2]]
    kept = "".join(part for part in (new[: made.at], new[made.at + len(made.yaml) :]))
    assert kept == text


def test_it_says_where():
    made = snippet(BLOCK, "x", ("examples", "en", "miss"), "Ein Satz.")
    assert (made.yaml, made.line, made.behind, made.keys) == ('      - "Ein Satz."\n', 20, "", "examples.en.miss")
    assert BLOCK.splitlines()[made.line - 1] == ""
    made = snippet(BLOCK, "x", ("concepts", "harbour", "en"), "haven")
    assert (made.yaml, made.line, made.behind) == ('"haven", ', 5, "en: [")
    made = snippet(FLOW, "x", ("examples", "en", "miss"), "Nothing.")
    assert (made.yaml, made.line, made.behind) == ('"Nothing.", ', 4, "miss: [")
    made = snippet(BLOCK, "x", ("examples", "no", "hit"), "Streik.")
    assert made.yaml == '  "no":\n    hit:\n      - "Streik."\n'


@pytest.mark.parametrize(
    "text", ["", "not: [a", "name: x\nexamples:\nhits: []\nconcepts: {}\n", "- a\n- b\n", "examples: [a]\n"]
)
def test_a_file_in_which_no_place_is_known_gets_the_whole_path(text):
    path = ("examples", "en", "hit")
    made = snippet(text, "x", path, "One.")
    assert made == by_hand(path, "One.")
    assert made.yaml == 'examples:\n  en:\n    hit:\n      - "One."\n'


@pytest.mark.parametrize("name", shipped())
def test_the_shipped_topics_take_examples_of_any_language(name):
    text = shipped()[name].read_text("utf-8")
    for language in ("en", "uk", "yo"):
        text = pasted(text, snippet(text, name, ("examples", language, "miss"), "A coach named her swimmers."))
    topic = load(text, name)
    assert [one.language for one in topic.examples if one.text == "A coach named her swimmers."] == ["yo", "en", "uk"]


@settings(max_examples=300)
@given(st.text())
def test_any_text_comes_back_as_it_was(text):
    assert read_located(f"- {quoted(text)}\n- [{quoted(text)}, ]\n- {{{quoted('a' + text)}: b}}\n", "x").data == [
        text,
        [text],
        {"a" + text: "b"},
    ]


@pytest.mark.parametrize("text", ["\u202etxt.exe\u202c", "a\u2028b\x85c", "\ufeff", "\x00\x1b[2J", "\U000e0041", "𝕏"])
def test_nothing_unseen_stands_in_what_is_pasted(text):
    assert quoted(text).isprintable()
    assert read_located(quoted(text), "x").data == text


def test_the_joiners_of_a_script_stay_as_they_are():
    assert quoted("می‌شود") == '"می‌شود"'


def test_half_a_character_is_no_character():
    assert quoted("a\ud800b") == '"a\ufffdb"'
