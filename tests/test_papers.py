"""Every command and every file of the papers is tried: on a small installation, by loading it, or by reading it.

What cannot be tried here is named in ``SHOWN`` and, of commands, in ``shell_lines.ELSEWHERE``, with the reason.
"""

import contextlib
import os
import shutil
from contextlib import ExitStack
from email.utils import format_datetime
from types import SimpleNamespace

import psycopg
import pytest
import yaml
from argon2 import PasswordHasher
from channels import TOKEN, BotApi, SmtpServer
from installation import Desk, monitor
from paged import NEWSROOM, page
from papers import PAPERS, PROJECT, blocks, every, named
from shell_lines import fault_of
from world import GROUP, Outlet

from monitor.cli.options import now
from monitor.config.settings import load
from monitor.store import open_database

SHOWN = {
    "docs/configuration.md": ["sources.yaml:12: sources[3].interval"],
    "docs/operation.md": ["loopback feed -> polled", "Ramstein: many more articles than usual"],
    "docs/review.md": ["news.example.org {"],
    "docs/topics.md": ["contact group named with Ramstein"],
}
"""What is neither command nor file, by its beginning: things the program says, which their own tests hold, and the
Caddyfile, which must be the shipped one."""
TOPIC = """name: ramstein
threshold: 3
certain: 5
concepts: {group: {en: [contact group*]}}
hits: [{rule: named, concept: group, weight: {title: 5, lead: 5, text: 5}}]
examples: {en: {hit: [The contact group met.], miss: [A group of friends.]}}
"""
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("a long enough pass phrase")
SECRETS = {
    "MAIL_USER": "monitor%40example.org",
    "MAIL_PASSWORD": "p%40ssword",
    "TELEGRAM_TOKEN": TOKEN,
    "TELEGRAM_CHAT": "-100123",
    "OLENA_HASH": HASH,
    "NEWSROOM_TOKEN": NEWSROOM,
    "TOKEN": NEWSROOM,
}


# --- one small installation, copied for each paper -------------------------------------------------


def built(stack, folder):
    """An installation with a source, two channels and a hit, as the papers name them."""
    smtp, bot, west, east = (stack.enter_context(kind()) for kind in (SmtpServer, BotApi, Outlet, Outlet))
    today = format_datetime(now())
    west.publish(("17", "Contact group meets at Ramstein", GROUP), date=today)
    east.publish(("1", "Contact group to meet again", GROUP), date=today)
    home = f'<html><head><link rel="alternate" type="application/rss+xml" href="{east.feed}"></head></html>'
    east.answers["/news/"] = type(east.answers["/1"])(home.encode())
    harbours = next(block for block in every("topic") if block.data["name"] == "harbour-strikes")
    (folder / "harbour-strikes.yaml").write_text(harbours.text)
    (folder / "ramstein.yaml").write_text(TOPIC)
    (folder / "article.html").write_text(east.answers["/1"].body.decode())
    (folder / "feeds.opml").write_text(
        f'<opml version="2.0"><body><outline text="East" xmlUrl="{east.feed}?opml"/></body></opml>'
    )
    east.answers["/feed?opml"] = east.answers["/feed"]
    (folder / "sources.yaml").write_text(
        f"""fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}
deliver: {{telegram_api_base: "{bot.base}/bot"}}
topics: [./ramstein.yaml, ./harbour-strikes.yaml]
sources:
  - {{name: Ukrinform EN, url: "{west.feed}"}}
alerts:
  - {{name: desk-mail, url: "{smtp.url}", topics: [ramstein]}}
  - {{name: desk-telegram, url: "{bot.url}", topics: [ramstein]}}
"""
    )
    desk = Desk(folder, smtp, bot)
    desk.database = "sqlite:///data/monitor.db"
    return SimpleNamespace(desk=desk, west=west, east=east)


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    with ExitStack() as stack:
        made = built(stack, folder)
        with contextlib.chdir(folder):
            assert monitor("poll").lines[-1].startswith("sources 1, articles 1, hits 1, delivered 2, failed 0")
        yield made


@pytest.fixture
def installation(original, tmp_path, monkeypatch):
    """A copy of it that is the present folder, with nothing set but what the papers' secrets need."""
    folder = tmp_path / "installation"
    shutil.copytree(original.desk.folder, folder)
    for name in ("backups", "state"):
        (folder / name).mkdir()
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("MONITOR_") and name != "MONITOR_TESTS_COMPLETE"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "100")
    return original


# --- commands --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(original, tmp_path_factory):
    """The review page on a copy of the installation's database."""
    path = tmp_path_factory.mktemp("served") / "monitor.db"
    shutil.copy(original.desk.folder / "data" / "monitor.db", path)
    with page(path) as url:
        yield url


WITH_COMMANDS = [path for path in PAPERS if any(block.kind == "commands" for block in blocks(path))]


@pytest.mark.parametrize("paper", WITH_COMMANDS, ids=named)
def test_the_commands_do_what_they_should(paper, installation, served, monkeypatch):
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    lines = [line for block in blocks(paper) if block.kind == "commands" for line in block.lines]
    faults = [fault_of(line, installation, served, monkeypatch) for line in lines]
    assert [fault for fault in faults if fault] == []


def test_wrong_ones_would_be_seen(installation, monkeypatch):
    for line in (
        "monitor hits show 99",
        "docker compose exec monitor monitor sources check Nobody",
        "docker compose exec monitor hits",
        "docker run --rm --cap-drp ALL ramstein-monitor",
        "pip install -q -c constraints.txt '.[scales]'",
        "sudo cp deploy/nothing.conf /etc/",
        "MONITOR_PASWORD=x monitor run",
        "monitor run --no-page",
    ):
        assert fault_of(line, installation, "", monkeypatch), line


@pytest.mark.parametrize("paper", PAPERS, ids=named)
def test_every_block_is_of_a_kind_that_is_tried(paper):
    strange = [block for block in blocks(paper) if block.kind == "shown"]
    expected = SHOWN.get(named(paper), [])
    assert [str(block) for block in strange if not block.text.startswith(tuple(expected) or ("\0",))] == []


# --- files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("block", every("configuration"), ids=str)
def test_configuration_is_good(block, tmp_path):
    """A piece of sources.yaml, with what every sources.yaml has to have."""
    whole = {"topics": ["ramstein"], "sources": [{"name": "One", "url": "https://example.org/feed"}]} | block.data
    path = tmp_path / "sources.yaml"
    path.write_text(yaml.safe_dump(whole, allow_unicode=True))
    for topic in every("topic"):
        (tmp_path / f"{topic.data['name']}.yaml").write_text(topic.text)
    settings = load(path, SECRETS)
    assert settings.sources
    assert not settings.warnings


@pytest.mark.parametrize("block", every("topic"), ids=str)
def test_topics_pass_their_own_examples(block, tmp_path):
    (tmp_path / "topic.yaml").write_text(block.text)
    config = tmp_path / "sources.yaml"
    config.write_text('topics: [./topic.yaml]\nsources: [{name: One, url: "https://example.org/feed"}]\n')
    said = monitor("--config", config, "topics", "check", block.data["name"])
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize("block", every("compose"), ids=str)
def test_pieces_of_a_compose_file_fit_ours(block):
    ours = yaml.safe_load((PROJECT / "compose.yaml").read_text())
    secrets = set(ours["secrets"]) | set(block.data.get("secrets", {}))
    for name, service in block.data.get("services", {}).items():
        assert name in ours["services"]
        assert set(service.get("secrets", [])) <= secrets


@pytest.mark.parametrize("block", every("prometheus"), ids=str)
def test_prometheus_asks_where_the_page_is(block):
    services = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
    for job in block.data["scrape_configs"]:
        for target in job["static_configs"][0]["targets"]:
            name, _, port = target.partition(":")
            assert name in services
            assert f":{port}" in services[name]["ports"][0]


@pytest.mark.needs("PostgreSQL")
def test_a_database_made_as_the_paper_says_is_taken(postgres):
    """Under another name, since the server of the tests belongs to a user of this one."""
    (block,) = every("sql")
    connection = psycopg.connect(postgres.url("postgres"), autocommit=True)
    for line in block.text.replace("monitor", "papers").splitlines():
        if line.startswith("\\connect"):
            connection.close()
            connection = psycopg.connect(postgres.url("papers"), autocommit=True)
        else:
            connection.execute(line)
    connection.close()
    try:
        open_database(postgres.url("papers")).close()
    finally:
        postgres.drop("papers")


def test_the_proxy_in_the_papers_is_the_shipped_one():
    shown = next(block.text for block in blocks(PROJECT / "docs/review.md") if block.text.startswith("news.example"))
    shipped = [line for line in (PROJECT / "deploy/Caddyfile").read_text().splitlines() if line[:1] not in {"#", ""}]
    assert shown.split() == " ".join(shipped).split()
