"""``monitor topics rematch``: changed rules on the stored texts, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import ConfigOption, DatabaseOption, JsonOption, now, parse_time, place
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Change, Kept


def rematch(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    since: Annotated[str, typer.Option(help="Articles found from this time on: 14d, 2026-05-04.")] = "14d",
    apply: Annotated[
        bool, typer.Option("--apply", help="Make it so: store the gained hits, withdraw the lost.")
    ] = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Replay the stored texts under the topic's rules of now. Shows which hits are gained and lost.

    Nothing is changed without --apply. With it the alerts of gained hits go out with the next round as one message a
    channel. Texts are kept as long as `keep: {text: ...}` in sources.yaml says.
    """
    import os

    from monitor.app import build

    found = place(context, config, database)
    with build(found.config, found.database, os.environ) as app:
        if name not in {topic.name for topic in app.loaded.topics}:
            raise UsageError(f'no topic "{name}" in {found.config}; `monitor topics` lists them')
        changed = list(app.rematch(name, parse_time(since, now(), "--since") or now()))
        alerts = app.apply(changed) if apply else 0
        kept = app.kept.kept()
    if json:
        _json(changed, kept, alerts, applied=apply)
    else:
        _show(changed, kept, alerts, applied=apply)


def _json(changed: list[Change], kept: Kept, alerts: int, *, applied: bool) -> None:
    from dataclasses import asdict

    from monitor.cli import show

    rows = {word: [_row(change) for change in changed if change.verdict.hit == hit] for word, hit in _WORDS.items()}
    show.as_json({**rows, "kept": asdict(kept), "applied": applied, "alerts": alerts})


_WORDS = {"gained": True, "lost": False}


def _row(change: Change) -> dict[str, Any]:
    stored, verdict = change.stored, change.verdict
    return {
        "article": stored.article_id,
        "url": stored.url,
        "title": stored.title,
        "source": stored.source,
        "score": verdict.score,
        "why": list(verdict.why),
    }


def _show(changed: list[Change], kept: Kept, alerts: int, *, applied: bool) -> None:
    from monitor.cli import show

    out = show.console()
    for word, hit in _WORDS.items():
        rows = [change for change in changed if change.verdict.hit == hit]
        out.print(f"{word}: {len(rows)}", style="bold")
        for change in rows:
            out.print(f"  {change.stored.title}", markup=False, no_wrap=True, overflow="ellipsis")
            out.print(f"    {change.stored.source} · {'; '.join(change.verdict.why[:2])}", style="dim", markup=False)
    out.print(f"{kept.texts} texts are kept ({kept.bytes / 1e6:.1f} MB)")
    if applied:
        out.print(f"done; {alerts} alerts wait in the outbox, one message a channel")
    elif changed:
        out.print("nothing was changed; --apply makes it so")
