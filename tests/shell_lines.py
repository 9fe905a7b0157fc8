"""What is wrong with a line of shell in the papers: ours are run, those of other programs are read."""

from __future__ import annotations

import io
import os
import re
import tomllib
from pathlib import Path

import httpx
import yaml
from installation import monitor
from papers import COMING, PROJECT, SYSTEM, assigned, misuse, simple, without_sudo

from monitor.config.environment import NAMES

ELSEWHERE = {
    "run": "runs for ever: tests/cli/test_daemon.py",
    "worker": "runs for ever, on PostgreSQL: the tests of workers",
    "demo": "tests/demo",
    "canary": "tests/canary and tests/cli/test_canary_daemon.py",
    **dict.fromkeys(COMING, "not there yet"),
}
"""Commands that are tried by other tests; here their words are read."""


def here(word, place):
    """What a word of a paper is in this installation."""
    for written, real in (
        ("postgresql://monitor:choose-one@db.example.org/monitor", "sqlite:///elsewhere.db"),
        ("https://www.example.org/news/17", f"{place.west.base}/17"),
        ("https://www.example.org/news/", f"{place.east.base}/news/"),
        ("/var/lib/monitor/", "state/"),
        ("/app/data/", "data/"),
        ("/var/backups/", "backups/"),
    ):
        word = word.replace(written, real)
    return word


def tried(words, come, place, monkeypatch):
    """Run one command of ours; what is wrong with it, in words."""
    fault = misuse(words)
    if fault or any(" ".join(words).startswith(name) for name in ELSEWHERE):
        return fault
    given = Path(come).read_text() if come else "a long enough pass phrase\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(given))
    said = monitor(*[here(word, place) for word in words])
    return f"{' '.join(words)}: exit code {said.code}: {said.err or said.out}" if said.code else None


DOCKER = {
    "build": {"-t", "--pull"},
    "run": {
        *("-d", "--name", "--init", "--read-only", "--tmpfs", "--cap-drop", "--security-opt", "--memory", "--restart"),
        *("--stop-timeout", "-v", "-e", "--rm"),
    },
    "image": set(),
    "kill": {"-s"},
    "stats": {"--no-stream"},
    "inspect": set(),
}
COMPOSE = {
    "up": {"-d", "--build", "--scale", "--force-recreate"},
    "ps": set(),
    "logs": {"-f", "--tail", "--since"},
    "run": {"--rm"},
    "exec": {"-T"},
    "build": {"--pull"},
    "cp": set(),
    "stop": set(),
    "start": set(),
    "down": set(),
    "restart": set(),
}
"""What of Docker (28) and of its compose plugin (2) the papers use; no engine is here to ask."""


def docker(words):
    """What is wrong with a docker command; and the words for our program in it, if there are any."""
    if words[0] != "compose":
        known, rest = DOCKER.get(words[0]), words[1:]
        ours = rest[rest.index("ramstein-monitor") + 1 :] if words[0] == "run" else None
        return _options_known(known, rest), ours or None
    rest, file = words[1:], "compose.yaml"
    if rest[0] == "-f":
        file, rest = rest[1], rest[2:]
    services = yaml.safe_load((PROJECT / file).read_text())["services"]
    known, verb, rest = COMPOSE.get(rest[0]), rest[0], rest[1:]
    if verb not in {"run", "exec"}:
        return _options_known(known, rest), None
    at = next((number for number, word in enumerate(rest) if word in services), None)
    if at is None:
        return f"no service of {file} in {' '.join(rest)}", None
    ours = rest[at + 1 :]
    if verb == "exec":  # which does not go by the image's entry point
        if ours[:1] != ["monitor"]:
            return f"docker compose exec does not run monitor: {' '.join(rest)}", None
        ours = ours[1:]
    return _options_known(known, rest[:at]), ours


def _options_known(known, words):
    if known is None:
        return "no such docker command"
    unknown = [word for word in words if word.startswith("-") and word not in known]
    return f"no option {unknown[0]}" if unknown else None


def pip(words):
    """What is wrong with a pip command."""
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = [extra for word in words if (found := re.fullmatch(r"\.\[(\w+)\]", word)) for extra in [found[1]]]
    if not set(named) <= set(extras):
        return f"no extra {named}"
    return None if words[:2] == ["install", "-q"] and words[2:4] == ["-c", "constraints.txt"] else f"pip {words}"


def unit(words):
    """What is wrong with what is said to systemd."""
    verbs = {"daemon-reload", "enable", "status", "restart", "reload", "stop", "start", "show"}
    named = {"monitor"} & set(words) or words == ["daemon-reload"]
    return None if words[0] in verbs and named else f"systemctl {words}"


def copied(words):
    """Files of ours that a command copies and that are not there."""
    ours = [word for word in words if re.match(r"(deploy/|sources\.yaml|docs/)", word)]
    return next((f"no file {word}" for word in ours if not (PROJECT / word).exists()), None)


READ = {
    "pip": pip,
    "systemctl": unit,
    "journalctl": lambda words: None if words[:2] == ["-u", "monitor"] else f"journalctl {words}",
    "git": lambda words: None if words[0] in {"pull", "clone"} else f"git {words}",
    "systemd-analyze": lambda words: None if words == ["security", "monitor"] else f"systemd-analyze {words}",
    "promtool": copied,
    "pg_dump": lambda words: _options_known({"--format=custom", "--file=monitor.dump"}, words),
    "pg_restore": lambda words: _options_known({"--clean", "--if-exists", "--dbname=$MONITOR_DATABASE_URL"}, words),
    "uv": lambda words: None if words[:2] == ["pip", "compile"] and "pyproject.toml" in words else f"uv {words}",
    "pytest": lambda words: None if words == ["-n", "auto", "--dist", "worksteal"] else f"pytest {words}",
}


def python(words):
    if words[:2] == ["-m", "venv"]:
        return None
    return None if words[0] == "-c" and compile(words[1], "-c", "exec") else f"python3 {words}"


def answered(words, house):
    """Ask our own page what curl asks it; other addresses are only read."""
    address = next(word for word in words if word.startswith("http"))
    if not address.startswith("http://127.0.0.1:8000"):
        return None if address.startswith("https://api.telegram.org/bot") else f"curl {address}"
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    headers = {name: os.path.expandvars(value) for name, value in headers.items()}
    answer = httpx.get(address.replace("http://127.0.0.1:8000", house), headers=headers, trust_env=False)
    return None if answer.status_code == 200 else f"curl {address}: {answer.status_code}"


def fault_of(line, place, house, monkeypatch):
    """What is wrong with one line of commands; None when it does what it should."""
    for raw, come, _go in simple(line):
        words = without_sudo(raw)
        name = Path(words[0]).name
        unknown = {one for one in assigned(raw) if one.removeprefix("MONITOR_") not in NAMES}
        if unknown:
            return f"no variable {unknown}"
        if name == "docker":
            fault, ours = docker(words[1:])
            fault = fault or (ours and tried(ours, come, place, monkeypatch))
        elif name == "monitor":
            fault = tried(words[1:], come, place, monkeypatch)
        elif name == "curl":
            fault = answered(words[1:], house)
        elif name == "python3":
            fault = python(words[1:])
        else:
            fault = copied(words) if name in SYSTEM else READ[name](words[1:])
        if fault:
            return f"{line}: {fault}"
    return None
