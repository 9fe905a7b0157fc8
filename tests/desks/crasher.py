"""A child for the crash tests: one round, killed the n-th time a desk reaches a point.

crasher.py CONFIG DATABASE DESK POINT N      POINT: claimed | worked | saved
"""

import os
import signal
import sys
from pathlib import Path

from monitor.app import build


def main(config, database, desk_name, point, count):
    with build(Path(config), database, {}) as app:
        desk = getattr(app.desks, desk_name)
        method = {"claimed": "claim", "worked": "work", "saved": "save"}[point]
        setattr(desk, method, deadly(getattr(desk, method), int(count)))
        app.round(everything=True)


def deadly(real, count):
    left = [count]

    def wrapped(*arguments):
        result = real(*arguments)
        if result is not None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return result

    return wrapped


if __name__ == "__main__":
    main(*sys.argv[1:])
