"""The demo: the whole job on seeds served from loopback, without network or configuration.

story.py       from beginning to end: ``run(once, console) -> exit code``
world.py       the outside world up at once, and the sources.yaml that names it
outlets.py     the outlets' web servers: one answers 304, one is slow, one is down
receivers.py   a mail server and a stand-in for Telegram's Bot API (rules in bot_html.py)
expected.py    what the seeds hold and what must be found
check.py       the found against the expected
show.py        how it looks
loopback.py    a small HTTP server that stops cleanly
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def run(once: bool, console: Console) -> int:
    """Run the demo; see ``story.run``. The monitor is imported only now: the seeds can be read without it."""
    from monitor.cli.demo.story import run as play

    return play(once, console)
