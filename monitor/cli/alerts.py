"""``monitor alerts``: the outbox, a test message, sending again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.options import LARGEST, ConfigOption, DatabaseOption, JsonOption, noun, now, place, review, week
from monitor.errors import MonitorError, UsageError

if TYPE_CHECKING:
    from monitor.model import DeliveryView

alerts = noun(
    "The outbox: list, test a channel, send again. Without a word: list.",
    "monitor alerts --state failed --state dead",
    "monitor alerts test desk-mail",
    "monitor alerts retry 17",
)
STATES = ("pending", "sending", "failed", "sent", "expired", "dead", "suppressed")


def add_to(cli: typer.Typer) -> None:
    """Add this noun to the root."""
    cli.add_typer(alerts, name="alerts")


@alerts.command("list")
def list_alerts(
    context: typer.Context,
    state: Annotated[
        list[str] | None, typer.Option(help="Only these; can be given several times: " + ", ".join(STATES) + ".")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=LARGEST, help="At most so many.")] = 50,
    json: JsonOption = False,
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """List the deliveries, newest first. Waiting, failed, sent, and those held back with the reason."""
    from monitor.cli import show

    for word in state or []:
        if word not in STATES:
            raise UsageError(f'--state: expected {", ".join(STATES[:-1])} or {STATES[-1]}, got "{word}"')
    with review(place(context, config, database)) as store:
        rows = store.alerts.deliveries(state or (), limit=limit)
    if json:
        show.rows_json(rows)
        return
    out = show.console()
    if not rows:
        out.print("No deliveries here; a hit makes one for each alert of its topic.")
        return
    titles = ("id", "state", "alert", "tries", "when", "topic", "headline, or what is wrong")
    out.print(show.table(titles, map(_row, rows), flexible=6, width=out.width))


@alerts.command("test")
def try_channel(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The alert's name in sources.yaml.")],
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Send a test message to one channel and check its answer."""
    from monitor.deliver.message import render_test
    from monitor.deliver.notify import Notifier
    from monitor.loading import load

    settings = load(place(context, config, database).config, os.environ).settings
    alert = next((alert for alert in settings.alerts if alert.name == name), None)
    if alert is None:
        names = ", ".join(alert.name for alert in settings.alerts)
        mend = f"expected one of: {names}" if names else "none is configured; add one under alerts:"
        raise UsageError(f'no alert "{name}" in sources.yaml; {mend}')
    outcome = Notifier(settings.deliver.telegram_api_base).send(alert.url, render_test(name, now()))
    if not outcome.ok:
        raise MonitorError(f"{name}: {outcome.error}")
    typer.echo(f"{name}: accepted by the channel")


@alerts.command("retry")
def retry(
    context: typer.Context,
    number: Annotated[
        int,
        typer.Argument(metavar="ID", min=1, max=LARGEST, help="The delivery's number, as `monitor alerts` shows it."),
    ],
    config: ConfigOption = None,
    database: DatabaseOption = None,
) -> None:
    """Put a delivery back into the outbox. Whatever became of it before, the next round sends it."""
    at = now()
    with review(place(context, config, database)) as store:
        former = store.alerts.resend(number, at + week(), at)
    if not former:
        raise MonitorError(f"no delivery number {number} that could be sent again; `monitor alerts` lists them")
    typer.echo(f"delivery {number} ({former}) is in the outbox again")


def _row(view: DeliveryView) -> tuple[str, ...]:
    from monitor.cli.show import ago

    when = ago(view.sent or view.due, now())
    says = view.error if view.error and view.state != "sent" else view.title
    return (str(view.id), view.state, view.alert, str(view.attempts), when, view.topic, says)
