"""What a hit that was none, or a near miss, may teach a topic: an example, and words that may be a form it lacks.

A guess for a person to check: a form is proposed where a rule lacks one concept alone, and then the longest words next
to what was found for the others (what says most is rare, and rare words are long: G. K. Zipf, The Psycho-Biology of
Language, 1935), if with them the text would hit. Must not: change a topic, read files.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from monitor.match.compose import nfc
from monitor.match.engine import Matcher
from monitor.match.find import Finder
from monitor.match.forms import FormError, parse_form
from monitor.match.normalise import normalise
from monitor.match.script import EDGELESS, NONE
from monitor.model import Text
from monitor.text import ELLIPSIS, shorten
from monitor.text import snippet as extract

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from monitor.match.find import Seen
    from monitor.match.normalise import Normal
    from monitor.match.rules import Rule
    from monitor.match.topic import Topic
    from monitor.model import Verdict

LONGEST = 300
"""Characters of an example."""
_HEADLINE = 120
_NEIGHBOURS = 5
"""Words on either side of what was found."""
_NEIGHBOUR_CHARACTERS = 4
"""The same where words have no edges."""
_SHORTEST = 4
_PLACES = 4
"""Occurrences whose neighbours are looked at."""
_TRIES = 40
"""Words tried out at most."""
FORMS, CONCEPTS = 3, 2
"""Forms proposed of a concept, and concepts, at most."""


class NewForm(NamedTuple):
    """Words that may be a form of a concept."""

    concept: str
    form: str
    rule: str
    """What the rule says that would hold with it."""


def example(title: str, text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words round the matched places: the headline and an extract, at most LONGEST characters.

    ``spans`` are code points of the NFC of title, empty line, text; without any the beginning is taken.
    """
    title, whole = nfc(title), nfc(f"{title}\n\n{text}")
    below = len(title) + 2
    told_twice = whole[below:].lstrip().startswith(title.strip().removesuffix(ELLIPSIS))  # of a message without one
    head = "" if told_twice else shorten(title.strip(), _HEADLINE)
    if len(whole.strip()) <= LONGEST:
        return (whole[below:] if told_twice else whole).strip()
    inside = [(start - below, end - below) for start, end in spans if start >= below]
    room = LONGEST - len(head) - len("\n\n") - 2 * len(f"{ELLIPSIS} ")
    return f"{head}\n\n{''.join(words for words, _ in extract(whole[below:], inside, room))}".strip()


def places(topic: Topic, title: str, text: str) -> list[tuple[int, int]]:
    """Where any concept of the topic stands in an article, as ``example`` wants it, whether a rule holds or not."""
    normal = normalise(f"{title}\n\n{text}")
    seen = _seen(_trimmed(topic, normal), normal)
    return sorted(normal.span(one.start, one.end) for found in seen.values() for one in found)


def verdict(topic: Topic, text: str) -> Verdict:
    """What the topic says of an example, as ``monitor topics check`` has it."""
    return Matcher([_trimmed(topic, normalise(f"\n\n{text}"))]).match(Text("", text))[0]


def new_forms(topic: Topic, text: str, language: str) -> tuple[NewForm, ...]:
    """Words of an example that misses with which it would hit, the likeliest first, a few at most."""
    normal = normalise(f"\n\n{text}")
    small = _trimmed(topic, normal)
    kept: dict[str, list[NewForm]] = {}
    tried: set[tuple[str, str]] = set()
    for one in _candidates(topic, small, normal):
        known, key = kept.setdefault(one.concept, []), (one.concept, one.form)
        if len(known) < FORMS and len(tried) < _TRIES and key not in tried:
            tried.add(key)
            known += [one] if _would_hit(small, one, text, language) else []
    return tuple(islice(chain.from_iterable(kept.values()), FORMS * CONCEPTS))


def _trimmed(topic: Topic, normal: Normal) -> Topic:
    """The topic with those forms alone that can stand in this text: it says the same of it, and is made in no time."""
    kept = {
        name: tuple(form for form in forms if all(atom.literal in normal.text for atom in form.atoms))
        for name, forms in topic.concepts.items()
    }
    return replace(topic, concepts=kept)


def _candidates(topic: Topic, small: Topic, normal: Normal) -> Iterator[NewForm]:
    """For each rule that lacks one concept, the strongest rule first: the neighbours of what it has.

    A concept that is written alike in all languages (an acronym) is not one that lacks a word.
    """
    seen = _seen(small, normal)
    has_words = {name: any(form.language != "any" for form in forms) for name, forms in topic.concepts.items()}
    taken = sorted(place for places in seen.values() for place in places)
    for rule in sorted(topic.rules, key=lambda rule: -max(rule.weights.values())):
        lacking = [group for group in rule.near if not any(name in seen for name in group)]
        if len(lacking) == 1 and len(rule.near) > 1 and has_words[lacking[0][0]]:
            found = (_neighbours(normal, place, taken) for place in _beside(rule, seen))
            for words in sorted(chain.from_iterable(found), key=len, reverse=True):
                yield NewForm(lacking[0][0], words, rule.says)


def _beside(rule: Rule, seen: dict[str, list[Seen]]) -> list[Seen]:
    places = (place for group in rule.near for name in group for place in seen.get(name, ()))
    return sorted(places)[:_PLACES]


def _seen(topic: Topic, normal: Normal) -> dict[str, list[Seen]]:
    names = list(topic.concepts)
    forms = [form for name in names for form in topic.concepts[name]]
    numbers = [number for number, name in enumerate(names) for _ in topic.concepts[name]]
    return {names[number]: places for number, places in Finder(forms, numbers).find(normal).items()}


def _neighbours(normal: Normal, place: Seen, taken: Sequence[Seen]) -> list[str]:
    """The words before and behind a place, as far as nothing known stands there; without those that say too little."""
    stop = min((one.start for one in taken if one.start >= place.end), default=len(normal.text))
    start = max((one.end for one in taken if one.end <= place.start), default=0)
    before, after = _words(normal, start, place.start)[-_NEIGHBOURS:], _words(normal, place.end, stop)[:_NEIGHBOURS]
    words = [_written(normal, span, behind=span[0] >= place.end).lower() for span in (*before, *after)]
    return [word for word in words if len(word) >= _SHORTEST or not word.isascii()]


def _words(normal: Normal, start: int, end: int) -> list[tuple[int, int]]:
    """Where words stand between two offsets."""
    runs = groupby(range(start, end), key=lambda at: normal.classes[at] != NONE)
    spans = [list(run) for is_word, run in runs if is_word]
    return [(span[0], span[-1] + 1) for span in spans]


def _written(normal: Normal, span: tuple[int, int], *, behind: bool) -> str:
    """A word as it stands in the text; where words have no edges, the characters nearest to the place."""
    start, end = span
    if normal.classes[start] in EDGELESS:
        near = _NEIGHBOUR_CHARACTERS
        start, end = (start, min(end, start + near)) if behind else (max(start, end - near), end)
    first, last = normal.span(start, end)
    return normal.source[first:last]


def _would_hit(topic: Topic, new: NewForm, text: str, language: str) -> bool:
    try:
        form = parse_form(new.form, language)
    except FormError:
        return False
    richer = replace(topic, concepts={**topic.concepts, new.concept: (*topic.concepts[new.concept], form)})
    return Matcher([richer]).match(Text("", text))[0].hit
