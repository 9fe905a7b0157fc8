"""No secret in anything the program says, nor in what it keeps of errors; no downloaded text that forges a log line."""

import contextlib
import io
import json
import logging
import re
import sqlite3

import pytest
from channels import TOKEN, BotApi, Reply, SmtpServer, Step
from installation import SMALL, Desk
from running import Running, until
from world import GROUP, Answer, rss

from monitor.cli.logs import configure

MAIL_PASSWORD = "canary-mail-password-55"
FEED_KEY = "canary-feed-key-7391"
PATH_KEY = "canary-path-key-8842"
PASSWORD = "canary-page-password-19"
CANARIES = ("canary-", TOKEN, TOKEN.partition(":")[2])
COMMANDS = [
    "config check", "config check --json", "sources", "sources --json", "sources check Outlet|1 --pages 1",
    "sources check Outlet|2", "sources check Outlet|2 --json", "sources export", "sources export --json",
    "alerts", "alerts --json", "alerts test chat",
    "alerts test mail", "hits", "hits show 1", "export", "poll --all --json",
]  # fmt: skip
HOSTILE = "Contact group\r\n2026-01-01 00:00:00 error   forged\x1b[2J\u2028forged\u2029\x85 \u202egnol\x00 meets"


class Secretive(Desk):
    """An installation whose every secret comes from the environment, Docker's way or plainly."""

    def __init__(self, folder, smtp, bot, feed):
        super().__init__(folder, smtp, bot)
        secret = folder / "token"
        secret.write_text(TOKEN)
        secret.chmod(0o600)
        self.environ = {
            "MONITOR_PASSWORD": PASSWORD,
            "TOKEN_FILE": str(secret),
            "MAIL": f"desk:{MAIL_PASSWORD}",
            "FEED_KEY": FEED_KEY,
            "PATH_KEY": PATH_KEY,
        }
        down = "http://127.0.0.1:9/${PATH_KEY}/feed?u=${FEED_KEY}&token=${FEED_KEY}"
        self.write(f"{feed}?u=${{FEED_KEY}}&x=1", down, topic=SMALL, more="defaults: {interval: 1s}\n")
        text = self.config.read_text().replace(TOKEN, "${TOKEN}").replace("mailto://", "mailto://${MAIL}@")
        asked = 'headers: {X-Api-Key: canary-header-4410}, proxy: "http://me:canary-proxy-77@127.0.0.1:9",'
        self.config.write_text(text.replace('name: "Outlet 2",', f'name: "Outlet 2", {asked}'))

    def start(self, *arguments, **more):
        return super().start(*arguments, **self.environ, **more)


@pytest.fixture
def secretive(tmp_path, outlet):
    outlet.answers[f"/feed?u={FEED_KEY}&x=1"] = Answer(
        rss(
            outlet.base,
            (("hostile", HOSTILE.replace("\x00", "").replace("\x1b", "&#27;"), ""), ("plain", "Contact group", "")),
            "",
            "",
        ),
        "application/rss+xml",
    )
    outlet.answers["/hostile"] = Answer(b"", status=503)
    outlet.answers["/plain"] = Answer(b"<p>" + GROUP.encode(), headers={"Location": f"/x?key={FEED_KEY}"}, status=302)
    with SmtpServer(login=("desk", MAIL_PASSWORD)) as smtp, BotApi() as bot:
        bot.plan.append(Reply(401, {"ok": False, "description": f"Unauthorized: bot{TOKEN}"}))
        smtp.plan.extend([Step("AUTH"), Step("MAIL", f"451 try later, {MAIL_PASSWORD}")])
        yield Secretive(tmp_path, smtp, bot, outlet.feed)


def words_of(desk):
    """Everything that is kept of errors, notes and reasons, by column."""
    connection = sqlite3.connect(desk.folder / "monitor.db")
    try:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            kept = [name for name in columns if name in {"error", "notes", "outcome", "why", "verdicts", "title"}]
            for name in kept:
                yield from (str(value) for (value,) in connection.execute(f"SELECT {name} FROM {table}"))
    finally:
        connection.close()


def assert_no_canary(text):
    assert [secret for secret in CANARIES if secret in text] == []


@pytest.mark.fault("J1")
def test_no_secret_is_said_or_kept_by_any_command(secretive, monkeypatch):
    for name, value in secretive.environ.items():
        monkeypatch.setenv(name, value)
    code, out, err = secretive.run("poll", "--all", MONITOR_LOG="text")
    assert_no_canary(out + err)
    assert (code, "Outlet 2: connect: 127.0.0.1" in out, "deliver" in out) == (0, True, True)
    for command in COMMANDS:
        said = secretive.monitor(*(word.replace("|", " ") for word in command.split()))
        assert_no_canary(said.out + said.err)
        assert said.code in {0, 1}
        assert said.out or said.code == 1
    assert_no_canary("\n".join(words_of(secretive)))


@pytest.mark.fault("I6", "J1")
def test_no_secret_is_said_of_a_broken_configuration(secretive, monkeypatch):
    for name, value in secretive.environ.items():
        monkeypatch.setenv(name, value)
    assert secretive.monitor("poll").code == 0
    secretive.config.write_text(secretive.config.read_text() + "surces: []\n")
    for command, code in (("sources", 0), ("sources --json", 0), ("config check", 2), ("poll", 2), ("run", 2)):
        said = secretive.monitor(*command.split())
        assert_no_canary(said.out + said.err)
        assert said.code == code


def test_no_part_of_a_secret_is_said_of_a_bad_address(secretive, monkeypatch):
    for name, value in secretive.environ.items():
        monkeypatch.setenv(name, value)
    secretive.config.write_text(secretive.config.read_text().replace("http://127.0.0.1:9", "ftp://127.0.0.1:9"))
    assert_no_canary(secretive.monitor("config", "check").err)


@pytest.mark.fault("J1", "J2")
def test_the_daemon_logs_a_line_an_event_and_no_secret(secretive):
    with Running(secretive, MONITOR_LOG="json") as daemon:
        daemon.said("forged")
        daemon.said("Outlet 2")
        until(lambda: any("deliver" in line for line in list(daemon.log)))
        assert daemon.terminate() == 0
    assert_no_canary(daemon.text)
    lines = one_a_line(daemon.text)
    assert all(set(json.loads(line)) >= {"time", "level", "logger", "message"} for line in lines)


def one_a_line(text):
    """The lines of a log; no other character than the line feed ends one, and none moves the cursor."""
    lines = text.split("\n")[:-1]
    assert lines == text.splitlines()
    assert all(line.isprintable() for line in lines)
    return lines


@pytest.mark.fault("J2")
@pytest.mark.parametrize("kind", ["text", "json"])
def test_no_text_forges_a_log_line(kind):
    log = logging.getLogger()
    handlers, level, err = log.handlers[:], log.level, io.StringIO()
    try:
        with contextlib.redirect_stderr(err):
            configure(kind, verbose=True).hide(frozenset({PATH_KEY}))
            logging.getLogger("monitor").info("read: %s: %s", HOSTILE, PATH_KEY)
            try:
                {}[HOSTILE + PATH_KEY]
            except KeyError:
                logging.getLogger("monitor").exception("a piece of work failed")
    finally:
        log.handlers[:] = handlers
        log.setLevel(level)
    lines = one_a_line(err.getvalue())
    assert len(lines) == 2
    assert_no_canary(err.getvalue())
    if kind == "json":
        assert HOSTILE in json.loads(lines[0])["message"]
    else:
        shape = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d (info|error) +\S.*"
        assert all(re.fullmatch(shape, line) for line in lines)
