r"""Where the matched words stand: a hit's term offsets to pieces of headline, paragraphs and extract. Pure.

Offsets count code points in ``title + "\n\n" + text``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from monitor.model import HitView
from monitor.text import snippet

Piece = tuple[str, bool]
"""Words, and whether they matched."""
Placed = tuple[str, int | None]
"""Words, and where they begin in the whole when they matched."""
Span = tuple[int, int]

EXTRACT = 190
"""Characters of the extract in a list."""
UNTITLED = "(no headline)"


def headline(hit: HitView) -> list[Piece]:
    """The headline in pieces; one that says so where there is none."""
    return [(words, at is not None) for words, at in title(hit)]


def title(hit: HitView) -> list[Placed]:
    """The headline in pieces that know where they stand."""
    spans = _within(hit, 0, len(hit.title))
    return placed(hit.title, spans, 0) if hit.title.strip() else [(UNTITLED, None)]


def extract(hit: HitView) -> list[Piece]:
    """The matched words of the text in their surroundings; its beginning where only the headline matched."""
    return snippet(hit.text, _body_spans(hit), EXTRACT)


def paragraphs(hit: HitView) -> list[list[Placed]]:
    """The whole text, line by line, every match marked; a match across a line end is marked on both lines."""
    spans = _merged(_body_spans(hit))
    shift = len(hit.title) + 2
    out: list[list[Placed]] = []
    start = first = 0
    for line in hit.text.split("\n"):
        end = start + len(line)
        while first < len(spans) and spans[first][1] <= start:
            first += 1
        if line.strip():
            out.append(placed(line, _moved(spans, first, start, end), shift + start))
        start = end + 1
    return out


def placed(text: str, spans: Sequence[Span], shift: int) -> list[Placed]:
    """The text cut at the spans, nothing lost and nothing twice, whatever the spans; it begins at ``shift``."""
    out: list[Placed] = []
    at = 0
    for start, end in _merged(spans):
        left, right = max(start, at), min(end, len(text))
        if left < right:
            out += [(text[at:left], None), (text[left:right], shift + left)]
            at = right
    out.append((text[at:], None))
    return [piece for piece in out if piece[0]]


def _body_spans(hit: HitView) -> list[Span]:
    shift = len(hit.title) + 2
    return _within(hit, shift, shift + len(hit.text))


def _within(hit: HitView, low: int, high: int) -> list[Span]:
    """The matches inside ``low:high``, counted from ``low``; those in the address have offsets of their own."""
    inside = ((max(term.start, low), min(term.end, high)) for term in hit.terms if term.field != "url")
    return [(start - low, end - low) for start, end in inside if start < end]


def _merged(spans: Sequence[Span]) -> list[Span]:
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start < out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def _moved(spans: Sequence[Span], first: int, start: int, end: int) -> list[Span]:
    """The spans from number ``first`` on that touch ``start:end``, counted from ``start``."""
    touching = takewhile(lambda span: span[0] < end, (spans[at] for at in range(first, len(spans))))
    return [(max(left - start, 0), min(right, end) - start) for left, right in touching]
