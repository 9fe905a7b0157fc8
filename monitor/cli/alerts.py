"""``monitor alerts``: the channels and the outbox, a test message, sending again."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import LARGEST, ConfigOption, DatabaseOption, JsonOption, noun, now, place, review, week
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from monitor.model import ChannelView, DeliveryView
    from monitor.store import AlertStore

alerts = noun(
    "The channels and the outbox: list, test a channel, send again. Without a word: list.",
    "monitor alerts --state failed --state dead",
    "monitor alerts --alert desk-mail",
    "monitor alerts test desk-mail",
    "monitor alerts retry 17 18",
    "monitor alerts retry --alert desk-mail         all that was given up, failed or expired",
)
STATES = ("pending", "held", "sending", "failed", "sent", "expired", "dead", "suppressed", "cancelled")
LOST = ("dead", "failed", "expired")
"""What is sent again where no state is asked for."""
RESENT = tuple(state for state in STATES if state not in {"pending", "sending"})

StateOption = Annotated[
    list[str] | None, typer.Option("--state", help="Only these; can be given several times: " + ", ".join(STATES) + ".")
]
AlertOption = Annotated[str | None, typer.Option("--alert", metavar="NAME", help="Only this alert.")]


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_alerts(
    context: typer.Context,
    state: StateOption = None,
    alert: AlertOption = None,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST, help="At most so many.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List how each channel stands, and the deliveries, newest first, with why they wait or were not sent."""
    from monitor.cli import show
    from monitor.cli.alerts_table import write

    _check_states(state or (), STATES)
    with review(place(context, config, database)) as store:
        channels = _channels(store.alerts, alert)
        rows = _deliveries(store.alerts, state or (), channels if alert is not None else None, limit)
    if json:
        show.rows_json(rows)
    else:
        write(show.console(), channels, rows, now())


@alerts.command("test")
def try_channels(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="The alert's name in sources.yaml.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every alert.")] = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send a test message to a channel and check its answer. A channel that failed is then tried at once.

    The number of the message stands in it. An alert with several URLs is tested at each of them.
    """
    from monitor.cli.alerts_check import chosen, try_each
    from monitor.loading import load

    found = place(context, config, database)
    settings = load(found.config, os.environ).settings
    wanted = chosen(settings.alerts, name, every=every)
    failed = False
    for taken, words in try_each(wanted, settings.deliver.telegram_api_base, found):
        typer.echo(words, err=not taken)
        failed = failed or not taken
    raise typer.Exit(int(failed))


@alerts.command("retry")
def retry(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None,
        typer.Argument(metavar="[ID]...", min=1, max=LARGEST, help="Deliveries, as `monitor alerts` numbers them."),
    ] = None,
    alert: Annotated[
        str | None, typer.Option("--alert", metavar="NAME", help="All of this alert, instead of numbers.")
    ] = None,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help=f"With --alert: which ones; {', '.join(LOST)} unless others are named."),
    ] = None,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put deliveries back into the outbox. Whatever became of them before, the next round sends them."""
    if bool(numbers) == (alert is not None):
        raise UsageError("expected the ID of a delivery, or --alert NAME for all of an alert")
    if numbers and state:
        raise UsageError("--state goes with --alert; a delivery with a number is sent again whatever its state")
    _check_states(state or (), RESENT)
    with review(place(context, config, database)) as store:
        if alert is not None:
            _retry_all(store.alerts, alert, state or LOST)
        else:
            _retry_each(store.alerts, dict.fromkeys(numbers or ()))


def _check_states(given: Collection[str], known: Sequence[str]) -> None:
    for word in given:
        if word not in known:
            raise UsageError(f'--state: expected {", ".join(known[:-1])} or {known[-1]}, got "{word}"')


def _channels(store: AlertStore, alert: str | None) -> list[ChannelView]:
    """The channels of this name, or all but the canary's; UsageError for a name that none has."""
    from monitor.cli.alerts_check import of_name
    from monitor.model import CANARY

    known = store.channels()
    if alert is None:
        return [channel for channel in known if channel.alert != CANARY]
    names = of_name([channel.alert for channel in known], alert)
    if not names:
        words = ", ".join(channel.alert for channel in known if channel.alert != CANARY) or "none has a channel yet"
        raise UsageError(f'--alert: expected one of: {words}; got "{alert}"')
    return [channel for channel in known if channel.alert in names]


def _deliveries(
    store: AlertStore, states: Sequence[str], channels: Sequence[ChannelView] | None, limit: int
) -> list[DeliveryView]:
    """The newest ones, of these channels or of all."""
    if channels is None:
        return store.deliveries(states, limit=limit)
    found = [view for channel in channels for view in store.deliveries(states, channel.alert, limit)]
    return sorted(found, key=lambda view: -view.id)[:limit]


def _retry_all(store: AlertStore, alert: str, states: Sequence[str]) -> None:
    from monitor.deliver.plan import BACKLOG

    at, sums = now(), Counter[str]()
    for channel in _channels(store, alert):
        sums[channel.alert] = store.resend_all(channel.alert, states, at + week(), at)
    for name, count in sums.items():
        digest = "; so many go out as one digest" if count > BACKLOG else ""
        what = "1 delivery is" if count == 1 else f"{count or 'no'} deliveries are"
        typer.echo(f"{name}: {what} in the outbox again ({', '.join(states)}){digest}")


def _retry_each(store: AlertStore, numbers: Collection[int]) -> None:
    at, unknown = now(), []
    for number in numbers:
        former = store.resend(number, at + week(), at)
        if former:
            typer.echo(f"delivery {number} ({former}) is in the outbox again")
        else:
            unknown.append(str(number))
    if unknown:
        which = f"delivery number {unknown[0]}" if len(unknown) == 1 else f"deliveries {', '.join(unknown)}"
        raise MonitorError(f"no {which} that could be sent again; `monitor alerts` lists them")
