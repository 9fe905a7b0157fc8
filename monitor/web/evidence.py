"""Why a hit is one, as its page explains it: the rules with their weights, the words that matched, each mark. Pure.

What matched is stored with its concept and the form of the topic file; which rule it served stands in that rule's
sentence (``monitor.match.explain``), between quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from monitor.model import HitView, Term
from monitor.web import marking
from monitor.web.marking import Placed

FORMS = 4
"""Spellings of one form shown in the list of words."""
RULES = 5
"""Rules named by a mark; the list of reasons has them all."""
_WEIGHT = re.compile(r"(?P<rule>.*): (?P<weight>[+-]\d[\d.]*)", re.DOTALL | re.ASCII)
_TAKEN = "taken back: "


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of why: a rule that holds, or what takes some of it back."""

    words: str
    weight: str = ""
    """``+10``; empty where the sentence weighs nothing."""
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """One form of the topic file that matched, wherever it did."""

    number: int
    forms: tuple[str, ...]
    """As written in the article, the first few."""
    concept: str
    rule: str
    """The form as the topic file has it."""
    fields: tuple[str, ...]
    count: int
    reasons: tuple[Reason, ...]
    """The sentences that name it."""

    @property
    def said(self) -> str:
        """Concept and form, then a line for each rule that it served."""
        form = f', form "{self.rule}"' if self.rule else ""
        rules = [f"{reason.weight} {reason.words.partition(':')[0]}".strip() for reason in self.reasons[:RULES]]
        more = [f"and {len(self.reasons) - RULES} more"] if len(self.reasons) > RULES else []
        return "\n".join((f"{self.concept}{form}", *rules, *more))


@dataclass(frozen=True, slots=True)
class Mark:
    """Words of the article: plain, or marked and explained."""

    words: str
    said: str = ""
    """What the mark says; empty for plain words."""
    anchor: str = ""
    """Where the list of words leads; only the first mark of each has one."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a hit's page explains."""

    reasons: tuple[Reason, ...]
    words: tuple[Word, ...]
    headline: tuple[Mark, ...]
    paragraphs: tuple[tuple[Mark, ...], ...]


def explained(hit: HitView) -> Evidence:
    """The hit's evidence."""
    reasons = tuple(map(reason, hit.why))
    words = matched(hit.terms, reasons)
    marker = _Marker(hit.terms, words)
    headline = marker.marks(marking.title(hit))
    return Evidence(reasons, words, headline, tuple(marker.marks(line) for line in marking.paragraphs(hit)))


def reason(sentence: str) -> Reason:
    """A sentence with its weight taken off its end."""
    found = _WEIGHT.fullmatch(sentence)
    words, weight = (found["rule"], found["weight"]) if found else (sentence, "")
    return Reason(words.removeprefix(_TAKEN), weight.replace("-", "−"), sentence.startswith(_TAKEN))


def matched(terms: Iterable[Term], reasons: Sequence[Reason]) -> tuple[Word, ...]:
    """The words that matched, in the order of the text, one for each form of a concept."""
    groups: dict[tuple[str, str], list[Term]] = {}
    for term in terms:
        groups.setdefault(_key(term), []).append(term)
    return tuple(_word(number, group, reasons) for number, group in enumerate(groups.values(), 1))


def _word(number: int, group: Sequence[Term], reasons: Sequence[Reason]) -> Word:
    forms = tuple(dict.fromkeys(" ".join(term.form.split()) for term in group))
    named = tuple(one for one in reasons if any(f'"{form}"' in one.words for form in forms))
    fields = tuple(dict.fromkeys(term.field for term in group))
    return Word(number, forms[:FORMS], _plain(group[0].concept), group[0].rule, fields, len(group), named)


def _key(term: Term) -> tuple[str, str]:
    return term.concept, term.rule or " ".join(term.form.split()).casefold()


def _plain(concept: str) -> str:
    return concept.replace("_", " ")


class _Marker:
    """Gives each marked piece what it says; remembers which words had their first mark already."""

    def __init__(self, terms: Sequence[Term], words: Sequence[Word]) -> None:
        numbers = dict(zip(dict.fromkeys(map(_key, terms)), words, strict=True))
        inside = sorted((term.start, term.end, numbers[_key(term)].number) for term in terms if term.field != "url")
        self._places = inside
        self._words = {word.number: word for word in words}
        self._anchored: set[int] = set()

    def marks(self, pieces: Iterable[Placed]) -> tuple[Mark, ...]:
        return tuple(Mark(text) if at is None else self._mark(text, at) for text, at in pieces)

    def _mark(self, text: str, at: int) -> Mark:
        touching = [number for start, end, number in self._places if start < at + len(text) and end > at]
        numbers = list(dict.fromkeys(touching))
        fresh = next((number for number in numbers if number not in self._anchored), None)
        if fresh is not None:
            self._anchored.add(fresh)
        said = "\n".join(self._words[number].said for number in numbers) or "matched"
        return Mark(text, said, f"word-{fresh}" if fresh else "")
