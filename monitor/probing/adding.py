"""A new entry of sources.yaml: what is asked for, what is found there, and what will be written. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.config import values
from monitor.config.edit import Names, NewSource, tidy_name
from monitor.config.secrets import Masker
from monitor.config.settings import Settings
from monitor.errors import MonitorError, UsageError
from monitor.model import Source
from monitor.probing.find import Finder, Found
from monitor.probing.probe import Probe
from monitor.urls import host_of

OLD = timedelta(days=30)
"""A feed whose newest entry is older may be forgotten by its site."""
_MOVED = frozenset({301, 308})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks to have added, as written; what is None is found out."""

    url: str
    name: str | None = None
    language: str | None = None
    kind: str | None = None
    selector: str | None = None
    interval: str | None = None


def wanted(wish: Wish, *, option: str = "--", variables: bool = False) -> NewSource:
    """The wish as an entry, each value checked as in sources.yaml; raises UsageError.

    ``option`` stands before what a message names. With ``variables`` a ``${NAME}`` in the address is filled in from
    the environment, which is for the owner of that environment alone.
    """
    address = wish.url if "://" in wish.url else f"https://{wish.url}"
    _checked("URL", values.web_url, address)
    if wish.interval:
        _checked(f"{option}interval", values.duration, wish.interval)
    return NewSource(
        name=_checked(f"{option}name", values.name, wish.name) if wish.name else "",
        url=address,
        kind=_checked(f"{option}kind", values.kind, wish.kind) if wish.kind else "feed",
        language=_checked(f"{option}language", values.language, wish.language) if wish.language else None,
        selector=wish.selector,
        interval=wish.interval,
        written_url=address if variables else None,
    )


def provisional(new: NewSource, there: Sequence[Source]) -> NewSource:
    """An entry that shows, before anything is fetched, whether the file would be good with this address."""
    if new.name:
        return new
    return replace(new, name=Names(source.name for source in there).take(tidy_name(host_of(new.url))))


def search(probe: Probe, tell: Callable[[str], object] = str, *, known: bool, say: str = "--kind {}") -> Found:
    """What to poll for the last source of the probe's settings; where its kind is ``known`` it is taken as it is."""
    settings = probe.settings
    given = settings.sources[-1]
    finder = Finder(probe, obey_robots=settings.fetch.obey_robots, tell=tell, say=say)
    return finder.named(given, "as you say") if known else finder.find(given)


def entry(new: NewSource, found: Found, settings: Settings, there: Sequence[Source]) -> NewSource:
    """The entry to write: what was found, with the words of the user before those of the site."""
    look, page = found.look, found.page
    titles = (look.feed.title if look.feed else "", page.title if page else "", host_of(look.source.url))
    address = _address(found, settings)
    return replace(
        new,
        name=new.name or Names(source.name for source in there).take(tidy_name(*titles)),
        url=address,
        kind=look.source.kind,
        language=new.language or _language(found),
        written_url=new.written_url if address == settings.sources[-1].url else None,
    )


def notes(found: Found, now: datetime) -> list[str]:
    """What is worth knowing of what was found."""
    said = list(found.look.feed.notes) if found.look.feed else []
    dates = [one.published for one in found.look.entries if one.published]
    if dates and now - max(dates) > OLD:
        said.append("nothing new for a long time; is it still kept up?")
    return said


@contextmanager
def without_secrets(settings: Settings) -> Iterator[None]:
    """Blot the secrets of these settings out of the error that the block ends with."""
    try:
        yield
    except MonitorError as error:
        raise MonitorError(Masker(settings.secrets()).mask(str(error))) from None


def _checked(what: str, read: Callable[[str], object], text: str) -> str:
    """The value as its reader gives it; what it expected instead becomes a UsageError."""
    try:
        value = read(text)
    except ValueError as error:
        raise UsageError(" ".join(f"{what}: {error}".split())) from None
    return value if isinstance(value, str) else text


def _address(found: Found, settings: Settings) -> str:
    """Where the source is polled: where it was found, or where that has moved for good (RFC 9110, section 15.4).

    A value from the environment is never written out: the user's own ``${NAME}`` stays, or MonitorError is raised.
    """
    document, asked = found.look.document, found.look.source.url
    moved = document is not None and {status for status, _ in document.redirects} <= _MOVED
    address = document.url if document is not None and document.redirects and moved else asked
    hide = Masker(settings.secrets()).mask
    if hide(address) == address or asked == settings.sources[-1].url:
        return address if hide(address) == address else asked
    raise MonitorError(f"{hide(address)} holds a value of the environment; add it by hand, with its ${{NAME}}")


def _language(found: Found) -> str | None:
    """The language that the feed names, else that of the page; None where neither is a code."""
    for said in (found.look.feed.language if found.look.feed else None, found.page.language if found.page else None):
        try:
            return values.language(said or "")
        except ValueError:
            continue
    return None
