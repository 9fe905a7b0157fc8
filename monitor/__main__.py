"""``monitor`` and ``python -m monitor``."""

from __future__ import annotations

import os
import sys

from monitor.cli.main import INTERRUPTED, run


def main() -> None:
    """Run the command line and leave with its exit code."""
    code = run(sys.argv[1:])
    if code == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # threads in a long exchange would hold the interpreter up to their deadline
    sys.exit(code)


if __name__ == "__main__":
    main()
