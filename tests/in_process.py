"""What the pool of child processes does, in this process: for tests that start the program often."""

from __future__ import annotations

import importlib


def run_here():
    """What the pool does, in this process."""
    tasks = {}

    def run(task, body, meta, setup=None):
        if task not in tasks:
            module, _, factory = task.partition(":")
            tasks[task] = getattr(importlib.import_module(module), factory)(setup or {})
        return tasks[task](body, meta)

    return run
