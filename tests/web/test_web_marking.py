from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from monitor.model import HitView, Term
from monitor.web import marking

NOW = datetime(2026, 2, 12, tzinfo=UTC)
spans = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=8)
words = st.text(alphabet="ab \nця", max_size=30)


def hit(title, text, places):
    terms = tuple(Term("group", "", start, end) for start, end in places)
    return HitView(1, 1, None, title, text, "s", "uk", "t", "certain", 1.0, terms, (), None, NOW, "new", "full")


@given(words, spans, st.integers(0, 9))
def test_pieces_lose_and_repeat_nothing_and_know_where_they_stand(text, places, shift):
    pieces = marking.placed(text, places, shift)
    assert "".join(piece for piece, _ in pieces) == text
    assert all(text[at - shift :].startswith(piece) for piece, at in pieces if at is not None)


@given(words, words, spans)
def test_exactly_the_matched_characters_are_marked(title, text, places):
    view = hit(title, text, places)
    whole = f"{title}\n\n{text}"
    matched = {at for start, end in places for at in range(max(start, 0), min(end, len(whole)))}
    lines = [line for line in text.split("\n") if line.strip()]
    shown = marking.paragraphs(view)
    assert ["".join(piece for piece, _ in line) for line in shown] == lines
    expected, at = [], len(title) + 2
    for line in text.split("\n"):
        if line.strip():
            expected.append([at + offset in matched for offset in range(len(line))])
        at += len(line) + 1
    assert [[place is not None for piece, place in line for _ in piece] for line in shown] == expected


def test_a_match_in_the_address_marks_no_word():
    view = hit("Title", "Text", ())
    view = HitView(**{name: getattr(view, name) for name in view.__slots__} | {"terms": (Term("g", "x", 0, 4, "url"),)})
    assert marking.headline(view) == [("Title", False)]


def test_a_hit_without_headline_says_so():
    assert marking.headline(hit("", "text", ())) == [("(no headline)", False)]
