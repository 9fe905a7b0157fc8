"""Did the demo show what it promises? The found against the expected, in words. Pure.

Must not: print, know how anything was found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.cli.demo.expected import expected_hits
from monitor.cli.demo.outlets import DOWN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from monitor.cli.demo.expected import ExpectedOutlet
    from monitor.cli.demo.outlets import Site
    from monitor.cli.demo.receivers import Received
    from monitor.model import Event, HitView

Key = tuple[str, str, str]
"""Outlet, slug, topic."""


def hit_key(hit: HitView) -> Key:
    """Name a stored hit as ``expected.yaml`` names it."""
    return hit.source, (hit.url or "").rpartition("/")[2].removesuffix(".html"), hit.topic


def missing_hits(outlets: tuple[ExpectedOutlet, ...], hits: Sequence[HitView]) -> Iterator[str]:
    """Yield every hit that was not found, was found without its words, or should not be there."""
    found = {hit_key(hit): hit for hit in hits}
    wanted = {(outlet.name, page.slug, topic): page for outlet, page, topic in expected_hits(outlets)}
    for key, page in wanted.items():
        if key not in found:
            yield f"{key[0]}: {key[2]} did not hit {page.title!r}"
        else:
            yield from _missing_words(found[key], page.hits[key[2]])
    for key in found.keys() - wanted.keys():
        yield f"{key[0]}: {key[2]} hit {found[key].title!r}, which it must not"


def _missing_words(hit: HitView, words: tuple[str, ...]) -> Iterator[str]:
    forms = [term.form.casefold() for term in hit.terms]
    for word in words:
        if not any(word.casefold() in form for form in forms):
            yield f"{hit.source}: {hit.topic} hit {hit.title!r} without {word!r} among the matched words"


def missing_polls(sites: Sequence[Site], first: Mapping[str, Event], second: Mapping[str, Event]) -> Iterator[str]:
    """Yield every source that did not answer as it should in the two rounds (events by source name)."""
    for site in sites:
        if site.name not in first or not first[site.name].ok:
            yield f"{site.name}: was not read in the first round"
        elif site.manners.etag and second.get(site.name, first[site.name]).outcome != "not modified":
            yield f"{site.name}: did not answer 304 in the second round"
    if DOWN_NAME not in first or first[DOWN_NAME].ok:
        yield f"{DOWN_NAME}: is down, and was not reported so"


def missing_alerts(hits: Sequence[HitView], received: Sequence[Received]) -> Iterator[str]:
    """Yield the channels that did not get one message an article: mail for every topic, Telegram for ``ramstein``."""
    wanted = {"mail": len({hit.article_id for hit in hits}), "telegram": sum(hit.topic == "ramstein" for hit in hits)}
    for channel, number in wanted.items():
        got = sum(one.channel == channel for one in received)
        if got != number:
            yield f"{channel}: {number} alerts expected, {got} received"
