"""Numbers as SVG, drawn by pygal (Kozea, LGPL-3.0-or-later): the only door to it.

pygal draws for a page of its own: it brings styles, a script, comments and hidden data. What is drawn here stands in
our page under a Content-Security-Policy without any of that, so the drawing is made anew from the few elements and
attributes that are known, and what it is called comes from us as text. Colours come from ``static/figures.css``.
It is imported at the first chart (80 ms), not at the start. Must not: know what is counted, know a colour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from monitor.text import clean

WIDTH, HEIGHT = 640, 300
_LABELS = 5
"""Labels under a chart at most, so that none touches the next."""
_TEXT = 20
"""Size that room is left for: that of a narrow screen, on which the whole drawing is half as large."""
_HEADROOM = 1.1
"""pygal leaves out the label at the very top."""

_KEPT = {
    "g": {"class", "transform"},
    "rect": {"class", "x", "y", "width", "height"},
    "path": {"class", "d"},
    "line": {"class", "x1", "y1", "x2", "y2"},
    "circle": {"class", "cx", "cy", "r"},
    "text": {"class", "x", "y"},
}
"""Elements that are drawn, and their attributes."""
_VALUE = re.compile(r"[A-Za-z0-9_ .,()+\-]*+")
_DECIMALS = re.compile(r"\d++\.\d++")
_UNUSED = {"reactive", "tooltip-trigger", "vertical", "nofill"}
_HOLDERS = {"bar", "dots"}
"""Groups that hold one value."""


@dataclass(frozen=True, slots=True)
class Series:
    """A row of numbers, one for each label of the chart; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn."""

    key: str
    """Unique on its page; letters and dashes."""
    title: str
    says: str
    """What there is to see in it, in a sentence; for who cannot see it."""
    labels: Sequence[str]
    """All different."""
    series: Sequence[Series]
    words: Callable[[float], str] = "{:,.0f}".format
    """A value in words."""
    marks: Sequence[float] = ()
    """Values that the axis names, from its lower end to its upper one; chosen by pygal where none are given."""


def stacked_bars(chart: Chart) -> Markup:
    """A bar for each label, in which the series stand on each other, the first at the bottom."""
    import pygal

    return _svg(chart, pygal.StackedBar(**_settings(chart), margin_right=18, spacing=8))


def lines(chart: Chart) -> Markup:
    """A line for each series on a logarithmic scale, interrupted where there is no value; values are above 0."""
    import pygal

    return _svg(chart, pygal.Line(**_settings(chart), logarithmic=True, margin_right=24, spacing=8, dots_size=3))


def _settings(chart: Chart) -> dict[str, Any]:
    from pygal.style import Style

    count = len(chart.labels)
    every = max(-(-count // _LABELS), 1)
    return {
        "css": [],
        "js": [],
        "no_prefix": True,
        "width": WIDTH,
        "height": HEIGHT,
        "margin": 0,
        "margin_top": 12,
        "show_legend": False,
        "x_labels": list(chart.labels),
        "x_labels_major": [chart.labels[count - 1 - back] for back in range(0, count, every)],
        "show_minor_x_labels": False,
        "truncate_label": -1,
        "y_labels": [{"value": mark, "label": chart.words(mark)} for mark in chart.marks] or None,
        "range": (chart.marks[0], chart.marks[-1] * _HEADROOM) if chart.marks else None,
        "max_scale": 6,
        "formatter": chart.words,
        "style": Style(label_font_size=_TEXT, major_label_font_size=_TEXT),
    }


def _svg(chart: Chart, drawing: Any) -> Markup:
    for number, one in enumerate(chart.series):
        drawing.add(str(number), list(one.values))
    names = {"class": "chart", "role": "img", "aria-labelledby": f"{chart.key}-title {chart.key}-says"}
    root = Element("svg", {**names, "viewBox": f"0 0 {WIDTH} {HEIGHT}"})
    SubElement(root, "title", id=f"{chart.key}-title").text = clean(chart.title)
    SubElement(root, "desc", id=f"{chart.key}-says").text = clean(chart.says)
    for child in drawing.render_tree():
        root.extend(_copied(child, chart, None))
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704 - built of known elements, texts are escaped


def _copied(node: Any, chart: Chart, series: Series | None) -> Iterator[Element]:
    """A node of the drawing with what is known of it; nothing for what is not drawn."""
    tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
    if tag not in _KEPT or _is_nothing(node):
        return
    copy = Element(tag, dict(_attributes(node, tag)))
    if tag == "text":
        copy.text = node.text or ""
    series = _series_of(node, chart) or series
    for child in node:
        copy.extend(_copied(child, chart, series))
    if series is not None and len(copy) and _HOLDERS & set(_classes(node)):
        SubElement(copy, "title").text = _told(node, series)
    if len(copy) or tag != "g":
        yield copy


def _attributes(node: Any, tag: str) -> Iterator[tuple[str, str]]:
    """Those that are known, tenths of a unit at most."""
    for name in sorted(_KEPT[tag]):
        value = node.get(name)
        if value is None or not _VALUE.fullmatch(value):
            continue
        value = " ".join(word for word in value.split() if word not in _UNUSED) if name == "class" else value
        if value:
            yield name, _DECIMALS.sub(lambda found: f"{float(found[0]):.1f}", value)


def _is_nothing(node: Any) -> bool:
    """Whether it is the ground, or a bar without height."""
    return "background" in _classes(node) or node.get("height") in {"0", "0.0"}


def _classes(node: Any) -> list[str]:
    return str(node.get("class") or "").split()


def _series_of(node: Any, chart: Chart) -> Series | None:
    numbers = [name.removeprefix("serie-") for name in _classes(node) if name.startswith("serie-")]
    return chart.series[int(numbers[0])] if numbers and numbers[0].isdigit() else None


def _told(node: Any, series: Series) -> str:
    """What the pointer says on a value: ``12 Nov, Ukrainian: 14``."""
    said = {_classes(child)[0]: child.text or "" for child in node if _classes(child)}
    return clean(f"{said.get('x_label', '')}, {series.name}: {said.get('value', '')}")
