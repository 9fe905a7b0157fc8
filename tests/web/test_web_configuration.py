"""The page of the configuration in force: all that holds, what was refused, and no secret whatever is asked."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from browser import needed, tab
from sources_house import plain
from walking import look_over
from web_house import NOW, PASSWORD, house

from monitor.config.environment import environment
from monitor.errors import ConfigError
from monitor.in_force import report
from monitor.loading import load
from monitor.passwords import hashed
from monitor.reload import Reload
from monitor.web.server import Configuration

TOPIC = (
    "{name: harbours, title: Harbours, concepts: {group: {en: [contact group]}}, "
    "hits: [{rule: one, concept: group, weight: 5}]}"
)
INLINE = TOPIC.replace("harbours", "ships")
CANARY = "canary-"
HASH = hashed("canary-password-5511", b"0" * 16)
SOURCES = f"""
defaults: {{timezone: Europe/Kyiv, language: uk}}
fetch: {{contact: "mailto:desk@example.org", proxy: "http://me:canary-proxy-1@proxy.example:3128"}}
deliver: {{telegram_api_base: "https://bot.example/bot?key=canary-api-2", review_url: "https://news.example/monitor"}}
watch: {{heartbeat_url: "https://hc-ping.example/canary-heartbeat-3"}}
web:
  users: [{{name: Олена, password: "{HASH}"}}]
  tokens: [{{name: newsroom, token: "canary-token-0123456789abcdef", scopes: [read, review]}}]
topics: [./harbours.yaml, {INLINE}]
sources:
  - {{name: Українська правда, url: "https://a.example/feed?api_key=canary-query-4&page=1", interval: 5m, tier: 1}}
  - {{name: Second, url: "https://b.example/${{FEED_KEY}}/rss", control: true, http: 2,
     proxy: "http://you:canary-proxy-6@127.0.0.1:9",
     headers: {{X-Api-Key: canary-header-7, Cookie: "a=canary-cookie-8"}}}}
  - {{name: Off, url: "https://c.example/${{UNSET}}", enabled: no}}
alerts:
  - {{name: chat, url: "tgram://123456:canary-bot-9/-100"}}
  - {{name: mail, url: "mailtos://me:canary-mail-10@mx.example.org?to=desk@example.org", when: "0 7 * * *"}}
  - {{name: hook, url: "json://hook.example.org/canary-path-11/x?key=canary-key-12"}}
  - {{name: filed, url: "discord://${{HOOK}}/canary-part-13"}}
"""

BAD = SOURCES.replace("interval: 5m", "interval: soon").replace("tier: 1", "tier: '${FEED_KEY}'")


class Installation:
    """A folder with a configuration that holds a secret in every place where one may stand."""

    def __init__(self, folder):
        self.config = folder / "sources.yaml"
        self.config.write_text(SOURCES)
        self.topic = folder / "harbours.yaml"
        self.topic.write_text(TOPIC)
        self.hook = folder / "hook"
        self.hook.write_text("canary-hook-14\n")
        self.hook.chmod(0o600)
        self.environ = {
            "MONITOR_DATABASE_URL": "postgresql://me:canary-database-15@db.example/news?sslpassword=canary-ssl-16",
            "MONITOR_PASSWORD": "canary-page-17",
            "FEED_KEY": "canary-feed-18",
            "HOOK_FILE": str(self.hook),
            "CANARY_OF_ANOTHER": "canary-unused-19",
        }
        self.loaded = load(self.config, self.environ)
        self.reload = Reload(self.config, self.environ, self.loaded, lambda: NOW - timedelta(hours=1))

    def shown(self):
        return Configuration(lambda: report(self.loaded, environment(self.environ)), lambda: self.reload.standing)

    def refuse(self, text=BAD):
        self.config.write_text(text)
        return self.reload.look(at_once=True)


@pytest.fixture
def installation(tmp_path):
    return Installation(tmp_path)


@pytest.fixture
def running(tmp_path, installation):
    with house(tmp_path, ()) as one:
        one.server.explain(installation.shown())
        yield one


def words(running, path="/configuration"):
    answer = running.get(path)
    assert answer.status_code == 200
    return plain(answer.text)


def test_what_is_in_force_is_shown_with_its_files(installation, running):
    page = words(running)
    assert "In force since 12 Feb, 13:40" in page
    assert f"{installation.config} sources.yaml" in page
    digest = installation.reload.standing.files[1].digest
    assert f"{installation.topic} topic" in page
    assert digest[:16] in page
    assert f"harbours Harbours {installation.loaded.topics[0].version}" in page
    assert "chat tgram://***/-100 · harbours, ships · now" in page
    assert "https://a.example/feed?api_key=***&page=1 5m uk tier 1" in page.replace("&amp;", "&")
    assert "headers: X-Api-Key, Cookie · HTTP/2" in page
    assert "MONITOR_PASSWORD *** environment" in page
    assert f"HOOK *** {installation.hook}" in page
    assert "MONITOR_PORT 8000 default" in page
    assert "timezone Europe/Kyiv" in page
    assert "low_disk 500MB" in page
    assert "memory of a child 512 MiB" in page
    assert "is refused" not in page


@pytest.mark.fault("I6", "J1")
def test_no_secret_is_shown_wherever_it_stands(installation, running):
    assert isinstance(installation.refuse(), ConfigError)
    whole = running.get("/configuration").text + running.get("/configuration?page=2").text
    assert CANARY not in whole.replace(str(installation.config.parent), "")
    assert HASH not in whole
    shown = json.dumps(report(installation.loaded, environment(installation.environ)), default=str)
    assert CANARY not in shown
    assert "argon2" not in shown


@pytest.mark.fault("I5")
def test_a_refused_file_is_told_with_every_mistake_and_its_mending_too(installation, running):
    installation.refuse()
    page = words(running)
    assert "What the files say now is refused" in page
    line = next(at for at, text in enumerate(SOURCES.splitlines(), 1) if "interval: 5m" in text)
    assert f"{installation.config}:{line} sources[0].interval expected a duration such as 15m" in page
    assert "5m uk tier 1" in page, "what is in force stays and is shown"
    assert installation.refuse(SOURCES).settings.sources == installation.loaded.settings.sources
    installation.reload.adopted()
    assert "is refused" not in words(running)


def test_a_long_list_is_shown_in_pages(installation, running):
    many = tuple(replace(installation.loaded.settings.sources[0], name=f"Source {number}") for number in range(250))
    settings = replace(installation.loaded.settings, sources=many)
    installation.loaded = replace(installation.loaded, settings=settings)
    running.server.explain(installation.shown())
    assert "Source 99 " in words(running)
    assert "Source 249 " in words(running, "/configuration?page=3")
    assert "The list ends before page 4" in words(running, "/configuration?page=4")
    assert "Page 1 of 3" in words(running, "/configuration?page=x")


def test_it_is_for_those_who_have_logged_in(tmp_path, installation):
    with house(tmp_path, (), password=PASSWORD) as locked:
        locked.server.explain(installation.shown())
        assert locked.get("/configuration").status_code == 401
        assert locked.get("/configuration", auth=("anybody", PASSWORD)).status_code == 200
        page = locked.get("/", auth=("anybody", PASSWORD)).text
    assert re.search('<footer>.*href="/configuration">Configuration</a>', page, re.DOTALL)


def test_a_page_without_a_configuration_says_so(open_house):
    assert open_house.get("/configuration").status_code == 404


@pytest.mark.needs("chromium")
@needed[1]
def test_it_can_be_read_by_everybody(browser, installation, running):
    installation.refuse()
    with tab(browser) as open_tab:
        assert look_over(open_tab, f"{running.url}/configuration") == []
