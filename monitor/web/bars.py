"""Numbers by day as bars: entries above a line, hits below it, each on a scale of its own. Pure geometry for SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_LEAST = 0.06
"""Share of its half that the bar of a single thing has, so that it is seen beside a thousand."""
_LINE = 0.68
"""Share of the height above the line."""
_GAP = 0.25
"""Share of a day's width that stays free."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart ``width`` by ``height`` in units of its own; the last day is today's, in UTC."""

    width: float
    height: float
    line: float
    """Where the line between entries and hits is."""
    above: str
    """The bars of entries and those of hits as the data of one SVG path each; a day without any has no bar."""
    below: str
    first: date
    tally: tuple[tuple[int, int], ...]
    """Entries and hits of each day, oldest first."""

    @property
    def days(self) -> tuple[tuple[date, int, int], ...]:
        """Each day with its numbers."""
        return tuple((self.first + timedelta(days=at), *numbers) for at, numbers in enumerate(self.tally))

    @property
    def step(self) -> float:
        """The width of a day."""
        return self.width / max(len(self.tally), 1)

    @property
    def entries(self) -> int:
        """All entries."""
        return sum(day[0] for day in self.tally)

    @property
    def hits(self) -> int:
        """All hits."""
        return sum(day[1] for day in self.tally)

    @property
    def says(self) -> str:
        """The chart in a sentence."""
        if not self.entries and not self.hits:
            return f"nothing new in {len(self.tally)} days"
        both = f"{_many(self.entries, 'new entry', 'new entries')} and {_many(self.hits, 'hit', 'hits')}"
        most = max(range(len(self.tally)), key=lambda at: self.tally[at][0])
        day = self.first + timedelta(days=most)
        top = f"; most entries on {day.day} {day:%b}: {self.tally[most][0]:,}" if self.entries else ""
        return f"{both} in {len(self.tally)} days{top}"


def chart(tally: Sequence[tuple[int, int]], now: datetime, width: float, height: float) -> Chart:
    """The chart of entries and hits by day, oldest first."""
    line = round(height * _LINE)
    first = now.astimezone(UTC).date() - timedelta(days=len(tally) - 1)
    above = _bars([day[0] for day in tally], width, line, -line)
    below = _bars([day[1] for day in tally], width, line + 1, height - line - 1)
    return Chart(width, height, line, above, below, first, tuple(tally))


def _bars(numbers: Sequence[int], width: float, start: float, room: float) -> str:
    """The bars from ``start`` into the ``room``, which is negative upwards (SVG 1.1, section 8.3: path data)."""
    top, step = max(numbers, default=0), width / max(len(numbers), 1)
    left, wide = step * _GAP / 2, round(step * (1 - _GAP), 2)
    return "".join(
        f"M{at * step + left:g} {start:g}h{wide:g}v{max(number / top, _LEAST) * room:.4g}h-{wide:g}z"
        for at, number in enumerate(numbers)
        if number
    )


def _many(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
