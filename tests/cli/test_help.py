"""--help teaches, and comes fast."""

import subprocess
import sys

import pytest
from installation import monitor

HEAVY = ("sqlalchemy", "sqlmodel", "trafilatura", "fastapi", "uvicorn", "apprise", "feedparser", "httpx", "rich")
NOUNS = {
    "hits": ("list", "show", "mark"),
    "sources": ("list", "check", "add", "import", "export"),
    "topics": ("list", "check"),
    "alerts": ("list", "test", "retry"),
    "config": ("check",),
}
COMMANDS = ["run", "poll", "demo", "match", "why", "export", *NOUNS]
SUBCOMMANDS = [f"{noun} {verb}" for noun, verbs in NOUNS.items() for verb in verbs]


@pytest.mark.parametrize("command", COMMANDS + SUBCOMMANDS)
def test_every_command_says_what_it_does(command):
    said = monitor(*command.split(), "--help")
    assert said.code == 0
    assert said.out.startswith(f"Usage: monitor {command} ")
    assert max(map(len, said.lines)) <= 100
    assert said.out == monitor(*command.split(), "-h").out


@pytest.mark.parametrize("command", ["run", "poll", "match", "why", "export", "hits", "sources", "alerts", "topics"])
def test_examples_stand_a_line_each(command):
    lines = [line.strip() for line in monitor(command, "--help").lines]
    examples = lines[lines.index("Examples:") + 1 :]
    assert examples
    assert all(f"monitor {command}" in line or "monitor run" in line for line in examples)


def test_the_root_lists_every_command():
    said = monitor("--help")
    assert said.code == 0
    for command in COMMANDS:
        assert any(line.startswith(f"  {command} ") for line in said.lines)


@pytest.mark.parametrize("command", [[], ["config"]])
def test_no_words_at_all_gets_the_help(command):
    said = monitor(*command)
    assert (said.code, said.out) == (2, "")
    assert said.err == monitor(*command, "--help").out


def test_help_loads_no_heavy_module():
    program = "import sys; from monitor.cli.main import run; run(['hits', 'list', '--help']); print(*sys.modules)"
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(child.stdout.splitlines()[-1].split())
    assert "monitor.cli.main" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_version():
    assert monitor("--version").out.startswith("monitor ")
