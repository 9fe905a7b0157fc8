"""Texts in, verdicts out: all topics in one pass.

Build one Matcher a process and keep it; it holds no state and may be used from several threads. Must not: read a
clock, a file or the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.match.compose import nfc
from monitor.match.explain import Explainer
from monitor.match.find import Finder
from monitor.match.judge import Region, Sight, judge
from monitor.match.normalise import Normal, normalise, normalise_url
from monitor.match.prefilter import Prefilter
from monitor.match.views import page_views
from monitor.model import Grade, Verdict
from monitor.text import html_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from monitor.match.find import Seen
    from monitor.match.forms import Form
    from monitor.match.rules import Ruling
    from monitor.match.topic import Topic
    from monitor.model import Text

LEAD = 300
"""Characters of the text, after the title, that count as its lead."""


class Matcher:
    """Matches texts against a set of topics."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = tuple(topics)
        self._forms: list[Form] = []
        self._names: list[tuple[int, str]] = []
        concepts: list[int] = []
        for number, topic in enumerate(self._topics):
            for name, forms in topic.concepts.items():
                self._names.append((number, name))
                self._forms += forms
                concepts += [len(self._names) - 1] * len(forms)
        self._finder = Finder(self._forms, concepts)
        self._prefilter = Prefilter(self._topics)
        self._nowhere = normalise_url("")

    def match(self, text: Text) -> tuple[Verdict, ...]:
        """Return one verdict per topic, in their order. Never raises, whatever the text holds."""
        body = normalise(f"{text.title}\n\n{text.text}")
        url = normalise_url(text.url) if text.url else self._nowhere
        in_text, in_url = self._seen(body), self._seen(url, any_case=True)
        title = len(nfc(text.title))
        ends = body.place(title), body.place(title + 2 + LEAD)
        explainer = Explainer(self._forms, body, url, text.language)
        return tuple(
            _verdict(
                topic,
                text,
                judge(
                    topic.rules, topic.unless, Sight(Region(in_text[place], body), Region(in_url[place], url), *ends)
                ),
                explainer,
            )
            for place, topic in enumerate(self._topics)
        )

    def _seen(self, normal: Normal, *, any_case: bool = False) -> list[Mapping[str, Sequence[Seen]]]:
        seen: list[dict[str, Sequence[Seen]]] = [{} for _ in self._topics]
        if not normal.text:
            return list(seen)
        for concept, found in self._finder.find(normal, any_case=any_case).items():
            topic, name = self._names[concept]
            seen[topic][name] = found
        return list(seen)

    def may_match(self, raw: str, url: str = "", plain: str = "") -> bool:
        """Tell whether a text taken from this page (HTML or not) could hit; False only when that is certain.

        What else will be matched with the page's text must be given too: its URL, and as ``plain`` the title and the
        summary from the feed.
        """
        return self._prefilter.may_match(page_views(raw).texts, url, plain)

    def sift(self, raw: str, url: str = "", plain: str = "") -> str | None:
        """Return the whole visible text of a page that cannot match, as ``may_match`` tells; None for one that may.

        The page is not read twice: its text is what the look at it left.
        """
        views = page_views(raw)
        if self._prefilter.may_match(views.texts, url, plain):
            return None
        shown = views.shown()
        return html_to_text(raw) if shown is None else shown


def _verdict(topic: Topic, text: Text, ruling: Ruling, explainer: Explainer) -> Verdict:
    too_old = bool(topic.not_before and text.published and text.published.date() < topic.not_before)
    hit = ruling.score >= topic.threshold and not too_old
    grade: Grade | None = ("certain" if ruling.score >= topic.certain else "probable") if hit else None
    terms, left_out = explainer.terms(ruling)
    why = [explainer.fired(fired) for fired in ruling.fired]
    why += [explainer.taken(taken) for taken in ruling.taken]
    why += [_sum(topic, text, ruling, too_old=too_old)]
    if left_out:
        why.append(f"{left_out} more places are not listed")
    return Verdict(topic.name, hit, grade, ruling.score, terms, tuple(why), topic.version)


def _sum(topic: Topic, text: Text, ruling: Ruling, *, too_old: bool) -> str:
    if too_old and text.published:
        return f"published {text.published.date()}: nothing before {topic.not_before} can be about this"
    if not ruling.fired:
        return "nothing of this topic found"
    score = f"score {ruling.score:g} of {topic.threshold:g}"
    if ruling.score >= topic.threshold:
        return score + (f": certain from {topic.certain:g}" if ruling.score >= topic.certain else ": probable")
    return f"{score}: near miss" if ruling.score > 0 else f"{score}: all taken back"
