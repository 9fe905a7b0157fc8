"""The door to ahocorasick_rs: many literals found in one pass over a text.

Must not: know what a literal means or whether an occurrence counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation

if TYPE_CHECKING:
    from collections.abc import Sequence


class Automaton:
    """Finds every occurrence of every literal, overlapping ones included; the cost does not grow with their number."""

    def __init__(self, literals: Sequence[str], *, fast: bool = False) -> None:
        """Build it; ``fast`` takes some ten times the memory and half the time."""
        kind = Implementation.DFA if fast else None
        self._automaton = AhoCorasick(literals, implementation=kind) if literals else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return (number of the literal, start, end) of each occurrence, ordered by end."""
        if self._automaton is None:
            return []
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return found
