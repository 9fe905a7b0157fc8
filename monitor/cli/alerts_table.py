"""How the outbox looks in a terminal: the channels, then a row a delivery, and under it what is to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.text import Text

from monitor.advice import CHANNEL_SIGNS, channel_advice, channels_by_need, span
from monitor.cli import show
from monitor.model import ChannelView, DeliveryView

_TITLES = ("id", "state", "alert", "tries", "when", "topic", "headline")
_OVER = frozenset({"suppressed", "cancelled", "expired", "dead"})
_MARGIN = 7


def write(out: Console, channels: Iterable[ChannelView], rows: Sequence[DeliveryView], now: datetime) -> None:
    """Print the channels, those that need a person first, then the deliveries in the order given."""
    for channel in channels_by_need(channels):
        _write_channel(out, channel, now)
    if not rows:
        out.print("No deliveries here; a hit makes one for each alert of its topic.")
        return
    out.print()
    head, *lines = show.table(_TITLES, [_row(view, now) for view in rows], flexible=6, width=out.width).renderables
    out.print(head)
    for view, line in zip(rows, lines, strict=True):
        out.print(line)
        if words := delivery_says(view):
            show.paragraph(out, Text(show.one_line(words), style="dim"), first=" " * _MARGIN)


def delivery_says(view: DeliveryView) -> str:
    """What there is to say of a delivery beside its state: why it waits, what went wrong, or why it is not sent."""
    held = f"held: {view.held}" if view.held and view.state == "held" else ""
    lost = f"{view.unknown} of its tries may have arrived" if view.unknown and view.state != "sent" else ""
    return "; ".join(filter(None, (held, view.error, lost)))


def kind_words(view: DeliveryView) -> str:
    """What a delivery is when it is no first alert: ``update``, ``notice``, ``spike`` and so on; else empty."""
    if view.kind == "hit":
        return "update" if view.update else ""
    return "notice" if view.kind == "source" else f"notice, {view.kind}"


def _write_channel(out: Console, channel: ChannelView, now: datetime) -> None:
    first = f"{CHANNEL_SIGNS.get(channel.health, '▲')} {show.one_line(channel.alert)}: "
    show.paragraph(out, Text(" · ".join(_facts(channel, now))), first=first)
    said = channel_advice(channel, lambda at: "now" if at <= now else show.ago(at, now))
    for words in filter(None, (said.reason, said.mend and f"→ {said.mend}")):
        show.paragraph(out, Text(show.one_line(words)), first="    ")


def _facts(channel: ChannelView, now: datetime) -> Iterator[str]:
    long = f" for {span(now - channel.since)}" if channel.since and channel.health != "ok" else ""
    yield f"{channel.health}{long}"
    if channel.waiting:
        oldest = f", the oldest for {span(now - channel.oldest)}" if channel.oldest else ""
        yield f"{channel.waiting} waiting{oldest}"
    if channel.dead:
        yield f"{channel.dead} given up"
    yield f"last sent {show.ago(channel.last_sent, now)}" if channel.last_sent else "nothing sent yet"


def _row(view: DeliveryView, now: datetime) -> tuple[str, ...]:
    when = show.ago(view.sent or (view.created if view.state in _OVER else view.due), now)
    title = " · ".join(filter(None, (kind_words(view), view.title or "(no headline)")))
    return (str(view.id), view.state, view.alert, str(view.attempts), when, view.topic, title)
