"""Occurrences that stand together: minimal windows over several lists, and pairs of neighbours. Linear.

Distances count what stands between two occurrences, in the unit of the ruler given: a list with the distance of each
offset from the beginning, or None for plain characters. Must not: know what an occurrence means.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from monitor.match.find import Seen

Named: TypeAlias = "tuple[Seen, str]"
"""An occurrence and its concept."""
Window: TypeAlias = "tuple[Named, ...]"
Ruler: TypeAlias = "Sequence[int] | Any | None"


def windows(
    groups: Sequence[Sequence[Named]], within: int, ruler: Ruler = None, *, ordered: bool = False
) -> list[Window]:
    """Return the windows that hold one occurrence of each group, at most ``within`` across, the smallest at each end.

    Across means from the end of the first occurrence to the start of the last, so that the words themselves do not
    count. Each window lists its occurrences in the order of the groups; ``ordered`` keeps those that also stand in it.
    """
    events = sorted((named[0], place, named) for place, group in enumerate(groups) for named in group)
    last: dict[int, Named] = {}
    found: list[Window] = []
    for seen, place, named in events:
        last[place] = named
        if len(last) < len(groups) or _between(min(one.end for one, _ in last.values()), seen.start, ruler) > within:
            continue
        chosen = tuple(last[group] for group in range(len(groups)))
        if not ordered or all(one[0].start <= next_[0].start for one, next_ in pairwise(chosen)):
            found.append(chosen)
    return found


def near_pairs(
    targets: Sequence[Named], words: Sequence[Named], within: int, ruler: Ruler = None, order: str = "either"
) -> list[tuple[Named, Named]]:
    """Return (target, word) for each target that has a word within reach; ``order`` says on which side of it."""
    starts = [word.start for word, _ in words]
    found = []
    for target in targets:
        place = bisect_left(starts, target[0].start)
        near = [
            word for word in words[max(0, place - 2) : place + 2] if _is_near(target[0], word[0], within, ruler, order)
        ]
        if near:
            found.append((target, min(near, key=lambda word: _gap(target[0], word[0]))))
    return found


def _between(end: int, start: int, ruler: Ruler) -> int:
    if start <= end:
        return 0
    return start - end if ruler is None else int(ruler[start] - ruler[end])


def _gap(one: Seen, other: Seen) -> int:
    return max(0, other.start - one.end, one.start - other.end)


def _is_near(target: Seen, word: Seen, within: int, ruler: Ruler, order: str) -> bool:
    if word.start < target.start if order == "after" else word.start > target.start and order == "before":
        return False
    return max(_between(target.end, word.start, ruler), _between(word.end, target.start, ruler)) <= within
