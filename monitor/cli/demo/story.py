"""The demo from beginning to end: start the outside world, run the real monitor for two rounds, show, wait, stop.

The monitor itself is exactly the one that ``monitor run`` uses, wired by ``monitor.app.build``; only the outside is
made up. Must not: know how a desk works, write outside its temporary folder.
"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event as Flag
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from monitor.app import App, build, utc_now
from monitor.cli.demo import check, show
from monitor.cli.demo.expected import seeds_folder
from monitor.cli.demo.loopback import LOOPBACK
from monitor.cli.demo.world import World, world
from monitor.model import Event, HitFilter, HitView, RoundSum

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import FrameType

    from rich.console import Console

TOPIC = "ramstein"
SECOND_TOPIC = "ukraine-aid"
ACCENT = "blue"


@dataclass(frozen=True, slots=True)
class Rounds:
    """What the two rounds did."""

    first: RoundSum
    second: RoundSum
    polls_first: dict[str, Event]
    polls_second: dict[str, Event]
    """Poll events by source name."""
    seconds: float


def run(once: bool, console: Console) -> int:
    """Run the demo; ``once`` ends it after the show, else it stays up until Ctrl-C.

    Returns 0 when all that the seeds promise was seen, else 1, with what was missing on the console.
    """
    console.print("[bold]monitor demo[/]: five outlets on loopback, a sixth is down; nothing leaves this machine.")
    with (
        TemporaryDirectory(prefix="monitor-demo-") as name,
        world(seeds_folder(), Path(name)) as outside,
        build(outside.config, outside.database_url, {}) as app,
    ):
        rounds = two_rounds(app, outside, console)
        hits = list(app.review.hits(HitFilter()))
        missing = tell(app, outside, rounds, hits, console)
        example = next((hit.url for hit in hits if hit.topic == TOPIC and hit.url), "")
        console.print()
        console.print(
            show.next_steps(example, outside.database_url, stays=not once),
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        if not once:
            with review_page(app) as address:
                stay(console, address)
    return 1 if missing else 0


def two_rounds(app: App, outside: World, console: Console) -> Rounds:
    """Run the real desks twice, with progress."""
    started = time.monotonic()
    polls: tuple[dict[str, Event], dict[str, Event]] = ({}, {})
    on_topic = [page for outlet in outside.outlets for page in outlet.pages if page.hits]
    alerts = sum(1 + (TOPIC in page.hits) for page in on_topic)
    totals = {"poll": len(outside.sites) + 1, "read": sum(one.entries for one in outside.outlets), "deliver": alerts}
    with progress(console, totals) as report:
        first = app.round(_noting(polls[0], report), everything=True)
        second = app.round(_noting(polls[1], lambda _event: None), everything=True)
    return Rounds(first, second, *polls, time.monotonic() - started)


def _noting(polls: dict[str, Event], report: Callable[[Event], None]) -> Callable[[Event], None]:
    def note(event: Event) -> None:
        if event.desk == "poll":
            polls[event.subject] = event
        report(event)

    return note


@contextmanager
def progress(console: Console, totals: Mapping[str, int]) -> Iterator[Callable[[Event], None]]:
    """Show a bar for each desk while it works, on a terminal; yields what to call with each event."""
    last = TextColumn("{task.fields[last]}", markup=False)
    bar = BarColumn(30, complete_style=ACCENT, finished_style=ACCENT)
    columns = (TextColumn("{task.description:<10}"), bar, MofNCompleteColumn(), last)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars:
        tasks = {desk: bars.add_task(desk, total=total, last="") for desk, total in totals.items()}
        yield lambda event: bars.update(tasks[event.desk], advance=1, last=f"{event.subject}: {event.outcome}"[:50])


def tell(app: App, outside: World, rounds: Rounds, hits: list[HitView], console: Console) -> list[str]:
    """Show everything in order; return what is missing."""
    views = {view.name: view for view in app.review.sources()}
    heading(console, "Sources polled")
    block(console, show.sources_table(outside.sites, views, rounds.polls_first, rounds.polls_second))
    tell_hits(hits, console)
    tell_alerts(outside, console)
    console.print()
    console.print(show.sum_line(rounds.first, rounds.second, rounds.seconds), style="bold", highlight=False)
    missing = [
        *check.missing_polls(outside.sites, rounds.polls_first, rounds.polls_second),
        *check.missing_hits(outside.outlets, hits),
        *check.missing_alerts(hits, outside.inbox.all()),
    ]
    for line in missing:
        console.print(f"missing: {line}", style="red", highlight=False, markup=False)
    return missing


def tell_hits(hits: list[HitView], console: Console) -> None:
    """Show the hits of the first topic, then the articles that only the second one found."""
    ramstein = sorted((hit for hit in hits if hit.topic == TOPIC), key=lambda hit: hit.id)
    both = {hit.article_id for hit in ramstein}
    only = [hit for hit in hits if hit.topic == SECOND_TOPIC and hit.article_id not in both]
    colour = console.is_terminal and not console.no_color
    for title, found in ((f"Found by the topic {TOPIC}", ramstein), (f"Found by {SECOND_TOPIC} only", only)):
        heading(console, f"{title}: {len(found)}")
        for place, hit in enumerate(found):
            if place:
                console.print()
            block(console, show.hit_lines(hit, colour=colour))


def tell_alerts(outside: World, console: Console) -> None:
    """Show the alerts as their receivers got them."""
    mails, messages = outside.inbox.all("mail"), outside.inbox.all("telegram")
    heading(console, f"Alerts received: {len(mails)} mails, {len(messages)} Telegram messages (the first is shown)")
    block(console, show.mail_lines(mails))
    console.print()
    block(console, show.telegram_panel(messages))


def heading(console: Console, text: str) -> None:
    """Print a heading with space before it."""
    console.print()
    console.print(text, style="bold underline" if console.is_terminal else "bold", highlight=False)


def block(console: Console, body: object) -> None:
    """Print one indented block, never wider than ``show.WIDTH``."""
    console.print(Padding(body, (0, 0, 0, show.INDENT), expand=False), width=min(console.width, show.WIDTH))  # type: ignore[arg-type]


@contextmanager
def review_page(app: App) -> Iterator[str]:
    """Serve the review page on a free loopback port; yields its address."""
    from monitor.web.server import Access, Pulse, WebServer

    server = WebServer(
        LOOPBACK, 0, app.review, Pulse(), access=Access(), now=utc_now, monotonic=time.monotonic, timezone="UTC"
    )
    server.define(app.loaded.topics, app.loaded.definitions)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def stay(console: Console, address: str) -> None:
    """Wait until Ctrl-C or SIGTERM, then return so that everything is stopped in order."""
    stop = Flag()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    former = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    console.print(f"\nReview page: {address}", style="bold", highlight=False)
    console.print("Page, outlets and receivers stay up. Ctrl-C ends the demo and removes its folder.")
    try:
        stop.wait()
    finally:
        for number, before in former.items():
            signal.signal(number, before)
