"""What the state of a source or a channel means and what to do, in words for a person. Pure; for terminal and page.

Must not: decide the state (``monitor.poll.health`` and ``monitor.deliver.backoff`` do), read a clock, hide secrets.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from monitor.model import ChannelView, GapView, SourceHead, SourceView

Known = TypeVar("Known", "SourceView", "SourceHead")
Told = Callable[[datetime], str]
"""A moment in the words of whoever shows it."""

SIGNS = {
    "gone": "✕",
    "failing": "✕",
    "blocked": "■",
    "rotated": "▲",
    "silent": "▲",
    "late": "▲",
    "moved": "▲",
    "paused": "‖",
    "new": "○",
    "back": "●",
    "ok": "●",
    "off": "–",
}
"""The states with their signs, what needs a person most first."""
CALM = frozenset({"paused", "new", "back", "ok", "off"})
"""States that ask nothing of anybody."""
CHANNEL_SIGNS = {"refused": "✕", "failing": "▲", "ok": "●"}
"""The states of a channel with their signs, what needs a person most first."""


@dataclass(frozen=True, slots=True)
class Advice:
    """Why a source is in its state, and the mend; words between backticks are to be typed."""

    reason: str = ""
    mend: str = ""


def state(source: SourceView | SourceHead) -> str:
    """Return the health of a source; ``off`` for one that sources.yaml no longer has or has disabled, ``paused``."""
    if not source.active:
        return "off"
    return source.health if source.paused is None else "paused"


def by_need(sources: Iterable[Known]) -> list[Known]:
    """Return the sources with those first that need a person most, each kind by name."""
    places = {known: at for at, known in enumerate(SIGNS)}
    return sorted(sources, key=lambda source: (places.get(state(source), 0), source.name.casefold()))


def advice(source: SourceView, told: Told) -> Advice:
    """Return what is to be said of a source's state; both parts are empty where all is well."""
    known = state(source)
    if known in _SAYS:
        return _SAYS[known](source, told)
    return Advice(_trying(source, told))


def channels_by_need(channels: Iterable[ChannelView]) -> list[ChannelView]:
    """Return the channels with those first that need a person most, each kind by name."""
    order = list(CHANNEL_SIGNS)
    return sorted(channels, key=lambda one: (_place(order, one.health), not one.dead, one.alert.casefold()))


def channel_advice(channel: ChannelView, told: Told) -> Advice:
    """Return what is to be said of a channel; both parts are empty for one that works and has nothing given up."""
    again = f"; next try {told(channel.next_at)}" if channel.next_at else ""
    error = channel.error or "no reason known"
    name = shlex.quote(channel.alert)
    if channel.health == "refused":
        return Advice(
            f"it takes no messages: {error}. What comes is kept, and one is tried every hour{again}",
            f"mend it in sources.yaml or at the channel, then `monitor alerts test {name}`: what waits goes out",
        )
    if channel.health == "failing":
        return Advice(f"cannot be reached: {error}. Nothing is lost, it is tried again by itself{again}")
    if channel.dead:
        return Advice(mend=f"`monitor alerts retry --alert {name} --state dead` sends what was given up again")
    return Advice()


def span(distance: timedelta) -> str:
    """Return ``40 s``, ``7 min``, ``3 h``, ``5 days``: the largest whole unit."""
    seconds = int(distance.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86400:
        return f"{seconds // 3600} h"
    return "1 day" if seconds < 172800 else f"{seconds // 86400} days"


def span_words(span: timedelta) -> str:
    """Return a duration as sources.yaml writes it: ``90s 15m 2h 14d``."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


def open_gaps(source: SourceView) -> tuple[GapView, ...]:
    """Return the gaps whose entries may be missing: those being read back, and those that stay open."""
    return tuple(gap for gap in source.gaps if gap.state != "closed")


def gap_words(gap: GapView, told: Told) -> str:
    """Return one gap in a sentence."""
    ends = {
        "reading": "it is being read back",
        "closed": "closed: read back to what was known",
        "open": "stays open: the site offers no more",
    }
    return (
        f"{told(gap.since)} to {told(gap.until)}, noticed {told(gap.noticed)}: "
        f"{_count(gap.read_back, 'entry', 'entries')} read back; {ends.get(gap.state, gap.state)}"
    )


def _place(order: list[str], known: str) -> int:
    return order.index(known) if known in order else 0


def _trying(source: SourceView, told: Told) -> str:
    """Of a source that is still counted as well: its last failure, or a move that is not believed yet."""
    if source.outcome == "failed":
        return f"the last poll failed, which is not counted as an outage yet: {_error(source)}"
    if source.moving_to is not None:
        return f"a permanent redirect leads to {source.moving_to}; it is followed, and believed when it lasts"
    return "well again" + _since(source, told) if state(source) == "back" else ""


def _failing(source: SourceView, told: Told) -> Advice:
    return Advice(f"{_failed(source, told)}: {_error(source)}", f"{_check(source)} shows at which step")


def _gone(source: SourceView, told: Told) -> Advice:
    return Advice(
        f"says that it is gone for good; {_answered(source, told)}: {_error(source)}",
        "take it out of sources.yaml, or look for its new address: `monitor sources add` with the site's home page",
    )


def _blocked(source: SourceView, told: Told) -> Advice:
    if source.walls > source.failures:
        return Advice(
            f"{_count(source.walls, 'article page', 'article pages')} in a row behind a bot check, consent or login; "
            "only the feed's own words are matched",
            "another `user_agent`, `headers` or `proxy` in sources.yaml; `monitor why` with an article's address "
            "says what stood in front of it",
        )
    if source.error and "robots" in source.error:
        return Advice(
            f"its robots.txt forbids the page: {source.error}", "poll its feed or news sitemap instead, or ask the site"
        )
    return Advice(
        f"it refuses us, {_answered(source, told)}: {_error(source)}",
        f"another `user_agent`, `headers` or `proxy` in sources.yaml; then {_check(source)}",
    )


def _silent(source: SourceView, told: Told) -> Advice:
    last = f"nothing new since {told(source.last_new)}" if source.last_new else "it never brought anything new"
    return Advice(
        f"answers, but {last}, which is not its rhythm",
        "look at the site: where it goes on, its feed moved or died; `monitor sources add` with the site's home page "
        "finds the present one",
    )


def _moved(source: SourceView, _told: Told) -> Advice:
    return Advice(f"now at {source.address or 'a new address'}", "write it into sources.yaml as its `url`")


def _rotated(source: SourceView, told: Told) -> Advice:
    found = next(iter(source.gaps), None)
    missing = "all it showed was new" if found and found.state == "closed" else "entries may be missing"
    where = f"{missing}: {gap_words(found, told)}" if found else missing
    return Advice(where, "where it happens again, poll it more often: a shorter `interval_min` in sources.yaml")


def _late(source: SourceView, _told: Told) -> Advice:
    behind = f"{span(source.lateness)} " if source.lateness else ""
    return Advice(
        f"was polled {behind}after it was due, more than once: the monitor is behind its own plan",
        "see the log; longer intervals, a shorter `pace` or more `connections` for its host help",
    )


def _off(source: SourceView, _told: Told) -> Advice:
    return Advice("no longer in sources.yaml, or disabled there; what it gave is kept" if source.entries else "")


def _paused(source: SourceView, told: Told) -> Advice:
    who = f" by {source.paused_by}" if source.paused_by else ""
    since = f" since {told(source.paused)}" if source.paused else ""
    return Advice(f"paused{who}{since}; it is not polled", f"`monitor sources resume {shlex.quote(source.name)}`")


_SAYS: dict[str, Callable[[SourceView, Told], Advice]] = {
    "failing": _failing,
    "gone": _gone,
    "blocked": _blocked,
    "silent": _silent,
    "moved": _moved,
    "rotated": _rotated,
    "late": _late,
    "paused": _paused,
    "off": _off,
}


def _failed(source: SourceView, told: Told) -> str:
    times = "failed once" if source.failures == 1 else f"failed {source.failures} times in a row"
    return f"{times}, {_answered(source, told)}"


def _answered(source: SourceView, told: Told) -> str:
    return f"last answered {told(source.last_ok)}" if source.last_ok else "has never answered"


def _since(source: SourceView, told: Told) -> str:
    return f" since {told(source.health_since)}" if source.health_since else ""


def _error(source: SourceView) -> str:
    return source.error or "no reason known"


def _check(source: SourceView) -> str:
    return f"`monitor sources check {shlex.quote(source.name)}`"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
