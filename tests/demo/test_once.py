"""``monitor demo`` as a user starts it: a process of its own, no network, nothing left behind."""

import os
import re
import signal
import subprocess
import sys
import urllib.request

import pytest
from rich.cells import cell_len

from monitor.cli.demo.expected import load_expected, seeds_folder
from monitor.cli.demo.outlets import DOWN_NAME

OUTLETS = load_expected(seeds_folder())
COMMAND = [sys.executable, "-W", "error::ResourceWarning", "-m", "monitor", "demo"]


def environment(folder):
    """Return an environment that shows a wide plain pipe and keeps temporary files in ``folder``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}
    return kept | {"TMPDIR": str(folder), "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """Run the demo once; its folder for temporary files, and the finished process."""
    folder = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [*COMMAND, "--once"],
        check=False,
        env=environment(folder),
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=90,
    )
    return folder, done


def test_once_ends_with_everything_seen(shown):
    _, done = shown
    assert done.returncode == 0, done.stdout + done.stderr
    assert "missing" not in done.stdout
    assert done.stderr == ""


def test_it_shows_the_sources_and_how_they_answered(shown):
    text = shown[1].stdout
    for outlet in OUTLETS:
        assert f"{outlet.entries} new of {outlet.entries}" in next(
            line for line in text.splitlines() if line.strip().startswith(outlet.name)
        )
    assert "304 not modified" in text
    assert "down: refused" in next(line for line in text.splitlines() if DOWN_NAME in line)


def test_it_shows_every_hit_with_its_words_marked(shown):
    text = shown[1].stdout
    unmarked = text.replace("[", "").replace("]", "")
    for outlet in OUTLETS:
        for page in outlet.pages:
            assert (page.title[:40] in unmarked) == bool(page.hits), page.title
    for words in ("[Ramstein]", "[রামস্টেইন", "Рамштайном]", "UDCG", "Why: "):
        assert words in text
    assert "Found by the topic ramstein: 4" in text
    assert "Found by ukraine-aid only: 1" in text


def test_it_shows_the_alerts_and_what_to_do_next(shown):
    text = shown[1].stdout
    assert "4 Telegram messages" in text
    assert text.count("Ramstein: ") >= 4
    for command in ("monitor run", "monitor why", "sources.yaml"):
        assert command in text


def test_a_pipe_gets_no_control_codes_and_no_line_over_100_columns(shown):
    text = shown[1].stdout
    assert "\x1b" not in text
    assert "\r" not in text
    assert max(map(cell_len, text.splitlines())) <= 100


def test_nothing_is_left_behind(shown):
    folder, _ = shown
    assert list(folder.iterdir()) == []


def test_without_once_it_stays_up_until_it_is_stopped(tmp_path):
    with subprocess.Popen(
        COMMAND, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        lines = []
        while (line := process.stdout.readline()) and "Ctrl-C" not in line:
            lines.append(line)
        address = re.search(r"Review page: (\S+)", "".join(lines))[1]
        with urllib.request.urlopen(address, timeout=10) as page:
            assert "Ramstein" in page.read().decode("utf-8")
        process.send_signal(signal.SIGTERM)
        rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, ""), "".join(lines) + rest
    assert list(tmp_path.iterdir()) == []
