"""``monitor sources add``: finds what to poll behind an address and puts it into sources.yaml."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, now, place

if TYPE_CHECKING:
    from monitor.config.edit import NewSource
    from monitor.config.settings import Settings
    from monitor.probing.find import Found

_OTHERS = 8


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
    from monitor.config.edit import as_yaml
    from monitor.probing import adding
    from monitor.probing.draft import draft, existing, refuse_known

    path = place(context, config, database).config
    kind = kind or ("listing" if selector else None)
    wanted = adding.wanted(adding.Wish(url, name, language, kind, selector, interval), variables=True)
    there = existing(path, os.environ)
    refuse_known(wanted.url, there)
    settings = draft(path, [adding.provisional(wanted, there)]).settings(os.environ)
    with adding.without_secrets(settings):
        found = _search(settings, known=kind is not None)
        new = adding.entry(wanted, found, settings, there)
        refuse_known(new.url, there)
    if only_print:
        typer.echo(as_yaml([new]), nl=False)
        return
    ready = draft(path, [new])
    ready.check(os.environ)
    ready.put()
    _show(new, found, settings)
    typer.echo(f"added to {path}")


def _search(settings: Settings, *, known: bool) -> Found:
    from monitor.cli.progress import waiting
    from monitor.probing.adding import search
    from monitor.probing.probe import probing

    with probing(settings) as probe, waiting(settings.sources[-1].name) as tell:
        return search(probe, tell, known=known)


def _show(new: NewSource, found: Found, settings: Settings) -> None:
    from monitor.cli import show
    from monitor.config.secrets import Masker, mask_web
    from monitor.probing.adding import notes

    hide, out = Masker(settings.secrets()).mask, show.console()
    rows = [
        ("name", new.name),
        ("address", mask_web(new.url)),
        ("found", found.why),
        ("kind", new.kind),
        ("language", new.language or "not said; it is detected for each article"),
        ("entries", _entries(found)),
        *(("note", note) for note in notes(found, now())),
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
