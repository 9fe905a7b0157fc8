"""What a page may ask about sources: a dry run, what there is at an address, an entry for it in sources.yaml.

Whoever types an address here sits at a browser: no ``${NAME}`` in it is filled in, only the ports of the web and what
sources.yaml names already may be connected to, and the whole has to end in time. Secrets are hidden in all that comes
back. Each call takes seconds to minutes, in the thread of its caller. Must not: store anything but the new entry.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.advice import span_words
from monitor.config.edit import NewSource, as_yaml
from monitor.config.secrets import HIDDEN, Masker, mask_web
from monitor.config.settings import Settings
from monitor.errors import MonitorError
from monitor.model import Source
from monitor.probing import adding, report
from monitor.probing.draft import draft, existing, refuse_known
from monitor.probing.find import Found
from monitor.probing.probe import Left, named_places, probing
from monitor.probing.trial import hidden, try_source

SECONDS = 120.0
"""For one call; a page whose reading has begun by then is read to its end."""
PAGES = 3
"""Article pages that a dry run reads."""
ENTRIES = 60
"""Entries that a dry run matches; the newest."""
_SHOWN = 8
"""Entries, and other addresses, that are shown of what was found."""
_SAY = "kind {}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What was found for an address, as it may be shown; ``new`` is what would be written."""

    new: NewSource
    address: str
    why: str
    entries: int
    newest: tuple[tuple[str, datetime | None], ...]
    """Headline and date of the newest entries."""
    notes: tuple[str, ...]
    others: tuple[tuple[str, str], ...]
    """Address and title of what else the page names."""
    unshown: int
    """How many more of these there are."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A source as sources.yaml has it, as it may be shown."""

    rows: tuple[tuple[str, str], ...]
    """Key and value, defaults applied."""
    place: str
    """``sources.yaml:14``; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class SourceDesk:
    """One installation's sources.yaml. Frozen; any thread may call it."""

    path: Path
    environ: Mapping[str, str]
    settings: Settings
    """What is in force."""
    now: Callable[[], datetime]
    monotonic: Callable[[], float]

    def test(self, name: str) -> dict[str, Any]:
        """A dry run of one source: ``report.values`` without secrets, ``wrong`` and ``reading`` with it.

        Raises MonitorError.
        """
        trial = try_source(self.path, self.environ, name, kind=None, read=PAGES, most=ENTRIES, left=self._left())
        found = report.values(trial)
        found["wrong"] = report.wrong(trial)
        for row, one in zip(found["verdicts"], trial.tried, strict=True):
            row["reading"] = list(report.reading(one.finding)) if one.page else []
        return dict(hidden(found, Masker(trial.secrets).mask))

    def find(self, wish: adding.Wish) -> Preview:
        """What to poll for an address. Raises MonitorError with the mend where nothing is found."""
        wanted = adding.wanted(wish, option="")
        there = existing(self.path, self.environ)
        refuse_known(wanted.url, there)
        settings = draft(self.path, [adding.provisional(wanted, there)]).settings(self.environ)
        places = named_places(replace(settings, sources=there))
        with adding.without_secrets(settings), probing(settings, places=places, left=self._left()) as probe:
            found = adding.search(probe, known=wish.kind is not None, say=_SAY)
            new = adding.entry(wanted, found, settings, there)
            refuse_known(new.url, there)
        return self._preview(new, found, Masker(settings.secrets()).mask)

    def add(self, new: NewSource) -> None:
        """Write the entry to the end of ``sources``; MonitorError where that cannot be, the file is then as it was."""
        refuse_known(new.url, existing(self.path, self.environ))
        ready = draft(self.path, [new])
        with adding.without_secrets(ready.check(self.environ)):
            ready.put()

    def lines(self, new: NewSource) -> str:
        """The lines to be put into sources.yaml by hand."""
        return as_yaml([new])

    def entry(self, name: str) -> Entry | None:
        """A source as it stands in sources.yaml; None where that has no such source."""
        found = next((source for source in self.settings.sources if source.name == name), None)
        if found is None:
            return None
        hide, place = Masker(self.settings.secrets()).mask, self.settings.places.get((name, "source"))
        rows = tuple((key, hide(value)) for key, value in _rows(found) if value)
        return Entry(rows, f"{self.path.name}, line {place.line}" if place else "")

    def _left(self) -> Left:
        end = self.monotonic() + SECONDS
        return lambda: end - self.monotonic()

    def _preview(self, new: NewSource, found: Found, hide: Callable[[str], str]) -> Preview:
        entries, others = found.look.entries, found.others
        return Preview(
            new=new,
            address=mask_web(hide(new.url)),
            why=hide(found.why),
            entries=len(entries),
            newest=tuple((hide(one.title or one.url or ""), one.published) for one in entries[:_SHOWN]),
            notes=tuple(map(hide, adding.notes(found, self.now()))),
            others=tuple((mask_web(hide(one.url)), hide(one.title)) for one in others[:_SHOWN]),
            unshown=max(len(others) - _SHOWN, 0),
        )


def _rows(source: Source) -> Iterator[tuple[str, str]]:
    """The keys of a source with their values; of its headers the names alone."""
    manner = source.manner
    yield "url", mask_web(source.url)
    yield "kind", source.kind
    yield "selector", source.selector or ""
    yield "language", source.language or ""
    yield "country", source.country or ""
    yield "tier", "" if source.tier is None else str(source.tier)
    yield "interval", span_words(source.interval)
    yield "interval_min", span_words(source.interval_min)
    yield "interval_max", span_words(source.interval_max)
    yield "alert_backlog", span_words(source.alert_backlog)
    yield "control", "yes: a second net" if source.control else ""
    yield "polite", source.polite
    yield "pace", span_words(source.pace)
    yield "connections", str(source.connections)
    yield "user_agent", manner.user_agent or ""
    yield "headers", ", ".join(f"{name}: {HIDDEN}" for name, _ in manner.headers)
    yield "http", manner.http
    yield "proxy", mask_web(manner.proxy) if manner.proxy else ""


def reworded(new: NewSource, name: str, language: str) -> NewSource:
    """The entry with the name and the language that a person gives it; raises MonitorError."""
    wish = adding.Wish(new.url, name=name or None, language=language or None)
    said = adding.wanted(wish, option="")
    if not said.name:
        raise MonitorError("name: expected a name of one line; nothing was written")
    return replace(new, name=said.name, language=said.language)
