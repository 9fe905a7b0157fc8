"""What follows from a try to send: when it is tried again, and how its channel stands. Pure.

A failure is the channel's (it cannot be reached, it says never), or the message's (this one it does not take). The
first pauses the whole channel, the second nobody else. The jitter and the time come from the caller.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from monitor.model import AfterSend, Notice

if TYPE_CHECKING:
    from monitor.model import Channel, ChannelState, Outcome, Parcel

FIRST: Final = 5.0
LONGEST: Final = 15 * 60.0
SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 3600.0
PROBE: Final = timedelta(hours=1)
"""How often a channel that said never is tried again with one message."""
IN_A_ROW: Final = 3
"""Messages that a channel may not take, one after the other, before that is called its own fault."""
TELL_AFTER: Final = timedelta(minutes=10)
"""A channel that fails is spoken of when it has failed so long."""


def after(parcel: Parcel, outcome: Outcome, channel: Channel, jitter: float, now: datetime) -> AfterSend:
    """What follows from ``outcome``; ``jitter`` is in [0, 1]."""
    if outcome.ok:
        return _accepted(parcel.channel, channel, now)
    if outcome.poison:
        return _not_taken(parcel, outcome, channel, jitter, now)
    if outcome.retry_after is not None:
        again = now + timedelta(seconds=wait_asked(outcome.retry_after, jitter))
        return AfterSend(replace(_called(parcel.channel, channel, now), next_at=again), again)
    return _refused(parcel, outcome, now) if outcome.permanent else _failed(parcel, outcome, jitter, now)


def wait_asked(seconds: float, jitter: float) -> float:
    """The seconds that a channel asked for, between 1 s and 1 h, plus up to a tenth."""
    return min(max(seconds, SHORTEST_WAIT), LONGEST_WAIT) * (1 + jitter / 10)


def wait(failures: int, jitter: float) -> float:
    """Seconds after so many failures: 5, 10, 20 ... to 15 minutes, less up to a quarter."""
    doublings = min(max(failures - 1, 0), 20)  # beyond, the cap holds anyway and the power would only grow
    return min(FIRST * 2.0**doublings, LONGEST) * (1 - jitter / 4)


def free_at(recent: tuple[datetime, ...], channel: Channel, now: datetime) -> datetime:
    """When the next message may go, so that in no window there are more than the channel's limits allow."""
    ends = [recent[-count] + window for count, window in channel.limits if len(recent) >= count]
    return max([now, *ends])


def _called(state: ChannelState, channel: Channel, now: datetime) -> ChannelState:
    """The channel after one more message: its pace. Times to come are of a clock that was put back."""
    most = max((count for count, _ in channel.limits), default=1)
    recent = (*(at for at in state.recent if at <= now), now)[-most:]
    return replace(state, recent=recent, next_at=free_at(recent, channel, now))


def _accepted(state: ChannelState, channel: Channel, now: datetime) -> AfterSend:
    fine = replace(_called(state, channel, now), health="ok", since=None, failures=0, error=None, told=False)
    words = f"takes messages again{_spell(state)}; what waited for it goes out now"
    notice = Notice(state.alert, state.health, "ok", words, now, kind="channel") if state.told else None
    return AfterSend(fine, notice=notice, wake=state.health == "refused")


def _not_taken(parcel: Parcel, outcome: Outcome, channel: Channel, jitter: float, now: datetime) -> AfterSend:
    """This message is not taken: several are tried in parts, a single one again by itself, or given up.

    Several given up in a row, with none taken in between, are the channel's doing.
    """
    state = _called(parcel.channel, channel, now)
    if len(parcel.delivery_ids) > 1:
        return AfterSend(state, now, alone=True)
    if not outcome.permanent:
        return AfterSend(state, now + timedelta(seconds=wait(parcel.attempts + 1, jitter)))
    if state.health == "failing":
        return AfterSend(state)
    if state.failures + 1 >= IN_A_ROW:
        return _refused(parcel, outcome, now)
    return AfterSend(replace(state, failures=state.failures + 1))


def _refused(parcel: Parcel, outcome: Outcome, now: datetime) -> AfterSend:
    """The channel said never: the one in hand is given up, what waits is kept, and a person is told."""
    state = _worse(parcel.channel, outcome, now)
    words = f"{outcome.error}; it is tried once an hour. Mend it, then: monitor alerts test '{state.alert}'"
    known = state.told and parcel.channel.health == "refused"
    notice = None if known else Notice(state.alert, state.health, "refused", words, now, kind="channel")
    state = replace(state, health="refused", next_at=now + PROBE, told=True)
    return AfterSend(state, now + PROBE if len(parcel.delivery_ids) > 1 else None, notice=notice)


def _failed(parcel: Parcel, outcome: Outcome, jitter: float, now: datetime) -> AfterSend:
    state = _worse(parcel.channel, outcome, now)
    again = now + timedelta(seconds=wait(parcel.attempts + 1, jitter))
    state = replace(state, next_at=now + timedelta(seconds=wait(state.failures, jitter)))
    if state.health == "ok":
        state = replace(state, health="failing")
    long = state.since is not None and now - state.since >= TELL_AFTER
    if state.told or not long:
        return AfterSend(state, again)
    words = f"cannot be reached{_spell(state)}: {outcome.error}; nothing is lost, it is tried again by itself"
    notice = Notice(state.alert, "ok", "failing", words, now, kind="channel")
    return AfterSend(replace(state, told=True), again, notice=notice)


def _worse(state: ChannelState, outcome: Outcome, now: datetime) -> ChannelState:
    since = state.since if state.since is not None and state.since <= now else now
    return replace(state, since=since, failures=state.failures + 1, error=outcome.error)


def _spell(state: ChannelState) -> str:
    return f"; it has failed since {state.since:%Y-%m-%d %H:%M} UTC" if state.since else ""
