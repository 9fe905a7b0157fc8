"""What a user gets wrong: a line each on stderr that says what, where and the mend, and nothing is changed on disk."""

import hashlib
import shutil
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from installation import SMALL, monitor

CASES = Path(__file__).parent / "cases"
CONFIGS = sorted((CASES / "sources").glob("*.yaml"))
INTERVAL = CASES / "sources" / "interval.yaml"
NEED_IT = ("poll", "run", "sources", "sources check One", "alerts test mail", "topics", "match sources.yaml")
WHEN = "expected a date such as 2026-05-04 or an age such as 24h or 14d"
STATES = "pending, held, sending, failed, sent, expired, dead, suppressed or cancelled"
NOT_OURS = "is not a monitor database; name another file with --database"
NOT_OPENED = "cannot be opened; check that the folder exists and is writable"
GOOD = f'topics: [{SMALL}]\nsources:\n  - {{name: A, url: "http://127.0.0.1:9/feed"}}\n'


def listing(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in folder.rglob("*")
    }


def refused(folder, *arguments, code):
    """Run a command that must be refused; return its lines on stderr."""
    before = listing(folder)
    said = monitor(*arguments)
    assert (said.code, said.out) == (code, "")
    assert "Traceback" not in said.err
    assert listing(folder) == before
    return said.errors


@pytest.fixture
def place(tmp_path, monkeypatch):
    """An empty working folder with a good sources.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sources.yaml").write_text(GOOD)
    return tmp_path


# --- sources.yaml --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "command"),
    [*((case, "config check") for case in CONFIGS), *((INTERVAL, command) for command in NEED_IT)],
    ids=lambda value: value if isinstance(value, str) else value.stem,
)
def test_each_mistake_of_sources_yaml_is_a_line(place, case, command):
    shutil.copytree(case.parent, place, dirs_exist_ok=True)
    shutil.copy(case, place / "sources.yaml")
    expected = case.with_suffix(".expected").read_text("utf-8").splitlines()
    assert refused(place, *command.split(), code=2) == expected


def test_no_sources_yaml_at_all(place):
    (place / "sources.yaml").unlink()
    (said,) = refused(place, "poll", code=2)
    assert said == "sources.yaml: no such file; write one, or name it with --config FILE or MONITOR_CONFIG"


def test_a_folder_as_sources_yaml(place):
    assert refused(place, "poll", "--config", place, code=2) == [f"{place}: is a directory"]


def test_a_variable_set_twice(place, monkeypatch):
    monkeypatch.setenv("KEY", "canary")
    monkeypatch.setenv("KEY_FILE", "/nowhere")
    (place / "sources.yaml").write_text(GOOD.replace("/feed", "/feed?key=${KEY}"))
    (said,) = refused(place, "config", "check", code=2)
    assert said == "sources.yaml:3: sources[0].url: both KEY and KEY_FILE are set; unset one of them"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("MONITOR_PORT", "99999", 'environment: MONITOR_PORT: expected a port from 0 to 65535, got "99999"'),
        ("MONITOR_LOG", "xml", 'environment: MONITOR_LOG: expected text or json, got "xml"'),
        (
            "MONITOR_PASSWORD_FILE",
            "/nowhere",
            "environment: MONITOR_PASSWORD: MONITOR_PASSWORD_FILE names /nowhere: no such file or directory",
        ),
    ],
)
def test_a_bad_environment(place, monkeypatch, name, value, said):
    monkeypatch.setenv(name, value)
    assert refused(place, "run", code=2) == [said]


# --- the database --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["poll", "hits", "run"])
@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("foo", 2, "--database: expected a URL such as sqlite:///data/monitor.db"),
        ("mysql://me:canary@host/x", 2, "--database: expected a URL such as sqlite:///data/monitor.db"),
        ("sqlite:///none.db", 1, f"none.db: file is not a database: {NOT_OURS}"),
        ("sqlite:///folder.db", 1, f"folder.db: unable to open database file: {NOT_OPENED}"),
    ],
)  # fmt: skip
def test_a_database_that_is_none(place, monkeypatch, command, url, code, said):
    monkeypatch.setenv("MONITOR_PORT", "0")
    (place / "none.db").write_bytes(b"no database at all " * 100)
    (place / "folder.db").mkdir()
    assert refused(place, command, "--database", url, code=code) == [said]


@pytest.mark.parametrize("folder", ["/proc/nowhere", "sources.yaml/data"])
def test_a_place_where_nothing_can_be_written(place, folder):
    (said,) = refused(place, "poll", "--database", f"sqlite:///{folder}/monitor.db", code=1)
    assert "cannot make the folder for the database" in said


@pytest.mark.parametrize("command", ["poll", "hits"])
def test_a_database_of_a_newer_program(own, command):
    (own.folder / "sources.yaml").write_text(GOOD)
    with closing(sqlite3.connect(own.folder / "monitor.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    (said,) = refused(own.folder, *own.where(), command, code=1)
    assert said.endswith("was written by a newer version (schema 9999); install that version or restore a backup")


@pytest.mark.parametrize(
    "command", [["hits"], ["why", "https://x.example/"], ["alerts"], ["export"], ["hits", "show", "1"]]
)
def test_looking_makes_no_database(place, command):
    (said,) = refused(place, *command, code=2)
    assert said == "data/monitor.db: no database yet; `monitor poll` or `monitor run` makes it"


# --- the review page -----------------------------------------------------------------------------


def test_a_port_in_use(place, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("MONITOR_PORT", str(port))
        said = refused(place, "run", code=2)
    assert said == [f"127.0.0.1:{port} is in use; choose another port with MONITOR_PORT"]


def test_a_host_beyond_loopback_without_a_password(place, monkeypatch):
    monkeypatch.setenv("MONITOR_HOST", "0.0.0.0")
    (said,) = refused(place, "run", code=2)
    assert said.endswith("set MONITOR_PASSWORD, or MONITOR_HOST to 127.0.0.1")


def test_a_token_alone_is_no_login(place, monkeypatch):
    monkeypatch.setenv("MONITOR_HOST", "0.0.0.0")
    (place / "sources.yaml").write_text(GOOD + f"web: {{tokens: [{{name: a, token: {'t' * 24}}}]}}\n")
    (said,) = refused(place, "run", code=2)
    assert "no password; list users under web in sources.yaml (`monitor config password` makes the hashes)" in said


def test_a_root_path_that_is_none(place):
    assert refused(place, "run", "--root-path", "monitor", code=2) == [
        '--root-path: expected a path such as /monitor, got "monitor"'
    ]


# --- words of the command line -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("nope", 2, "monitor: No such command 'nope'; see monitor --help"),
        ("hits shwo 1", 2, "monitor: No such command 'shwo'. Did you mean 'show'? see monitor hits --help"),
        ("hits --xyzzy", 2, "monitor: No such option: --xyzzy; see monitor hits list --help"),
        ("hits --topic", 2, "monitor: Option '--topic' requires an argument; see monitor --help"),
        ("hits --since junk", 2, f'--since: {WHEN}, got "junk"'),
        ("hits --until 2026-13-01", 2, f'--until: {WHEN}, got "2026-13-01"'),
        ("hits --since 0001-01-01T00:00+23:00", 2, f'--since: {WHEN}, got "0001-01-01T00:00+23:00"'),
        ("hits --state nope", 2, '--state: expected new, relevant, irrelevant or starred, got "nope"'),
        ("hits --json --csv", 2, "--json and --csv: choose one of them"),
        ("hits show 999", 1, "no hit number 999; `monitor hits` lists them"),
        ("hits mark 999 starred", 1, "no hit number 999; `monitor hits` lists them"),
        ("hits mark 1 nope", 2, 'STATE: expected new, relevant, irrelevant or starred, got "nope"'),
        ("alerts retry 999", 1, "no delivery number 999 that could be sent again; `monitor alerts` lists them"),
        ("alerts --state nope", 2, f'--state: expected {STATES}, got "nope"'),
        ("alerts retry --alert nope", 2, '--alert: expected one of: chat, mail; got "nope"'),
        ("alerts --alert nope", 2, '--alert: expected one of: chat, mail; got "nope"'),
        ("alerts retry", 2, "expected the ID of a delivery, or --alert NAME for all of an alert"),
        ("alerts retry 1 --alert mail", 2, "expected the ID of a delivery, or --alert NAME for all of an alert"),
        ("alerts test", 2, "expected the NAME of an alert, or --all"),
        ("alerts test mail --all", 2, "expected the NAME of an alert, or --all"),
        ("alerts test nope", 2, 'no alert "nope" in sources.yaml; expected one of: mail, chat'),
        ("sources check nope", 2, 'no source "nope" in sources.yaml; `monitor sources` lists them'),
        ("export --format pdf", 2, '--format: expected jsonl, csv or atom, got "pdf"'),
        ("match nowhere.txt", 2, "nowhere.txt: no such file or directory"),
        ("match --jsonl nowhere.jsonl", 2, "nowhere.jsonl: no such file or directory"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 40 else "",
)  # fmt: skip
def test_wrong_words(own, words, code, said):
    assert refused(own.folder, *own.where(), *words.split(), code=code) == [said]


@pytest.mark.parametrize("words", ["hits show", "hits mark 1", "why", "hits show abc", "hits show 0", "alerts retry x"])
@pytest.mark.parametrize("end", ["", "9" * 30])
def test_missing_words_and_numbers_that_are_none(own, words, end):
    (said,) = refused(own.folder, *own.where(), *f"{words} {end}".split(), code=1 if words == "why" and end else 2)
    assert "see monitor" in said or 'got "999' in said or "never seen" in said


def test_an_argument_that_is_not_utf_8(own):
    (said,) = refused(own.folder, *own.where(), "hits", "--search", "\udcff", code=2)
    assert said == "monitor: an argument is not UTF-8 text"


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"id": 2,', "not JSON: expecting property name enclosed in double quotes at column 10"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"id": 1' + b"0" * 5000 + b', "text": ""}', "a number in it is too long"),
        (b'{"id": 2, "text": 5}', 'expected an object with "id" and "text" or "html"'),
        (b"[1]", 'expected an object with "id" and "text" or "html"'),
        (b'{"id": 2, "text": "\xff"}', "not UTF-8"),
    ],
    ids=["cut", "deep", "number", "text", "list", "bytes"],
)
def test_a_broken_jsonl_line_is_named_after_the_good_ones(place, line, said):
    file = place / "texts.jsonl"
    file.write_bytes(b'{"id": 1, "text": "rain"}\n\n' + line + b'\n{"id": 3, "text": "never reached"}\n')
    told = monitor("match", "--jsonl", file)
    assert (told.code, len(told.lines)) == (2, 1)
    assert told.errors == [f"{file}:3: {said}"]


@pytest.mark.parametrize("start", [b"", b"<", b"\x00\x00", b"\xff\xfe", b"%PDF-1.7\n", b"PK\x03\x04"])
def test_binary_junk_is_a_text_without_hits_and_leaves_the_terminal_alone(place, start):
    (place / "junk").write_bytes(start + bytes(range(256)) * 40)
    said = monitor("match", place / "junk")
    assert said.code == 0
    assert "HIT" not in said.out
    assert all(line.isprintable() for line in said.lines)


def test_stdin_that_is_not_utf_8(place):
    command = [sys.executable, "-m", "monitor", "match", "--jsonl"]
    child = subprocess.run(command, cwd=place, input=b"\xff\xfe\n", capture_output=True, check=False, timeout=60)
    assert (child.returncode, child.stdout, child.stderr) == (2, b"", b"stdin:1: not UTF-8\n")
