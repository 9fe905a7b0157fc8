"""The pool of child processes, for tests that start the program often: shared by many, or in this process."""

from __future__ import annotations

import importlib
import json

from monitor.app import WORKERS
from monitor.pool import Pool


class Parsers(Pool):
    """The program's own pool, kept for one program after another: what a child has loaded is loaded once."""

    def __init__(self):
        super().__init__(WORKERS)
        self._setups = {}

    def run(self, task, body, meta, setup=None):
        same = self._setups.setdefault(json.dumps(setup), setup)
        return super().run(task, body, meta, same)

    def serve(self, app):
        """Have this program's desks parse here; its own pool stays empty."""
        app.desks.poll._run = app.desks.read._run = self.run
        return app


def run_here():
    """What the pool does, in this process."""
    tasks = {}

    def run(task, body, meta, setup=None):
        if task not in tasks:
            module, _, factory = task.partition(":")
            tasks[task] = getattr(importlib.import_module(module), factory)(setup or {})
        return tasks[task](body, meta)

    return run
