"""Occurrences that stand together: minimal windows over several lists, and pairs of neighbours. Linear.

Distances count the characters of the normal form between two occurrences. Must not: know what an occurrence means.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.match.find import Seen

Named = tuple[str, "Seen"]
Window = tuple[Named, ...]


def windows(groups: Sequence[Sequence[Named]], within: int, *, ordered: bool = False) -> list[Window]:
    """Return the smallest windows that hold one occurrence of each group, at most ``within`` characters across.

    Across means from the end of the first occurrence to the start of the last, so that the words themselves do not
    count. Each window lists the groups in the order given; ``ordered`` keeps those that stand in that order.
    """
    events = sorted((named[1], place, named) for place, group in enumerate(groups) for named in group)
    last: dict[int, Named] = {}
    found: list[Window] = []
    for seen, place, named in events:
        last[place] = named
        if len(last) < len(groups):
            continue
        chosen = tuple(last[group] for group in range(len(groups)))
        if seen.start - min(one.end for _, one in chosen) > within:
            continue
        if not ordered or all(a[1].start <= b[1].start for a, b in zip(chosen, chosen[1:], strict=False)):
            found.append(chosen)
    return found


def near_pairs(targets: Sequence[Seen], words: Sequence[Seen], within: int, order: str) -> list[tuple[Seen, Seen]]:
    """Return (target, word) for each target that has a word within reach; ``order`` says on which side of it."""
    starts = [word.start for word in words]
    found = []
    for target in targets:
        place = bisect_left(starts, target.start)
        near = [word for word in words[max(0, place - 2) : place + 2] if _within(target, word, within, order)]
        if near:
            found.append((target, min(near, key=lambda word: _distance(target, word))))
    return found


def _distance(one: Seen, other: Seen) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def _within(target: Seen, word: Seen, within: int, order: str) -> bool:
    side = word.start >= target.start if order == "after" else word.start <= target.start if order == "before" else True
    return side and _distance(target, word) <= within
