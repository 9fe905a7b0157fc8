"""``monitor hits mark`` and ``undo``: decisions from the command line, told with what was before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import asking
from monitor.cli.options import LARGEST, ConfigOption, DatabaseOption, examples, now, place, review
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.model import DecisionView, HitView

_AS_IT_IS = "-"
_SHOWN = 10
"""Decisions shown with a hit; the newest."""

NumbersArgument = Annotated[
    list[int],
    typer.Argument(metavar="ID...", min=1, max=LARGEST, help="Numbers of hits, as `monitor hits` shows them."),
]
WhoOption = Annotated[str, typer.Option("--who", metavar="NAME", help="Who decides, for the history.")]


def add_to(noun: typer.Typer) -> None:
    """Add these to the noun of the hits."""
    said = examples(
        'monitor hits mark 17 relevant --note "first report of the date"',
        "monitor hits mark 17 18 19 irrelevant --tag band --who anna",
        "monitor hits mark 17 - --untag band              the state stays",
    )
    noun.command("mark", epilog=said)(mark)
    noun.command("undo", epilog=examples("monitor hits undo 40 41"))(undo)


def mark(  # noqa: PLR0913, PLR0917 - one option a part of a decision
    context: typer.Context,
    numbers: NumbersArgument,
    state: Annotated[str, typer.Argument(metavar="STATE", help=f"{asking.STATES_SAID}; - leaves it as it is.")],
    note: Annotated[str | None, typer.Option(help="A note to keep with it.")] = None,
    tag: Annotated[list[str] | None, typer.Option("--tag", help="A tag to put on; may be given often.")] = None,
    untag: Annotated[list[str] | None, typer.Option("--untag", help="A tag to take off; may be given often.")] = None,
    who: WhoOption = "",
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Record a decision on hits. Without --note the note of before stays.

    It overrules what was decided before, which is told and stays in the history.
    """
    from monitor.model import Judgement, Target

    if state not in (*asking.STATES, _AS_IT_IS):
        raise UsageError(f'STATE: expected {asking.STATES_SAID}, got "{state}"')
    said = Judgement(None if state == _AS_IT_IS else state, note, None, tuple(tag or ()), tuple(untag or ()))
    with review(place(context, config, database)) as store:
        decided = store.decisions.decide([Target(number) for number in numbers], said, who, now())
    _tell(decided.done)
    if decided.missing:
        raise no_hit(*decided.missing)


def undo(
    context: typer.Context,
    decisions: Annotated[
        list[int],
        typer.Argument(metavar="DECISION...", min=1, max=LARGEST, help="Numbers of decisions, as mark and show say."),
    ],
    who: WhoOption = "",
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Take decisions back; of an undo, do it after all. Exit code 1 where somebody has decided since."""
    with review(place(context, config, database)) as store:
        undone = store.decisions.undo(decisions, who, now())
    _tell(undone.done)
    wrong = [f"no decision number {number}" for number in undone.missing]
    wrong += [f"hit {one.hit_id} stays as it is: {one.id} was decided since" for one in undone.overtaken]
    if wrong:
        raise MonitorError("; ".join(wrong))


def no_hit(*numbers: int) -> MonitorError:
    """The word for hits that there are not."""
    said = f"number {numbers[0]}" if len(numbers) == 1 else f"numbers {', '.join(map(str, numbers))}"
    return MonitorError(f"no hit {said}; `monitor hits` lists them")


def shown(hit: HitView, history: tuple[DecisionView, ...]) -> list[str]:
    """The tags of a hit and what was decided on it, newest first, a line each."""
    from monitor.cli import show

    lines = [f"tags: {', '.join(hit.tags)}"] if hit.tags else []
    lines += [f"decided {show.moment(one.at)}: {_words(one)}" for one in history[:_SHOWN]]
    return lines + ([f"and {len(history) - _SHOWN} decisions before"] if len(history) > _SHOWN else [])


def _tell(done: tuple[DecisionView, ...]) -> None:
    for one in done:
        was = f", it was {one.was}" if one.was != one.state else ""
        typer.echo(f"hit {one.hit_id} is {one.state}{was} (decision {one.id})")


def _words(one: DecisionView) -> str:
    parts = [f"{one.was} → {one.state}" if one.was != one.state else one.state]
    parts += [f"by {one.who}"] if one.who else []
    parts += [f"takes back {one.undoes}"] if one.undoes else []
    parts += [f'note "{one.note}"'] if one.note else []
    parts += [f"tags {', '.join(one.tags)}"] if one.tags else []
    return f"{', '.join(parts)} (decision {one.id})"
