"""Figures as charts, with the tables that stand under them. Pure.

Must not: draw (``charts``), count (``monitor.store.figures``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup

from monitor.deliver.cards import topic_name
from monitor.deliver.names import language_name
from monitor.model import UNKNOWN_LANGUAGE, Latency, ReviewFigures, Stretch
from monitor.web.charts import Chart, Series, lines, stacked_bars
from monitor.web.clock import MONTHS

LAYERS = 6
"""Layers of a bar that have a name; what is left is one more."""
OTHERS = "all others"
MARKS = (1, 5, 15, 60, 240, 1440, 5760, 20160, 80640)
"""Minutes that the axis of a latency can name."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a layer of a bar or a line stands for."""

    number: int
    name: str
    total: str


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a chart."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The newest first; the first cell names the stretch."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A chart with its legend and its numbers."""

    key: str
    title: str
    svg: Markup
    """Empty where there is nothing to draw."""
    legend: tuple[Key, ...]
    table: Table


def plots(figures: ReviewFigures) -> tuple[Plot, ...]:
    """The charts of the page."""
    made = [_layers(figures, "language", language, lambda one: one.languages, figures.languages)]
    if len(figures.topics) > 1:
        made.append(_layers(figures, "topic", topic_name, lambda one: one.topics, figures.topics))
    return (*made, _latency(figures), _decisions(figures))


def language(code: str) -> str:
    """The name of a language, also of the one that is not known."""
    return language_name(None if code == UNKNOWN_LANGUAGE else code)


def duration(seconds: float | None) -> str:
    """``40 s``, ``12 min``, ``3.5 h``, ``2.1 days``; ``–`` for none."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.1f} days"


def is_weekly(figures: ReviewFigures) -> bool:
    """Whether each stretch is more than a day, however long that day is."""
    return figures.stretches[0].end - figures.stretches[0].start > timedelta(hours=36)


def _labels(figures: ReviewFigures) -> list[str]:
    """The first day of each stretch: ``12 Feb``."""
    days = [stretch.start.astimezone(ZoneInfo(figures.zone)) for stretch in figures.stretches]
    return [f"{day.day} {MONTHS[day.month - 1]}" for day in days]


def _each(figures: ReviewFigures) -> str:
    return "a week" if is_weekly(figures) else "a day"


def _table(figures: ReviewFigures, head: Sequence[str], cells: Callable[[Stretch], Sequence[str]]) -> Table:
    rows = [(label, *cells(one)) for label, one in zip(_labels(figures), figures.stretches, strict=True)]
    return Table(("Week from" if is_weekly(figures) else "Day", *head), tuple(reversed(rows)))


def _layers(
    figures: ReviewFigures,
    kind: str,
    name_of: Callable[[str], str],
    counts_of: Callable[[Stretch], Mapping[str, int]],
    totals: Mapping[str, int],
) -> Plot:
    """Hits in bars of layers, the greatest layer at the bottom."""
    shown = list(totals) if len(totals) <= LAYERS + 1 else list(totals)[:LAYERS]
    rest = len(totals) > len(shown)

    def layers(one: Stretch) -> list[int]:
        counts = [counts_of(one).get(name, 0) for name in shown]
        return [*counts, one.hits - sum(counts)] if rest else counts

    names = [*map(name_of, shown), *[OTHERS] * rest]
    values = list(zip(*map(layers, figures.stretches), strict=True))
    title = f"Hits {_each(figures)} by {kind}"
    says = f"{figures.hits:,} hits, most of them in the layer {names[0]}." if names else "No hits."
    series = [Series(name, of) for name, of in zip(names, values, strict=True)]
    return Plot(
        f"by-{kind}",
        title,
        stacked_bars(Chart(f"by-{kind}", title, says, _labels(figures), series)) if series else Markup(""),
        tuple(Key(at, one.name, _count(sum(filter(None, one.values)))) for at, one in enumerate(series)),
        _table(
            figures, ("Hits", "New stories", *names), lambda one: [*map(_count, (one.hits, one.stories, *layers(one)))]
        ),
    )


def _latency(figures: ReviewFigures) -> Plot:
    """Median and 95th percentile as two lines."""
    title, first = "From publication to the first alert", figures.latencies.first
    of = [one.latency for one in figures.stretches]
    shown = [Series("median", [_minutes(one.median) for one in of]), Series("95 %", [_minutes(one.p95) for one in of])]
    says = f"Median {duration(first.median)}, 95 % within {duration(first.p95)}, of {first.n:,} articles."
    chart = Chart("latency", title, says, _labels(figures), shown, _in_words, marks(of))
    return Plot(
        chart.key,
        title,
        lines(chart) if first.n else Markup(""),
        (Key(0, "median", duration(first.median)), Key(1, "95 % within", duration(first.p95))),
        _table(figures, ("Articles", "Median", "95 % within"), lambda one: _latency_cells(one.latency)),
    )


def _latency_cells(latency: Latency) -> tuple[str, str, str]:
    return _count(latency.n), duration(latency.median), duration(latency.p95)


def _decisions(figures: ReviewFigures) -> Plot:
    title, values = f"Decisions {_each(figures)}", [one.decisions for one in figures.stretches]
    chart = Chart("decisions", title, f"{figures.decisions:,} decisions.", _labels(figures), [Series("all", values)])
    svg = stacked_bars(chart) if figures.decisions else Markup("")
    return Plot(chart.key, title, svg, (), _table(figures, ("Decisions",), lambda one: (_count(one.decisions),)))


def marks(of: Sequence[Latency]) -> tuple[float, ...]:
    """What the axis names: from the mark below the least time to the one above the greatest; at least two."""
    times = [_minutes(value) or 1 for one in of for value in (one.median, one.p95) if value is not None]
    first = max(bisect_right(MARKS, min(times, default=1)) - 1, 0)
    last = min(bisect_left(MARKS, max(times, default=1)), len(MARKS) - 1)
    return MARKS[min(first, len(MARKS) - 2) : max(last, first + 1) + 1]


def _minutes(seconds: float | None) -> float | None:
    """At least one: the scale is logarithmic, and less is as good."""
    return None if seconds is None else max(seconds / 60, 1)


def _in_words(minutes: float) -> str:
    if minutes < 60:
        return f"{minutes:.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 1440 else f"{minutes / 1440:.0f} d"


def _count(number: float) -> str:
    return f"{number:,.0f}"
