"""``monitor sources import`` and ``export``: lists of subscriptions from and for other programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, now, place
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.config.edit import NewSource
    from monitor.config.opml import Opml, Outline
    from monitor.config.settings import Settings
    from monitor.model import Source
    from monitor.probing.probe import Look

COLUMNS = ("name", "url", "kind", "language", "country", "tier", "interval", "enabled")
_SHOWN = 20
_CHECKERS = 8


def import_opml(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="An OPML file, - for stdin.")],
    enabled: Annotated[
        bool, typer.Option("--enabled/--disabled", help="Poll them from now on, or list them only.")
    ] = True,
    check: Annotated[bool, typer.Option("--check", help="Poll each new one once first, and say which fail.")] = False,
    only_print: Annotated[bool, typer.Option("--print", help="Print the lines and change nothing.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Add the feeds of an OPML file to sources.yaml. Those that are there already are left out.

    Comments and layout of sources.yaml stay; it is checked whole before it is put in place. With --check the exit
    code is 1 when one of the new sources does not answer as a feed; it is added all the same.
    """
    from monitor.config.edit import as_yaml
    from monitor.probing.draft import draft, existing

    path = place(context, config, database).config
    there = existing(path, os.environ)
    read = _read(file)
    new, left_out = chosen(read, there, enabled=enabled)
    _say([*read.notes, *left_out])
    if only_print:
        typer.echo(as_yaml(new), nl=False)
        return
    if not new:
        typer.echo(f"nothing new in {file}: {_many(len(read.outlines), 'feed')} read")
        return
    ready = draft(path, new, heading=f"from {file.name}")
    settings = ready.check(os.environ)
    failing = _polled(settings, len(new)) if check else 0
    ready.put()
    off = "" if enabled else ", not enabled"
    typer.echo(f"{_many(len(new), 'source')} added to {path}{off}; {len(read.outlines) - len(new)} left out")
    if failing:
        raise typer.Exit(1)


def export(
    context: typer.Context,
    opml: Annotated[bool, typer.Option("--opml", help="For other readers: OPML 2.0 (this is the default).")] = False,
    json: JsonOption = False,
    csv: Annotated[bool, typer.Option("--csv", help="For spreadsheets.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Write the sources of sources.yaml to stdout: OPML, JSON or CSV. Secrets are shown as ***."""
    from monitor.config.secrets import Masker
    from monitor.config.settings import load

    if opml + json + csv > 1:
        raise UsageError("--opml, --json and --csv: choose one of them")
    settings = load(place(context, config, database).config, os.environ)
    hide = Masker(settings.secrets()).mask
    rows = [_shown(source, hide) for source in settings.sources]
    hidden = sum(row["url"] != source.url for row, source in zip(rows, settings.sources, strict=True))
    if hidden:
        _say([f"{_many(hidden, 'address')} with secrets, shown as ***: of no use to another program"])
    if json:
        from monitor.cli import show

        show.as_json(rows)
    elif csv:
        _csv(rows)
    else:
        _opml(rows)


def chosen(read: Opml, there: Sequence[Source], *, enabled: bool) -> tuple[list[NewSource], list[str]]:
    """The new sources of a file, with names of their own, and why the others are left out, in words."""
    from monitor.config.edit import Names, NewSource, tidy_name
    from monitor.urls import host_of, url_key

    names = Names(source.name for source in there)
    seen = {url_key(source.url): f'there already: "{source.name}"' for source in there}
    new: list[NewSource] = []
    left_out: list[str] = []
    for outline in read.outlines:
        why = _unusable(outline) or seen.get(url_key(outline.url))
        if why:
            left_out.append(f"{outline.title or outline.url}: {why}")
            continue
        name = names.take(tidy_name(outline.title, host_of(outline.url)))
        seen[url_key(outline.url)] = f'twice in the file: "{name}"'
        new.append(NewSource(name, outline.url, language=_language(outline), enabled=enabled))
    return new, left_out


def _unusable(outline: Outline) -> str | None:
    """Why the address is none that can be polled."""
    from monitor.errors import FetchError
    from monitor.urls import check_url

    try:
        check_url(outline.url)
    except FetchError as error:
        return str(error)
    return None


def _language(outline: Outline) -> str | None:
    from monitor.config import values

    try:
        return values.language(outline.language.replace("_", "-"))
    except ValueError:
        return None


def _read(file: Path) -> Opml:
    from monitor.config.opml import MAX_BYTES, OpmlError, read_opml

    try:
        with sys.stdin.buffer if str(file) == "-" else file.open("rb") as stream:
            return read_opml(stream.read(MAX_BYTES + 1))
    except OpmlError as error:
        raise MonitorError(f"{file}: {error}") from None
    except OSError as error:
        raise UsageError(f"{file}: {(error.strerror or 'cannot be read').lower()}") from None


def _polled(settings: Settings, count: int) -> int:
    """Look at each of the last ``count`` sources once and say what it gives; returns how many gave no entries."""
    from monitor.config.secrets import Masker

    hide = Masker(settings.secrets()).mask
    empty = [look for look in _looks(settings, settings.sources[-count:]) if not look.entries]
    _say([hide(f"{look.source.name}: {look.error or 'answered, but holds no entries'}") for look in empty])
    typer.echo(f"checked {_many(count, 'source')}: {count - len(empty)} with entries, {len(empty)} without")
    return len(empty)


def _looks(settings: Settings, sources: Sequence[Source]) -> list[Look]:
    """One look at each; those of one host one after another, at its pace."""
    from concurrent.futures import ThreadPoolExecutor

    from monitor.probing.probe import probing
    from monitor.urls import host_of

    hosts: dict[str, list[Source]] = {}
    for source in sources:
        hosts.setdefault(host_of(source.url), []).append(source)
    with probing(settings) as probe, ThreadPoolExecutor(_CHECKERS) as crew:
        return [look for looks in crew.map(lambda each: list(map(probe.look, each)), hosts.values()) for look in looks]


def _say(lines: Sequence[str]) -> None:
    """Notes, on stderr; beyond some, their number."""
    from monitor.cli.show import one_line

    for line in lines[:_SHOWN]:
        typer.echo(one_line(line), err=True)
    if len(lines) > _SHOWN:
        typer.echo(f"{len(lines) - _SHOWN} more such lines", err=True)


def _many(number: int, word: str) -> str:
    plural = f"{word}es" if word.endswith("s") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"


def _shown(source: Source, hide: Callable[[str], str]) -> dict[str, Any]:
    """One source as it may be shown."""
    from monitor.advice import span_words
    from monitor.config.secrets import mask_web

    url = mask_web(hide(source.url))
    found = {name: getattr(source, name) for name in COLUMNS}
    return {**found, "url": url, "interval": span_words(source.interval)}


def _csv(rows: Sequence[dict[str, Any]]) -> None:
    from monitor.formats import csv_line

    sys.stdout.write(csv_line(COLUMNS))
    sys.stdout.writelines(csv_line("" if row[name] is None else row[name] for name in COLUMNS) for row in rows)


def _opml(rows: Sequence[dict[str, Any]]) -> None:
    from monitor.config.opml import Outline, write_opml

    feeds = [row for row in rows if row["kind"] == "feed"]
    if len(feeds) < len(rows):
        _say([f"{_many(len(rows) - len(feeds), 'source')} left out, since no other reader knows its kind; see --json"])
    outlines = [Outline(row["name"], row["url"], language=row["language"] or "") for row in feeds]
    sys.stdout.write(write_opml(outlines, title="Sources of the monitor", created=now()))
