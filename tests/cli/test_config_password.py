"""`monitor config password` makes the hash that sources.yaml and the environment take."""

import json
import os
import pty
import subprocess
import sys

import pytest

from monitor.cli.main import run
from monitor.config.environment import environment
from monitor.errors import ConfigError
from monitor.passwords import hash_fault, matches

COMMAND = [sys.executable, "-m", "monitor", "config", "password"]
GOOD = "кінь батарея скріпка"
MINIMAL = "topics: [ramstein]\nsources:\n  - {name: A, url: https://a.example/feed}\n"
TOKEN = "canary-token-canary-token"


def made(line):
    return subprocess.run(COMMAND, input=line, capture_output=True, timeout=60, check=False)


@pytest.mark.parametrize("end", ["\n", "\r\n", "", "\nsecond line\n"])
def test_one_line_on_stdin_becomes_its_hash_alone(end):
    done = made((GOOD + end).encode())
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = done.stdout.decode().splitlines()
    assert hash_fault(line) == ""
    assert matches(GOOD, line)


@pytest.mark.fault("H6")
@pytest.mark.parametrize(
    ("line", "said"), [(b"", "empty"), (b"  \n", "empty"), (b"hunter2\n", "shorter"), (b"password1\n", "anybody tries")]
)
def test_a_bad_one_is_refused_and_not_shown(line, said):
    done = made(line)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"hunter2" not in done.stderr


def test_in_a_terminal_it_is_asked_for_twice_and_never_shown():
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        COMMAND, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True
    ) as asked:
        os.close(theirs)
        seen = b""
        for prompt in (b"Password: ", b"confirmation: "):
            while not seen.endswith(prompt):
                seen += os.read(ours, 1000)
            os.write(ours, GOOD.encode() + b"\n")
        line = asked.stdout.read().decode().strip()
        assert asked.wait(30) == 0
    while b"between quotes" not in seen:
        seen += os.read(ours, 1000)
    os.close(ours)
    assert matches(GOOD, line)
    assert GOOD.encode() not in seen


def test_what_it_makes_is_taken_and_shown_nowhere(tmp_path, capsys):
    hashed = made(GOOD.encode()).stdout.decode().strip()
    file = tmp_path / "sources.yaml"
    file.write_text(
        f'{MINIMAL}web:\n  users: [{{name: olena, password: "{hashed}"}}]\n'
        f"  tokens: [{{name: newsroom, token: {TOKEN}, scopes: [read, review]}}]\n  sessions: 12h\n"
    )
    assert run(["config", "check", "--config", str(file)]) == 0
    words = capsys.readouterr().out
    assert "users: olena, tokens: newsroom (read+review), a login lasts 12h" in " ".join(words.split())
    assert run(["config", "check", "--json", "--config", str(file)]) == 0
    report = capsys.readouterr().out
    assert json.loads(report)["page"]["users"] == ["olena"]
    assert hashed not in words + report
    assert TOKEN not in words + report
    assert environment({"MONITOR_PASSWORD": hashed}).password == hashed


def test_half_a_hash_in_the_environment_is_a_mistake_that_is_not_shown():
    with pytest.raises(ConfigError) as caught:
        environment({"MONITOR_PASSWORD": "$argon2id$v=19$m=19456"})
    assert str(caught.value).startswith("environment: MONITOR_PASSWORD: expected an argon2id hash")
    assert "19456" not in str(caught.value)
