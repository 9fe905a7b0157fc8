"""A child for the crash tests: one round, killed when a desk reaches a point.

crasher.py CONFIG DATABASE DESK POINT      POINT: claimed | worked | saved
"""

import os
import signal
import sys
from pathlib import Path

from monitor.app import build


def main(config, database, desk_name, point):
    with build(Path(config), database, {}) as app:
        desk = getattr(app.desks, desk_name)
        method = {"claimed": "claim_many", "worked": "work", "saved": "save_many"}[point]
        setattr(desk, method, deadly(getattr(desk, method)))
        app.round(everything=True)


def deadly(real):
    def wrapped(*arguments):
        done = real(*arguments)
        if done:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return wrapped


if __name__ == "__main__":
    main(*sys.argv[1:])
