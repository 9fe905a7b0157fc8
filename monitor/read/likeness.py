"""How like two words or headlines are. The door to rapidfuzz. Must not: decide what follows from it."""

from __future__ import annotations

from rapidfuzz import fuzz


def likeness(first: str, second: str) -> float:
    """Return what share of both texts is in common, 0 to 1, by the fewest insertions and deletions."""
    return fuzz.ratio(first, second) / 100
