"""``monitor alerts test``: one message to each channel, its answer, and what happens to what waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.cli.options import Place, now, review
from monitor.errors import UsageError

if TYPE_CHECKING:
    from monitor.model import Alert


def chosen(alerts: Sequence[Alert], name: str | None, *, every: bool) -> list[Alert]:
    """Return the channels that are meant: one, all of an alert with several URLs, or every one; else UsageError."""
    if (name is None) != every:
        raise UsageError("expected the NAME of an alert, or --all")
    if not alerts:
        raise UsageError("no alert is configured; add one under alerts: in sources.yaml")
    names = of_name([alert.name for alert in alerts], name) if name is not None else {one.name for one in alerts}
    if not names:
        known = ", ".join(alert.name for alert in alerts)
        raise UsageError(f'no alert "{name}" in sources.yaml; expected one of: {known}')
    return [alert for alert in alerts if alert.name in names]


def of_name(known: Iterable[str], name: str) -> set[str]:
    """Return the channels of this name: itself, or ``desk/1``, ``desk/2`` of an alert ``desk`` with several URLs."""
    numbered = {one for one in known if one.rpartition("/")[0] == name and one.rpartition("/")[2].isdecimal()}
    return {one for one in known if one == name} or numbered


def try_each(alerts: Iterable[Alert], telegram_api_base: str | None, found: Place) -> Iterator[tuple[bool, str]]:
    """Send to each channel; for each whether it took the message, and what is to say."""
    from monitor.deliver.message import render_test
    from monitor.deliver.notify import Notifier

    notifier = Notifier(telegram_api_base)
    for alert in alerts:
        message = render_test(alert.name, now())
        start = time.monotonic()
        outcome = notifier.send(alert.url, message)
        took = time.monotonic() - start
        if outcome.ok:
            said = f"accepted by the channel in {took:.1f} s as {message.key}{_waiting(alert, found)}"
        else:
            said = f"{outcome.error} (after {took:.1f} s)"
        yield outcome.ok, f"{alert.name}: {said}"


def _waiting(alert: Alert, found: Place) -> str:
    """Have a channel that works tried at once. Returns what waits for it, in words; nothing without a database."""
    try:
        with review(found) as store:
            waiting = store.alerts.works(alert.name, now())
    except UsageError:
        return ""
    return f"; {waiting} waiting, and what is due goes out in the next round" if waiting else ""
