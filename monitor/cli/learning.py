"""``monitor topics learn``: which rules and forms are behind the false alarms."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.options import LARGEST, ConfigOption, DatabaseOption, JsonOption, place, review
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Learning, Sample, Worth

_COUNTED = 10_000


def learn(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A topic's name.")],
    newest: Annotated[
        int, typer.Option(min=0, max=LARGEST - 1, help="Count at most so many of the newest hits; 0 for all.")
    ] = _COUNTED,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Show which rules and forms were behind irrelevant hits, the worst first.

    Counted are the newest hits and the newest that somebody judged.
    """
    with review(place(context, config, database)) as store:
        known, learnt = store.learning.topics(), store.learning.learning(name, newest or None)
    if name not in known:
        raise UsageError(f'no hits of a topic "{name}"; expected one of: {", ".join(known) or "none has hits yet"}')
    if json:
        from monitor.cli import show

        show.as_json(asdict(learnt))
    else:
        _write(learnt)


def _write(learnt: Learning) -> None:
    from monitor.cli import show

    out = show.console()
    for title, worths in (("rule", learnt.rules), ("form", learnt.forms)):
        titles = (title, "hits", "judged", "irrelevant", "share", "newest false alarms")
        out.print(show.table(titles, list(map(_row, worths)), flexible=0, width=out.width))
        out.print()
    out.print(
        f"{learnt.topic}: {_counted(learnt.newest, 'hits')}; {_counted(learnt.judged, 'judged')},"
        f" {learnt.irrelevant} irrelevant"
    )


def _row(one: Worth) -> list[str]:
    share = f"{one.irrelevant / one.judged:.0%}" if one.judged else "-"
    words = f"{one.words} ({one.concept})" if one.concept else one.words
    figures: list[Any] = [one.hits, one.judged, one.irrelevant]
    return [words, *map(str, figures), share, " ".join(map(str, one.wrong))]


def _counted(sample: Sample, what: str) -> str:
    older = f", the newest, since {sample.since:%Y-%m-%d}" if sample.more and sample.since else ""
    return f"{sample.hits} {what}{older}"
