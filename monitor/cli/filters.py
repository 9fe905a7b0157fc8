"""``monitor filters``: the saved filters, which lists, exports and alerts can name."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import asking
from monitor.cli.options import (
    ConfigOption,
    DatabaseOption,
    JsonOption,
    Place,
    examples,
    noun,
    now,
    place,
    review,
)
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Alert, SavedFilter

Routes = Mapping[str, tuple[str, ...]]
"""The alerts by the name of the saved filter that they name."""

filters = noun(
    "The saved filters: list, save, remove. Without a word: list.",
    "monitor filters",
    'monitor filters save "Air defence" "topic=ramstein&q=Patriot"',
    'monitor hits --saved "Air defence"',
)


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(filters, name="filters")


@filters.command("list", epilog=examples("monitor filters", "monitor filters --json"))
def list_filters(
    context: typer.Context, json: JsonOption = False, config: ConfigOption = None, database: DatabaseOption = None
) -> None:
    """List the saved filters, and the alerts that name them."""
    from monitor.cli import show

    found = place(context, config, database)
    with review(found) as store:
        kept = store.filters.all()
    routes = _routes(found)
    if json:
        show.as_json([_values(one, routes) for one in kept])
        return
    out = show.console()
    if not kept and not routes:
        out.print("No saved filters. The page saves what it shows; so does `monitor filters save NAME QUERY`.")
    for line in _lines(kept, routes):
        show.paragraph(out, line, indent=4)


@filters.command(
    "save",
    epilog=examples(
        'monitor filters save "Air defence" "topic=ramstein&q=Patriot"',
        'monitor filters save Ukrainian "https://monitor.example.org/?language=uk"      the address of the page',
    ),
)
def save(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="As in the address of the page, or that address.")],
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Save a filter under a name. One of the same name is replaced; alerts that name it go by it from then on."""
    from monitor.query import read_query

    at = now()
    question = read_query(query.rpartition("?")[2], at, "UTC")
    if question.problems:
        raise UsageError(f"QUERY: {question.mistakes[0].words}")
    if not question.filtered:
        raise UsageError("QUERY: asks nothing; expected such as topic=ramstein&language=uk")
    with review(place(context, config, database)) as store:
        kept = store.filters.save(name, question.query(), "", at)
    typer.echo(f"saved as {kept.name}: {kept.query}")


@filters.command("remove", epilog=examples('monitor filters remove "Air defence"'))
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Forget a saved filter. One that an alert names stays until sources.yaml names it no more."""
    found = place(context, config, database)
    with review(found) as store:
        kept = asking.find(store, name)
        users = _routes(found).get(kept.name, ())
        if users:
            raise UsageError(
                f'"{kept.name}" decides what goes to {", ".join(users)}; take it out of {found.config} first'
            )
        store.filters.remove(kept.id)
    typer.echo(f"removed {kept.name}")


def named_filters(alerts: Sequence[Alert], database: str) -> list[dict[str, Any]]:
    """The filters that alerts name: what they are, and what is to be said of them. Nothing is made or changed."""
    from monitor.deliver.chosen import routes, says
    from monitor.query import read_query

    users = routes(alerts)
    kept = _as_they_are(database) if users else {}
    return [
        {
            "name": name,
            "query": kept.get(name),
            "alerts": users[name],
            "says": says(read_query(kept[name], now(), "UTC").given if name in kept else None),
        }
        for name in sorted(users)
    ]


def _as_they_are(database: str) -> dict[str, str]:
    """The saved filters of a database; none where there is none yet, or one of an older program."""
    from monitor.errors import StoreError
    from monitor.store import FilterStore, open_existing

    try:
        opened = open_existing(database)
        if opened is None:
            return {}
        with closing(opened):
            return {one.name: one.query for one in FilterStore(opened).all()}
    except StoreError:
        return {}


def _routes(found: Place) -> Routes:
    """What the configuration names, where there is one. Raises ConfigError for one that cannot be read."""
    from monitor.config.settings import load
    from monitor.deliver.chosen import routes

    there = found.config.exists() or bool(os.environ.get("MONITOR_CONFIG"))
    return routes(load(found.config, os.environ).alerts) if there else {}


def _values(kept: SavedFilter, routes: Routes) -> dict[str, Any]:
    from dataclasses import asdict

    return {**asdict(kept), "alerts": routes.get(kept.name, ())}


def _lines(kept: tuple[SavedFilter, ...], routes: Routes) -> Iterator[str]:
    from monitor.cli import show

    for one in kept:
        users = ", ".join(routes.get(one.name, ()))
        by = f", by {one.who}" if one.who else ""
        yield f"{one.name}: {one.query}"
        yield f"    saved {show.moment(one.created)}{by}" + (f"; decides what goes to {users}" if users else "")
    for name in sorted(routes.keys() - {one.name for one in kept}):
        yield f"{name}: not saved yet; {', '.join(routes[name])} gets everything that its other rules let pass"
