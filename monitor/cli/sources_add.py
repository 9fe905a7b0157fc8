"""``monitor sources add``: finds what to poll behind an address and puts it into sources.yaml."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, now, place
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.cli.sources_find import Found
    from monitor.config.edit import NewSource
    from monitor.config.settings import Settings
    from monitor.model import Source

OLD = timedelta(days=30)
"""A feed whose newest entry is older may be forgotten by its site."""
_OTHERS = 8
_MOVED = frozenset({301, 308})


def add(  # noqa: PLR0913, PLR0917 - the options of a command
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="A feed, any page of a site, a t.me channel.")],
    name: Annotated[str | None, typer.Option(help="Its name; the site's own where absent.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language, such as uk; the feed's own where absent.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="feed, sitemap, listing or telegram; found out where absent.")
    ] = None,
    selector: Annotated[str | None, typer.Option(help="For a listing: CSS selector of the links.")] = None,
    interval: Annotated[str | None, typer.Option(help="How often it is polled, such as 5m.")] = None,
    only_print: Annotated[bool, typer.Option("--print", help="Print the lines and change nothing.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Find the feed of any page and add it to sources.yaml. Comments and layout of the file stay.

    Tried in this order: the address itself, the feeds that its page names, common places, the sitemaps that
    robots.txt names, the page's own links. The file is checked whole before it is put in place.
    """
    from monitor.cli.sources_write import draft, existing, refuse_known
    from monitor.config.edit import as_yaml

    path = place(context, config, database).config
    kind = kind or ("listing" if selector else None)
    wanted = replace(_wanted(url, name, language, kind, interval), selector=selector)
    there = existing(path, os.environ)
    refuse_known(wanted.url, there)
    settings = draft(path, [_provisional(wanted, there)]).settings(os.environ)
    with without_secrets(settings):
        found = _search(settings, known=kind is not None)
        new = _entry(wanted, found, settings, there)
        refuse_known(new.url, there)
    if only_print:
        typer.echo(as_yaml([new]), nl=False)
        return
    ready = draft(path, [new])
    ready.check(os.environ)
    ready.put()
    _show(new, found, settings)
    typer.echo(f"added to {path}")


@contextmanager
def without_secrets(settings: Settings) -> Iterator[None]:
    """Blot the secrets of these settings out of the error that the block ends with."""
    from monitor.config.secrets import Masker

    try:
        yield
    except MonitorError as error:
        raise MonitorError(Masker(settings.secrets()).mask(str(error))) from None


def _wanted(url: str, name: str | None, language: str | None, kind: str | None, interval: str | None) -> NewSource:
    """What was asked for, each value checked as in sources.yaml; raises UsageError."""
    from monitor.config import values
    from monitor.config.edit import NewSource

    address = url if "://" in url else f"https://{url}"
    _checked("URL", values.web_url, address)
    if interval:
        _checked("--interval", values.duration, interval)
    return NewSource(
        name=_checked("--name", values.name, name) if name else "",
        url=address,
        kind=_checked("--kind", values.kind, kind) if kind else "feed",
        language=_checked("--language", values.language, language) if language else None,
        interval=interval,
        written_url=address,
    )


def _checked(what: str, read: Callable[[str], object], text: str) -> str:
    """The value as its reader gives it; what it expected instead becomes a UsageError."""
    try:
        value = read(text)
    except ValueError as error:
        raise UsageError(" ".join(f"{what}: {error}".split())) from None
    return value if isinstance(value, str) else text


def _provisional(wanted: NewSource, there: Sequence[Source]) -> NewSource:
    """An entry that shows, before anything is fetched, whether the file would be good with this address."""
    from monitor.config.edit import Names, tidy_name
    from monitor.urls import host_of

    if wanted.name:
        return wanted
    return replace(wanted, name=Names(source.name for source in there).take(tidy_name(host_of(wanted.url))))


def _search(settings: Settings, *, known: bool) -> Found:
    """What to poll for the last source of these settings; where its kind is ``known`` it is taken as it is."""
    from monitor.cli.progress import waiting
    from monitor.cli.sources_find import Finder
    from monitor.cli.sources_probe import probing

    given = settings.sources[-1]
    with probing(settings) as probe, waiting(given.name) as tell:
        finder = Finder(probe, obey_robots=settings.fetch.obey_robots, tell=tell)
        return finder.named(given, "as you say") if known else finder.find(given)


def _entry(wanted: NewSource, found: Found, settings: Settings, there: Sequence[Source]) -> NewSource:
    """The entry to write: what was found, with the words of the user before those of the site."""
    from monitor.config.edit import Names, tidy_name
    from monitor.urls import host_of

    look, page = found.look, found.page
    titles = (look.feed.title if look.feed else "", page.title if page else "", host_of(look.source.url))
    address = _address(found, settings)
    return replace(
        wanted,
        name=wanted.name or Names(source.name for source in there).take(tidy_name(*titles)),
        url=address,
        kind=look.source.kind,
        language=wanted.language or _language(found),
        written_url=wanted.url if address == settings.sources[-1].url else None,
    )


def _address(found: Found, settings: Settings) -> str:
    """Where the source is polled: where it was found, or where that has moved for good (RFC 9110, section 15.4).

    A value from the environment is never written out: the user's own ``${NAME}`` stays, or MonitorError is raised.
    """
    from monitor.config.secrets import Masker

    document, asked = found.look.document, found.look.source.url
    moved = document is not None and {status for status, _ in document.redirects} <= _MOVED
    address = document.url if document is not None and document.redirects and moved else asked
    hide = Masker(settings.secrets()).mask
    if hide(address) == address or asked == settings.sources[-1].url:
        return address if hide(address) == address else asked
    raise MonitorError(f"{hide(address)} holds a value of the environment; add it by hand, with its ${{NAME}}")


def _language(found: Found) -> str | None:
    """The language that the feed names, else that of the page; None where neither is a code."""
    from monitor.config import values

    for said in (found.look.feed.language if found.look.feed else None, found.page.language if found.page else None):
        try:
            return values.language(said or "")
        except ValueError:
            continue
    return None


def _show(new: NewSource, found: Found, settings: Settings) -> None:
    from monitor.cli import show
    from monitor.config.secrets import Masker, mask_web

    hide, out = Masker(settings.secrets()).mask, show.console()
    rows = [
        ("name", new.name),
        ("address", mask_web(new.url)),
        ("found", found.why),
        ("kind", new.kind),
        ("language", new.language or "not said; it is detected for each article"),
        ("entries", _entries(found)),
        *(("note", note) for note in _notes(found)),
        *(("also there", f"{one.url}  {one.title}") for one in found.others[:_OTHERS]),
    ]
    for title, words in rows:
        show.paragraph(out, show.one_line(hide(words)), first=f"{title:11}")
    if len(found.others) > _OTHERS:
        show.paragraph(out, f"{len(found.others) - _OTHERS} more", first=f"{'also there':11}")


def _entries(found: Found) -> str:
    from monitor.cli.show import ago

    entries = found.look.entries
    if not entries:
        return "none at present"
    newest = entries[0]
    when = ago(newest.published, now()) if newest.published else "without a date"
    return f"{len(entries)}, the newest {when}: {newest.title or newest.url or '(no title)'}"


def _notes(found: Found) -> list[str]:
    notes = list(found.look.feed.notes) if found.look.feed else []
    dates = [entry.published for entry in found.look.entries if entry.published]
    if dates and now() - max(dates) > OLD:
        notes.append("nothing new for a long time; is it still kept up?")
    return notes
