"""The channels and the outbox as the page shows them, and what of it was asked for. Pure; anything may be given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from monitor.advice import CHANNEL_SIGNS, channel_advice, channels_by_need, span
from monitor.model import ChannelView, DeliveryView
from monitor.text import clean
from monitor.web.clock import Clock
from monitor.web.query import LONGEST, number
from monitor.web.show import DELIVERY_WORDS, hosts_only

RESENT = ("held", "failed", "expired", "dead", "suppressed", "cancelled")
"""States of which one can be sent again by a button: nobody has had those."""
WRONG = frozenset({"failed", "expired", "dead"})
SIGNS = {"sent": "●", "pending": "○", "held": "◔", "sending": "◐", "suppressed": "–", "cancelled": "–"}
_KINDS = {
    "source": "a source",
    "channel": "a channel",
    "network": "the network",
    "config": "the configuration",
    "disk": "the disk",
    "backlog": "a backlog",
    "filter": "a saved filter",
    "canary": "the canary",
    "alive": "still alive",
    "spike": "a spike",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deliveries a person asked for."""

    state: str = ""
    alert: str = ""
    done: int | None = None
    """How many were put back a moment ago; None when that was not asked."""
    problems: tuple[str, ...] = ()

    @property
    def states(self) -> tuple[str, ...]:
        """The states asked for; none for all."""
        return (self.state,) if self.state else ()

    def address(self, done: int | None = None) -> str:
        """The address of this list; ``done`` says how many were put back."""
        given = {"state": self.state, "alert": self.alert, "again": "" if done is None else str(done)}
        query = urlencode({name: value for name, value in given.items() if value})
        return "/alerts" + ("?" + query if query else "")


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel in the table with its words."""

    channel: ChannelView
    sign: str
    age: str
    """How long it has not been ok."""
    reason: str
    mend: str
    oldest: str
    """For how long the oldest has waited."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """A delivery in the table with its words."""

    delivery: DeliveryView
    sign: str
    state: str
    kind: str
    """``update``, ``notice: a source``; empty for a first alert."""
    says: str
    """Why it waits, what went wrong, or why it was not sent."""
    wrong: bool
    again: str
    """The word on its button; empty for none."""


def read(params: Mapping[str, str]) -> Wanted:
    """Read state, alert and again; what cannot be used is left out and said."""
    state, alert = (" ".join(clean(params.get(name, "")).split())[:LONGEST] for name in ("state", "alert"))
    problems = []
    if state and state not in DELIVERY_WORDS:
        problems.append(f"state is one of {', '.join(DELIVERY_WORDS)}; shown are all.")
        state = ""
    given = params.get("again", "")
    done = 0 if given == "0" else number(given)
    return Wanted(state, alert, done, tuple(problems))


def channels(views: Iterable[ChannelView], clock: Clock) -> list[ChannelRow]:
    """The channels, those that need a person first."""
    return [_channel(view, clock) for view in channels_by_need(views)]


def deliveries(views: Iterable[DeliveryView]) -> list[DeliveryRow]:
    """The deliveries in the order given."""
    return [_delivery(view) for view in views]


def says(view: DeliveryView) -> str:
    """Why a delivery waits, what went wrong, or why it was not sent; without addresses, in which a key may stand."""
    held = view.held if view.state == "held" else None
    return hosts_only("; ".join(filter(None, (held, view.error))))


def _channel(view: ChannelView, clock: Clock) -> ChannelRow:
    public = replace(view, error=view.error and hosts_only(view.error))
    said = channel_advice(public, lambda at: "now" if at <= clock.now else clock.near(at))
    age = span(clock.now - view.since) if view.since and view.health != "ok" else ""
    oldest = span(clock.now - view.oldest) if view.oldest else ""
    mend = "" if view.health == "ok" else said.mend  # what was given up has a button
    return ChannelRow(view, CHANNEL_SIGNS.get(view.health, "▲"), age, said.reason, mend, oldest)


def _delivery(view: DeliveryView) -> DeliveryRow:
    return DeliveryRow(
        view if view.hit_id is not None else replace(view, title=hosts_only(view.title)),
        SIGNS.get(view.state, "▲"),
        DELIVERY_WORDS.get(view.state, view.state),
        _kind(view),
        says(view),
        view.state in WRONG,
        {"held": "Send now", "failed": "Try now"}.get(view.state, "Send again") if view.state in RESENT else "",
    )


def _kind(view: DeliveryView) -> str:
    if view.kind == "hit":
        return "update" if view.update else ""
    return f"notice: {_KINDS.get(view.kind, view.kind)}"
