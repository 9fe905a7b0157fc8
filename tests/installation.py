"""A small installation for tests: a folder with sources.yaml and a database, its channels and outlets on loopback."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from channels import BotApi, SmtpServer
from stores import lay_out
from world import Outlet

from monitor.app import build
from monitor.cli.main import run

SMALL = (
    "{name: ramstein, threshold: 3, certain: 5, concepts: {group: {en: [contact group*], uk: [контактна груп*], "
    "zh: [联络小组], bn: [কন্টাক্ট গ্রুপ*]}}, hits: [{rule: named, concept: group, weight: {title: 5, lead: 5, text: 5}}]}"
)
"""A topic of a few words."""
PROJECT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def errors(self):
        return self.err.splitlines()


def monitor(*arguments):
    """Run one command in this process."""
    out, err = io.StringIO(), io.StringIO()
    log = logging.getLogger()
    handlers, level = log.handlers[:], log.level
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([str(argument) for argument in arguments])
    finally:
        log.handlers[:] = handlers
        log.setLevel(level)
    return Said(code, out.getvalue(), err.getvalue())


class Desk:
    """An installation in a folder: two channels on loopback, the sources the test gives it.

    ``parsers``: the child processes that its programs in this process share, where each need not start its own.
    """

    def __init__(self, folder, smtp, bot, parsers=None):
        self.folder = folder
        self.parsers = parsers
        self.smtp = smtp
        self.bot = bot
        self.config = folder / "sources.yaml"
        self.database = f"sqlite:///{folder}/monitor.db"

    def write(self, *feeds, extra="", more="", topic="ramstein"):
        """Write sources.yaml; ``extra`` goes to its end (more alerts), ``more`` to its beginning.

        ``topic`` is a shipped one, or SMALL where what it finds is not the point: that one loads at once.
        """
        sources = "\n".join(f'  - {{name: "Outlet {number}", url: "{feed}"}}' for number, feed in enumerate(feeds, 1))
        self.config.write_text(
            f"""{more}fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
deliver: {{telegram_api_base: "{self.bot.base}/bot"}}
topics: [{topic}]
sources:
{sources}
alerts:
  - {{name: mail, url: "{self.smtp.url}", topics: [ramstein]}}
  - {{name: chat, url: "{self.bot.url}", topics: [ramstein]}}
{extra}"""
        )
        return self

    def app(self, **more):
        lay_out(self.folder / "monitor.db")
        app = build(self.config, self.database, {}, **more)
        return self.parsers.serve(app) if self.parsers else app

    def round(self, *, everything=False):
        """One round as ``monitor poll`` does it, in this process; returns its sum."""
        with self.app() as app:
            return app.round(everything=everything)

    def where(self):
        return ["--config", str(self.config), "--database", self.database]

    def command(self, *arguments):
        return [sys.executable, "-m", "monitor", *self.where(), *arguments]

    def monitor(self, *arguments):
        """Run one command on this installation, in this process."""
        return monitor(*self.where(), *arguments)

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
def desk(tmp_path, parsers):
    with SmtpServer() as smtp, BotApi() as bot:
        yield Desk(tmp_path, smtp, bot, parsers)


@pytest.fixture
def outlet():
    with Outlet() as one:
        yield one


@pytest.fixture
def other():
    with Outlet() as one:
        yield one
