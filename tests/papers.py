"""What stands in the papers: their blocks, what kind each is, and the commands in them."""

from __future__ import annotations

import re
import shlex
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer
import yaml

from monitor.cli.main import cli

PROJECT = Path(__file__).resolve().parents[1]
PAPERS = [
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md")),
    *sorted(PROJECT.glob("docs/*.md")),
]
SECTIONS = {"defaults", "fetch", "deliver", "keep", "watch", "web", "topics", "sources", "alerts"}
COMPOSE = {"services", "secrets", "volumes", "networks"}
SYSTEM = {"chown", "cp", "date", "df", "dig", "grep", "install", "mkdir", "openssl", "printf", "timedatectl", "useradd"}
"""Programs of the system: what is said to them is read, not done."""
PROGRAMS = SYSTEM | {"monitor", "curl", "docker", "git", "journalctl", "pip", "pytest", "python3", "systemctl"}
PROGRAMS |= {"pg_dump", "pg_restore", "promtool", "systemd-analyze", "uv"}
COMING: set[str] = set()
"""Commands that are not there yet: their words are not read."""
_SPAN = re.compile(r"`([^`\n]+(?:\n(?!\n)[^`\n]+)*)`")
_FENCE = re.compile(r" *```(\w*)\n(.*?)\n *```", re.DOTALL)
_ASSIGNED = re.compile(r"[A-Z][A-Z0-9_]*=")


@dataclass(frozen=True)
class Block:
    """Some indented lines, or a fenced block."""

    paper: str
    line: int
    text: str

    def __str__(self):
        return f"{self.paper}:{self.line}"

    @property
    def kind(self):
        """``commands``, ``configuration``, ``topic``, ``compose``, ``prometheus``, ``sql``, or ``shown``."""
        if self.lines and all(program_of(line) in PROGRAMS for line in self.lines):
            return "commands"
        if self.text.startswith("CREATE "):
            return "sql"
        keys = set(self.data) if isinstance(self.data, dict) else set()
        kinds = {
            "configuration": keys <= SECTIONS,
            "compose": keys <= COMPOSE,
            "topic": {"name", "hits"} <= keys,
            "prometheus": keys == {"scrape_configs"},
        }
        return next((kind for kind, fits in kinds.items() if keys and fits), "shown")

    @property
    def data(self):
        try:
            return yaml.safe_load(self.text)
        except yaml.YAMLError:
            return None

    @property
    def lines(self):
        """The commands; of a session those behind the prompt."""
        whole = [line for line in self.text.replace("\\\n", " ").splitlines() if line.strip() and line[0] != "#"]
        asked = [line.removeprefix("$ ") for line in whole if line.startswith("$ ")]
        return asked or whole


def named(path):
    return str(path.relative_to(PROJECT))


@cache
def blocks(path):
    """The blocks of a paper, in order."""
    text = path.read_text("utf-8")
    found = [(text.count("\n", 0, match.start()) + 1, match[2]) for match in _FENCE.finditer(text)]
    lines = _FENCE.sub(lambda match: re.sub(r"[^\n]+", "", match[0]), text).splitlines()
    at = 0
    while at < len(lines):
        end = at
        if lines[at].startswith("    ") and (at == 0 or not lines[at - 1].strip()):
            while end < len(lines) and (lines[end].startswith("    ") or not lines[end].strip()):
                end += 1
            found.append((at + 1, "\n".join(lines[at:end]).rstrip()))
        at = max(end, at + 1)
    return [Block(named(path), line, textwrap.dedent(body)) for line, body in sorted(found)]


def spans(path):
    """What stands between backticks outside of blocks, each on one line."""
    prose = re.sub(r"^ {4,}.*$", "", _FENCE.sub("", path.read_text("utf-8")), flags=re.MULTILINE)
    return [" ".join(span.split()) for span in _SPAN.findall(prose)]


def every(kind):
    """All blocks of a kind, of all papers."""
    return [block for path in PAPERS for block in blocks(path) if block.kind == kind]


def program_of(line):
    """The program that a line begins with, whoever runs it and wherever it stands."""
    try:
        words = without_sudo(shlex.split(line))
    except ValueError:
        return ""
    return Path(words[0]).name if words else ""


def without_sudo(words):
    """The words of a command from its program on; what is put into the environment before it is left out."""
    at = 0
    while at < len(words) and (_ASSIGNED.match(words[at]) or words[at] == "sudo"):
        at += 1
    return words[at:]


def assigned(words):
    """What a command puts into the environment."""
    pairs = [word.partition("=") for word in words[: len(words) - len(without_sudo(words))] if word != "sudo"]
    return {name: value for name, _, value in pairs}


def simple(line):
    """The simple commands of a line: (words, where from, where to)."""
    splitter = shlex.shlex(line, posix=True, punctuation_chars=True)
    splitter.whitespace_split = True
    words, come, go, wanted = [], None, None, ""
    for word in splitter:
        if word in {"&&", "|", ";"}:
            yield words, come, go
            words, come, go = [], None, None
        elif word in {"<", ">", ">>"}:
            wanted = word
        elif wanted:
            come, go = (word, go) if wanted == "<" else (come, word)
            wanted = ""
        else:
            words.append(word)
    yield words, come, go


@cache
def root():
    """The command line's root, as typer makes it."""
    return typer.main.get_command(cli)


def every_command():
    """All commands as their words: ``("hits", "show")``."""
    return sorted(_below(root(), ()))


def _below(command, words):
    for name, one in command.commands.items():
        if hasattr(one, "commands"):
            yield from _below(one, (*words, name))
        else:
            yield (*words, name)


def misuse(words):
    """What is wrong with the words of a command, ``monitor`` left out: no such command or option; None for nothing."""
    command, said, left = root(), "monitor", list(words)
    if set(left[:1]) & COMING:
        return None
    while hasattr(command, "commands") and left:
        name = left[0]
        if name.startswith("-") and "list" in command.commands:
            command, said = command.commands["list"], f"{said} list"
        elif name in command.commands:
            command, said, left = command.commands[name], f"{said} {name}", left[1:]
        elif name.partition("=")[0] in _options(command):
            left = left[2 if name in {"--config", "--database"} else 1 :]
        else:
            return f"no command {said} {name}" if name.islower() else None
    known = _options(command)
    unknown = [word for word in left if word.startswith("--") and word.partition("=")[0].rstrip(",.)]") not in known]
    return f"{said} has no {unknown[0]}" if unknown else None


def _options(command):
    return {name for parameter in command.params for name in parameter.opts} | {"--help", "-h", "--version"}


def of_image(word):
    """What the Dockerfile says behind a word such as ``USER``, a continued line as one."""
    text = re.sub(r"^#.*\n", "", (PROJECT / "Dockerfile").read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    said = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [rest for name, rest in said if name == word]
