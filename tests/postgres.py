"""A real PostgreSQL of the test's own: one server for the run, listening on a socket in a folder; a database a test."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine

from monitor.store import open_database

SETTINGS = {"fsync": "off", "full_page_writes": "off", "listen_addresses": "", "max_connections": "60"}
"""What makes it fast, safe where nobody minds losing what is in it."""


def programs():
    """The folder of the newest server that Debian or another system has installed; None without one."""
    found = [*Path("/usr/lib/postgresql").glob("*/bin/initdb"), *Path("/usr/pgsql").glob("*/bin/initdb")]
    beside = shutil.which("initdb")
    newest = max(found, key=lambda path: int(path.parts[-3]), default=Path(beside) if beside else None)
    return newest.parent if newest else None


class Server:
    """Started by the first test that asks for it. A server refuses to be root, so it runs as its own user there."""

    def __init__(self, bin_folder, **settings):
        self._bin = bin_folder
        self._settings = SETTINGS | settings
        self._numbers = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="monitor-pg-"))
        self._user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        self._call("initdb", "-D", self._data, "-U", "monitor", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        self._admin = create_engine(self._sqlalchemy("postgres"), isolation_level="AUTOCOMMIT", pool_pre_ping=True)
        self.create("ready", "template0")
        open_database(self.url("ready")).close()

    @property
    def _data(self):
        return str(self.folder / "data")

    def start(self):
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        log = str(self.folder / "log")
        self._call("pg_ctl", "-D", self._data, "-w", "-o", f"-k {self.folder} {options}", "-l", log, "start")

    def trust(self, network):
        """Let in who comes from there without a password."""
        with (self.folder / "data" / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {network} trust\n")
        self._call("pg_ctl", "-D", self._data, "reload")

    def stop(self, mode="immediate"):
        self._call("pg_ctl", "-D", self._data, "-m", mode, "-w", "stop")

    def url(self, name):
        return f"postgresql://monitor@/{name}?host={self.folder}"

    def create(self, name, template="ready", more=""):
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {more}')
        return self.url(name)

    def drop(self, name):
        with self._admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')

    @contextmanager
    def fresh(self):
        """The URL of a database with all tables and nothing in them; dropped at the end."""
        name = f"t{next(self._numbers)}"
        try:
            yield self.create(name)
        finally:
            self.drop(name)

    def close(self):
        self._admin.dispose()
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _sqlalchemy(self, name):
        return self.url(name).replace("postgresql:", "postgresql+psycopg:")

    def _call(self, program, *arguments):
        who = {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []} if self._user else {}
        done = subprocess.run(
            [self._bin / program, *arguments],
            **who,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        assert done.returncode == 0, f"{program}: exit {done.returncode}; see {self.folder}/log"
