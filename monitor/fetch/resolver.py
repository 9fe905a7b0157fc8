"""Names to addresses, in threads of its own, with an end: dead names must not hold up the living.

``getaddrinfo`` cannot be given a time limit, so each question runs in a daemon thread that may be left behind; the
threads are counted, and a name that gave no answer is not asked again for a minute.
"""

from __future__ import annotations

import queue
import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING

from monitor.errors import FetchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

THREADS = 64
"""Questions under way at once. Each caller waits for one, so this is only reached by names that hang."""
WAIT = 5.0
FORGET = 60.0
_REMEMBERED = 10_000


class Resolver:
    """Asks the system (or ``ask``) for the addresses of a host; remembers failures for a minute."""

    def __init__(self, ask: Callable[[str], Sequence[str]] | None, monotonic: Callable[[], float]) -> None:
        self._ask = ask or ask_system
        self._monotonic = monotonic
        self._slots = threading.BoundedSemaphore(THREADS)
        self._dead: dict[str, float] = {}

    def addresses(self, host: str, end: float) -> tuple[str, ...]:
        """The addresses of ``host``, in the order to try them; an address stands for itself.

        Raises:
            FetchError: ``dns``, when there is none, or none within five seconds and before the instant ``end``.

        """
        if is_address(host):
            return (host,)
        now = self._monotonic()
        if now < self._dead.get(host, now):
            raise FetchError("dns", f"{host} had no address a moment ago")
        answer = self._answer(host, min(WAIT, end - now))
        if answer == () or (answer is None and end - now >= WAIT):
            self._bury(host, now)
        if not answer:
            raise FetchError("dns", f"{host} has no address" if answer == () else f"no answer about {host}")
        return answer

    def _answer(self, host: str, wait: float) -> tuple[str, ...] | None:
        """The addresses, an empty tuple when there are none, None when nobody answered in time."""
        end = self._monotonic() + wait
        if not self._slots.acquire(timeout=max(0.0, wait)):
            raise FetchError("dns", f"too many names without an answer, {host} must wait")
        box: queue.SimpleQueue[tuple[str, ...]] = queue.SimpleQueue()
        threading.Thread(target=self._work, args=(host, box), name="dns", daemon=True).start()
        try:
            return box.get(timeout=max(0.0, end - self._monotonic()))
        except queue.Empty:
            return None

    def _work(self, host: str, box: queue.SimpleQueue[tuple[str, ...]]) -> None:
        try:
            box.put(tuple(self._ask(host)))
        except (OSError, ValueError):
            box.put(())  # a name that cannot be encoded has no address either
        finally:
            self._slots.release()

    def _bury(self, host: str, now: float) -> None:
        if len(self._dead) >= _REMEMBERED:
            self._dead.clear()
        self._dead[host] = now + FORGET


def is_address(host: str) -> bool:
    """True for an IPv4 or IPv6 address as ``ipaddress`` writes it."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def ask_system(host: str) -> list[str]:
    """The addresses that the system's resolver gives, best first (RFC 6724), each once."""
    answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))
