"""Damage done to a database file, as a failing disk or a careless hand does it; and disks of their own."""

import os
import sqlite3
import subprocess
from contextlib import closing, contextmanager

import pytest


@contextmanager
def mounted(folder, options):
    """A small disk, where this process may mount one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def remount(folder, options):
    """Change how a disk is mounted: ``ro``."""
    subprocess.run(["mount", "-o", f"remount,{options}", folder], check=True)


def page_of(path, name):
    """A page that holds rows of a table or an index."""
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]


def write_over(path, page, size=4096):
    """Write over one page."""
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * size)


def cut_short(path, by=8192):
    """Take away the end of the file."""
    os.truncate(path, path.stat().st_size - by)


def empty_index(path, name):
    """Let an index forget what it holds; its table keeps it."""
    page, size = page_of(path, name), 4096
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x0a\x00\x00\x00\x00\x10\x00\x00")  # an empty leaf of an index (fileformat.html, b-tree pages)
