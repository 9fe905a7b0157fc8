"""``monitor sources notices`` and ``monitor sources poll``: what changed, and a poll out of turn."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import LARGEST, ConfigOption, DatabaseOption, JsonOption, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Event


def notices(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST, help="At most so many.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the changes of state, newest first. Those of each source, and those of our own network."""
    from monitor.cli import show, sources_seen, sources_table

    told = sources_seen.notices(place(context, config, database), limit)
    if json:
        show.rows_json(told)
        return
    sources_table.write_notices(show.console(), told)


def poll(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="The names in sources.yaml.")],
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Poll sources now, due or not. As the daemon does: what is new is stored, the next poll is planned from now.

    The new articles are read by the daemon, or by `monitor poll`. Exit code 1 when no source could be polled.
    """
    from monitor.cli import show
    from monitor.cli.daemon import wired

    app, mask = wired(place(context, config, database), alone=False)
    with app:
        _refuse_unknown(names, [source.name for source in app.settings.sources if source.enabled])
        rows = [
            {"source": name, "ok": event is not None and event.ok, "says": mask.clean(_says(event))}
            for name, event in app.poll_now(dict.fromkeys(names))
        ]
        waiting = app.review.counts()["pending"]
    if json:
        show.as_json(rows)
    else:
        for line in _lines(rows, waiting):
            show.paragraph(show.console(), line)
    raise typer.Exit(int(not any(row["ok"] for row in rows)))


def _refuse_unknown(names: Iterable[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise UsageError(f'no source "{name}" is watched by sources.yaml{guess(name, known)}')


def guess(name: str, known: Sequence[str]) -> str:
    """The end of a message that there is no such source: the one that may be meant, or where they stand."""
    near = difflib.get_close_matches(name, known, 1)
    return f'; did you mean "{near[0]}"?' if near else "; `monitor sources` lists them"


def _says(event: Event | None) -> str:
    return event.outcome if event else "paused, being polled at this moment, or its host is busy; try again in a minute"


def _lines(rows: Iterable[dict[str, object]], waiting: int) -> Iterator[str]:
    for row in rows:
        yield f"{'●' if row['ok'] else '✕'} {row['source']}: {row['says']}"
    if waiting:
        articles = "1 article waits" if waiting == 1 else f"{waiting} articles wait"
        yield f"{articles} to be read: a running daemon does so, or `monitor poll`"
