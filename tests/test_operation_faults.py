"""What the place does in which the program runs: rights, time zones, signals to a container, packages missing."""

import importlib
import json
import os
import pkgutil
import re
import shutil
import sqlite3
import time
import tomllib
from contextlib import closing
from importlib import metadata
from pathlib import Path

import pytest
from installation import SMALL, desk, outlet
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from world import GROUP

import monitor

__all__ = ["desk", "outlet"]

PROJECT = Path(__file__).parents[1]


def without_rights(command):
    """The command as a process that may do no more than the rights of files say, although it is root's."""
    if os.geteuid():
        return command
    tool = shutil.which("setpriv")
    if tool is None:
        pytest.skip("needs setpriv (Debian's util-linux)")
    return [tool, "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", *command]


@pytest.fixture
def kept(desk, outlet, tmp_path):
    """An installation whose only folder that can be written is ``data``."""
    outlet.publish(("group", "Contact group meets", GROUP))
    data = tmp_path / "data"
    data.mkdir()
    desk.database = f"sqlite:///{data}/monitor.db"
    desk.write(outlet.feed, topic=SMALL)
    tmp_path.chmod(0o555)
    yield desk
    tmp_path.chmod(0o755)
    data.chmod(0o755)


@pytest.mark.needs("setpriv")
@pytest.mark.fault("J5")
def test_it_works_where_only_its_data_can_be_written_and_it_has_no_rights(kept):
    before = sorted(path.name for path in kept.folder.iterdir())
    code, out, err = kept.run(program=without_rights(kept.command("poll")), HOME="/nonexistent", TMPDIR="/dev/shm")
    assert (code, out.splitlines()[-1], err) == (0, "sources 1, articles 1, hits 1, delivered 2, failed 0", "")
    assert sorted(path.name for path in kept.folder.iterdir()) == before


@pytest.mark.needs("setpriv")
@pytest.mark.fault("J5")
def test_data_that_is_somebody_else_s_is_told_with_the_mend(kept):
    (kept.folder / "data").chmod(0o555)
    code, out, err = kept.run(program=without_rights(kept.command("poll")))
    assert (code, out) == (1, "")
    (line,) = err.splitlines()
    assert f"{kept.folder}/data" in line
    assert re.search("cannot be opened; check that the folder exists and is writable|not writable|belongs to", line)


@pytest.fixture(params=["Asia/Tokyo", "America/New_York"])
def elsewhere(request, monkeypatch):
    """A machine whose own clock is set to another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.fault("J9")
def test_the_zone_of_the_machine_changes_nothing(elsewhere, desk, outlet, clock):
    outlet.publish(("group", "Contact group meets", GROUP), date="Mon, 04 May 2026 06:30:00 GMT")
    text = desk.write(outlet.feed, topic=SMALL, more="defaults: {timezone: Europe/Kyiv}\n").config.read_text()
    desk.config.write_text(text.replace("name: mail,", 'name: mail, when: "0 11 * * *",'))
    with desk.app(now=clock) as app:
        for _ in range(2):
            for crew in app.crews.each():
                crew.drain(lambda _event: None)
        assert (len(desk.mails), len(desk.chats)) == (0, 1)
        clock.forward(minutes=61)  # 08:01 UTC: 11:01 in Kyiv
        app.crews.deliver.drain(lambda _event: None)
        assert len(desk.mails) == 1
    assert "4 May, 09:30" in desk.chats[0]["text"]
    (hit,) = json.loads(desk.monitor("hits", "--json").out)
    assert (hit["published"], hit["found"]) == ("2026-05-04T06:30:00Z", "2026-05-04T07:00:00Z")
    with closing(sqlite3.connect(desk.folder / "monitor.db")) as connection:
        ((found, published),) = connection.execute("SELECT found, published FROM article").fetchall()
    assert (found[:16], published[:16]) == ("2026-05-04 07:00", "2026-05-04 06:30")


@pytest.mark.fault("J4")
def test_a_container_hears_its_signals_and_has_time_to_stop():
    docker = (PROJECT / "Dockerfile").read_text("utf-8")
    assert json.loads(re.search(r"^ENTRYPOINT (.*)$", docker, re.MULTILINE)[1]) == ["monitor"], "no shell between"
    compose = (PROJECT / "compose.yaml").read_text("utf-8")
    assert "init: true" in compose, "zombies are collected"
    assert int(re.search(r"stop_grace_period: (\d+)s", compose)[1]) >= 10


MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(monitor.__path__, "monitor.")
    if ".migrations." not in found.name and not found.name.endswith("__main__")
)


@pytest.mark.fault("J11")
def test_every_module_can_be_imported():
    """All doors to packages with them: one that lacks a part of its own fails here, and not in the night."""
    assert len(MODULES) > 200
    for name in MODULES:
        importlib.import_module(name)


PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\\n]+)", re.MULTILINE)


def pinned(file):
    """Name -> its versions, of which another one may be for another Python."""
    found = {}
    for name, version in PIN.findall((PROJECT / file).read_text("utf-8")):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


def required():
    """What pyproject.toml requires, and the names of all that this requires in turn."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = [Requirement(line) for line in project["dependencies"]]
    return direct, {name for requirement in direct for name in _with_its_own(requirement, set())}


def _with_its_own(requirement, seen):
    name = canonicalize_name(requirement.name)
    if (name, *requirement.extras) in seen:
        return
    seen.add((name, *requirement.extras))
    yield name
    for extra in ("", *requirement.extras):
        for line in metadata.requires(name) or ():
            inner = Requirement(line)
            if inner.marker is None or inner.marker.evaluate({"extra": extra}):
                yield from _with_its_own(inner, seen)


@pytest.mark.fault("J11")
@pytest.mark.parametrize("file", ["constraints.txt", "requirements.lock"])
def test_every_package_is_pinned_and_no_index_is_named(file):
    (direct, names), pins = required(), pinned(file)
    assert len(names) > 50
    assert sorted(names - pins.keys()) == []
    for requirement in direct:
        assert all(map(requirement.specifier.contains, pins[canonicalize_name(requirement.name)])), requirement
    assert not re.search("://|--index|--find-links|--extra", (PROJECT / file).read_text("utf-8"))


@pytest.mark.fault("J11")
def test_the_image_is_built_from_what_the_tests_run_on_known_by_its_hashes():
    text, tested = (PROJECT / "requirements.lock").read_text("utf-8"), pinned("constraints.txt")
    assert {
        name: found for name, found in pinned("requirements.lock").items() if not found <= tested.get(name, set())
    } == {}
    entries = re.split(r"\n(?=[A-Za-z])", text.strip())
    hashed = re.compile(r"[^\\\n]+( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not hashed.fullmatch(entry)] == []
