import os
import subprocess
import sys
from pathlib import Path

import pytest
from channels import BotApi, SmtpServer
from world import Outlet

from monitor.app import build

PROJECT = Path(__file__).resolve().parents[2]


class Desk:
    """An installation in a folder: two channels on loopback, the sources the test gives it."""

    def __init__(self, folder, smtp, bot):
        self.folder = folder
        self.smtp = smtp
        self.bot = bot
        self.config = folder / "sources.yaml"
        self.database = f"sqlite:///{folder}/monitor.db"

    def write(self, *feeds, extra=""):
        sources = "\n".join(f'  - {{name: "Outlet {number}", url: "{feed}"}}' for number, feed in enumerate(feeds, 1))
        self.config.write_text(
            f"""fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
deliver: {{telegram_api_base: "{self.bot.base}/bot"}}
topics: [ramstein]
sources:
{sources}
alerts:
  - {{name: mail, url: "{self.smtp.url}", topics: [ramstein]}}
  - {{name: chat, url: "{self.bot.url}", topics: [ramstein]}}
{extra}"""
        )
        return self

    def app(self, **more):
        return build(self.config, self.database, {}, **more)

    def command(self, *arguments):
        return [sys.executable, "-m", "monitor", "--config", str(self.config), "--database", self.database, *arguments]

    def start(self, *arguments, program=None, **environ):
        return subprocess.Popen(
            program or self.command(*arguments),
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "COLUMNS": "100", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments, **more):
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    @property
    def mails(self):
        return self.smtp.mails

    @property
    def chats(self):
        return self.bot.accepted


@pytest.fixture
def desk(tmp_path):
    with SmtpServer() as smtp, BotApi() as bot:
        yield Desk(tmp_path, smtp, bot)


@pytest.fixture
def outlet():
    with Outlet() as one:
        yield one


@pytest.fixture
def other():
    with Outlet() as one:
        yield one
