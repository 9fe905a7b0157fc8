"""The image's health check: exit 0 where /healthz says that the desks move, 1 where it does not or nobody answers.

Standard library alone, since it runs each minute. Must not: import the program.
"""

# ruff: noqa: INP001 - a script by itself

from __future__ import annotations

import os
import sys
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what to ask where all are listened on
SECONDS = 8


def main() -> int:
    """Ask the page, or a worker's small server, in this very container; say what it said."""
    host = os.environ.get("MONITOR_HOST", "")
    host = ANY.get(host, host)
    place = f"[{host}]" if ":" in host else host
    address = f"http://{place}:{os.environ.get('MONITOR_PORT') or 8000}/healthz"
    try:
        with build_opener(ProxyHandler({})).open(address, timeout=SECONDS) as answer:
            return _say(answer.read(2000).decode("utf-8", "replace"), 0)
    except URLError as error:
        said = error.read(2000).decode("utf-8", "replace") if hasattr(error, "read") else str(error.reason)
        return _say(said, 1)
    except OSError as error:
        return _say(str(error), 1)


def _say(words: str, code: int) -> int:
    print(words)  # noqa: T201 - what docker inspect shows
    return code


if __name__ == "__main__":
    sys.exit(main())
