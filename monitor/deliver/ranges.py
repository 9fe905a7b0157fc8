"""Many numbers in few characters, so that a message can name every hit it stands for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Run = tuple[int, int]


def runs(numbers: Iterable[int]) -> list[Run]:
    """The numbers as (first, last) of each unbroken run, ascending."""
    out: list[Run] = []
    for number in sorted(set(numbers)):
        if out and number == out[-1][1] + 1:
            out[-1] = (out[-1][0], number)
        else:
            out.append((number, number))
    return out


def named(numbers: Iterable[int], room: int | None = None) -> str:
    """``#hit-12–48, 50, 53``; empty for none.

    What is longer than ``room`` characters is written shorter: ``#hit-104512 514 517–520 105003``, each number by its
    last three digits while it is of the same thousand; where even that is too long, by the first and the last alone.
    """
    found = runs(numbers)
    full = _listed([_full(run) for run in found])
    if room is None or len(full) <= room:
        return full
    short = f"#hit-{' '.join(_elided(found))}"
    return (
        short if len(short) <= room else f"#hit-{found[0][0]} to {found[-1][1]}, not all of them: see the review page"
    )


def _listed(parts: Sequence[str]) -> str:
    return f"#hit-{', '.join(parts)}" if parts else ""


def _full(run: Run) -> str:
    first, last = run
    if first == last:
        return str(first)
    return f"{first}, {last}" if last == first + 1 else f"{first}–{last}"


def _elided(found: Sequence[Run]) -> list[str]:
    out: list[str] = []
    thousand = -1
    for first, last in found:
        words = _after(thousand, first)
        out.append(words if first == last else f"{words}–{_after(first // 1000, last)}")
        thousand = last // 1000
    return out


def _after(thousand: int, number: int) -> str:
    """``number`` behind one of that thousand."""
    return f"{number % 1000:03}" if thousand == number // 1000 and thousand > 0 else str(number)
