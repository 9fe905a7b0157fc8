"""The demo's whole outside world, up at once: outlets, mail server, Bot API, and the sources.yaml that names them.

Must not: run the monitor, write outside the folder it is given.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor.cli.demo.expected import load_expected
from monitor.cli.demo.outlets import DOWN_NAME, Outlets, Site
from monitor.cli.demo.receivers import BotApi, Inbox, MailReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.cli.demo.expected import ExpectedOutlet

TOKEN = "123456789:AAE-made-up-token-of-the-demo-000000"  # noqa: S105 -- made up; only the stand-in knows it
CHAT = "-1001234567890"


@dataclass(frozen=True, slots=True)
class World:
    """What runs round the monitor while the demo lasts."""

    outlets: tuple[ExpectedOutlet, ...]
    sites: tuple[Site, ...]
    """The outlets as served, in the same order."""
    inbox: Inbox
    config: Path
    """The demo's sources.yaml."""
    database_url: str


@contextmanager
def world(seeds: Path, folder: Path) -> Iterator[World]:
    """Start everything on free loopback ports and write ``sources.yaml`` into ``folder``; stop it all at the end."""
    expected = load_expected(seeds)
    inbox = Inbox(lambda: datetime.now(UTC))
    with Outlets(seeds, expected) as outlets, MailReceiver(inbox) as mail, BotApi(inbox, TOKEN) as bot:
        config = folder / "sources.yaml"
        config.write_text(sources_yaml(outlets.sites, outlets.down_url, mail.address, bot.base), encoding="utf-8")
        yield World(expected, outlets.sites, inbox, config, f"sqlite:///{folder / 'monitor.db'}")


def sources_yaml(sites: tuple[Site, ...], down_url: str, mail: str, bot: str) -> str:
    """Return the demo's configuration, as a user would write it."""
    sources = [(site.name, site.url, f", language: {site.language}") for site in sites] + [(DOWN_NAME, down_url, "")]
    return "\n".join(
        [
            "# Written by `monitor demo`: five outlets served from loopback, and one that is down.",
            'fetch: {allow_private_addresses: true, pace: 0s, contact: "mailto:demo@example.org"}',
            "defaults: {interval: 15m, alert_backlog: 3650d, timezone: UTC}",
            f"deliver: {{telegram_api_base: {_quoted(bot)}}}",
            "topics: [ramstein, ukraine-aid]",
            "sources:",
            *(f"  - {{name: {_quoted(name)}, url: {_quoted(url)}{more}}}" for name, url, more in sources),
            "alerts:",
            "  - name: demo-mail",
            f"    url: {_quoted(mail_url(mail))}",
            "    topics: [ramstein, ukraine-aid]",
            "  - name: demo-telegram",
            f"    url: {_quoted(f'tgram://{TOKEN}/{CHAT}')}",
            "    topics: [ramstein]",
            "",
        ],
    )


def mail_url(address: str) -> str:
    """Return the Apprise URL of a plain SMTP server at this host and port."""
    return f"mailto://{address}/?from=monitor@example.org&to=desk@example.org&mode=insecure"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # a JSON string is a YAML string
