"""The outbox: what is to be delivered, what one message holds, how a try ended, how a channel stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from monitor.model.polling import Notice
from monitor.model.views import HitView

ChannelHealth = Literal["ok", "failing", "refused"]


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery to be stored with its hit."""

    topic: str
    alert: str
    due: datetime
    expires: datetime
    suppressed: str | None = None
    """Why this one is stored but not sent, in words; None when it is to be sent."""
    held: str | None = None
    """Why it waits until it is due, in words: ``digest at ...``."""
    urgent: bool = False
    """Breaks through quiet hours and the cooldown."""
    updates: timedelta | None = None
    """Least time between two messages on one story; None: later articles of a told story are stored, not sent."""


@dataclass(frozen=True, slots=True)
class Item:
    """A hit in a message."""

    delivery_id: int
    hit: HitView
    update: bool = False
    """True when the channel was told of its story before."""
    repeated: bool = False
    """True when an earlier try may already have arrived."""


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """A word of the monitor about itself in a message."""

    delivery_id: int
    notice: Notice
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class ChannelState:
    """How a channel stands."""

    alert: str
    health: ChannelHealth = "ok"
    """``failing``: tried again by itself; ``refused``: it said never, so a person has to mend something."""
    since: datetime | None = None
    """When the present run of failures began; None while it is ok."""
    failures: int = 0
    """Failed tries in a row that were the channel's own fault."""
    next_at: datetime | None = None
    """Nothing is sent before."""
    recent: tuple[datetime, ...] = ()
    """When its last messages were sent, oldest first: as many as its pace needs."""
    error: str | None = None
    told: bool = False
    """True when the operator was told that it fails."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """Deliveries of one channel claimed together: one message."""

    alert: str
    items: tuple[Item, ...]
    attempts: int
    """Tries before this one."""
    key: str
    """Stable identity of this message for the receiver (mail Message-ID): the same deliveries, the same key."""
    channel: ChannelState
    notices: tuple[NoticeItem, ...] = ()
    reason: str = ""
    """Why several go out together, in words; empty for a digest that was asked for, and for one alone."""
    until: datetime | None = None
    """When its lease runs out: another process may have it then."""

    @property
    def delivery_ids(self) -> tuple[int, ...]:
        """Every row that this message stands for."""
        return (*(item.delivery_id for item in self.items), *(item.delivery_id for item in self.notices))

    @property
    def hits(self) -> tuple[HitView, ...]:
        """The hits in it."""
        return tuple(item.hit for item in self.items)

    @property
    def repeated(self) -> bool:
        """Whether any part of it may have arrived before."""
        return any(item.repeated for item in self.items) or any(item.repeated for item in self.notices)


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel sends: the same words as plain text and as HTML."""

    subject: str
    text: str
    html: str
    telegram: str
    """Telegram's HTML subset, at most 3,500 UTF-16 units (4,096 from an own template)."""
    key: str
    thread: str | None = None
    """Stable name of the story for this reader: what shares it is shown together; None for what stands alone."""
    notes: tuple[str, ...] = ()
    """What went wrong in making it, in words, such as an own template that could not be used: for the log."""
    numbers: str = ""
    """Every hit in it by its number, for a channel that has room for no more."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What is known of a channel from its URL alone."""

    address: str
    """Who is written to, and as whom: the same for two alerts to one chat or mailbox. A hash, so no secret is in it."""
    limits: tuple[tuple[int, timedelta], ...]
    """At most so many messages in any such time; every pair holds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try to send a parcel ended."""

    ok: bool
    error: str | None = None
    permanent: bool = False
    unknown: bool = False
    retry_after: float | None = None
    """Seconds that the channel asked to be left alone."""
    poison: bool = False
    """True when it is this message that was not taken; the channel itself works."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits on one alert, for the decision on what goes out next."""

    messages: int
    """Messages that would go out one by one now."""
    sent: tuple[datetime, ...]
    """Its messages of the last hour, or of its cooldown where that is longer, oldest first."""
    channel: ChannelState
    oldest: datetime | None = None
    """When the oldest of what waits was stored."""
    put_off: int = 0
    """Those of ``messages`` that an earlier plan held back."""
    why: str = ""
    """Why it did."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes out next on one alert."""

    together: bool = False
    """Everything that is due, as one message."""
    reason: str = ""
    """Why together, for the reader."""
    hold: datetime | None = None
    """Nothing but what is urgent goes out before."""
    why: str = ""
    """Why it is held."""


@dataclass(frozen=True, slots=True)
class AfterSend:
    """What follows from a try: when the rows are due again, how the channel stands, what the operator is told."""

    channel: ChannelState
    again: datetime | None = None
    """None: accepted, or given up."""
    alone: bool = False
    """True when several rows are to be tried in parts, to find the one that is not taken."""
    notice: Notice | None = None
    wake: bool = False
    """True when the channel takes messages again after it had refused them: what it refused is sent again."""
