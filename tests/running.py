"""A daemon in a process of its own, and waiting for what it does."""

import json
import re
import signal
import threading
import time
import urllib.request


def until(condition, seconds=20):
    """Wait until the condition holds; its value then, or a failure at the deadline."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        threading.Event().wait(0.02)
    return value


class Running:
    """``monitor run``, or another command that stays, on an installation; its log as it comes.

    Killed at the end if the test has not ended it.
    """

    def __init__(self, desk, command="run", more=(), **environ):
        self.process = desk.start(command, *more, **{"MONITOR_PORT": "0", **environ})
        self.log = []
        self._reader = threading.Thread(target=self._read)

    def __enter__(self):
        self._reader.start()
        return self

    def __exit__(self, *_):
        self.process.kill()
        self._reader.join()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def _read(self):
        for line in self.process.stderr:
            self.log.append(line)

    @property
    def text(self):
        return "".join(self.log)

    @property
    def warnings(self):
        """Lines that warn, but for those of the machine's own old libraries."""
        lines = self.text.lower().splitlines()
        return [line for line in lines if "warning" in line and not re.search(r"warning (expat|sqlite) [0-9.]+ ", line)]

    def said(self, pattern):
        """Wait for the pattern in the log."""
        return until(lambda: re.search(pattern, self.text))

    @property
    def page(self):
        return self.said(r"review page at (http://[0-9.:]+)")[1]

    def health(self):
        status, body = self.ask("/healthz")
        return status, json.loads(body)

    def ask(self, path):
        with urllib.request.urlopen(f"{self.page}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()

    def terminate(self, seconds=10):
        """SIGTERM; the exit code, within so many seconds."""
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self._reader.join()
        return code
