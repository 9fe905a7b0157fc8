"""What was changed in a text: the pieces lead from the old one to the new one, in bounded time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import difference as module
from monitor.difference import applied, difference, edits, shortened
from monitor.model import Ledger, Revision

NOW = datetime(2026, 2, 12, 13, 40, tzinfo=UTC)
WORDS = st.lists(
    st.sampled_from(["the", "Ramstein", "group", "met", ".", "\n", "  ", "国", "ইউক্রেন", "é"]), max_size=40
)
TEXTS = WORDS.map(" ".join) | WORDS.map("".join) | st.text(max_size=60)


def before(pieces):
    return "".join(piece.text for piece in pieces if piece.kind != "added")


def drawn(pieces):
    signs = {"same": "{}", "removed": "[-{}-]", "added": "[+{}+]", "left_out": "…"}
    return "".join(signs[piece.kind].format(piece.text) for piece in pieces)


@given(TEXTS, TEXTS)
def test_the_pieces_lead_from_the_old_text_to_the_new_one(old, new):
    pieces = difference(old, new)
    assert (before(pieces), applied(pieces)) == (old, new)


@given(TEXTS, TEXTS, st.integers(0, 200))
def test_they_do_so_whatever_the_budget_and_when_shortened(old, new, number):
    pieces = difference(old, new, number)
    assert (before(pieces), applied(pieces)) == (old, new)
    short = shortened(pieces, number)
    assert (before(short), applied(short)) == ((old, new) if old != new else ("", ""))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("They met on Friday.", "They met on Saturday.", "They met on [-Friday-][+Saturday+]."),
        ("They met.\nThat is all.", "They met.\nNobody came. That is all.", "They met.\n[+Nobody came. +]That is all."),
        ("联络小组在拉姆施泰因", "联络小组周五在拉姆施泰因", "联络小组[+周五+]在拉姆施泰因"),
        ("বৈঠক রামস্টেইনে", "বৈঠক আজ রামস্টেইনে", "বৈঠক [+আজ +]রামস্টেইনে"),
        ("", "All new", "[+All new+]"),
        ("Gone", "", "[-Gone-]"),
        ("Same", "Same", "Same"),
    ],
)
def test_words_are_compared(old, new, shown):
    assert drawn(difference(old, new)) == shown


def test_islands_between_longer_changes_are_no_help():
    old, new = "Rain will come to the coast", "Ministers promised air defence to Kyiv yesterday"
    assert drawn(difference(old, new)) == f"[-{old}-][+{new}+]"


def test_what_stayed_is_cut_round_the_changes():
    one, two, three = (" ".join(f"{letter}{number}" for number in range(100)) for letter in "abc")
    pieces = shortened(difference(f"{one} Friday. {two} Monday. {three}", f"{one} Sunday. {two} Tuesday. {three}"), 20)
    assert [piece.kind for piece in pieces].count("left_out") == 3
    assert (pieces[0].kind, pieces[-1].kind) == ("left_out", "left_out")
    assert all(len(piece.text) <= 40 for piece in pieces if piece.kind != "left_out")


HARD = [
    ("a b " * 50_000, "b a c " * 33_000),
    ("a\n" * 100_000, "b\na\n" * 50_000),
    (" " * 200_000, " " * 199_999 + "x"),
    ("".join(f"x{n} p " for n in range(40_000)), "".join(f"x{40_000 - n} p " for n in range(40_000))),
    ("国" * 66_000, "国民" * 33_000),
]


@pytest.mark.parametrize(("old", "new"), HARD)
def test_texts_of_200_kb_come_to_an_end_whatever_they_hold(old, new):
    """Compared without a budget some of these would hold a page up for minutes."""
    pieces = difference(old, new)
    assert (before(pieces), applied(pieces)) == (old, new)


def ledger(*said, text, title="Title"):
    revisions = tuple(
        Revision(number, NOW + timedelta(hours=number), "Title", old) for number, old in enumerate(said, 1)
    )
    nothing = dict.fromkeys(("published", "language", "extraction", "read_at", "next_try", "error"))
    many = dict.fromkeys(("seen_in", "verdicts", "hits", "deliveries"), ())
    return Ledger(
        1, "https://a.example", title, NOW, state="done", attempts=1, revisions=revisions, text=text, **nothing, **many
    )


def test_edits_are_told_newest_first():
    found = edits(ledger("One was here", "Two were here", text="Two are here", title="Another title"))
    assert [(edit.number, drawn(edit.title), drawn(edit.text)) for edit in found] == [
        (2, "[-Title-][+Another title+]", "Two [-were-][+are+] here"),
        (1, "", "[-One was-][+Two were+] here"),
    ]
    assert [edit.noticed for edit in found] == [NOW + timedelta(hours=2), NOW + timedelta(hours=1)]


def test_only_the_last_edits_are_worked_out():
    found = edits(ledger(*(f"Text {number}" for number in range(30)), text="Text"))
    assert [edit.number for edit in found] == list(range(30, 30 - module.SHOWN, -1))


def test_a_text_that_is_no_longer_stored_was_not_removed():
    (edit,) = edits(ledger("It said this", text=""))
    assert (edit.known, edit.text) == (False, ())


def test_an_article_that_was_never_edited_has_no_edits():
    assert edits(ledger(text="It says this")) == ()
