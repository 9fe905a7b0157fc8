"""What a decision says, made fit to store, and what it makes of a hit: states, notes, tags.

Values in, values out. Must not: ask the database, know who decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from monitor.errors import UsageError
from monitor.model import DecisionView, Judgement
from monitor.model.review import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS
from monitor.store.tables import REVIEW_STATES
from monitor.text import clean

Tags = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What people have said of a hit so far."""

    state: str = "new"
    note: str = ""
    tags: Tags = ()


def checked(judgement: Judgement) -> Judgement:
    """The judgement as it is stored. Raises UsageError for a state, a note or a tag that cannot be."""
    if judgement.state is not None and judgement.state not in REVIEW_STATES:
        raise UsageError(f'a hit is marked as one of {", ".join(REVIEW_STATES)}, not "{clean(judgement.state, 40)}"')
    return replace(
        judgement,
        note=None if judgement.note is None else _note(judgement.note),
        tags=None if judgement.tags is None else _tags(judgement.tags),
        add=_tags(judgement.add),
        remove=_tags(judgement.remove),
    )


def after(before: Judged, said: Judgement, spelt: Mapping[str, str]) -> Judged:
    """What a checked judgement makes of a hit; ``spelt`` has the known tags by their casefolded form.

    Raises UsageError when there would be too many tags.
    """
    return Judged(
        before.state if said.state is None else said.state,
        before.note if said.note is None else said.note,
        _tagged(before.tags, said, spelt),
    )


def in_the_way(later: Sequence[DecisionView]) -> DecisionView | None:
    """The newest of a hit's later decisions, oldest first, that another one of them has not taken back."""
    known = {one.id for one in later}
    gone: set[int | None] = set()
    for one in reversed(later):
        if one.id in gone:
            continue
        if one.undoes not in known:
            return one
        gone.add(one.undoes)
    return None


def in_order(tags: Iterable[str]) -> Tags:
    """Tags as they are listed."""
    return tuple(sorted(tags, key=lambda tag: (tag.casefold(), tag)))


def _note(note: str) -> str:
    note = clean(note).strip()
    if len(note) > LONGEST_NOTE:
        raise UsageError(f"a note has at most {LONGEST_NOTE} characters, this one has {len(note)}")
    return note


def _tags(tags: Iterable[str]) -> Tags:
    """Each once, whatever its case, as written first."""
    words = filter(None, map(_tag, tags))
    return tuple({word.casefold(): word for word in reversed(list(words))}.values())[::-1]


def _tag(tag: str) -> str:
    word = " ".join(clean(tag).replace(",", " ").split())
    if len(word) > LONGEST_TAG:
        raise UsageError(f'a tag has at most {LONGEST_TAG} characters: "{clean(word, LONGEST_TAG)}" is longer')
    return word


def _tagged(before: Tags, said: Judgement, spelt: Mapping[str, str]) -> Tags:
    kept = before if said.tags is None else said.tags
    tags = {tag.casefold(): tag for tag in reversed((*kept, *said.add))}
    for tag in said.remove:
        tags.pop(tag.casefold(), None)
    if len(tags) > MOST_TAGS:
        raise UsageError(f"a hit has at most {MOST_TAGS} tags; take some off first, nothing was changed")
    return in_order(spelt.get(folded, tag) for folded, tag in tags.items())
