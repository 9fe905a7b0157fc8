"""A secret in every place where one may stand, and every way in which something may fail: none of them is ever seen.

All output of the program, what it keeps of errors, every page, the API, the feeds and the figures are searched.
"""

import base64
import io
import logging
import re
import sqlite3
import time
from contextlib import ExitStack, closing, redirect_stderr, redirect_stdout

import httpx
import pytest
from channels import TOKEN, BotApi, Reply, SmtpServer, Step, Webhook
from installation import SMALL, Desk
from world import GROUP, WEATHER, Answer, Outlet, rss

from monitor.app import build, utc_now
from monitor.cli.logs import configure
from monitor.errors import StoreError
from monitor.in_force import report
from monitor.model import Access
from monitor.passwords import hashed
from monitor.reload import Reload
from monitor.web.server import Configuration, Pulse, WebServer

PAGE = "canary-page-password-01"
HASH = hashed("canary-user-password-02", b"0" * 16)
PROXY = "canary-proxy-03"
ENVIRON = {
    "MONITOR_PASSWORD": PAGE,
    "FEED_KEY": "canary-feed-key-04",
    "PATH_KEY": "canary-path-key-05",
    "MAIL": "desk:canary-mail-06",
    "API": "canary-api-token-0123456789",
}
ELSEWHERE = {"MONITOR_DATABASE_URL": "postgresql://me:canary-db-07@127.0.0.1:1/news?sslpassword=canary-ssl-08"}
MARKS = ("canary-", TOKEN.partition(":")[2], HASH, base64.b64encode(f"me:{PROXY}".encode()).decode())
ITEMS = (("group", "Contact group meets", GROUP), ("rain", "Rain until Sunday", WEATHER))
KEPT_FOR_USE = {("source", "url"), ("article", "url"), ("article", "page_url"), ("article", "canonical_url")}
"""Columns that hold addresses to be asked, and are shown by host or masked."""


class Leaky(Desk):
    """An installation on which nearly everything fails, with words that hold the secret that was shown."""

    def __init__(self, folder, smtp, bot, outlet, hook):
        super().__init__(folder, smtp, bot)
        (folder / "token").write_text(TOKEN)
        (folder / "token").chmod(0o600)
        self.environ = {**ENVIRON, "TOKEN_FILE": str(folder / "token")}
        base = outlet.base
        outlet.publish(*ITEMS)
        outlet.answers["/feed?key=canary-feed-key-04"] = Answer(outlet.answers["/feed"].body, "application/rss+xml")
        outlet.answers["/denied?key=canary-feed-key-04"] = Answer(b"bad key canary-feed-key-04", status=401)
        moved = {"Location": f"{base}/gone?key=canary-feed-key-04&pass=canary-path-key-05"}
        outlet.answers["/moved/canary-path-key-05"] = Answer(b"", status=301, headers=moved)
        outlet.answers["/broken/canary-path-key-05"] = Answer(b"<rss><channel>canary-path-key-05", "text/html")
        outlet.answers["/group"] = Answer(b"", status=302, headers={"Location": "/x?token=canary-feed-key-04"})
        outlet.answers["/headed"] = Answer(
            rss(base, (("quay", "Contact group", GROUP),), "", ""), "application/rss+xml"
        )
        rows = [
            f'{{name: good, url: "{base}/feed?key=${{FEED_KEY}}"}}',
            f'{{name: denied, url: "{base}/denied?key=${{FEED_KEY}}"}}',
            f'{{name: moved, url: "{base}/moved/${{PATH_KEY}}"}}',
            f'{{name: broken, url: "{base}/broken/${{PATH_KEY}}"}}',
            f'{{name: headed, url: "{base}/headed", headers: {{X-Key: canary-header-09, Cookie: "s=canary-10"}}}}',
            '{name: down, url: "http://127.0.0.1:9/${PATH_KEY}", headers: {Authorization: Bearer canary-bearer-11}}',
            f'{{name: proxied, url: "http://proxied.example/feed", proxy: "http://me:{PROXY}@127.0.0.1:{outlet.port}"}}',
        ]
        self.config.write_text(
            f"""defaults: {{interval: 1m}}
fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
deliver: {{telegram_api_base: "{bot.base}/bot"}}
watch: {{heartbeat_url: "http://127.0.0.1:9/canary-heartbeat-12"}}
web:
  users: [{{name: olena, password: "{HASH}"}}]
  tokens: [{{name: newsroom, token: "${{API}}"}}]
topics: [{SMALL}]
sources:
{chr(10).join(f"  - {row}" for row in rows)}
alerts:
  - {{name: chat, url: "tgram://${{TOKEN}}/-100123"}}
  - {{name: mail, url: "{smtp.url.replace("mailto://", "mailto://${MAIL}@")}"}}
  - {{name: wrong mail, url: "{smtp.url.replace("mailto://", "mailto://me:canary-wrong-13@")}"}}
  - {{name: hook, url: "{hook.url}/canary-hook-path-14?key=canary-hook-key-15"}}
  - {{name: nobody, url: "json://127.0.0.1:9/canary-nobody-16"}}
"""
        )

    def build(self):
        return self.parsers.serve(build(self.config, self.database, self.environ))


@pytest.fixture(scope="module")
def leaky(tmp_path_factory, parsers):
    with ExitStack() as stack:
        smtp = stack.enter_context(SmtpServer(login=("desk", "canary-mail-06")))
        bot, outlet, hook = (stack.enter_context(kind()) for kind in (BotApi, Outlet, Webhook))
        outlet.port = int(outlet.base.rpartition(":")[2])
        bot.plan.append(Reply(401, {"ok": False, "description": f"Unauthorized: bot{TOKEN}"}))
        hook.plan.append(Reply(500, {"error": "canary-hook-path-14 canary-hook-key-15"}))
        smtp.plan.extend([Step("AUTH"), Step("MAIL", "451 try later, canary-mail-06"), Step("AUTH")])
        made = Leaky(tmp_path_factory.mktemp("leaky"), smtp, bot, outlet, hook)
        made.parsers = parsers
        yield made


@pytest.fixture(scope="module")
def said(leaky):
    """All that is logged and printed of two rounds, the second one with a database that fails in the middle."""
    out, log = io.StringIO(), logging.getLogger()
    handlers, level = log.handlers[:], log.level
    try:
        with redirect_stdout(out), redirect_stderr(out):
            mask = configure("text", verbose=True)
            with leaky.build() as app:
                mask.hide(app.settings.secrets() | app.loaded.environment.secrets())
                for crew in app.crews.each():
                    crew.drain(_tell)
                app.heartbeat.beat(())
                app.make_due()
                _break(leaky, "article")
                for work in (lambda: app.crews.poll.drain(_tell), app.watch, app.tidy):
                    try:
                        work()
                    except StoreError:
                        logging.getLogger("monitor").exception("failed")
                _break(leaky, "article", back=True)
    finally:
        log.handlers[:] = handlers
        log.setLevel(level)
    return out.getvalue()


def _tell(event):
    logging.getLogger("monitor").info("%s", event)


def _break(leaky, table, *, back=False):
    names = (f"{table}_away", table) if back else (table, f"{table}_away")
    with closing(sqlite3.connect(leaky.folder / "monitor.db")) as connection:
        connection.execute("ALTER TABLE {} RENAME TO {}".format(*names))


def found(text):
    return [mark for mark in MARKS if mark in text]


@pytest.mark.fault("J1")
def test_the_log_of_everything_that_fails_holds_none(said):
    assert found(said) == []
    for name in ("denied", "moved", "broken", "down", "proxied", "chat", "mail", "wrong mail", "hook", "nobody"):
        assert name in said, f"{name} failed, and it is told"
    assert "no such table" in said


@pytest.mark.fault("J1")
def test_what_is_kept_holds_none_but_the_addresses_to_be_asked(said, leaky):
    kept = set()
    with closing(sqlite3.connect(leaky.folder / "monitor.db")) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            if table == "hit_search":  # an index, whose own tables are looked at
                continue
            rows = connection.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in rows.description]
            kept |= {(table, names[at]) for row in rows for at, value in enumerate(row) if found(str(value))}
    assert kept <= KEPT_FOR_USE


def _routes(app):
    """Every route that is read, with 1 for what is asked for."""
    todo = list(app.routes)
    while todo:
        route = todo.pop()
        inner = getattr(route, "routes", None) or getattr(getattr(route, "original_router", None), "routes", None)
        if inner:
            todo.extend(inner)
        elif "GET" in (getattr(route, "methods", None) or ()):
            yield re.sub(r"\{[^}]*\}", "1", route.path)


@pytest.mark.fault("J1")
def test_no_page_no_answer_and_no_feed_holds_one(said, leaky):
    with leaky.build() as app:
        loaded, reload = app.loaded, Reload(leaky.config, leaky.environ, app.loaded, utc_now)
        allowed = Access(users=loaded.settings.web.users, tokens=loaded.settings.web.tokens, password=PAGE)
        server = WebServer(
            "127.0.0.1", 0, app.review, Pulse(), access=allowed, now=utc_now, monotonic=time.monotonic, limits=None
        )
        server.define(app.loaded.topics, app.loaded.definitions)
        server.route(app.settings.alerts)
        server.explain(Configuration(lambda: report(loaded, loaded.environment), lambda: reload.standing))
        server.start()
        try:
            answers = {
                path: _asked(server.url + path) for path in sorted(set(_routes(server.app))) if "live" not in path
            }
        finally:
            server.stop()
    assert {path: found(text) for path, text in answers.items() if found(text)} == {}
    assert {"/", "/sources", "/alerts", "/configuration", "/hits/1", "/healthz", "/metrics"} <= answers.keys()
    assert "headed" in answers["/sources"]
    assert "wrong mail" in answers["/alerts"]


def _asked(url):
    with httpx.stream("GET", url, headers={"Authorization": f"Bearer {ENVIRON['API']}"}, trust_env=False) as answer:
        if "event-stream" in answer.headers.get("content-type", ""):
            return ""
        answer.read()
        return answer.text + str(dict(answer.headers))


@pytest.mark.fault("J1", "I6")
@pytest.mark.needs("psycopg")
def test_a_database_that_cannot_be_reached_is_told_without_its_password(leaky):
    pytest.importorskip("psycopg")
    with pytest.raises(StoreError) as refused:
        build(leaky.config, ELSEWHERE["MONITOR_DATABASE_URL"], leaky.environ)
    assert found(str(refused.value)) == []
