"""The rivals: other ways to read the same world, each a script run as a process of its own.

``python benchmarks/rivals/NAME.py WORLD_JSON [FEEDS]`` prints one line of JSON; ``run`` starts it and reads that line.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

NAMES = ("obvious", "obvious_two", "reader_feeds", "newspaper_pages", "limit")
DIRECT = {"NO_PROXY": "*", "no_proxy": "*"}


def run(
    name: str, world_json: Path, timeout: float, *, feeds: int | None = None, python: str = sys.executable
) -> dict[str, Any]:
    """Run a rival over a world; what it measured, or ``{"name": ..., "error": why}``.

    With ``feeds`` it reads only so many of them, which a slow rival needs. ``python`` may be that of another
    environment, for a rival whose requirements do not go with ours.
    """
    script = Path(__file__).with_name(f"{name}.py")
    asked = [str(world_json), *([str(feeds)] if feeds else [])]
    try:
        said = _said([python, "-W", "ignore", str(script), *asked], timeout)
    except subprocess.TimeoutExpired:
        return {"name": name, "error": f"not done after {timeout:g} s"}
    except subprocess.CalledProcessError as error:
        return {"name": name, "error": (error.stderr.strip().splitlines() or [f"exit code {error.returncode}"])[-1]}
    return dict(json.loads(said.splitlines()[-1]))


def _said(command: list[str], timeout: float) -> str:
    """What a command prints; whatever ends this, its whole family ends too."""
    with subprocess.Popen(
        command,
        env=os.environ | DIRECT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            told, complaint = process.communicate(timeout=timeout)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, told, complaint)
    return told
